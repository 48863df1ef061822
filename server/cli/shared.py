"""What several commands need: opening a corpus, progress bars, and tables."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from neurox_core.errors import InvalidInputError, UnknownNameError

if TYPE_CHECKING:
    from neurox_core import ActivationStore, Corpus, TranslationModel

FORMATS = ("table", "csv", "json")
MODEL_HELP = (
    "A demo model (lstm-a, lstm-b, lstm-c, marian), a folder, or a hub name: owner/model or "
    "owner/model@revision. The languages of a multilingual model follow: NAME:SOURCE:TARGET."
)
TITLES = {"bleu": "BLEU", "chrf": "chrF", "ter": "TER", "f1": "F1"}
"""Metrics whose title is not their name."""
CORPUS_HELP = (
    "'demo', 'demo:natural', 'demo:everyday', or a file: tab-separated source and reference, or "
    "plain text, one sentence a line, with --references if the model is to have them."
)

model_option = click.option("--model", "-m", required=True, metavar="MODEL", help=MODEL_HELP)
corpus_option = click.option("--corpus", "-c", required=True, metavar="CORPUS", help=CORPUS_HELP)
references_option = click.option(
    "--references",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Reference translations of a plain-text corpus, one a line.",
)
metric_option = click.option(
    "--metric", "metrics", multiple=True, metavar="NAME",
    help="A score in place of the model's own ones: bleu, chrf, ter, perplexity, accuracy, f1, or "
    "one that is installed (entry point neurox.metrics). May be given several times.",
)  # fmt: skip
beams_option = click.option(
    "--beams", type=click.IntRange(1, 10), default=1, show_default=True, help="1 is greedy."
)
place_option = click.option(
    "--device", default="cpu", show_default=True,
    help="Where the model runs: cpu, cuda, cuda:1, mps, or auto.",
)  # fmt: skip
_PRECISION = "neurox.precision"
_keep_precision = click.option(
    "--precision", default="float32", show_default=True, expose_value=False,
    callback=lambda context, option, value: context.meta.__setitem__(_PRECISION, value),
    help="In which the model runs: float32, bf16 or fp16.",
)  # fmt: skip


def device_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Where, and in which precision, the command's :func:`open_model` opens a model."""
    return place_option(_keep_precision(command))


def precision() -> str | None:
    """What :func:`device_option` read for the command that runs, if it has that option."""
    context = click.get_current_context(silent=True)
    return None if context is None else context.meta.get(_PRECISION)


def read_size(text: str) -> int:
    """A number of bytes from text such as 10GB; InvalidInputError if it is none."""
    found = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(?:([kmgt])(i?))?b?\s*", text, re.IGNORECASE)
    if found is None:
        raise InvalidInputError(f"{text!r} is not a size such as 500MB or 10GB.")
    step = 1024.0 if found[3] else 1000.0
    return round(float(found[1]) * step ** " kmgt".index((found[2] or " ").lower()))


def size_option(context: click.Context, option: click.Parameter, value: str | None) -> int | None:
    """Callback of an option that takes a size."""
    try:
        return None if value is None else read_size(value)
    except InvalidInputError as error:
        raise click.BadParameter(str(error)) from error


def quiet_libraries() -> None:
    """Let the model library print neither bars nor advice; before it is imported."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def open_model(name: str, device: str, **chosen: str) -> TranslationModel:
    """Load a model, without the progress bars and advice that the model library prints.

    `chosen` is what else :func:`neurox_core.load_model` takes, such as ``dtype``.
    """
    quiet_libraries()
    import neurox_core as nx

    wanted = precision()
    if wanted is not None:
        chosen.setdefault("dtype", wanted)
    with megabytes("Downloading") as moved:
        return nx.load_model(name, device, on_download=moved, **chosen)


def open_corpus(name: str, references: str | None, limit: int | None = None) -> Corpus:
    """The demo corpus, one of its parts, or a file; its first `limit` sentences."""
    import neurox_core as nx
    from neurox_core import demo

    if name == "demo":
        corpus = demo.corpus()
    elif name.startswith("demo:"):
        part = name.removeprefix("demo:")
        if part not in demo.PARTS:
            raise UnknownNameError("part of the demo corpus", part, demo.PARTS)
        corpus = demo.corpus(part)
    else:
        corpus = nx.read_corpus(name, references=references)
    return corpus if limit is None else corpus.take(range(min(limit, len(corpus))))


@contextmanager
def progress(title: str, unit: str, *, late: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A bar on the standard error, moved by calling what is yielded with (done, total).

    Nothing is shown where nobody looks: if the standard error is not a terminal. With `late` the
    bar appears when it is first moved, for what begins later or perhaps not at all.
    """
    from tqdm import tqdm

    with ExitStack() as stack:
        bars: list[Any] = []

        def shown() -> Any:
            if not bars:
                # Drawn ten times a second at most: a terminal takes longer than a sentence does.
                bar = tqdm(desc=title, unit=f" {unit}", leave=False, disable=None,
                           dynamic_ncols=True, miniters=1)  # fmt: skip
                bars.append(stack.enter_context(bar))
            return bars[0]

        def move(done: int, total: int) -> None:
            bar = shown()
            at_once = bar.total != total or done >= total
            bar.total = total
            bar.update(done - bar.n)
            if at_once:
                bar.refresh()

        if not late:
            shown()
        yield move


@contextmanager
def megabytes(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar for what is told in bytes, which appears when it is first moved."""
    with progress(title, "MB", late=True) as move:
        yield lambda done, total: move(done // 10**6, max(total // 10**6, 1))


@contextmanager
def sample_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for the samples of third parties' metrics, which is there as soon as one is drawn."""
    with ExitStack() as stack:
        bars: list[Callable[[int, int], None]] = []

        def told(metric: str, done: int, total: int) -> None:
            if not bars:
                bars.append(stack.enter_context(progress(f"Drawing for {metric}", "sample")))
            bars[0](done, total)

        yield told


def write_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], form: str) -> str:
    """Rows as an aligned table, CSV with a header, or a JSON list of objects."""
    if form == "json":
        return json.dumps([dict(zip(columns, row, strict=True)) for row in rows], indent=1)
    if form == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([columns, *rows])
        return text.getvalue().rstrip("\n")
    cells = [[str(c) for c in columns], *([_cell(v) for v in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
    right = [bool(rows) and isinstance(rows[0][i], int | float) for i in range(len(columns))]
    lines = [
        "  ".join(
            cell.rjust(width) if on_right else cell.ljust(width)
            for cell, width, on_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in cells
    ]
    return "\n".join(lines)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def split_names(given: Sequence[str]) -> list[str] | None:
    """Several options, each perhaps with commas, as one list; None if there is none.

    InvalidInputError for options that name nothing, as a variable of a shell does that is not set:
    all there is, which a missing option stands for, is not what was meant.
    """
    names = [name.strip() for text in given for name in text.split(",") if name.strip()]
    if given and not names:
        raise InvalidInputError(f"{given[0]!r} names nothing; write a name, or leave it out.")
    return names or None


def note(text: str) -> None:
    """Say something that is not the result: on the standard error."""
    click.echo(text, err=True)


def warn_of_unknown(
    network: TranslationModel, read: Iterable[str], written: Iterable[str] = ()
) -> None:
    """Say what a model has no pieces for, of texts that it is given and words that it writes."""
    from neurox_core.models.unknown import unknown_text

    for warning in unknown_text(network, read, written):
        note(warning)


def is_finished(out: str) -> bool | None:
    """Whether the store in a folder is finished; None if there is none.

    Raises
    ------
    StoreError
        If it is damaged.
    """
    from neurox_core.activations.layout import META, Metadata

    root = Path(out)
    return Metadata.read(root).complete if (root / META).is_file() else None


def note_store(out: str, store: ActivationStore, *, there: bool) -> None:
    """Say what a store holds that was just made, or that was `there` before."""
    layers, sentences = len(store.layers), store.sentences
    kept = " It was there already; nothing was to be done." if there else ""
    note(
        f"{out}: {sum(store.layers.values())} neurons in {layers} layer{'s' * (layers != 1)} on "
        f"{sentences} sentence{'s' * (sentences != 1)}.{kept}"
    )


def read_lines(path: Path) -> list[str]:
    """Lines of a file of text; InvalidInputError if it is not text."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{path} is not text in UTF-8: {error}.") from error


def stdin_lines() -> list[str]:
    """Lines of the standard input, without empty ones; a hint if a person is to type them."""
    if sys.stdin.isatty():
        note("Type sentences, one a line, and end with Ctrl-D.")
    return [line.rstrip("\n") for line in sys.stdin if line.strip()]
