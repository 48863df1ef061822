"""Decoding under an intervention on 10 neurons against the clean decode of the same batch.

An intervention changes what is produced, and so how long it is. Both decodes are therefore made to
produce the same number of tokens (the end token is held back until then), so that they do the same
number of steps and the ratio is the cost of the edits alone. The ten neurons are spread over all
layers that can be edited. Target: at most 1.10 times the clean decode.

A decode of one row takes so little time that the machine's own unrest is larger than the cost of
an edit. What is short is therefore repeated more often: until its clean runs take `--seconds`.
"""

from __future__ import annotations

import argparse
import time

import torch

import neurox_core as nx
from neurox_core import demo
from neurox_core.models.base import TranslationModel
from neurox_core.models.search import SearchOptions

from .harness import Spread, need_models, ratios, table, take_turns, verdict

TARGET = 1.10
NEURONS = 10


def spread_out(model: TranslationModel, one_layer: bool) -> list[str]:
    """Addresses of ten neurons: of the last encoder layer, or of all layers in turn."""
    layers = [name for name in model.layers if not name.endswith(".rnn_cell")]
    if one_layer:
        layers = [name for name in layers if name.startswith("encoder.")][-1:]
    return [f"{layers[i % len(layers)]}[{i}]" for i in range(NEURONS)]


def measure(
    name: str, beams: int, batch: int, tokens: int, repeats: int, least: float
) -> list[list[object]]:
    """Rows of the table: neurons in one layer, and in all."""
    model = nx.load_model(name)
    sources = [model.checked(text) for text in demo.corpus().sources[:batch]]
    options = SearchOptions(beams=beams, max_length=tokens, min_length=tokens)

    def decode(interventions: list[nx.Intervention]) -> None:
        model.search(sources, [interventions] * len(sources), options)

    edits = {
        "one layer": [nx.Intervention(spread_out(model, True), "add", 0.05)],
        "all layers": [nx.Intervention(spread_out(model, False), "add", 0.05)],
    }
    runs = {"clean": lambda: decode([])}
    runs |= {where: lambda edit=edit: decode(edit) for where, edit in edits.items()}  # type: ignore[misc]
    runs["clean"]()
    began = time.perf_counter()
    runs["clean"]()
    repeats = max(repeats, round(least / (time.perf_counter() - began)))
    seconds = take_turns(runs, repeats, warm_up=2)
    clean = Spread.of([s * 1000 for s in seconds["clean"]])
    rows: list[list[object]] = []
    for where in edits:
        edited = Spread.of([s * 1000 for s in seconds[where]])
        ratio = ratios(seconds[where], seconds["clean"])
        rows.append([name, beams, batch, where, repeats, clean.text(), edited.text(), ratio.text(3),
                     verdict(ratio.median <= TARGET)])  # fmt: skip
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", default=["lstm-a", "marian"])
    parser.add_argument("--batches", nargs="+", type=int, default=[1, 32])
    parser.add_argument("--beams", nargs="+", type=int, default=[1, 4])
    parser.add_argument("--tokens", type=int, default=24, help="produced by every row")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=5.0, help="of clean decoding, at least")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    rows = [
        row
        for name in need_models(options.models)
        for beams in options.beams
        for batch in options.batches
        for row in measure(name, beams, batch, options.tokens, options.repeats, options.seconds)
    ]
    columns = ["model", "beams", "rows", f"{NEURONS} neurons in", "repeats", "clean ms",
               "edited ms", "ratio", f"at most {TARGET:.2f}"]  # fmt: skip
    table("Decoding under an intervention: median [quartiles]", columns, rows)


if __name__ == "__main__":
    main()
