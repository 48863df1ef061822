"""Extraction against the extractor of the ``neurox`` package: words a second on the same encoder.

Run it with an interpreter that has both this project and ``neurox`` (a package of its own, of 2023:
install it into an environment of its own). Both sides get the folder of one encoder and the same
lines of the demo corpus, record all layers with the embeddings, and write them to disk. The peer
runs as its command does, sentence by sentence, to JSON (what it writes if not told otherwise) and
to HDF5; what it prints is thrown away. Ours tokenises, runs, writes every token with its checksums
and computes all statistics and word lists. Opening the model is in neither time.

    python -m benchmarks.extractor --encoder FOLDER
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

import neurox_core as nx
from neurox_core import demo
from neurox_core.corpora import Corpus

from .harness import Spread, ratios, table, take_turns, verdict

TARGET = 15.0


def peer_run(folder: Path, sentences: list[str], kind: str, place: Path) -> Callable[[], None]:
    """The peer's extraction into a file of a kind, its model opened beforehand."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from neurox.data.extraction import transformers_extractor as peer
        except ImportError:
            sys.exit("This interpreter has no package neurox: pip install neurox, and see above.")
    model, tokenizer = peer.get_model_and_tokenizer(str(folder))
    text = place / "sentences.txt"
    text.write_text("\n".join(sentences) + "\n", encoding="utf-8")

    def run() -> None:
        opened = peer.get_model_and_tokenizer
        peer.get_model_and_tokenizer = lambda *_, **__: (model, tokenizer)
        try:
            with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
                peer.extract_representations(
                    str(folder), str(text), str(place / f"peer.{kind}"), output_type=kind
                )
        finally:
            peer.get_model_and_tokenizer = opened

    return run


def our_run(model: Any, corpus: Corpus, place: Path) -> Callable[[], None]:
    """Our extraction into a store."""
    layers = [a for a in model.layers if a.endswith(".resid_post") or a.endswith(".embed")]

    def run() -> None:
        shutil.rmtree(place / "store", ignore_errors=True)
        nx.extract(model, corpus, place / "store", layers)

    return run


def busy(run: Callable[[], None], spent: list[float]) -> Callable[[], None]:
    """The same, keeping the processor's time."""

    def timed() -> None:
        began = time.process_time()
        run()
        spent.append(time.process_time() - began)

    return timed


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoder", type=Path, required=True, help="folder of an encoder")
    parser.add_argument("--sentences", type=int, default=400)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model = nx.load_model(options.encoder)
    # The peer takes no sentence in which its tokenizer drops a character.
    every = [t for t in demo.corpus().sources if t.isascii()]
    lines = every[:: max(1, len(every) // options.sentences)][: options.sentences]
    words = sum(len(line.split(" ")) for line in lines)
    corpus = Corpus("demo", lines, lines)
    place = Path(tempfile.mkdtemp(prefix="neurox-benchmark-"))
    spent: dict[str, list[float]] = {"ours": [], "json": [], "hdf5": []}
    try:
        runs = {"ours": our_run(model, corpus, place)}
        runs |= {k: peer_run(options.encoder, lines, k, place) for k in ("json", "hdf5")}
        found = take_turns({k: busy(run, spent[k]) for k, run in runs.items()}, options.repeats)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    rows = []
    for clock, times in (
        ("on the clock", found),
        ("of the processor", {k: v[-options.repeats :] for k, v in spent.items()}),
    ):
        rates = [Spread.of([words / s for s in times[k]]).text(0) for k in ("ours", "json", "hdf5")]
        against = [ratios(times[k], times["ours"]) for k in ("json", "hdf5")]
        met = verdict(against[0].median >= TARGET)
        rows.append([clock, *rates, *[ratio.text(1) for ratio in against], met])
    columns = [
        "time", "ours", "neurox, JSON", "neurox, HDF5", "times JSON", "times HDF5",
        f"at least {TARGET:g} times JSON",
    ]  # fmt: skip
    title = (
        f"Extraction of {model.name} on {len(lines)} sentences, {words} words: words a second, "
        "median [quartiles]"
    )
    table(title, columns, rows)


if __name__ == "__main__":
    main()
