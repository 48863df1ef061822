"""``neurox control`` and ``bias``: a property of what is written, turned and counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from neurox_core.errors import InvalidInputError

from .causes import form_option, out_option
from .edits import at_option, edit_options, interventions, like_option, words_like
from .sets import write_set
from .shared import (
    beams_option,
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
  neurox bias -m lstm-a --set "encoder.1.rnn_hidden[275]=2sigma" --at words:he,she --limit 40
  neurox bias -m lstm-a --template "The {noun} knew that {pronoun} was right."
"""


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
@at_option
@like_option
@beams_option
@click.option("--template", "templates", multiple=True,
              help="In place of ours, with {noun} first and {pronoun}.")  # fmt: skip
@click.option("--sentences", "own", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A file of sentences, one a line, each with he or she, in place of "
              "templates.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1), help="Only the first sentences.")
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
    place: str | None,
    like: str | None,
    beams: int,
    templates: tuple[str, ...],
    own: Path | None,
    limit: int | None,
    form: str,
    device: str,
) -> None:
    """Count masculine and feminine forms for occupations with "he" and with "she"."""
    import neurox_core as nx
    from neurox_core.interventions.bias import TEMPLATES

    edits = interventions(ablate, put, add, scale, positions, scope, place, applied)
    network = open_model(model, device)
    labels, forms = words_like(network, edits, like)
    lines = [] if own is None else [x for x in read_lines(own) if x.strip()]
    made = templates or (() if own is not None else TEMPLATES)
    with progress("Translating", "sentences") as move:
        report = nx.gender_bias(
            network, edits, templates=made, sentences=lines, beams=beams, limit=limit,
            labels=labels, forms=forms, on_progress=move,
        )  # fmt: skip
    found = report.to_dict()
    if form == "json":
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
        return
    before, after = found["before"], found["after"]
    keys = ("accuracy", "accuracy_m", "accuracy_f", "delta_g", "pro", "anti", "delta_s")
    rows: list[tuple[Any, ...]] = [(k, before[k], after[k]) for k in keys]
    rows += [(k, before["forms"][k], after["forms"][k]) for k in before["forms"]]
    click.echo(write_rows(("", "before", "after"), rows, form))
    for warning in report.warnings:
        note(warning)
