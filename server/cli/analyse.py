"""``neurox extract``: from text to activations in a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from neurox_core.errors import InvalidInputError, StoreError

from .shared import (
    corpus_option,
    device_option,
    is_finished,
    model_option,
    note,
    note_store,
    open_corpus,
    open_model,
    progress,
    references_option,
    size_option,
    split_names,
)

if TYPE_CHECKING:
    from neurox_core import Corpus, TranslationModel

Progress = Callable[[int, int], None]

EXTRACT_EPILOG = """
\b
Examples:
  neurox extract --model lstm-a --corpus demo --out acts
  neurox extract -m marian -c test.tsv -o acts --layers encoder.2.ffn_act --dtype float32
  neurox extract -m lstm-a -c news.en --references news.fr -o acts --sample 20000 --max-size 10GB
  neurox extract -m lstm-a -c news.tsv -o acts --estimate


An extraction that was stopped or killed goes on where it was when it is started again.
"""


@click.command(epilog=EXTRACT_EPILOG, short_help="Keep activations in a folder.")
@model_option
@corpus_option
@references_option
@click.option("--out", "-o", required=True, type=click.Path(file_okay=False), help="New folder.")
@click.option(
    "--layers", multiple=True, metavar="LAYER,...", help="The outputs of all blocks if missing."
)
@click.option(
    "--decoder-text",
    type=click.Choice(["reference", "translation"]),
    help="What the decoder reads: the references, or the model's own greedy translations; if "
    "missing, the references where there are any.",
)
@click.option(
    "--dtype", type=click.Choice(["float16", "float32"]), default="float16", show_default=True
)
@click.option(
    "--batch-tokens",
    type=click.IntRange(1),
    default=2000,
    show_default=True,
    help="Most tokens of a batch, padding counted.",
)
@click.option("--limit", type=click.IntRange(1), help="Only the first sentences.")
@click.option("--sample", type=click.IntRange(1), help="Only so many sentences, drawn with --seed.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--max-size", metavar="SIZE", callback=size_option, help="Refuse to write more, such as 10GB."
)
@click.option("--estimate", is_flag=True, help="Say what it would take, and end.")
@click.option("--overwrite", is_flag=True, help="Replace a store that is already there.")
@device_option
def extract(
    model: str,
    corpus: str,
    references: str | None,
    out: str,
    layers: tuple[str, ...],
    decoder_text: str | None,
    dtype: str,
    batch_tokens: int,
    limit: int | None,
    sample: int | None,
    seed: int,
    max_size: int | None,
    estimate: bool,
    overwrite: bool,
    device: str,
) -> None:
    """Keep the activations of a model on a corpus in a folder, with their statistics."""
    import neurox_core as nx
    from neurox_core.activations import default_layers
    from neurox_core.engine.sources import writes_own

    text = open_corpus(corpus, references, limit)
    network = open_model(model, device)
    options: dict[str, Any] = {
        "layers": split_names(layers), "dtype": dtype, "batch_tokens": batch_tokens,
        "sample": sample, "seed": seed,
    }  # fmt: skip
    lacking = writes_own(network.task, text, options["layers"] or default_layers(network))
    if lacking and decoder_text == "reference":
        raise InvalidInputError(
            f"{corpus} has no references for the decoder to read: give --references, or "
            "--decoder-text translation, with which it reads the model's own output."
        )
    if estimate:
        # Nothing is translated for an estimate: its own output is taken to be as long as the text.
        also: dict[str, Any] = {"decoder_text": text.sources} if lacking else {}
        click.echo(nx.estimate(network, text, folder=_there(Path(out)), **options, **also))
        return
    reads: str | list[str] = "reference"
    if lacking:
        note(f"{corpus} has no references: the decoder is recorded on the model's own translations "
             "(greedy).")  # fmt: skip
    if lacking or decoder_text == "translation":
        with progress("Translating", "sentence") as move:
            reads = _translated(network, text, sample, seed, move)
    known = not overwrite and is_finished(out) is True
    with (
        _going_on(out, overwrite),
        progress("Recording", "sentence") as move,
        progress("Describing", "layer", late=True) as describe,
    ):
        store = nx.extract(
            network,
            text,
            out,
            decoder_text=reads,
            max_bytes=max_size,
            on_progress=move,
            on_describe=describe,
            overwrite=overwrite,
            **options,
        )
    note_store(out, store, there=known)
    if store.wide:
        note(f"Kept in float32, for float16 cannot hold their values: {', '.join(store.wide)}.")


@contextmanager
def _going_on(out: str, overwrite: bool) -> Iterator[None]:
    """Say to whoever stops an extraction that has begun how it goes on."""
    try:
        yield
    except KeyboardInterrupt:
        # What stood there before and was to be replaced may be damaged.
        with suppress(StoreError):
            if is_finished(out) is False:
                again = ", without --overwrite," if overwrite else ""
                note(
                    f"Stopped. What was recorded is kept in {out}: start the same command "
                    f"again{again} and it goes on from there."
                )
        raise


def _there(path: Path) -> Path:
    """The nearest folder above that exists."""
    return next(folder for folder in path.absolute().parents if folder.is_dir())


def _translated(
    model: TranslationModel, corpus: Corpus, sample: int | None, seed: int, move: Progress
) -> list[str]:
    """The model's own translations of the sentences that will be recorded, '' for the others."""
    from neurox_core.activations.lengths import check_lengths
    from neurox_core.activations.planning import chosen_rows

    rows = chosen_rows(corpus, sample, seed) or list(range(len(corpus)))
    check_lengths(model, corpus, rows)  # Before hours of translating, not after.
    made = model.translate([corpus.sources[i] for i in rows], on_progress=move)
    found = [""] * len(corpus)
    for row, translation in zip(rows, made, strict=True):
        found[row] = translation.text
    return found
