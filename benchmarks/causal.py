"""Cause and effect: a curve against decoding point by point, two workers, attribution.

*Curve.* One ablation curve (top-first, zero, greedy) over the neurons of the encoder's last layer
in 20 steps, on the same sentences of the demo test set (``--sentences`` of them, evenly spread;
more help the curve, whose batches are fuller then) four ways in one run, in turns of a few points:

- naive: each point decoded from scratch, sentences in the corpus' order, in batches of 64, one
  process; what is written without thinking of the curve as a whole;
- `translate`: the same, but through ``model.translate``, which sorts by length;
- the curve engine with one process, and with two.

Outputs are compared sentence by sentence. A batch of another shape rounds otherwise, so that of two
tokens that are equally good to six digits another may win, with `translate` as well. Scoring, the
same for all, is not counted, nor is the start of processes. Seconds are of processor time, so that
others on the machine disturb less; for several processes, of the busiest one: what it takes on as
many free cores. Wall time stands beside.
Targets: with two processes at least 3 times as fast as naive, and at least 1.7 times as fast as
with one.

*Attribution.* All neurons of the model for one word, one forward and one backward pass, against one
clean teacher-forced pass that gives the word's log-probability. Target: less than 4 times.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial

import torch

import neurox_core as nx
from neurox_core import demo
from neurox_core.engine.spread import Spread
from neurox_core.interventions.attribution import backward, default_layers
from neurox_core.interventions.control_protocol import last_encoder
from neurox_core.interventions.curve import LocalDecoder, Order
from neurox_core.interventions.objective import Objective
from neurox_core.models.base import TranslationModel
from neurox_core.models.search import SearchOptions

from .harness import Spread as Median
from .harness import need_models, ratios, table, take_turns, verdict

NAIVE_TARGET, WORKERS_TARGET, ATTRIBUTION_TARGET = 3.0, 1.7, 4.0
BATCH = 64


def ordered(model: TranslationModel, seed: int) -> list[str]:
    """Neurons of the encoder's last layer by deviation, largest first, as a stand-in ranking."""
    layer = last_encoder(model)
    width = model.sites[layer]
    known = model.statistics.moments(layer) if model.statistics is not None else None
    if known is None:
        order = torch.randperm(width, generator=torch.Generator().manual_seed(seed)).tolist()
    else:
        order = torch.as_tensor(known[1]).argsort(descending=True).tolist()
    return [f"{layer}[{unit}]" for unit in order]


def naive(model: TranslationModel, sources: list[str], edits: list[nx.Intervention]) -> list[str]:
    """One point, without reuse: in the corpus' order."""
    found: list[str] = []
    for first in range(0, len(sources), BATCH):
        tokens = [model.checked(text) for text in sources[first : first + BATCH]]
        limits = [model.length_limit(t) for t in tokens]
        options = SearchOptions(max_length=max(limits), max_lengths=limits)
        best = model.search(tokens, [edits] * len(tokens), options)
        found += [model.translation(h[0]).text for h in best]
    return found


def translated(
    model: TranslationModel, sources: list[str], edits: list[nx.Intervention]
) -> list[str]:
    """One point by the model's own method."""
    return [t.text for t in model.translate(sources, edits)]


def each(
    way: Callable[[TranslationModel, list[str], list[nx.Intervention]], list[str]],
    model: TranslationModel,
    sources: list[str],
    edits: list[list[nx.Intervention]],
) -> list[list[str]]:
    """Several points, one after the other."""
    return [way(model, sources, one) for one in edits]


def curve(name: str, sentences: int, steps: int, workers: int) -> list[list[object]]:
    """Rows of the table of curves for one model."""
    model = nx.load_model(name)
    corpus = demo.corpus()
    stride = max(1, len(corpus) // sentences)
    sources = corpus.sources[::stride][:sentences]
    order = Order("top", None, ordered(model, 0))
    counts = [round(len(order.neurons) * i / steps) for i in range(1, steps + 1)]
    ways = ("naive", "translate", "one", "spread")
    spent, wall = dict.fromkeys(ways, 0.0), dict.fromkeys(ways, 0.0)
    different = dict.fromkeys(ways[1:], 0)
    model.translate(sources[:8])
    local = LocalDecoder(model, sources, "zero", "output", 1)  # Its clean run counts, too.
    together = max(1, min(8, 3000 // len(sources)))
    with Spread(name, sources, workers) as spread:
        for first in range(0, len(counts), together):
            some = counts[first : first + together]
            edits = [order.interventions(n, "zero", "output") for n in some]
            asked = [(order, n) for n in some]
            runs: dict[str, Callable[[], list[list[str]]]] = {
                "naive": partial(each, naive, model, sources, edits),
                "translate": partial(each, translated, model, sources, edits),
                "one": partial(local, asked),
                "spread": partial(spread, asked),
            }
            texts = {}
            for way, run in runs.items():
                began, used, before = time.perf_counter(), time.process_time(), max(spread.seconds)
                texts[way] = run()
                wall[way] += time.perf_counter() - began
                spent[way] += (
                    max(spread.seconds) - before if way == "spread"
                    else time.process_time() - used
                )  # fmt: skip
            for way in different:
                different[way] += sum(
                    texts["naive"][i][j] != texts[way][i][j]
                    for i in range(len(some))
                    for j in range(len(sources))
                )
            progress = ", ".join(f"{way} {spent[way]:.1f}" for way in ways)
            print(f"{name}: {first + len(some)} of {len(counts)} points; CPU seconds so far: "
                  f"{progress}", file=sys.stderr, flush=True)  # fmt: skip
    rows: list[list[object]] = []
    labels = ("naive", "translate", "curve, 1 process", f"curve, {workers} processes")
    for way, label in zip(ways, labels, strict=True):
        shares = [spent[other] / spent[way] for other in ("naive", "translate", "one")]
        rows.append([
            name, len(sources), len(counts), label, f"{spent[way]:.1f}", f"{wall[way]:.1f}",
            *[f"{share:.2f}" for share in shares],
            different.get(way, ""),
            verdict(shares[0] >= NAIVE_TARGET) if way == "spread" else "",
            verdict(shares[2] >= WORKERS_TARGET) if way == "spread" else "",
        ])  # fmt: skip
    return rows


def attribution(name: str, repeats: int) -> list[object]:
    """A row of the table of attribution."""
    model = nx.load_model(name)
    text = "The old woman reads a very long book in the garden of her house."
    objective = Objective.of(model, text, None, 6)
    layers = default_layers(model, None, "output")
    seconds = take_turns(
        {
            "clean": lambda: objective.values(model, [[]]),
            "attribution": lambda: backward(model, objective, layers),
        },
        repeats, warm_up=3,
    )  # fmt: skip
    clean, all_ = (Median.of([s * 1000 for s in seconds[n]]) for n in ("clean", "attribution"))
    ratio = ratios(seconds["attribution"], seconds["clean"])
    neurons = sum(model.sites[a] for a in layers)
    return [name, neurons, clean.text(2), all_.text(2), ratio.text(2),
            verdict(ratio.median < ATTRIBUTION_TARGET)]  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", default=["lstm-a", "marian"])
    parser.add_argument(
        "--sentences", type=int, default=250, help="so many of the test set, evenly spread over it"
    )
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=21)
    parser.add_argument("--threads", type=int, default=1, help="of torch in this process")
    parser.add_argument("--only", choices=["curve", "attribution"])
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    names = need_models(options.models)
    if options.only != "curve":
        columns = ["model", "neurons", "clean pass ms", "attribution ms", "ratio", "under 4"]
        rows = [attribution(name, options.repeats) for name in names]
        table("A word's effect of every neuron: median [quartiles]", columns, rows)
    if options.only != "attribution":
        columns = ["model", "sentences", "points", "way", "CPU s", "wall s", "x naive",
                   "x translate", "x one", "outputs that differ", "at least 3",
                   "at least 1.7"]  # fmt: skip
        found = [
            row for n in names
            for row in curve(n, options.sentences, options.steps, options.workers)
        ]  # fmt: skip
        table("An ablation curve against decoding it point by point", columns, found)


if __name__ == "__main__":
    main()
