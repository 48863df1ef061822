"""``neurox translate`` and ``neurox score``: decode clean and changed, and compare."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from neurox_core.errors import InvalidInputError

from .by_task import COLUMNS, score_rows
from .edits import at_option, edit_options, interventions, like_option, rows_of
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
    stdin_lines,
    warn_of_unknown,
    write_rows,
)
from .steps import decodings, step_lines, steps_json

if TYPE_CHECKING:
    from neurox_core import Corpus, Intervention, Translation, TranslationModel
    from neurox_core.models.inspection import Decoding

TRANSLATE_EPILOG = """
\b
Examples:
  neurox translate --model lstm-a "He left."
  neurox translate -m lstm-a "He left." --ablate "encoder.1.rnn_hidden[3]" \\
      --set "encoder.1.rnn_hidden[5]=2sigma" --beams 4
  neurox translate -m lstm-a "He left." --set "encoder.1.rnn_hidden[5]=90%" \\
      --at form:.*t --like demo
  neurox translate -m marian --format json < sentences.txt
  neurox translate -m marian "He left." --prefix "Elle" --alternatives 5 --beams 4
"""
SCORE_EPILOG = """
\b
Examples:
  neurox score --model lstm-a --corpus demo
  neurox score -m lstm-a -c demo:natural --ablate "encoder.1.rnn_hidden[3,5-7]"
  neurox score -m lstm-a -c demo --set "encoder.1.rnn_hidden[5]=2sigma" --at label:Tense=Past
  neurox score -m marian -c test.tsv --beams 4 --format json
  neurox score -m lstm-a -c demo:everyday --metric ter --metric chrf
"""


@click.command(epilog=TRANSLATE_EPILOG, short_help="Translate texts, clean and changed.")
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@model_option
@edit_options
@at_option
@like_option
@beams_option
@click.option("--prefix", default="", metavar="TEXT", help="What every translation begins with.")
@click.option(
    "--alternatives",
    type=click.IntRange(1, 50),
    metavar="K",
    help="Write the K likeliest tokens at every step.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@device_option
def translate(
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
    beams: int,
    prefix: str,
    alternatives: int | None,
    form: str,
    device: str,
) -> None:
    """Translate texts (or the lines of the standard input), clean and changed.

    Without a change there is one line of translation for each text. With one, the baseline and the
    changed translation stand below their source; words that differ are underlined on a terminal.
    With alternatives, each step follows: its token (with a star if it was forced), its probability,
    and what else could have stood there.
    """
    edits = interventions(ablate, put, add, scale, positions, scope, place, applied)
    sources = list(texts) or stdin_lines()
    if not sources:
        raise InvalidInputError("There is no text to translate: give some, or lines on the input.")
    network = open_model(model, device)
    corpus = None if like is None else open_corpus(like, None)
    rows = rows_of(network, sources, edits, corpus, own=False)
    if alternatives is not None and place is not None:
        raise InvalidInputError("--alternatives shows one setting of all texts: leave out --at.")
    made: list[list[Decoding]] = []
    changed: list[Translation] | None
    with progress("Translating", "sentence") as move:
        if alternatives is None:
            baseline, changed = _decode(network, sources, rows, beams, move, prefix)
        else:
            made = decodings(network, sources, edits, beams, prefix, alternatives, move)
            baseline = [lines[0].translation for lines in made]
            changed = [lines[1].translation for lines in made] if edits else None
    warn_of_unknown(network, sources, [prefix] if prefix else [])
    if form == "json":
        found = _as_json(sources, baseline, changed)
        for item, both in zip(found, made, strict=False):
            for name, one in zip(("baseline", "changed"), both, strict=False):
                item[name]["steps"] = steps_json(one.steps)
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for i, source in enumerate(sources):
        texts_of = [baseline[i].text]
        if changed is not None:
            click.echo(f"source    {source}")
            marked = _marked(baseline[i].text, changed[i].text)
            texts_of = [f"baseline  {baseline[i].text}", f"changed   {marked}"]
        for number, text in enumerate(texts_of):
            click.echo(text)
            for line in step_lines(made[i][number].steps) if made else ():
                click.echo(line)
        if (changed is not None or made) and i + 1 < len(sources):
            click.echo()


@click.command(epilog=SCORE_EPILOG, short_help="The score of a corpus, clean and changed.")
@model_option
@corpus_option
@references_option
@edit_options
@at_option
@beams_option
@click.option("--limit", type=click.IntRange(1), help="Only the first sentences.")
@metric_option
@click.option("--resamples", type=click.IntRange(1), default=300, show_default=True)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@device_option
def score(
    model: str,
    corpus: str,
    references: str | None,
    ablate: tuple[str, ...],
    put: tuple[str, ...],
    add: tuple[str, ...],
    scale: tuple[str, ...],
    applied: tuple[Path, ...],
    positions: str | None,
    scope: str,
    place: str | None,
    beams: int,
    limit: int | None,
    metrics: tuple[str, ...],
    resamples: int,
    form: str,
    device: str,
) -> None:
    """Score a corpus, clean and changed: with BLEU and chrF if the model translates.

    A language model is scored by its perplexity on the sources, a classifier by accuracy and F1
    against the labels that stand in the place of the references. Intervals are half widths of 95 %
    bootstrap intervals; p is that of a paired bootstrap test against the baseline (sacreBLEU's for
    BLEU and chrF). --metric names other scores (of your own: docs/metrics.md). Parts are scored
    apart.
    """
    from neurox_core.activations.lengths import told_by_line
    from neurox_core.evaluation.metrics import chosen
    from neurox_core.interventions.outputs import require_references

    edits = interventions(ablate, put, add, scale, positions, scope, place, applied)
    text = open_corpus(corpus, references, limit)
    network = open_model(model, device)
    require_references(network, text)
    names = chosen(network.task, metrics or None)  # A wrong name is told before it is decoded.
    if network.task != "translation":
        found, marks = score_rows(network, text, _parts(text), edits, resamples, names)
        click.echo(write_rows(COLUMNS, found, form))
        for mark in dict.fromkeys(marks):
            note(mark)
        return
    with told_by_line(network, text, "scored"):
        each = rows_of(network, text.sources, edits, text, own=True)
        with progress("Translating", "sentence") as move:
            baseline, changed = _decode(network, text.sources, each, beams, move)
    rows: list[tuple[Any, ...]] = []
    signatures: list[str] = []
    for part, indices in _parts(text).items():
        clean = [baseline[i].text for i in indices]
        wanted = [text.references[i] for i in indices]
        other = None if changed is None else [changed[i].text for i in indices]
        rows += _score_rows(part, clean, other, wanted, names, resamples, signatures)
    titles = [TITLES.get(name, name) for name in names]
    columns = ["part", "sentences", "system"]
    columns += [column for t in titles for column in (t, f"{t} +/-", f"{t} p")]
    click.echo(write_rows(columns, rows, form))
    for signature in dict.fromkeys(signatures):
        note(signature)


def _decode(
    model: TranslationModel,
    sources: Sequence[str],
    edits: list[Intervention] | list[list[Intervention]],
    beams: int,
    move: Any,
    prefix: str = "",
) -> tuple[list[Translation], list[Translation] | None]:
    """The baseline, and the changed translations if anything is changed."""
    runs = 2 if edits else 1
    count = len(sources)
    prefixes = [prefix] * count if prefix else None
    baseline = model.translate(
        sources, beams=beams, prefixes=prefixes,
        on_progress=lambda done, _: move(done, runs * count),
    )  # fmt: skip
    if not edits:
        return baseline, None
    changed = model.translate(
        sources, edits, beams, prefixes=prefixes,
        on_progress=lambda done, _: move(count + done, runs * count),
    )  # fmt: skip
    return baseline, changed


def _parts(corpus: Corpus) -> dict[str, list[int]]:
    """Sentence indices by the column ``part``, or all of them under the corpus' name."""
    labels = corpus.columns.get("part", [corpus.name] * len(corpus))
    found: dict[str, list[int]] = {}
    for index, label in enumerate(labels):
        found.setdefault(label, []).append(index)
    return found


def _score_rows(
    part: str,
    clean: list[str],
    changed: list[str] | None,
    references: list[str],
    metrics: Sequence[str],
    resamples: int,
    signatures: list[str],
) -> list[tuple[Any, ...]]:
    """One row for the baseline and one for the changed translations of a part."""
    from neurox_core.evaluation.scorers import scorer

    with sample_bar() as drawn:
        score = scorer("translation", references, resamples, metrics, on_sample=drawn).score
        scored = {"baseline": score(clean)}
        if changed is not None:
            scored["changed"] = score(changed, clean)
    rows = []
    for system, found in scored.items():
        numbers = [v for m in found.metrics.values() for v in (m.value, m.interval, m.p_value)]
        rows.append((part, len(references), system, *numbers))
        signatures += [f"{TITLES.get(n, n)} {m.signature}" for n, m in found.metrics.items()]
    return rows


def _marked(baseline: str, changed: str) -> str:
    """The changed text with the words that differ underlined (colours are stripped off a pipe)."""
    from neurox_core.evaluation import word_diff
    from neurox_core.models.tokens import words_of

    before = [baseline[a:b] for a, b in words_of(baseline)]
    spans = words_of(changed)
    text, end = "", 0
    different = set(word_diff(before, [changed[a:b] for a, b in spans]))
    for number, (a, b) in enumerate(spans):
        word = changed[a:b]
        text += changed[end:a]
        text += click.style(word, bold=True, underline=True) if number in different else word
        end = b
    return text + changed[end:]


def _as_json(
    sources: Sequence[str], baseline: Sequence[Translation], changed: Sequence[Translation] | None
) -> list[dict[str, Any]]:
    """One object for each text."""
    found = []
    for i, source in enumerate(sources):
        item: dict[str, Any] = {"source": source, "baseline": _output(baseline[i])}
        if changed is not None:
            item["changed"] = _output(changed[i])
        found.append(item)
    return found


def _output(translation: Translation) -> dict[str, Any]:
    return {
        "text": translation.text,
        "tokens": translation.tokens,
        "score": translation.score,
        "truncated": translation.truncated,
    }
