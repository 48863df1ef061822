"""``neurox ablate`` and ``neurox prune``: what neurons are worth, by taking them away."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from neurox_core.errors import InvalidInputError

from .edits import texts_of
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
    precision,
    progress,
    quiet_libraries,
    read_lines,
    references_option,
    sample_bar,
    write_rows,
)

if TYPE_CHECKING:
    from neurox_core.interventions import AblationCurves, Curve
    from neurox_core.interventions.curve import Ranked

ABLATE_EPILOG = """
\b
Examples:
  neurox ablate -m lstm-a -c demo:everyday --store acts --method variance --limit 100
  neurox ablate -m lstm-a -c demo --neurons order.txt --operation mean --workers 2
  neurox ablate -m marian -c test.tsv --neurons order.txt --steps adaptive --format json
  neurox ablate -m lstm-a -c demo:everyday --neurons order.txt --metric ter --metric chrf
  neurox ablate -m ./gpt2 -c text.tsv --neurons order.txt --directions top,random --device auto
"""
PRUNE_EPILOG = """
\b
Examples:
  neurox prune -m lstm-a --store acts --method variance --share 0.2 --out smaller
  neurox prune -m marian --neurons order.txt --share 0.3 --out smaller -c demo:everyday
  neurox prune -m marian --weights heads --share 0.3 --out smaller -c demo:everyday
  neurox prune -m ./gpt2 --weights feed_forward --share 0.3 --out smaller -c text.tsv --device auto
"""


class _Listed:
    """Neurons from a file."""

    def __init__(self, name: str, neurons: list[str]) -> None:
        self.name, self.signature, self._neurons = name, f"file:{name}", neurons

    def neurons(self, first: int = 0, last: int | None = None) -> list[str]:
        """Addresses by rank."""
        return self._neurons[first:last]


def ranked_options(command: Any) -> Any:
    """Options that say which neurons, in which order."""
    options = [
        click.option(
            "--neurons", type=click.Path(dir_okay=False),
            help="A file of addresses, most important first, one a line; or what "
            "`neurox rank --format csv` wrote.",
        ),
        click.option("--store", "-s", type=click.Path(file_okay=False),
                     help="Activations to rank, from `neurox extract`."),
        click.option("--method", "-M", metavar="NAME", help="The analysis to rank them by."),
        click.option("--layers", multiple=True, metavar="LAYER,...",
                     help="Layers of the store; all if missing."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def ranked(
    neurons: str | None, store: str | None, method: str | None, layers: tuple[str, ...]
) -> Ranked:
    """The order that :func:`ranked_options` name."""
    import neurox_core as nx

    if neurons is not None:
        return _Listed(Path(neurons).name, addresses(Path(neurons)))
    if store is None or method is None:
        raise InvalidInputError("Say which neurons: --neurons FILE, or --store and --method.")
    names = [n.strip() for text in layers for n in text.split(",") if n.strip()]
    found: Ranked = nx.rank(method, nx.open_store(Path(store)), layers=names or None)
    return found


def addresses(path: Path) -> list[str]:
    """Addresses in a file: a word of each line that looks like one."""
    from neurox_core import Neuron

    found = []
    for line in read_lines(path):
        words = [w.strip('" ') for w in line.replace(",", " ").replace("\t", " ").split()]
        names = [w for w in words if "[" in w]
        if names:
            found.append(str(Neuron.parse(names[0])))
    if not found:
        raise InvalidInputError(f"{path} names no neuron such as 'encoder.1.rnn_hidden[3]'.")
    return found


@click.command(epilog=ABLATE_EPILOG, short_help="A corpus score as neurons are taken away.")
@model_option
@corpus_option
@references_option
@ranked_options
@click.option("--steps", default="20", show_default=True, help="A number, or 'adaptive'.")
@click.option("--directions", default="top,bottom,random", show_default=True, help="Which orders.")
@click.option(
    "--operation", type=click.Choice(["zero", "mean", "resample"]), default="zero",
    show_default=True,
)  # fmt: skip
@click.option(
    "--scope", type=click.Choice(["output", "recurrence"]), default="output", show_default=True
)
@beams_option
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@click.option("--orders", type=click.IntRange(5), default=5, show_default=True,
              help="Random orders.")  # fmt: skip
@metric_option
@click.option("--resamples", type=click.IntRange(10), default=300, show_default=True)
@click.option("--limit", type=click.IntRange(1), help="Only the first sentences.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@device_option
def ablate(
    model: str,
    corpus: str,
    references: str | None,
    neurons: str | None,
    store: str | None,
    method: str | None,
    layers: tuple[str, ...],
    steps: str,
    directions: str,
    operation: str,
    scope: str,
    beams: int,
    workers: int,
    orders: int,
    metrics: tuple[str, ...],
    resamples: int,
    limit: int | None,
    form: str,
    device: str,
) -> None:
    """Score a corpus with more and more neurons of a ranking switched off.

    Three kinds of order: the ranking's first neurons first, its last first, and random ones.
    The score is the model's own: BLEU and chrF of a translation, perplexity of a language model,
    accuracy and F1 of a classifier, whose gold labels are the references.
    """
    import neurox_core as nx
    from neurox_core.engine.spread import Spread

    order = ranked(neurons, store, method, layers)
    text, network = open_corpus(corpus, references, limit), open_model(model, device)
    sampled = None
    if operation == "resample" or (operation == "mean" and network.statistics is None):
        sampled = texts_of(text)
        network.statistics = nx.ReferenceValues.measure(network, *sampled)
    chosen = [d.strip() for d in directions.split(",") if d.strip()]
    with ExitStack() as stack:
        move = stack.enter_context(progress("Ablating", "neuron"))
        decode = None
        if workers > 1:
            decode = stack.enter_context(
                Spread(model, text.sources, workers, operation=operation, scope=scope, beams=beams,
                       sampled=sampled, device=device, dtype=precision())
            )  # fmt: skip
        found = nx.ablation_curve(
            network, text, order, steps=int(steps) if steps.isdecimal() else steps,
            directions=chosen, seeds=range(orders), metrics=metrics or None, resamples=resamples,
            operation=operation, scope=scope, beams=beams, decode=decode,
            on_point=lambda _, point, curves: move(point.ablated, curves.neurons),
            on_sample=stack.enter_context(sample_bar()),
        )  # fmt: skip
    if form == "json":
        click.echo(json.dumps(found.to_dict(), indent=1))
    else:
        click.echo(write_rows(*_table(found), form))
    for curve in found.curves:
        areas = [f"{TITLES.get(m, m)} {curve.area(m):.2f}" for m in found.signatures]
        note(f"area {_order_name(curve)}: {', '.join(areas)}")
    note(found.signature)
    for metric, signature in found.signatures.items():
        note(f"{TITLES.get(metric, metric)} {signature}")


def _table(found: AblationCurves) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Columns and rows: each metric with its interval and p-value."""
    columns = ["order", "ablated"]
    for metric in found.signatures:
        title = TITLES.get(metric, metric)
        columns += [title, f"{title} +/-", f"{title} p"]
    rows = [
        (
            _order_name(curve), point.ablated,
            *(v for m in point.metrics.values() for v in (m.value, m.interval, m.p_value)),
            point.changed_sentences,
        )
        for curve in found.curves
        for point in curve.points
    ]  # fmt: skip
    return [*columns, "changed"], rows


def _order_name(curve: Curve) -> str:
    return curve.direction if curve.seed is None else f"random {curve.seed}"


@click.command(epilog=PRUNE_EPILOG, short_help="A smaller model without its last neurons.")
@model_option
@ranked_options
@click.option("--weights", type=click.Choice(["feed_forward", "heads"]),
              help="In place of a ranking: units by the size of their weights.")  # fmt: skip
@click.option("--share", type=float, default=0.2, show_default=True, help="Part to drop.")
@click.option("--out", "-o", required=True, type=click.Path(file_okay=False), help="New folder.")
@click.option("--corpus", "-c", metavar="CORPUS", help="Score and time both models on it.")
@click.option("--limit", type=click.IntRange(1), help="Only the first sentences.")
@beams_option
@device_option
def prune(
    model: str,
    neurons: str | None,
    store: str | None,
    method: str | None,
    layers: tuple[str, ...],
    weights: str | None,
    share: float,
    out: str,
    corpus: str | None,
    limit: int | None,
    beams: int,
    device: str,
) -> None:
    """Write a model without the neurons that stand last in a ranking.

    Recurrent units of NeuroX's own models; feed-forward units (ffn_act) of Transformers: Marian,
    BART, T5, GPT-2, OPT, GPT-NeoX, Llama, BERT, DistilBERT and their like; whole attention heads
    (self_attn_heads, cross_attn_heads) of Marian, BART, T5, Llama, Qwen, Mistral, Gemma and their
    like. T5 needs a ranking of all its heads, encoder's and decoder's, or --weights heads.
    --device and --precision say how both models run when they are scored (--corpus); the smaller
    one is written in the precision of the whole one.
    """
    import neurox_core as nx
    from neurox_core.interventions.pruning_tools import weight_order

    if weights is not None and (neurons or store or method):
        raise InvalidInputError("Give --weights or a ranking, not both.")
    order = weight_order(model, weights) if weights else ranked(neurons, store, method, layers)
    text = None if corpus is None else open_corpus(corpus, None, limit)
    quiet_libraries()
    found = nx.prune_model(
        model, order, out, share, corpus=text, beams=beams, device=device,
        dtype=precision() or "float32",
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = [
        ("parameters", *found.parameters), ("bytes of weights", *found.bytes),
    ]  # fmt: skip
    if found.scores is not None:
        rows.append(("seconds", *found.scores["seconds"]))
        rows += [
            (TITLES.get(name, name), one["before"], one["after"])
            for name, one in found.scores["metrics"].items()
        ]
    click.echo(write_rows(("", "before", "after"), rows, "table"))
    # Sites that lose units along with these are the same units once more.
    note(f"{out}: {sum(len(i.neurons) for i in found.equivalent)} units fewer.")
    if found.passed_over:
        note(f"passed over, having no say in what goes: {', '.join(found.passed_over)}")
