"""``neurox nearest``, ``similar`` and ``slices``: what else of the corpus is like this."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from neurox_core.errors import InvalidInputError, StoreError, UnknownAddressError

from .edits import at_option, edit_options, interventions, lend
from .shared import (
    FORMATS,
    TITLES,
    beams_option,
    corpus_option,
    device_option,
    model_option,
    note,
    open_corpus,
    open_model,
    progress,
    references_option,
    warn_of_unknown,
    write_rows,
)
from .word_labels import label_parameters

if TYPE_CHECKING:
    from neurox_core import ActivationStore
    from neurox_core.activations.nearest import Neighbour
    from neurox_core.activations.state_index import StateIndex
    from neurox_core.engine.outcomes import Outcome
    from neurox_core.engine.slicing import MeasuredSlices

NEAREST_EPILOG = """
\b
Examples:
  neurox nearest -m lstm-a -s acts "He left the house." --word 1 --layer encoder.1.rnn_hidden
  neurox nearest -m lstm-a -s acts "He left." --word 0 --side target \\
      --layer decoder.1.rnn_hidden --metric euclidean
  neurox nearest -m ./gpt2 -s acts "He left." --word 1 --layer decoder.3.resid_post --index lists
"""
SIMILAR_EPILOG = """
\b
Examples:
  neurox similar -m lstm-a -c demo "He is tired." --outcome contains:elle
  neurox similar -m lstm-a -c demo --sentence 3 --outcome label:Tense --store acts
  neurox similar -m lstm-a -c demo --sentence 3 --outcome changed \\
      --ablate "encoder.1.rnn_hidden[3]"
  neurox similar -m ./sentiment -c films.tsv "A very good film." --outcome gives
"""
SLICES_EPILOG = """
\b
Examples:
  neurox slices -m lstm-a -c demo --label column:part
  neurox slices -m lstm-a -c demo --label length --ablate "encoder.1.rnn_hidden[3]"
  neurox slices -m lstm-a -c demo --label Tense --side reference --beams 4
  neurox slices -m ./sentiment -c films.tsv --label regular_expression --with pattern=not
"""

form_option = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True
)
store_help = "Activations of the corpus, from `neurox extract`."


@click.command(epilog=NEAREST_EPILOG, short_help="Tokens of the corpus in states like a word's.")
@click.argument("text")
@model_option
@click.option("--store", "-s", required=True, help=store_help,
              type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
@click.option("--word", type=click.IntRange(0), required=True, help="Which word, from 0.")
@click.option("--layer", required=True, metavar="LAYER", help="Of the store.")
@click.option("--side", type=click.Choice(["source", "target"]), default="source",
              show_default=True, help="A word of the text, or of the model's output.")  # fmt: skip
@click.option("--metric", type=click.Choice(["cosine", "euclidean"]), default="cosine",
              show_default=True)  # fmt: skip
@click.option("--top", type=click.IntRange(1), default=12, show_default=True)
@click.option("--all-tokens", is_flag=True, help="Also several tokens of one sentence.")
@click.option("--index", "folder", metavar="FOLDER", type=click.Path(file_okay=False,
              path_type=Path), help="Search an index of the layer, made there at first: "
              "quick in a large store, but a near one may be missed.")  # fmt: skip
@beams_option
@form_option
@device_option
def nearest(
    text: str,
    model: str,
    store: Path,
    word: int,
    layer: str,
    side: str,
    metric: str,
    top: int,
    all_tokens: bool,
    folder: Path | None,
    beams: int,
    form: str,
    device: str,
) -> None:
    """Find the tokens of a corpus whose states are nearest to that of a word of a text."""
    import neurox_core as nx
    from neurox_core.models.tokens import words_of

    opened = nx.open_store(store)
    if layer not in opened.layers:
        raise UnknownAddressError(layer, list(opened.layers), "it was not recorded")
    network = open_model(model, device)
    warn_of_unknown(network, [text])
    index = None if folder is None else _index(opened, layer, folder)
    found = nx.nearest_words(
        network, opened, text, word, layer, top, side="target" if side == "target" else "source",
        beams=beams, metric=metric, index=index, each_sentence=not all_tokens,
    )  # fmt: skip
    texts = opened.texts(layer.partition(".")[0])
    spans = {one.sentence: words_of(texts[one.sentence]) for one in found.neighbours}

    def row(one: Neighbour) -> tuple[Any, ...]:
        said = texts[one.sentence]
        at = spans[one.sentence][one.word] if one.word >= 0 else None
        number = one.sentence if opened.rows is None else opened.rows[one.sentence]
        return (one.value, number, one.word, "" if at is None else said[at[0] : at[1]], said)

    columns = (metric, "sentence", "place", "word", "text")
    click.echo(write_rows(columns, [row(one) for one in found.neighbours], form))
    how = "all that could be" if found.exact else "those of the nearest lists"
    note(f"{found.compared} of {found.rows} tokens were compared: {how}.")


def _index(store: ActivationStore, layer: str, folder: Path) -> StateIndex:
    """The index in a folder, made if there is none."""
    from neurox_core.activations.state_index import StateIndex

    if not folder.exists():
        with progress("Making an index", "token") as move:
            StateIndex.build(store, layer, folder, on_progress=lambda *at: move(at[0], at[1]))
    try:
        found = StateIndex(folder)
    except StoreError as error:
        raise InvalidInputError(f"{folder} holds no index of states; name a new folder.") from error
    found.check(store, layer)
    return found


@click.command(epilog=SIMILAR_EPILOG, short_help="Similar sentences that come out otherwise.")
@click.argument("text", required=False)
@model_option
@corpus_option
@references_option
@click.option("--sentence", type=click.IntRange(0), help="Of the corpus, from 0, in place of TEXT.")
@click.option("--outcome", required=True, metavar="OUTCOME",
              help="What is looked at: contains:WORD or contains:CLASS; gives (a classifier's "
              "class; a language model: predicted better than most or not); changed (by the "
              "changes); reference; label:NAME (of the words of the translation); column:NAME "
              "(a label of the sentence).")  # fmt: skip
@click.option("--store", "-s", help=f"{store_help} Similar is then what is held in similar states; "
              "without it, what has similar characters (chrF).",
              type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
@click.option("--layer", metavar="LAYER", help="Of the store; the last that reads the source.")
@edit_options
@at_option
@beams_option
@click.option("--top", type=click.IntRange(1), default=8, show_default=True)
@click.option("--limit", type=click.IntRange(1), help="Only the first sentences.")
@form_option
@device_option
def similar(
    text: str | None,
    model: str,
    corpus: str,
    references: str | None,
    sentence: int | None,
    outcome: str,
    store: Path | None,
    layer: str | None,
    beams: int,
    top: int,
    limit: int | None,
    form: str,
    device: str,
    **changes: Any,
) -> None:
    """Find the sentences of a corpus that are most like one and come out otherwise."""
    import neurox_core as nx

    edits, wanted = interventions(**changes), _outcome(outcome)
    about = text if sentence is None else sentence
    if about is None or (text is not None and sentence is not None):
        raise InvalidInputError("Give either a text or --sentence, a number of the corpus.")
    if layer is not None and store is None:
        raise InvalidInputError("--layer is one of a store: name it with --store.")
    sentences, network = open_corpus(corpus, references, limit), open_model(model, device)
    warn_of_unknown(network, [] if text is None else [text])
    lend(network, sentences, edits)
    opened = None if store is None else nx.open_store(store)
    with progress("Reading the corpus", "sentence") as move:
        found = nx.find_counterparts(
            network, sentences, about, wanted, edits,
            store=opened, layer=layer, beams=beams, k=top, on_progress=move,
        )  # fmt: skip
    if form == "json":
        items = [{**asdict(one), "source": sentences.sources[one.sentence]} for one in found.found]
        click.echo(json.dumps({**asdict(found), "found": items}, indent=1, ensure_ascii=False))
        return
    columns = ("similarity", "sentence", "outcome", "source", "output")
    rows = [
        (
            one.similarity, one.sentence, one.outcome, sentences.sources[one.sentence],
            _both(one.clean, one.changed),
        )
        for one in found.found
    ]  # fmt: skip
    click.echo(write_rows(columns, rows, form))
    note(f"{found.source}  {_both(found.clean, found.changed)}  [{found.outcome}]")
    counted = list(found.outcomes.items())
    more = f", {len(counted) - 8} more" if len(counted) > 8 else ""
    note("corpus: " + ", ".join(f"{value} {n}" for value, n in counted[:8]) + more)


def _both(clean: str, changed: str | None) -> str:
    return clean if changed is None or changed == clean else f"{clean} -> {changed}"


def _outcome(text: str) -> Outcome:
    from neurox_core.engine.outcomes import Outcome

    kind, _, name = text.partition(":")
    return Outcome(kind, name)  # type: ignore[arg-type]  # It tells what is no kind.


@click.command(epilog=SLICES_EPILOG, short_help="The score of each value of a label.")
@model_option
@corpus_option
@references_option
@click.option("--label", "-l", required=True, metavar="NAME",
              help="An annotation of words, column:NAME of sentences, or an annotator such as "
              "length. A number is cut into ranges.")  # fmt: skip
@click.option("--with", "options", multiple=True, metavar="NAME=VALUE",
              help="An option of an annotator, such as pattern=ing$.")  # fmt: skip
@click.option("--side", type=click.Choice(["source", "reference"]), default="source",
              show_default=True, help="Whose words have the label.")  # fmt: skip
@click.option("--least", type=click.IntRange(1), default=5, show_default=True,
              help="Leave out slices of fewer sentences.")  # fmt: skip
@edit_options
@at_option
@beams_option
@click.option("--limit", type=click.IntRange(1), help="Only the first sentences.")
@click.option("--resamples", type=click.IntRange(10), default=300, show_default=True)
@form_option
@device_option
def slices(
    model: str,
    corpus: str,
    references: str | None,
    label: str,
    options: tuple[str, ...],
    side: str,
    least: int,
    beams: int,
    limit: int | None,
    resamples: int,
    form: str,
    device: str,
    **changes: Any,
) -> None:
    """Score the sentences that have each value of a label, clean and changed.

    A sentence is in the slice of every value that one of its words has. The score is the model's
    own: BLEU and chrF, perplexity, or accuracy and F1. Intervals are half widths of 95 % bootstrap
    intervals.
    """
    import neurox_core as nx

    edits, given = interventions(**changes), label_parameters(label, options)
    text, network = open_corpus(corpus, references, limit), open_model(model, device)
    lend(network, text, edits)
    with progress("Reading the corpus", "sentence") as move:
        found = nx.measure_slices(
            network, text, label, edits, side=side, parameters=given, beams=beams,
            resamples=resamples, minimum=least, on_progress=move,
        )  # fmt: skip
    if form == "json":
        click.echo(json.dumps(asdict(found), indent=1, ensure_ascii=False))
        return
    click.echo(write_rows(*_slice_rows(found), form))
    if found.left_out:
        note(f"Left out: slices of fewer than {least} sentences ({found.left_out}).")
    for metric, signature in found.signatures.items():
        note(f"{TITLES.get(metric, metric)} {signature}")


def _slice_rows(found: MeasuredSlices) -> tuple[list[str], Sequence[Sequence[Any]]]:
    compared = found.whole.changed_sentences is not None
    columns = [found.label, "sentences", *(["changed"] if compared else [])]
    for name in found.signatures:
        title = TITLES.get(name, name)
        columns += [title, f"{title} +/-"]
        if compared:
            columns += [f"{title} change", f"{title} change +/-", f"{title} p"]
    rows = []
    for one in (found.whole, *found.slices):
        row: list[Any] = [one.name, one.sentences]
        if compared:
            row.append(one.changed_sentences)
        for metric in one.metrics.values():
            row += [metric.value, metric.interval]
            if compared:
                row += [metric.difference, metric.difference_interval, metric.p_value]
        rows.append(row)
    return columns, rows
