"""``neurox sets``: named manipulation sets side by side, and what each costs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from neurox_core.errors import InvalidInputError

from .edits import lend
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
    write_rows,
)

if TYPE_CHECKING:
    from neurox_core import ManipulationSet
    from neurox_core.evaluation import CorpusScore
    from neurox_core.interventions.sets import SetComparison

SETS_EPILOG = """
\b
Examples:
  neurox sets sets-lstm-a.json -m lstm-a -c demo
  neurox sets mine.json yours.json -m lstm-a -c demo --show 5
  neurox sets mine.json -m marian -c test.tsv --beams 4 --format json
"""


@click.command(epilog=SETS_EPILOG, short_help="Named sets of changes side by side.")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@model_option
@corpus_option
@references_option
@click.option("--show", type=click.IntRange(0), default=0, show_default=True, metavar="N",
              help="Write the first N sentences under every set.")  # fmt: skip
@beams_option
@click.option("--limit", type=click.IntRange(1), help="Only the first sentences.")
@metric_option
@click.option("--resamples", type=click.IntRange(10), default=300, show_default=True)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@device_option
def sets(
    files: tuple[Path, ...],
    model: str,
    corpus: str,
    references: str | None,
    show: int,
    beams: int,
    limit: int | None,
    metrics: tuple[str, ...],
    resamples: int,
    form: str,
    device: str,
) -> None:
    """Score a corpus under manipulation sets, each against no change.

    The score is the model's own: BLEU and chrF of a translation, perplexity of a language model,
    accuracy and F1 of a classifier, whose gold labels are the references.

    A file is what the page exports, and what `neurox compare --out` writes: JSON with sets, each of
    a name and interventions.
    """
    import neurox_core as nx

    wanted = [one for path in files for one in read_sets(path)]
    network, text = open_model(model, device), open_corpus(corpus, references, limit)
    lend(network, text, [edit for one in wanted for edit in one.interventions])
    with progress("Running", "set") as move, sample_bar() as drawn:
        found = nx.compare_sets(
            network,
            text,
            wanted,
            beams=beams,
            metrics=metrics or None,
            resamples=resamples,
            on_progress=move,
            on_sample=drawn,
        )
    if form == "json":
        click.echo(json.dumps(found.to_dict(show), indent=1, ensure_ascii=False))
        return
    click.echo(write_rows(*set_rows(found), form))
    if form == "table":
        _show(found, show)
    note_signatures(found.outcomes[0].score)


def read_sets(path: Path) -> list[ManipulationSet]:
    """The sets of a file: an object with ``sets``, a list of sets, or one set.

    Raises
    ------
    InvalidInputError
        If it is none of these.
    """
    from neurox_core import ManipulationSet

    try:
        values: Any = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InvalidInputError(f"{path} is not JSON: {error}.") from error
    listed = values.get("sets", [values]) if isinstance(values, dict) else values
    if not isinstance(listed, list) or not listed:
        raise InvalidInputError(f"{path} holds no manipulation sets.")
    found = []
    for number, one in enumerate(listed, 1):
        if not isinstance(one, dict) or not isinstance(one.get("interventions"), list):
            raise InvalidInputError(f"{path}: set {number} is not a name with interventions.")
        try:
            found.append(ManipulationSet.from_dict(one))
        except (TypeError, ValueError, InvalidInputError) as error:
            raise InvalidInputError(f"{path}: set {number} cannot be read: {error}") from error
    return found


def write_set(path: Path, made: ManipulationSet, model: str) -> None:
    """Write a set as the page exports it, so that the page and :func:`read_sets` read it."""
    values = {"model": model, "sets": [made.to_dict()]}
    path.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def set_rows(found: SetComparison) -> tuple[list[str], list[list[Any]]]:
    """Columns and rows: each set, or other group of changes, with its scores."""
    columns = ["set", "changed", "sentences"]
    for name in found.outcomes[0].score.metrics:
        title = TITLES.get(name, name)
        columns += [title, f"{title} +/-", f"{title} change", f"{title} p"]
    rows: list[list[Any]] = []
    for outcome in found.outcomes:
        score = outcome.score
        row: list[Any] = [outcome.name, score.changed_sentences, score.sentences]
        for metric in score.metrics.values():
            change = metric.value - (metric.baseline or 0.0)
            row += [metric.value, metric.interval, change, metric.p_value]
        rows.append(row)
    return columns, rows


def note_signatures(score: CorpusScore) -> None:
    """Say how each metric was made."""
    for name, one in score.metrics.items():
        note(f"{TITLES.get(name, name)} {one.signature}")


def _show(found: SetComparison, count: int) -> None:
    width = max(len("source"), *(len(o.name) for o in found.outcomes))
    for i, (source, clean) in enumerate(zip(found.sources, found.baseline, strict=True)):
        if i == count:
            break
        lines = [("source", source), ("clean", clean)]
        lines += [(o.name, o.translations[i]) for o in found.outcomes]
        click.echo("\n" + "\n".join(f"{name:{width}}  {text}" for name, text in lines))
