"""``neurox rank``: activations in a folder, and labels or other models, to an order of neurons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from neurox_core.errors import InvalidInputError, UnknownNameError

from .shared import FORMATS, note, progress, split_names, write_rows
from .word_labels import Wanted, describe_labels, label_options, setting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from neurox_core import ActivationStore, Ranking

RANK_EPILOG = """
\b
Examples:
  neurox rank --method variance --store acts --top 20
  neurox rank --method kurtosis --store acts --layers encoder.1.rnn_hidden --format csv
  neurox rank --list
  neurox rank --list --method probe
\b
By labels of words:
  neurox rank -M probe -s acts -c demo --labels upos --label NOUN --top 20
  neurox rank -M average_precision -s acts -c test.tsv --labels Tense --against Past
  neurox rank -M anova_f -s acts --labels regular_expression --with "pattern=ing$"
  neurox rank -M probeless -s acts --labels word_list --with "words=not never no"
  neurox rank -M probe -s acts --labels position --with form=number -p retrain=false
  neurox rank -M gaussian -s acts --labels-file test.source.ner.labels
  neurox rank -s acts -c demo --list-labels
\b
Against other models on the same texts:
  neurox rank -M max_correlation -s acts --others acts-b --others acts-c
  neurox rank -M svcca -s acts --others b=acts-b --csv order.csv --parquet order.parquet
"""
EXPORTS = ("csv", "json", "parquet")


@click.command(epilog=RANK_EPILOG, short_help="Order neurons by an analysis.")
@click.option("--method", "-M", metavar="NAME", help="An analysis; --list names them.")
@click.option("--store", "-s", type=click.Path(file_okay=False), help="What `extract` wrote.")
@click.option("--layers", multiple=True, metavar="LAYER,...", help="All layers if missing.")
@click.option("--others", multiple=True, metavar="[NAME=]STORE",
              help="Another model on the same texts; may be given several times.")  # fmt: skip
@label_options
@click.option("--label", metavar="CLASS", help="The order for one class of the labels.")
@click.option("--words", type=click.Choice(["last", "first", "mean"]), default="last",
              show_default=True, help="Which of its tokens stand for a word.")  # fmt: skip
@click.option("--standardize/--no-standardize", default=None,
              help="Work on (x - mean) / deviation or not; else as is usual.")  # fmt: skip
@click.option(
    "--parameter", "-p", multiple=True, metavar="NAME=VALUE",
    help="A setting of the analysis; --list --method NAME tells which there are.",
)  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--top", type=click.IntRange(0), help="Show only the first so many neurons.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--csv", metavar="FILE", type=click.Path(dir_okay=False),
              help="Write all neurons and the signature.")  # fmt: skip
@click.option("--json", metavar="FILE", type=click.Path(dir_okay=False), help="The same as JSON.")
@click.option("--parquet", metavar="FILE", type=click.Path(dir_okay=False),
              help="The same as Parquet; needs pyarrow.")  # fmt: skip
@click.option("--list", "show", is_flag=True, help="Say which analyses there are, and end.")
@click.option("--list-labels", is_flag=True, help="Say which labels there are, and end.")
def rank(
    method: str | None,
    store: str | None,
    layers: tuple[str, ...],
    others: tuple[str, ...],
    label: str | None,
    words: str,
    standardize: bool | None,
    parameter: tuple[str, ...],
    seed: int,
    top: int | None,
    form: str,
    show: bool,
    list_labels: bool,
    **more: Any,
) -> None:
    """Order the neurons of a store by an analysis, best first."""
    import neurox_core as nx
    from neurox_core.rankings import analysis

    exports = {name: more.pop(name) for name in EXPORTS}
    wanted, chosen = Wanted(**more), split_names(layers)
    if show:
        click.echo("\n".join(nx.rankings()) if method is None else _described(method))
        return
    if store is None or (method is None and not list_labels):
        raise click.UsageError("Give --method and --store (or --list to see the methods).")
    opened = nx.open_store(Path(store))
    if list_labels:
        click.echo(describe_labels(opened, wanted, chosen))
        return
    assert method is not None
    found = analysis(method)
    parameters = dict(setting(text, found.parameters) for text in parameter)
    found.checked(parameters)
    _check_needs(method, found.needs, wanted, others)
    with progress("Ranking", "step") as move:
        ranking = nx.rank(
            method, opened, labels=wanted.labels(opened, chosen) if wanted.any else None,
            others=_opened(others) or None, layers=chosen, words=words, standardize=standardize,
            seed=seed, on_progress=lambda done, total, *_: move(done, total), **parameters,
        )  # fmt: skip
    shown = ranking if label is None else _of_label(ranking, label)
    count = len(shown.order) if top is None else min(top, len(shown.order))
    click.echo(write_rows(*_rows(shown, count), form))
    _export(shown, exports)
    for remark in (*_remarks(ranking), shown.signature):
        note(remark)


def _check_needs(method: str, needs: frozenset[str], wanted: Wanted, others: Sequence[str]) -> None:
    """Say which option is missing, or has no use, before anything is read."""
    if "labels" in needs and not wanted.any:
        raise click.UsageError(f"{method} needs labels: give --labels (--list-labels names them).")
    if "others" in needs and not others:
        raise click.UsageError(f"{method} compares models: give --others STORE.")
    if others and "others" not in needs:
        raise click.UsageError(f"{method} looks at one model; leave out --others.")
    if wanted.any and not {"labels", "groups"} & needs:
        raise click.UsageError(f"{method} takes no labels; leave out --labels.")


def _opened(others: Sequence[str]) -> dict[str, ActivationStore]:
    """Stores by the name that was given, or their model's."""
    import neurox_core as nx

    found: dict[str, ActivationStore] = {}
    for text in others:
        name, equals, path = text.partition("=")
        named = bool(equals) and not Path(text).exists()
        opened = nx.open_store(Path(path if named else text))
        key = name if named else opened.model
        if key in found:
            raise InvalidInputError(
                f"Two of the other models are called {key!r}; write --others NAME=STORE."
            )
        found[key] = opened
    return found


def _of_label(ranking: Ranking, label: str) -> Ranking:
    if label not in ranking.labels:
        if not ranking.labels:
            raise InvalidInputError(
                f"{ranking.name} has no order of its own for each label; leave out --label."
            )
        raise UnknownNameError("label of this ranking", label, list(ranking.labels))
    return ranking.labels[label]


def _rows(ranking: Ranking, count: int) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Rank from 1, address and score, which may be None; and the partners in other models."""
    partners: Mapping[str, Any] = ranking.details.get("partners") or {}  # type: ignore[assignment]
    columns = ["rank", "neuron", "score"]
    for name in partners:
        columns += [f"partner in {name}", f"correlation with {name}"]
    rows = []
    for place, index in enumerate(ranking.order[:count].tolist(), start=1):
        row: list[Any] = [place, str(ranking.neuron(index)), _number(ranking.scores[index])]
        for entry in partners.values():
            row += [entry["address"][index], _number(entry["correlation"][index])]
        rows.append(tuple(row))
    return tuple(columns), rows


def _number(value: float) -> float | None:
    return float(value) if value == value else None


def _export(ranking: Ranking, files: Mapping[str, str | None]) -> None:
    """Write what was asked for."""
    from neurox_core.rankings.export import export_ranking

    for form, path in files.items():
        if path is not None:
            content = export_ranking(ranking, form)
            Path(path).write_bytes(content)
            note(f"{path}: {len(ranking)} neurons")


def _remarks(ranking: Ranking) -> list[str]:
    """What has to stand beside a probe: its scores, the control task's, and what they rest on."""
    details: Mapping[str, Any] = ranking.details
    scores, control = details.get("score"), details.get("control")
    warnings = [f"Warning: {text}" for text in details.get("warnings", ())]
    if not isinstance(scores, dict) or "test" not in scores:
        return warnings
    said = ", ".join(f"{part} {value:.3f}" for part, value in scores.items())
    remarks = [f"{details.get('metric', 'score')}: {said}"]
    if control is not None:
        remarks.append(
            f"control task: test {control['test']:.3f}; selectivity {details['selectivity']:.3f}"
        )
    return remarks + warnings


def _described(method: str) -> str:
    """What an analysis is, needs and can be told."""
    from neurox_core.rankings import analysis

    found = analysis(method)
    lines = [f"{found.name}: {found.title}", found.summary, f"Formula: {found.formula}",
             f"After: {found.reference}"]  # fmt: skip
    needs = [text for need, text in (("labels", "--labels"), ("others", "--others"))
             if need in found.needs]  # fmt: skip
    if needs:
        lines.append(f"Needs {' and '.join(needs)}.")
    for name, option in found.parameters.items():
        kind = ", ".join(option.choices) or type(option.default).__name__
        lines.append(f"  -p {name}={option.default}  {option.help} ({kind})")
    return "\n".join(lines)
