"""``neurox groups`` and ``try``: neurons ablated as a whole, and an edit on a whole corpus."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from neurox_core.errors import InvalidInputError

from .edits import at_option, edit_options, interventions, lend, neurons_of
from .holding import holding_of, holding_option
from .sets import note_signatures, set_rows
from .shared import (
    FORMATS,
    TITLES,
    beams_option,
    corpus_option,
    device_option,
    metric_option,
    model_option,
    note,
    open_corpus,
    open_model,
    progress,
    references_option,
    sample_bar,
    split_names,
    write_rows,
)

if TYPE_CHECKING:
    from neurox_core.interventions.sets import SetComparison

GROUPS_EPILOG = """
\b
Examples:
  neurox groups layers -m lstm-a -c demo:everyday
  neurox groups heads -m marian -c demo:everyday --layers encoder.0.self_attn_heads
  neurox groups these -m lstm-a -c demo --neurons "encoder.1.rnn_hidden[3,5-7]"
  neurox groups others -m ./sentiment -c films.tsv --neurons-file best.txt --operation mean
"""
TRY_EPILOG = """
\b
Examples:
  neurox try -m lstm-a -c demo --word il --instead elle --apply she.json
  neurox try -m lstm-a -c demo --word il --instead elle \\
      --set "encoder.1.rnn_hidden[275]=2sigma" --where gender=masc
"""


@click.command(epilog=GROUPS_EPILOG, short_help="Layers, heads or sets of neurons ablated whole.")
@click.argument("kind", type=click.Choice(["these", "others", "layers", "heads"]))
@model_option
@corpus_option
@references_option
@click.option("--neurons", multiple=True, metavar="NEURONS",
              help='Those to ablate, or to keep: "encoder.1.rnn_hidden[3,5-7]".')  # fmt: skip
@click.option("--neurons-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A file of addresses, one a line.")  # fmt: skip
@click.option("--layers", multiple=True, metavar="LAYER,...",
              help="Which layers; all if missing, or all that hold heads.")  # fmt: skip
@click.option("--operation", type=click.Choice(["zero", "mean", "resample"]), default="zero",
              show_default=True)  # fmt: skip
@click.option("--scope", type=click.Choice(["output", "recurrence"]), default="output",
              show_default=True)  # fmt: skip
@beams_option
@click.option("--limit", type=click.IntRange(1), help="Only the first sentences.")
@metric_option
@click.option("--resamples", type=click.IntRange(10), default=300, show_default=True)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@device_option
def groups(
    kind: str,
    model: str,
    corpus: str,
    references: str | None,
    neurons: tuple[str, ...],
    neurons_file: Path | None,
    layers: tuple[str, ...],
    operation: str,
    scope: str,
    beams: int,
    limit: int | None,
    metrics: tuple[str, ...],
    resamples: int,
    form: str,
    device: str,
) -> None:
    """Ablate groups of neurons, each as a whole, and score the corpus without each.

    KIND is "these" neurons exactly, all "others" of their layers, "layers" one by one, or the
    "heads" of a layer one by one.
    """
    import neurox_core as nx
    from neurox_core.interventions.groups import ablations, chosen_groups

    named = [n for text in neurons for n in neurons_of(text)]
    if neurons_file is not None:
        from .causal import addresses

        named += addresses(neurons_file)
    if kind in ("layers", "heads") and named:
        raise InvalidInputError(f"{kind} are whole: name them with --layers, not by neurons.")
    if kind in ("these", "others") and layers:
        raise InvalidInputError(f"{kind} are neurons: name them with --neurons, not by layers.")
    network, text = open_model(model, device), open_corpus(corpus, references, limit)
    wanted = split_names(layers) or []
    if kind == "heads" and not wanted:
        wanted = [a for a in network.layers if a.endswith("_attn_heads")]
        if not wanted:
            raise InvalidInputError(f"{network.name} has no layer of heads (..._attn_heads).")
    found = chosen_groups(network, kind, named, wanted)
    off = ablations(found, operation, scope)
    lend(network, text, [edit for one in off for edit in one.interventions])
    with progress("Ablating", "group") as move, sample_bar() as drawn:
        scored = nx.compare_sets(
            network, text, off, beams=beams,
            metrics=metrics or None, resamples=resamples, on_progress=move, on_sample=drawn,
        )  # fmt: skip
    _write(scored, found, form)


def _write(scored: SetComparison, found: dict[str, list[str]], form: str) -> None:
    columns, rows = set_rows(scored)
    rows = [[name, len(found[name]), *rest] for name, *rest in rows]
    click.echo(write_rows(("group", "neurons", *columns[1:]), rows, form))
    note_signatures(scored.outcomes[0].score)


@click.command("try", epilog=TRY_EPILOG, short_help="An edit on the whole corpus.")
@model_option
@corpus_option
@references_option
@click.option("--word", required=True, help="What the edit turns.")
@click.option("--instead", required=True, help="Into what.")
@holding_option
@edit_options
@at_option
@beams_option
@click.option("--limit", type=click.IntRange(1), help="Only the first sentences.")
@click.option("--resamples", type=click.IntRange(10), default=300, show_default=True)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@device_option
def try_command(
    model: str,
    corpus: str,
    references: str | None,
    word: str,
    instead: str,
    holding: str | None,
    beams: int,
    limit: int | None,
    resamples: int,
    form: str,
    device: str,
    **changes: Any,
) -> None:
    """Count where an edit turns a word into another, and what it breaks elsewhere.

    It is meant for the sentences that are translated with the word, and with --where only for
    those in which that holds. Others that change are damage.
    """
    import neurox_core as nx

    edits = interventions(**changes)
    if not edits:
        raise InvalidInputError("Nothing is changed: give --set, --add, --ablate or --apply.")
    where = None if holding is None else holding_of(holding)
    text = open_corpus(corpus, references, limit)
    if where is not None:
        where.check(text)
    network = open_model(model, device)
    lend(network, text, edits)
    tried = nx.try_edit(
        network, text, edits, word, instead, holding=where, beams=beams, resamples=resamples
    )
    if form == "json":
        click.echo(json.dumps(tried, indent=1, ensure_ascii=False))
        return
    counts = (
        "sentences", "sentences_holding", "with_word", "turned", "changed_otherwise",
        "without_word", "changed_elsewhere", "word_elsewhere", "turned_elsewhere",
    )  # fmt: skip
    rows: list[tuple[str, Any]] = [
        (name.replace("_", " "), tried[name]) for name in counts if name in tried
    ]
    for name, one in tried["metrics"].items():
        title = TITLES.get(name, name)
        rows += [(title, one["value"]), (f"{title} change", one["change"]),
                 (f"{title} p", one["p_value"])]  # fmt: skip
    click.echo(write_rows(("", "value"), rows, form))
    if form == "table":
        for title, key in (("turned", "turned_examples"), ("broken", "broken_examples")):
            for one in tried[key][:4]:
                note(f"{title}  {one['source']}  {one['before']} -> {one['after']}")
    for name, one in tried["metrics"].items():
        note(f"{TITLES.get(name, name)} {one['signature']}")
    for warning in tried["warnings"]:
        note(warning)
