"""Memory of an extraction as the corpus grows from ten thousand to a million tokens.

Each size is a process of its own, with a small LSTM of random weights over the tokenizer of a demo
model, so that what grows with the corpus is not hidden behind the model. The sentences are those of
the demo corpus, again and again. The number is the largest resident size of the process from
beginning to end: Python, torch, the model, the corpus itself, recording, statistics and word lists.
Target: at a million tokens at most 10 % more than at ten thousand.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import accumulate, cycle, takewhile
from pathlib import Path

import psutil

from .harness import ROOT, need_models, table, verdict

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
LIMIT = 1.10


def small_model(folder: Path, base: str, hidden: int) -> Path:
    """A folder with an LSTM of random weights and a demo model's tokenizer."""
    import torch
    from safetensors.torch import save_file

    from neurox_core import demo
    from neurox_core.models.recurrent import RecurrentConfig, RecurrentSeq2Seq

    source = demo.model_folder(base)
    known = json.loads((source / "config.json").read_text(encoding="utf-8"))
    config = RecurrentConfig(**{**known, "embedding_size": hidden, "hidden_size": hidden})
    torch.manual_seed(0)
    weights = RecurrentSeq2Seq(config).state_dict()
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config.to_dict()), encoding="utf-8")
    save_file({k: v.contiguous() for k, v in weights.items()}, folder / "model.safetensors")
    for name in ("source.spm", "target.spm", "vocab.json"):
        if (source / name).is_file():
            (folder / name).write_bytes((source / name).read_bytes())
    return folder


def run(model: Path, tokens: int) -> dict[str, float]:
    """Extract in this process; megabytes before and at most, and seconds."""
    import neurox_core as nx
    from neurox_core import demo

    network, text = nx.load_model(model), demo.corpus()
    lengths = accumulate(len(network.tokenize(t).ids) for t in cycle(text.sources))
    count = sum(1 for _ in takewhile(lambda total: total <= tokens, lengths))
    corpus = text.take([i % len(text) for i in range(count)])
    before = psutil.Process().memory_info().rss
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="neurox-benchmark-") as folder:
        store = nx.extract(network, corpus, Path(folder) / "store")
        seconds = time.perf_counter() - began
        found = len(store.layer(next(iter(store.layers))))
    return {"tokens": found, "before": before / 1e6, "peak": peak() / 1e6, "seconds": seconds}


def peak() -> int:
    """Largest resident size of this process so far, in bytes."""
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def measure(model: Path, sizes: Sequence[int]) -> list[dict[str, float]]:
    """One process after the other."""
    found = []
    for tokens in sizes:
        command = [sys.executable, "-m", "benchmarks.growth", "--child", str(model)]
        done = subprocess.run(
            [*command, "--tokens", str(tokens)], cwd=ROOT, check=True, capture_output=True
        )
        found.append(json.loads(done.stdout))
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tokens", type=int, nargs="+", default=SIZES)
    parser.add_argument("--hidden", type=int, default=32)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child is not None:
        print(json.dumps(run(options.child, options.tokens[0])))
        return
    (base,) = need_models(["lstm-a"])
    with tempfile.TemporaryDirectory(prefix="neurox-benchmark-") as folder:
        found = measure(small_model(Path(folder) / "small", base, options.hidden), options.tokens)
    smallest = found[0]["peak"]
    rows = [
        [f"{one['tokens']:.0f}", f"{one['before']:.0f}", f"{one['peak']:.0f}",
         f"{one['peak'] / smallest:.2f}", f"{one['seconds']:.0f}",
         verdict(one["peak"] <= smallest * LIMIT)]
        for one in found
    ]  # fmt: skip
    columns = ["source tokens", "MB before", "MB at most", "of the first", "seconds", "within 10 %"]
    table("Memory of an extraction", columns, rows)


if __name__ == "__main__":
    main()
