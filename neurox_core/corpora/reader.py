"""Reading parallel text from files.

Four forms are read, all UTF-8 with one sentence pair a line:

* a table (``.tsv``) whose first line names its columns: ``source`` is needed, ``reference`` holds
  the references if there are any, the others become labels of sentences;
* a table without names and with exactly two columns, source and reference;
* two plain text files whose lines belong together;
* one plain text file, for models that need no references (a first line ``source`` is its header).

Word labels are read from files beside the source file, if they are there: CoNLL-U
(``<stem>.source.conllu``, ``<stem>.reference.conllu``), tables and NeuroX's pairs of lines (see
:mod:`.label_files`). Cells are not quoted; a line ends at a newline only, so that characters
such as U+2028 stay inside their sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

from ..errors import CorpusError
from .corpus import Corpus
from .label_files import beside
from .labels import WordLabels, read_conllu


def read_corpus(
    path: str | PathLike[str], *, references: str | PathLike[str] | None = None
) -> Corpus:
    """Read parallel text.

    Parameters
    ----------
    path : path
        A table of sentence pairs, or a plain text file of sources. Without references a text stands
        for its own.
    references : path, optional
        Plain text file with one reference for each line of `path`.

    Returns
    -------
    Corpus
        Named after the file.

    Raises
    ------
    CorpusError
        Naming file and line, if something cannot be read.

    Examples
    --------
    >>> corpus = read_corpus("test.tsv")  # doctest: +SKIP
    >>> corpus.sources[0], corpus.references[0]  # doctest: +SKIP
    ('He left.', 'Il est parti.')
    """
    file = Path(path)
    lines = _lines(file)
    if references is not None:
        other = Path(references)
        columns = {"source": lines, "reference": _lines(other)}
        if len(columns["reference"]) != len(lines):
            raise CorpusError(
                f"{file} has {len(lines)} lines and {other} has {len(columns['reference'])}; "
                "line i of one has to translate line i of the other."
            )
        first = 1
    else:
        columns, first = _table(file, lines)
    sources = columns.pop("source")
    known = "reference" in columns
    targets = columns.pop("reference") if known else list(sources)
    _check(file, "source", sources, first)
    _check(file if references is None else Path(references), "reference", targets, first)
    return Corpus(
        file.stem, sources, targets, columns,
        _companion(file, "source", sources),
        _companion(file, "reference", targets) if known else None, known,
        range(first, first + len(sources)),
    )  # fmt: skip


def _lines(path: Path) -> list[str]:
    """Lines of a text file, without empty ones at its end."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = error.object[: error.start].count(b"\n") + 1
        raise CorpusError(
            f"{path}, line {at}: not UTF-8 text ({error.reason}). Save the file as UTF-8."
        ) from error
    except FileNotFoundError as error:
        raise CorpusError(f"There is no file {path}.") from error
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {error.strerror}.") from error
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    while lines and not lines[-1].strip():
        lines.pop()
    for number, line in enumerate(lines, start=1):
        if "\0" in line:
            raise CorpusError(f"{path}, line {number}: holds a null byte. Is it a text file?")
    if not lines:
        raise CorpusError(f"{path} is empty. Give it one sentence, or pair of sentences, a line.")
    return lines


def header(line: str) -> list[str] | None:
    """Names of columns, if a first line is one that names the sources."""
    names = [name.strip() for name in line.split("\t")]
    names = [name.lower() if name.lower() in ("source", "reference") else name for name in names]
    return names if "source" in names else None


def _table(path: Path, lines: Sequence[str]) -> tuple[dict[str, list[str]], int]:
    """Columns of a table and the line number of its first row."""
    names = header(lines[0])
    headed = names is not None
    names = names or lines[0].split("\t")
    if headed and len(set(names)) != len(names):
        raise CorpusError(f"{path}, line 1: a column name occurs twice in {names}.")
    if not headed:
        if len(names) > 2:
            raise CorpusError(
                f"{path}, line 1: {len(names)} columns and no names. Give two columns, source and "
                "reference, separated by a tab; or a first line that names the columns 'source', "
                "'reference' and others; or the references in a file of their own."
            )
        names = ["source", "reference"][: len(names)]
    rows = lines[1:] if headed else lines
    first = 2 if headed else 1
    if not rows:
        raise CorpusError(f"{path} names its columns but has no sentence.")
    columns: dict[str, list[str]] = {name: [] for name in names}
    for number, line in enumerate(rows, start=first):
        cells = line.split("\t")
        if len(cells) != len(names):
            raise CorpusError(
                f"{path}, line {number}: {len(cells)} columns where there should be "
                f"{len(names)} ({', '.join(names)})."
            )
        for column, cell in zip(columns.values(), cells, strict=True):
            column.append(cell)
    return columns, first


def _check(path: Path, what: str, texts: Sequence[str], first: int) -> None:
    for number, text in enumerate(texts, start=first):
        if not text.strip():
            raise CorpusError(f"{path}, line {number}: the {what} is empty. Remove the line.")


def _companion(path: Path, side: str, texts: Sequence[str]) -> WordLabels | None:
    annotation = path.with_name(f"{path.stem}.{side}.conllu")
    found = [read_conllu(annotation, texts)] if annotation.exists() else []
    found += beside(path, side, texts)
    return WordLabels.layered(found) if len(found) > 1 else next(iter(found), None)
