"""Cause and effect: a curve against decoding point by point, two workers against one, attribution.

*Curve.* One ablation curve (top-first, zero, greedy) over the neurons of the encoder's last layer in
20 steps, on the same sentences three ways in one run, one after the other:

- naive: each point decoded from scratch, sentences in the corpus' order, in batches of 64, one
  process; what is written without thinking of the curve as a whole;
- `translate`: the same, but through ``model.translate``, which sorts by length;
- the curve engine with one process, and with two.

All end with the same scoring, which is not counted. Outputs are compared sentence by sentence.
Targets: with its two workers at least 3 times as fast as naive; two workers at least 1.7 times as
fast as one, decoding only (starting processes is counted apart).

*Attribution.* All neurons of the model for one word, one forward and one backward pass, against one
clean teacher-forced pass that gives the word's log-probability. Target: less than 4 times.
"""

from __future__ import annotations

import argparse
import time

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


def curve(name: str, sentences: int, steps: int, workers: int) -> list[list[object]]:
    """Rows of the table of curves for one model."""
    model = nx.load_model(name)
    corpus = demo.corpus()
    stride = max(1, len(corpus) // sentences)
    sources = corpus.sources[::stride][:sentences]
    order = Order("top", None, ordered(model, 0))
    counts = [round(len(order.neurons) * i / steps) for i in range(1, steps + 1)]
    edits = [order.interventions(n, "zero", "output") for n in counts]
    seconds = dict.fromkeys(("naive", "translate", "one", "start", "spread"), 0.0)
    different = 0
    model.translate(sources[:8])
    local = LocalDecoder(model, sources, "zero", "output", 1)
    began = time.perf_counter()
    with Spread(name, sources, workers) as spread:
        seconds["start"] = time.perf_counter() - began
        for count, edit in zip([0, *counts], [[], *edits], strict=True):
            runs = {
                "naive": lambda e=edit: naive(model, sources, e),
                "translate": lambda e=edit: [t.text for t in model.translate(sources, e)],
                "one": lambda n=count: local([order], n)[0],
                "spread": lambda n=count: spread([order], n)[0],
            }  # fmt: skip
            texts = {}
            for way, run in runs.items():
                began = time.perf_counter()
                texts[way] = run()  # type: ignore[no-untyped-call]
                seconds[way] += time.perf_counter() - began
            different += sum(
                len({a, b, c}) > 1
                for a, b, c in zip(texts["naive"], texts["one"], texts["spread"], strict=True)
            )
    rows: list[list[object]] = []
    for way, label in (("translate", "translate"), ("one", "curve, 1 process"),
                       ("spread", f"curve, {workers} processes")):  # fmt: skip
        ratio = seconds["naive"] / seconds[way]
        rows.append([
            name, len(sources), len(counts) + 1, label, f"{seconds[way]:.1f}", f"{ratio:.2f}",
            f"{seconds['translate'] / seconds[way]:.2f}", f"{seconds['one'] / seconds[way]:.2f}",
            different if way != "translate" else "",
            verdict(ratio >= NAIVE_TARGET) if way == "spread" else "",
            verdict(seconds["one"] / seconds[way] >= WORKERS_TARGET) if way == "spread" else "",
        ])  # fmt: skip
    rows.insert(0, [name, len(sources), len(counts) + 1, "naive", f"{seconds['naive']:.1f}",
                    "1.00", "", "", "", "", ""])  # fmt: skip
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
    parser.add_argument("--sentences", type=int, default=400)
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
        columns = ["model", "sentences", "points", "way", "seconds", "x naive", "x translate",
                   "x one process", "sentences that differ", "at least 3", "at least 1.7"]  # fmt: skip
        found = [
            row for n in names
            for row in curve(n, options.sentences, options.steps, options.workers)
        ]  # fmt: skip
        table("An ablation curve against decoding it point by point", columns, found)


if __name__ == "__main__":
    main()
