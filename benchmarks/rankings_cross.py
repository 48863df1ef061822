"""Cross-model rankings against the bare matrix products that they need.

Two stores of random float16 activations are ranked against each other, all included: reading and
checking the chunks, lining up words, centring, products, factorisations, order, partners. The bare
products are those of the same size in float32, on centred matrices that lie in memory already:
X'Y for the correlations, Y'Y as well for the regression, and X'X too for SVCCA. Target: 60 % of
their speed. Times of both are taken in turns in one run; memory is the largest growth of the
process while it ranks, against the size of the stores.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import torch

import neurox_core as nx
from neurox_core.activations.formats import import_activations

from .harness import Spread, ratios, table, take_turns, verdict

TARGET = 0.6
PRODUCTS = {"max_correlation": 1, "min_correlation": 1, "linear_regression": 2, "svcca": 3}


def make_store(folder: Path, name: str, rows: int, width: int, seed: int) -> nx.ActivationStore:
    """A store of random activations with something in common between any two."""
    shared = np.random.default_rng(0).normal(size=(rows, 40)).astype(np.float32)
    draw = np.random.default_rng(seed)
    values = shared @ draw.normal(size=(40, width)).astype(np.float32)
    values += 6 * draw.standard_normal((rows, width), np.float32)
    path = folder / f"{name}.npy"
    np.save(path, values.astype(np.float16))
    tokens = [["w"] * min(25, rows - first) for first in range(0, rows, 25)]
    store = import_activations(path, folder / name, tokens=tokens, model=name)
    path.unlink()
    return store


def products(rows: int, width: int, count: int) -> Callable[[], object]:
    """The bare products, on matrices in memory."""
    x, y = (torch.randn(rows, width) for _ in range(2))
    pairs = [(x, y), (y, y), (x, x)][:count]
    return lambda: [a.T @ b for a, b in pairs]


def growth(run: Callable[[], object]) -> float:
    """Largest growth of the process's resident memory during a run, in megabytes."""
    process, done = psutil.Process(), threading.Event()
    before = largest = process.memory_info().rss

    def watch() -> None:
        nonlocal largest
        while not done.wait(0.01):
            largest = max(largest, process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        run()
    finally:
        done.set()
        watcher.join()
    return (largest - before) / 1e6


def measure(rows: int, width: int, repeats: int, names: list[str]) -> list[list[object]]:
    """Rows of the table for one size."""
    folder = Path(tempfile.mkdtemp(prefix="neurox-benchmark-"))
    found: list[list[object]] = []
    try:
        began = time.perf_counter()
        a, b = (make_store(folder, name, rows, width, i) for i, name in enumerate("ab", start=1))
        print(f"{rows} x {width}: made both stores in {time.perf_counter() - began:.0f} s")
        size = 2 * 2 * rows * width / 1e6
        for name in names:

            def ranked(name: str = name) -> object:
                return nx.rank(name, a, others={"b": b})

            memory = growth(ranked)
            bare = products(rows, width, PRODUCTS[name])
            seconds = take_turns({"bare": bare, "rank": ranked}, repeats, warm_up=0)
            ratio = ratios(seconds["bare"], seconds["rank"])
            found.append([
                name, f"{rows} x {width}", Spread.of(seconds["bare"]).text(2),
                Spread.of(seconds["rank"]).text(2), ratio.text(2), verdict(ratio.median >= TARGET),
                f"{memory:.0f}", f"{size:.0f}",
            ])  # fmt: skip
            del bare
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--widths", type=int, nargs="+", default=[512, 1024, 2560])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--names", nargs="+", choices=list(PRODUCTS), default=list(PRODUCTS))
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    rows: list[list[object]] = []
    for width in options.widths:
        rows += measure(options.rows, width, options.repeats, options.names)
    columns = ["ranking", "words x neurons", "products, s", "ranking, s", "share of their speed",
               f"at least {TARGET}", "MB more at peak", "MB of stores"]  # fmt: skip
    table(
        "Cross-model rankings against the bare matrix products, median [quartiles]", columns, rows
    )


if __name__ == "__main__":
    main()
