"""``neurox attribute``, ``compare``, ``find``, ``control`` and ``bias``: what neurons cause."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from neurox_core.errors import InvalidInputError

from .edits import edit_options, interventions
from .holding import holding_of, holding_option
from .sets import write_set
from .shared import (
    FORMATS,
    corpus_option,
    device_option,
    model_option,
    note,
    open_corpus,
    open_model,
    progress,
    read_lines,
    references_option,
    write_rows,
)

if TYPE_CHECKING:
    from neurox_core.interventions.control_words import Tagger

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
"""
FIND_EPILOG = """
\b
Examples:
  neurox find -m lstm-a "He is tired." --word 0 --instead Elle
  neurox find -m lstm-a "He is tired." --word 0 --instead Elle --out she.json
  neurox find -m lstm-a "He is tired." --word 0 --instead Elle --corpus demo:everyday
  neurox find -m lstm-a "He is tired." --word 0 --instead Elle -c demo --where gender=masc
"""
CONTROL_EPILOG = """
\b
Examples:
  neurox control -m lstm-a -c demo --label Gender --values Fem,Masc --to Fem
  neurox control -m lstm-a -c demo --label Tense --values "Past|Imp,Pres" --to Pres
  neurox control -m lstm-a -c demo --label Number --values Sing,Plur --to Plur --k 5 --beta 4,8 \\
      --out plural.json
"""
BIAS_EPILOG = """
\b
Examples:
  neurox bias -m lstm-a
  neurox bias -m lstm-a --set "encoder.1.rnn_hidden[275]=2sigma"
  neurox bias -m lstm-a --template "The {noun} knew that {pronoun} was right."
"""

word_option = click.option(
    "--word", type=click.IntRange(0), required=True, help="Which word of the translation, from 0."
)
out_option = click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Keep what was found as a manipulation set, for --apply, `sets` and the page.",
)  # fmt: skip
form_option = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True
)


@click.command(epilog=ATTRIBUTE_EPILOG, short_help="Which neurons made a word.")
@click.argument("text")
@model_option
@word_option
@click.option("--instead", help="Another word that could stand there.")
@click.option("--target", help="The translation, if it is not the model's own.")
@click.option("--baseline", type=click.Choice(["mean", "zero"]), default="mean", show_default=True)
@click.option("--counterfactual", metavar="TEXT", help="A sentence whose states are the baseline.")
@click.option("--top", type=click.IntRange(1), default=20, show_default=True)
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
    top: int,
    form: str,
    device: str,
) -> None:
    """Estimate every neuron's effect on a word, and check the largest by real interventions."""
    import neurox_core as nx

    found = nx.attribute(
        open_model(model, device), text, target, word, instead,
        baseline="counterfactual" if counterfactual else baseline, counterfactual=counterfactual,
        verify=top,
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
@form_option
@device_option
def compare(
    text: str,
    counterfactual: str,
    model: str,
    top: int,
    cells: tuple[str, ...],
    out: Path | None,
    form: str,
    device: str,
) -> None:
    """Put states of one sentence's run into another's, by layer and by neuron."""
    import neurox_core as nx

    if out is not None and not cells:
        raise InvalidInputError("--out writes what --keep names: give a layer or a neuron.")
    if cells:
        _keep(text, counterfactual, model, cells, out, form, device)
        return
    found = nx.compare_runs(open_model(model, device), text, counterfactual, neurons=top)
    if form == "json":
        click.echo(json.dumps(found.to_dict(), indent=1))
        return
    rows = [(row["layer"], row["whole"]) for row in found.layers]
    rows += [(row["neuron"], row["recovered"]) for row in found.neurons]
    click.echo(write_rows(("layer or neuron", "recovered"), rows, form))
    note(" / ".join(found.translations))


def _keep(
    text: str,
    counterfactual: str,
    model: str,
    cells: tuple[str, ...],
    out: Path | None,
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
    found = nx.patch_from(open_model(model, device), text, counterfactual, wanted)
    if out is not None:
        name = f"{', '.join(cells)} from {counterfactual}"[:80]
        write_set(out, nx.ManipulationSet(name, tuple(found.interventions)), model)
    if form == "json":
        click.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
        return
    rows = [("recovered", found.recovered), ("before", found.before), ("after", found.after)]
    click.echo(write_rows(("", "value"), rows, form))


@click.command(epilog=FIND_EPILOG, short_help="The few neurons that would make another word.")
@click.argument("text")
@model_option
@word_option
@click.option("--instead", required=True, help="The word that should come out.")
@click.option("--most", type=click.IntRange(1), default=10, show_default=True)
@click.option("--bound", type=float, default=3.0, show_default=True, help="In deviations.")
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
    found = nx.find_edit(network, text, word, instead, most=most, bound=bound)
    if out is not None:
        write_set(out, nx.ManipulationSet(f"{found.objective.word} to {instead}"[:80],
                                          tuple(found.interventions)), model)  # fmt: skip
    tried: dict[str, Any] | None = None
    if sentences is not None:
        old = found.objective.word
        tried = nx.try_edit(network, sentences, found.interventions, old, instead, holding=where)
    if form == "json":
        click.echo(json.dumps({**found.to_dict(), "corpus": tried}, indent=1, ensure_ascii=False))
        return
    rows = [(i.neurons[0], i.value) for i in found.interventions]
    click.echo(write_rows(("neuron", "value"), rows, form))
    note(f"before  {found.before}\nafter   {found.after}")
    if not found.found:
        note("The word does not come out; this is the best that was found.")
    if tried is not None:
        note(
            f"corpus: {tried['turned']} of {tried['with_word']} sentences turned, "
            f"{tried['changed_elsewhere']} of {tried['without_word']} others changed, "
            f"BLEU {tried['bleu']['change']:+.2f}"
        )


@click.command(epilog=CONTROL_EPILOG, short_help="Control tense, number or gender by neurons.")
@model_option
@corpus_option
@references_option
@click.option("--label", required=True, help="A label of the references' words.")
@click.option("--values", required=True, metavar="A,B", help="Its values; alternatives by '|'.")
@click.option("--to", required=True, metavar="VALUE", help="The one that is wanted.")
@click.option("--layer", "layers", multiple=True, help="Of the encoder; its last by default.")
@click.option("--k", "ks", default="1,5,20,50", show_default=True, metavar="LIST",
              help="How many neurons.")  # fmt: skip
@click.option("--beta", "betas", default="0,2,8,32", show_default=True, metavar="LIST")
@click.option("--select", type=click.Choice(["accuracy", "difference", "random"]),
              default="accuracy", show_default=True, help="How neurons are ordered.")  # fmt: skip
@click.option("--align", type=click.Choice(["corpus", "attention"]), default="corpus",
              show_default=True, help="What links words: an aligner fitted to the corpus, or the "
              "model's attention.")  # fmt: skip
@click.option("--annotator", metavar="NAME[,OPTION=VALUE...]",
              help="Tags references and outputs in place of the annotation.")  # fmt: skip
@click.option(
    "--scope", type=click.Choice(["output", "recurrence"]), default="output", show_default=True
)
@click.option("--limit", type=click.IntRange(10), default=120, show_default=True,
              help="Most sentences to judge by.")  # fmt: skip
@out_option
@form_option
@device_option
def control(
    model: str,
    corpus: str,
    references: str | None,
    label: str,
    values: str,
    to: str,
    layers: tuple[str, ...],
    ks: str,
    betas: str,
    select: str,
    align: str,
    annotator: str | None,
    scope: str,
    limit: int,
    out: Path | None,
    form: str,
    device: str,
) -> None:
    """Run the control protocol of Bau et al. 2019: success and damage over a sweep."""
    import neurox_core as nx

    pair = tuple(v.strip() for v in values.split(","))
    if len(pair) != 2 or to not in pair:
        raise InvalidInputError(
            "--values takes two values, such as Fem,Masc, and --to one of them."
        )
    network, text = open_model(model, device), open_corpus(corpus, references)
    with progress("Controlling", "setting") as move:
        found = nx.control(
            network, text, label, (pair[0], pair[1]), pair.index(to), layers=layers or None,
            ks=[int(k) for k in _numbers(ks, "--k")], betas=_numbers(betas, "--beta"),
            select=select, align="attention" if align == "attention" else None,
            tagger=_tagger(annotator), scope=scope, limit=limit, on_progress=move,
        )  # fmt: skip
    if out is not None:
        write_set(out, nx.ManipulationSet(f"{label} to {to}"[:80], tuple(found.interventions)),
                  model)  # fmt: skip
    if form == "json":
        click.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
        return
    columns = ("k", "beta", "success", "words", "BLEU change", "changed elsewhere")
    rows = [
        (p.k, p.beta, p.success, p.words, p.bleu_change, p.changed_elsewhere)
        for p in (*found.sweep, found.best)
        if p is not None
    ]
    click.echo(write_rows(columns, rows, form))
    note("The last row is the chosen setting on sentences that it was not chosen by.")
    note(found.signature)


def _numbers(text: str, option: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise InvalidInputError(
            f"{option} takes numbers separated by commas, not {text!r}."
        ) from None


def _tagger(text: str | None) -> Tagger | None:
    if text is None:
        return None
    from neurox_core.interventions.control_words import annotator_tagger

    name, *options = text.split(",")
    pairs = [option.partition("=") for option in options]
    if bad := [option for option, (_, mark, _) in zip(options, pairs, strict=True) if not mark]:
        raise InvalidInputError(f"--annotator: {bad[0]!r} should be OPTION=VALUE.")
    return annotator_tagger(name, **{key: value for key, _, value in pairs})


@click.command(epilog=BIAS_EPILOG, short_help="Which gender occupations get, before and after.")
@model_option
@edit_options
@click.option("--template", "templates", multiple=True,
              help="In place of ours, with {noun} first and {pronoun}.")  # fmt: skip
@click.option("--sentences", "own", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A file of sentences, one a line, each with he or she, in place of "
              "templates.")  # fmt: skip
@form_option
@device_option
def bias(
    model: str,
    ablate: tuple[str, ...],
    put: tuple[str, ...],
    add: tuple[str, ...],
    scale: tuple[str, ...],
    applied: tuple[Path, ...],
    positions: str | None,
    scope: str,
    templates: tuple[str, ...],
    own: Path | None,
    form: str,
    device: str,
) -> None:
    """Count masculine and feminine forms for occupations with "he" and with "she"."""
    import neurox_core as nx
    from neurox_core.interventions.bias import TEMPLATES

    edits = interventions(ablate, put, add, scale, positions, scope, applied=applied)
    network = open_model(model, device)
    lines = [] if own is None else [x for x in read_lines(own) if x.strip()]
    forms = templates or (() if own is not None else TEMPLATES)
    with progress("Translating", "sentences") as move:
        report = nx.gender_bias(network, edits, templates=forms, sentences=lines, on_progress=move)
    found = report.to_dict()
    if form == "json":
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
        return
    before, after = found["before"], found["after"]
    keys = ("accuracy", "accuracy_m", "accuracy_f", "delta_g", "pro", "anti", "delta_s")
    rows: list[tuple[Any, ...]] = [(k, before[k], after[k]) for k in keys]
    rows += [(k, before["forms"][k], after["forms"][k]) for k in before["forms"]]
    click.echo(write_rows(("", "before", "after"), rows, form))
