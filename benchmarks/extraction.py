"""Extraction against a bare forward pass of the same model over the same batches.

The forward pass is the model's own: encoder, decoder and the projection to the vocabulary, on the
same token ids in the same batches, without captures and with nothing kept. Extraction needs no
projection and does none, so the pass without it is timed as well, the harder comparison. Extraction
reads text: it tokenises, does the pass, moves the activations and writes the store with its
checksums ("recording", timed until the last batch); then it computes every statistic and the word
tables ("all"). Target: all of it at least at 0.8 of the tokens per second of the model's forward
pass. Both use all cores: the pass within its kernels, extraction with a batch on each.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path

import torch

import neurox_core as nx
from neurox_core import demo
from neurox_core.activations.batching import batches
from neurox_core.models.base import TranslationModel

from .harness import Spread, need_models, ratios, table, take_turns, verdict

TARGET = 0.8


class BarePass:
    """Encoder and decoder over prepared batches, with or without the vocabulary's projection."""

    def __init__(
        self, model: TranslationModel, corpus: nx.Corpus, batch_tokens: int, projection: bool
    ) -> None:
        self.model, self.projection = model, projection
        sources = [model.tokenize(text) for text in corpus.sources]
        targets = [model.tokenize(text, "target") for text in corpus.references]
        sizes = [(len(s.ids), len(t.ids)) for s, t in zip(sources, targets, strict=True)]
        self.tokens = sum(map(sum, sizes))
        self.batches = []
        for batch in batches(sizes, batch_tokens):
            ids, mask = model.batch([sources[i].ids for i in batch])
            outputs, _ = model.batch([targets[i].ids for i in batch])
            start = outputs.new_full((len(batch), 1), model.start_id)
            self.batches.append((ids, mask, torch.cat([start, outputs[:, :-1]], 1)))

    def __call__(self) -> None:
        with torch.inference_mode():
            for ids, mask, inputs in self.batches:
                hidden = self.model.decode(self.model.encode(ids, mask), inputs)
                if self.projection:
                    self.model.logits(hidden)


def measure(name: str, repeats: int, batch_tokens: int, layers: list[str] | None) -> list[object]:
    """One row of the table."""
    model, corpus = nx.load_model(name), demo.corpus()
    forward = BarePass(model, corpus, batch_tokens, projection=True)
    bare = BarePass(model, corpus, batch_tokens, projection=False)
    folder = Path(tempfile.mkdtemp(prefix="neurox-benchmark-"))

    def extract() -> None:
        start = last = time.perf_counter()

        def on_progress(done: int, total: int) -> None:
            nonlocal last
            last = time.perf_counter()

        store = nx.extract(
            model, corpus, folder / "store", layers, batch_tokens=batch_tokens, overwrite=True,
            on_progress=on_progress,
        )  # fmt: skip
        recording.append(last - start)
        neurons.append(sum(store.layers.values()))
        shutil.rmtree(folder / "store")

    neurons: list[int] = []
    recording: list[float] = []
    try:
        seconds = take_turns({"forward": forward, "bare": bare, "extract": extract}, repeats)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    seconds["record"] = recording[-len(seconds["extract"]) :]
    against = [
        ratios(seconds[a], seconds[b]).text(2)
        for b in ("record", "extract")
        for a in ("forward", "bare")
    ]
    ratio = ratios(seconds["forward"], seconds["extract"])
    rate = {k: Spread.of([bare.tokens / s for s in v]) for k, v in seconds.items()}
    return [name, neurons[0], bare.tokens, rate["forward"].text(0), rate["bare"].text(0),
            rate["record"].text(0), *against, verdict(ratio.median >= TARGET)]  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", default=["lstm-a", "marian"])
    parser.add_argument("--layers", nargs="+", help="default: what a store records by default")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--batch-tokens", type=int, default=2000)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    rows = [
        measure(name, options.repeats, options.batch_tokens, options.layers)
        for name in need_models(options.models)
    ]
    columns = [
        "model", "neurons", "tokens", "forward tokens/s", "without projection", "recording",
        "recording/forward", "recording/without projection", "all/forward",
        "all/without projection", f"at least {TARGET}",
    ]  # fmt: skip
    title = "Extraction against a bare forward pass: tokens a second, median [quartiles]"
    table(title, columns, rows)


if __name__ == "__main__":
    main()
