"""``neurox classify``, and the scores of models that do not translate."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from neurox_core.errors import InvalidInputError

from .edits import at_option, edit_options, interventions, like_option, rows_of
from .shared import (
    device_option,
    model_option,
    open_corpus,
    open_model,
    progress,
    sample_bar,
    stdin_lines,
    warn_of_unknown,
)

if TYPE_CHECKING:
    from neurox_core import Corpus, Intervention, TranslationModel

CLASSIFY_EPILOG = """
\b
Examples:
  neurox classify --model ./sentiment "A very good film."
  neurox classify -m ./sentiment "A very good film." --ablate "encoder.5.ffn_act[0-99]"
  neurox classify -m ./tagger --format json < sentences.txt
"""
COLUMNS = ("part", "sentences", "metric", "value", "+/-", "baseline", "p")


@click.command(epilog=CLASSIFY_EPILOG, short_help="Classes of texts, clean and changed.")
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@model_option
@edit_options
@at_option
@like_option
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@device_option
def classify(
    texts: tuple[str, ...],
    model: str,
    ablate: tuple[str, ...],
    put: tuple[str, ...],
    add: tuple[str, ...],
    scale: tuple[str, ...],
    applied: tuple[Path, ...],
    positions: str | None,
    scope: str,
    place: str | None,
    like: str | None,
    form: str,
    device: str,
) -> None:
    """Classes of texts (or of the lines of the standard input), clean and changed.

    A classifier of texts gives the probability of each class; one of tokens the class of each word.
    """
    edits = interventions(ablate, put, add, scale, positions, scope, place, applied)
    sources = list(texts) or stdin_lines()
    if not sources:
        raise InvalidInputError("There is no text to classify: give some, or lines on the input.")
    network: Any = open_model(model, device)
    if not getattr(network, "labels", ()):
        raise InvalidInputError(
            f"{network.name} ({network.task}) has no classes; `neurox check` says what it can do."
        )
    warn_of_unknown(network, sources)
    corpus = None if like is None else open_corpus(like, None)
    rows = rows_of(network, sources, edits, corpus, own=False)
    runs: list[tuple[str, list[Any]]] = []
    with progress("Classifying", "text") as move:
        runs.append(("baseline", network.classify(sources, on_progress=move)))
        if edits:
            runs.append(("changed", network.classify(sources, rows, on_progress=move)))
    if form == "json":
        click.echo(json.dumps(_as_json(sources, runs), ensure_ascii=False, indent=1))
        return
    for i, source in enumerate(sources):
        click.echo(f"text      {source}")
        for name, found in runs:
            click.echo(f"{name:<9} {_shown(found[i])}")
        if i + 1 < len(sources):
            click.echo()


def _shown(found: Any) -> str:
    if found.probabilities and isinstance(found.probabilities[0], list):
        pairs = zip(found.tokens.word_texts, found.word_labels, strict=True)
        return " ".join(f"{word}/{label}" for word, label in pairs)
    ranked = sorted(zip(found.probabilities, found.labels, strict=True), reverse=True)
    return ", ".join(f"{label} {value:.3f}" for value, label in ranked)


def _as_json(sources: Sequence[str], runs: Sequence[tuple[str, list[Any]]]) -> list[dict[str, Any]]:
    return [
        {"text": source}
        | {
            name: {"labels": found[i].labels, "probabilities": found[i].probabilities}
            for name, found in runs
        }
        for i, source in enumerate(sources)
    ]


def score_rows(
    model: TranslationModel,
    corpus: Corpus,
    parts: dict[str, list[int]],
    edits: Sequence[Intervention],
    resamples: int,
    metrics: Sequence[str] | None = None,
) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Rows of :data:`COLUMNS` for a model that does not translate, and the signatures."""
    from neurox_core.engine.measuring import measure

    rows: list[tuple[Any, ...]] = []
    signatures: list[str] = []
    for part, indices in parts.items():
        with progress(f"Scoring {part}", "sentence") as move, sample_bar() as drawn:
            found = measure(
                model, corpus.take(indices), list(edits), metrics=metrics, resamples=resamples,
                on_progress=move, on_sample=drawn,
            )  # fmt: skip
        for name, score in found.metrics.items():
            rows.append((
                part, found.sentences, name, score.value, score.interval, score.baseline,
                score.p_value,
            ))  # fmt: skip
            signatures.append(f"{name} {score.signature}")
    return rows, signatures
