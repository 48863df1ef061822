"""``neurox extract`` and ``neurox rank``: from text to activations to an order of neurons."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from neurox_core.errors import InvalidInputError

from .shared import (
    FORMATS,
    corpus_option,
    device_option,
    model_option,
    note,
    open_corpus,
    open_model,
    progress,
    references_option,
    split_names,
    write_rows,
)

if TYPE_CHECKING:
    from neurox_core import Corpus, Ranking, TranslationModel

Progress = Callable[[int, int], None]

EXTRACT_EPILOG = """
\b
Examples:
  neurox extract --model lstm-a --corpus demo --out acts
  neurox extract -m marian -c test.tsv -o acts --layers encoder.5.ffn_act --dtype float32
  neurox extract -m lstm-a -c news.en --references news.fr -o acts --sample 20000 --max-size 10GB
  neurox extract -m lstm-a -c news.tsv -o acts --estimate


An extraction that was stopped or killed goes on where it was when it is started again.
"""
RANK_EPILOG = """
\b
Examples:
  neurox rank --method variance --store acts --top 20
  neurox rank --method kurtosis --store acts --layers encoder.1.rnn_hidden --format csv
  neurox rank --list
"""


def _size(context: click.Context, option: click.Parameter, value: str | None) -> int | None:
    """A number of bytes from text such as 10GB."""
    if value is None:
        return None
    found = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([kKMGT]?)[bB]?\s*", value)
    if found is None:
        raise click.BadParameter(f"{value!r} is not a size such as 500MB or 10GB.")
    power = " kMGT".index(found[2].replace("K", "k") or " ")
    return round(float(found[1]) * 1000.0**power)


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
    default="reference",
    show_default=True,
    help="What the decoder reads; 'translation' is the model's own, greedy.",
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
    "--max-size", metavar="SIZE", callback=_size, help="Refuse to write more, such as 10GB."
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
    decoder_text: str,
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

    text = open_corpus(corpus, references, limit)
    network = open_model(model, device)
    options: dict[str, Any] = {
        "layers": split_names(layers), "dtype": dtype, "batch_tokens": batch_tokens,
        "sample": sample, "seed": seed,
    }  # fmt: skip
    if estimate:
        click.echo(nx.estimate(network, text, folder=_there(Path(out)), **options))
        return
    reads: str | list[str] = "reference"
    if decoder_text == "translation":
        with progress("Translating", "sentence") as move:
            reads = _translated(network, text, sample, seed, move)
    with progress("Recording", "sentence") as move, progress("Describing", "layer") as describe:
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
    neurons = sum(store.layers.values())
    note(f"{out}: {neurons} neurons in {len(store.layers)} layers on {store.sentences} sentences.")


@click.command(epilog=RANK_EPILOG, short_help="Order neurons by an analysis.")
@click.option("--method", "-M", metavar="NAME", help="An analysis; --list names them.")
@click.option("--store", "-s", type=click.Path(file_okay=False), help="What `extract` wrote.")
@click.option("--layers", multiple=True, metavar="LAYER,...", help="All layers if missing.")
@click.option("--top", type=click.IntRange(0), help="Only the first so many neurons.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option(
    "--parameter", "-p", multiple=True, metavar="NAME=VALUE", help="A setting of the analysis."
)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--list", "show", is_flag=True, help="Say which analyses there are, and end.")
def rank(
    method: str | None,
    store: str | None,
    layers: tuple[str, ...],
    top: int | None,
    form: str,
    parameter: tuple[str, ...],
    seed: int,
    show: bool,
) -> None:
    """Order the neurons of a store by an analysis, best first."""
    import neurox_core as nx

    if show:
        click.echo("\n".join(nx.rankings()))
        return
    if method is None or store is None:
        raise click.UsageError("Give --method and --store (or --list to see the methods).")
    parameters = dict(_setting(text) for text in parameter)
    ranking = nx.rank(
        method, nx.open_store(Path(store)), layers=split_names(layers), seed=seed, **parameters
    )
    count = len(ranking.order) if top is None else min(top, len(ranking.order))
    click.echo(write_rows(("rank", "neuron", "score"), _rows(ranking, count), form))
    note(ranking.signature)


def _there(path: Path) -> Path:
    """The nearest folder above that exists."""
    return next(folder for folder in path.absolute().parents if folder.is_dir())


def _translated(
    model: TranslationModel, corpus: Corpus, sample: int | None, seed: int, move: Progress
) -> list[str]:
    """The model's own translations of the sentences that will be recorded, '' for the others."""
    from neurox_core.activations.planning import chosen_rows

    rows = chosen_rows(corpus, sample, seed) or list(range(len(corpus)))
    made = model.translate([corpus.sources[i] for i in rows], on_progress=move)
    found = [""] * len(corpus)
    for row, translation in zip(rows, made, strict=True):
        found[row] = translation.text
    return found


def _rows(ranking: Ranking, count: int) -> list[tuple[int, str, float | None]]:
    """Rank from 1, address and score; a score that does not exist is None."""
    found: list[tuple[int, str, float | None]] = []
    for place, index in enumerate(ranking.order[:count].tolist(), start=1):
        score = float(ranking.scores[index])
        found.append((place, str(ranking.neuron(index)), score if score == score else None))
    return found


def _setting(text: str) -> tuple[str, Any]:
    """``name=value`` with the value read as YAML reads it (numbers, true, words)."""
    import yaml

    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise InvalidInputError(f"{text!r} is not a setting such as 'quantile=0.9'.")
    try:
        return name.strip(), yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise InvalidInputError(f"The value of {text!r} cannot be read: {value!r}.") from error
