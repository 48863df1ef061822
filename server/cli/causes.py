"""``neurox attribute``, ``compare`` and ``find``: what neurons cause in one sentence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from neurox_core.errors import InvalidInputError

from .edits import texts_of
from .holding import holding_of, holding_option
from .sets import write_set
from .shared import (
    FORMATS,
    TITLES,
    beams_option,
    device_option,
    model_option,
    note,
    open_corpus,
    open_model,
    split_names,
    write_rows,
)

if TYPE_CHECKING:
    from neurox_core import Corpus, TranslationModel

ATTRIBUTE_EPILOG = """
\b
Examples:
  neurox attribute -m lstm-a "He is tired." --word 0 --instead Elle
  neurox attribute -m lstm-a "He left." --word 0 --counterfactual "She left."
"""
COMPARE_EPILOG = """
\b
Examples:
  neurox compare -m lstm-a "He is tired." "She is tired."
  neurox compare -m lstm-a "He is tired." "She is tired." --keep encoder.1.rnn_hidden@0 \\
      --out she.json
  neurox compare -m lstm-a "He is tired." "She is tired." --beams 4 --scope recurrence \\
      --layers encoder.0.rnn_hidden,encoder.1.rnn_hidden
"""
FIND_EPILOG = """
\b
Examples:
  neurox find -m lstm-a "He is tired." --word 0 --instead Elle
  neurox find -m lstm-a "He is tired." --word 0 --instead Elle --out she.json
  neurox find -m lstm-a "He is tired." --word 0 --instead Elle --layers encoder.0.rnn_hidden \\
      --scope recurrence --beams 4
  neurox find -m ./my-marian "He is tired." --word 0 --instead Elle --like text.tsv
  neurox find -m lstm-a "He is tired." --word 0 --instead Elle --corpus demo:everyday
  neurox find -m lstm-a "He is tired." --word 0 --instead Elle -c demo --where gender=masc
"""

word_option = click.option(
    "--word", type=click.IntRange(0), required=True, help="Which word of the translation, from 0."
)
out_option = click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Keep what was found as a manipulation set, for --apply, `sets` and the page.",
)  # fmt: skip
layers_option = click.option(
    "--layers", multiple=True, metavar="LAYER,...",
    help="Where to look; if missing, in all layers (`find`: all that read the source).",
)  # fmt: skip
scope_option = click.option(
    "--scope", type=click.Choice(["output", "recurrence"]), default="output", show_default=True,
    help="Recurrent layers: change what later layers see, or the state itself.",
)  # fmt: skip
usual_option = click.option(
    "--like", metavar="CORPUS",
    help="A corpus that says what is usual for the neurons, if that is not known of the model.",
)  # fmt: skip
form_option = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True
)


def _make_usual(network: TranslationModel, like: str | None, other: Corpus | None = None) -> None:
    """Means, deviations and ranges of a model that has none, from a corpus."""
    from neurox_core import ReferenceValues

    corpus = other if like is None else open_corpus(like, None)
    if corpus is not None and (like is not None or network.statistics is None):
        network.statistics = ReferenceValues.measure(network, *texts_of(corpus))


@click.command(epilog=ATTRIBUTE_EPILOG, short_help="Which neurons made a word.")
@click.argument("text")
@model_option
@word_option
@click.option("--instead", help="Another word that could stand there.")
@click.option("--target", help="The translation, if it is not the model's own.")
@click.option("--baseline", type=click.Choice(["mean", "zero"]), default="mean", show_default=True)
@click.option("--counterfactual", metavar="TEXT", help="A sentence whose states are the baseline.")
@layers_option
@scope_option
@usual_option
@click.option("--top", type=click.IntRange(1), default=20, show_default=True)
@beams_option
@form_option
@device_option
def attribute(
    text: str,
    model: str,
    word: int,
    instead: str | None,
    target: str | None,
    baseline: str,
    counterfactual: str | None,
    layers: tuple[str, ...],
    scope: str,
    like: str | None,
    top: int,
    beams: int,
    form: str,
    device: str,
) -> None:
    """Estimate every neuron's effect on a word, and check the largest by real interventions."""
    import neurox_core as nx

    network = open_model(model, device)
    _make_usual(network, like)
    if target is None:
        target = network.translate([text], beams=beams)[0].text
    found = nx.attribute(
        network, text, target, word, instead,
        baseline="counterfactual" if counterfactual else baseline, counterfactual=counterfactual,
        layers=split_names(layers), scope=scope, verify=top,
    )  # fmt: skip
    if form == "json":
        click.echo(json.dumps(found.to_dict(top), indent=1))
        return
    rows = [(v["neuron"], v["estimate"], v["effect"]) for v in found.verified]
    click.echo(write_rows(("neuron", "estimate", "effect"), rows, form))
    other = f" against {instead!r}" if instead else ""
    note(
        f"{found.objective.word!r}{other} after {found.objective.prefix!r}: {found.value:.4g} nats"
    )
    _doubt(found.warnings)


def _doubt(warnings: Sequence[str]) -> None:
    """Say why what was found says little."""
    for warning in warnings:
        note(warning)


@click.command(epilog=COMPARE_EPILOG, short_help="What carries the difference of two runs.")
@click.argument("text")
@click.argument("counterfactual")
@model_option
@click.option("--top", type=click.IntRange(1), default=20, show_default=True)
@click.option("--keep", "cells", multiple=True, metavar="ADDRESS[@POSITION]",
              help="Put this layer or neuron of the other run into the sentence, at one position "
              "or at all, and translate it. May be given several times.")  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write what --keep names as a manipulation set.")  # fmt: skip
@layers_option
@scope_option
@beams_option
@form_option
@device_option
def compare(
    text: str,
    counterfactual: str,
    model: str,
    top: int,
    cells: tuple[str, ...],
    out: Path | None,
    layers: tuple[str, ...],
    scope: str,
    beams: int,
    form: str,
    device: str,
) -> None:
    """Put states of one sentence's run into another's, by layer and by neuron."""
    import neurox_core as nx

    chosen = split_names(layers)
    if out is not None and not cells:
        raise InvalidInputError("--out writes what --keep names: give a layer or a neuron.")
    if cells and chosen is not None:
        raise InvalidInputError("--keep names its layers itself: leave out --layers.")
    if cells:
        _keep(text, counterfactual, model, cells, out, scope, beams, form, device)
        return
    found = nx.compare_runs(
        open_model(model, device), text, counterfactual, layers=chosen, scope=scope, neurons=top,
        beams=beams,
    )  # fmt: skip
    if form == "json":
        click.echo(json.dumps(found.to_dict(), indent=1))
        return
    rows = [(row["layer"], row["whole"]) for row in found.layers]
    rows += [(row["neuron"], row["recovered"]) for row in found.neurons]
    click.echo(write_rows(("layer or neuron", "recovered"), rows, form))
    note(" / ".join(found.translations))
    _doubt(found.warnings)


def _keep(
    text: str,
    counterfactual: str,
    model: str,
    cells: tuple[str, ...],
    out: Path | None,
    scope: str,
    beams: int,
    form: str,
    device: str,
) -> None:
    """Make a patch of some cells, say what it does, and write it down."""
    import neurox_core as nx

    wanted = []
    for cell in cells:
        address, sign, position = cell.partition("@")
        if sign and not position.isdecimal():
            raise InvalidInputError(f"--keep {cell!r}: a position is a number, from 0.")
        wanted.append((address, int(position) if sign else None))
    found = nx.patch_from(
        open_model(model, device), text, counterfactual, wanted, scope=scope, beams=beams
    )
    if out is not None:
        name = f"{', '.join(cells)} from {counterfactual}"[:80]
        write_set(out, nx.ManipulationSet(name, tuple(found.interventions)), model)
    if form == "json":
        click.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
        return
    rows = [("recovered", found.recovered), ("before", found.before), ("after", found.after)]
    click.echo(write_rows(("", "value"), rows, form))
    _doubt(found.warnings)


@click.command(epilog=FIND_EPILOG, short_help="The few neurons that would make another word.")
@click.argument("text")
@model_option
@word_option
@click.option("--instead", required=True, help="The word that should come out.")
@click.option("--most", type=click.IntRange(1), default=10, show_default=True)
@click.option("--bound", type=float, default=3.0, show_default=True, help="In deviations.")
@layers_option
@scope_option
@usual_option
@beams_option
@click.option("--corpus", "-c", metavar="CORPUS", help="Try the edit on it.")
@click.option("--limit", type=click.IntRange(1), help="Only the first sentences.")
@holding_option
@out_option
@form_option
@device_option
def find(
    text: str,
    model: str,
    word: int,
    instead: str,
    most: int,
    bound: float,
    layers: tuple[str, ...],
    scope: str,
    like: str | None,
    beams: int,
    corpus: str | None,
    limit: int | None,
    holding: str | None,
    out: Path | None,
    form: str,
    device: str,
) -> None:
    """Search for few neurons, within their natural range, that turn a word into another."""
    import neurox_core as nx

    if holding is not None and corpus is None:
        raise InvalidInputError("--where tells sentences apart: name a corpus with --corpus.")
    where = None if holding is None else holding_of(holding)
    sentences = None if corpus is None else open_corpus(corpus, None, limit)
    if where is not None and sentences is not None:
        where.check(sentences)
    network = open_model(model, device)
    # Where nothing is known of the model, a corpus that the edit is tried on says it as well.
    _make_usual(network, like, sentences)
    found = nx.find_edit(
        network, text, word, instead, layers=split_names(layers), most=most, bound=bound,
        scope=scope, beams=beams,
    )  # fmt: skip
    if out is not None:
        write_set(out, nx.ManipulationSet(f"{found.objective.word} to {instead}"[:80],
                                          tuple(found.interventions)), model)  # fmt: skip
    tried: dict[str, Any] | None = None
    if sentences is not None:
        old = found.objective.word
        tried = nx.try_edit(
            network, sentences, found.interventions, old, instead, holding=where, beams=beams
        )
    if form == "json":
        click.echo(json.dumps({**found.to_dict(), "corpus": tried}, indent=1, ensure_ascii=False))
        return
    rows = [(i.neurons[0], i.value) for i in found.interventions]
    click.echo(write_rows(("neuron", "value"), rows, form))
    note(f"before  {found.before}\nafter   {found.after}")
    if not found.found:
        note("The word does not come out; this is the best that was found.")
    _doubt(found.warnings)
    if tried is not None:
        note(
            f"corpus: {tried['turned']} of {tried['with_word']} sentences turned, "
            f"{tried['changed_elsewhere']} of {tried['without_word']} others changed, "
            + ", ".join(
                f"{TITLES.get(name, name)} {metric['change']:+.2f}"
                for name, metric in tried["metrics"].items()
            )
        )
