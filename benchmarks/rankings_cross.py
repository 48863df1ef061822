"""Cross-model rankings against the bare matrix products that they need.

Two stores of random float16 activations are ranked against each other, all included: reading and
checking the chunks, lining up words, centring, products, factorisations, order, partners. The bare
products are those of the same size in float32, on centred matrices that lie in memory already:
X'Y for the correlations, Y'Y as well for the regression, and X'X too for SVCCA. Target: 60 % of
their speed. The regression also needs a Cholesky factor of Y'Y, and SVCCA the eigenvectors of X'X
and Y'Y, which take longer than the products unless there are very many words; a second share counts
those as necessary too. Times are processor seconds of the whole process, so that other work on the
machine counts for less, taken in turns in one run; memory is the largest growth of the process
in the first turn's ranking, against the size of the stores. No turn begins when those before took
longer than a given time, but there are two at least. What is known is told as it comes; on two
cores of 2.5 GHz with nothing else to do all takes five to eight minutes.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

import neurox_core as nx
from neurox_core.activations.formats import import_activations

from .harness import Spread, growth, ratios, table, verdict

TARGET = 0.6
PRODUCTS = {"max_correlation": 1, "min_correlation": 1, "linear_regression": 2, "svcca": 3}


def make_store(folder: Path, name: str, rows: int, width: int, seed: int) -> nx.ActivationStore:
    """A store of random activations: signals of falling strength, common to all, and noise."""
    count = max(width // 4, 1)
    shared = np.random.default_rng(0).standard_normal((rows, count), np.float32)
    shared /= np.sqrt(1 + np.arange(count, dtype=np.float32))
    draw = np.random.default_rng(seed)
    values = shared @ draw.standard_normal((count, width), np.float32)
    values += 0.3 * draw.standard_normal((rows, width), np.float32)
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


def decompositions(width: int, count: int) -> Callable[[], object]:
    """What else there is no way around: nothing, a Cholesky factor, or eigenvectors twice."""
    x = torch.randn(2 * width, width, dtype=torch.float64)
    square = x.T @ x
    if count < 2:
        return lambda: None
    if count < 3:
        return lambda: torch.linalg.cholesky(square)
    return lambda: [torch.linalg.eigh(square) for _ in range(2)]


def processor_seconds(run: Callable[[], object]) -> float:
    """Of the whole process."""
    began = time.process_time()
    run()
    return time.process_time() - began


def turns(
    runs: dict[str, Callable[[], object]], repeats: int, longest: float
) -> tuple[dict[str, list[float]], float]:
    """Processor seconds of each run, turn by turn, and megabytes of growth in the first "rank"."""
    seconds: dict[str, list[float]] = {key: [] for key in runs}
    memory, began = 0.0, time.perf_counter()
    for turn in range(repeats):
        if turn > 1 and time.perf_counter() - began > longest:
            break
        for key, run in runs.items():

            def timed(key: str = key, run: Callable[[], object] = run) -> None:
                seconds[key].append(processor_seconds(run))

            if turn or key != "rank":
                timed()
            else:
                memory = growth(timed)
    return seconds, memory


def measure(
    rows: int, width: int, repeats: int, names: list[str], longest: float
) -> list[list[object]]:
    """Rows of the table for one size."""
    folder = Path(tempfile.mkdtemp(prefix="neurox-benchmark-"))
    found: list[list[object]] = []
    try:
        began = time.perf_counter()
        a, b = (make_store(folder, name, rows, width, i) for i, name in enumerate("ab", start=1))
        took = time.perf_counter() - began
        print(f"{rows} x {width}: made both stores in {took:.0f} s", file=sys.stderr, flush=True)
        size = 2 * 2 * rows * width / 1e6
        for name in names:

            def ranked(name: str = name) -> object:
                return nx.rank(name, a, others={"b": b})

            runs = {"bare": products(rows, width, PRODUCTS[name]), "rank": ranked,
                    "more": decompositions(width, PRODUCTS[name])}  # fmt: skip
            seconds, memory = turns(runs, repeats, longest)
            both = [x + y for x, y in zip(seconds["bare"], seconds["more"], strict=True)]
            ratio = ratios(seconds["bare"], seconds["rank"])
            print(f"{name}: {len(seconds['rank'])} turns, {ratio.text(2)} of the products' speed, "
                  f"{memory:.0f} MB more", file=sys.stderr, flush=True)  # fmt: skip
            found.append([
                name, f"{rows} x {width}", Spread.of(seconds["bare"]).text(2),
                Spread.of(seconds["rank"]).text(2), ratio.text(2), verdict(ratio.median >= TARGET),
                ratios(both, seconds["rank"]).text(2), f"{memory:.0f}", f"{size:.0f}",
            ])  # fmt: skip
            del runs
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--widths", type=int, nargs="+", default=[1024, 2560])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--longest", type=float, default=30, help="s of turns for one ranking")
    parser.add_argument("--names", nargs="+", choices=list(PRODUCTS), default=list(PRODUCTS))
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    began = time.perf_counter()
    rows: list[list[object]] = []
    for width in options.widths:
        rows += measure(options.rows, width, options.repeats, options.names, options.longest)
    columns = [
        "ranking", "words x neurons", "products, s", "ranking, s", "share of their speed",
        f"at least {TARGET}", "with decompositions", "MB more at peak", "MB of stores",
    ]  # fmt: skip
    title = "Cross-model rankings against the bare matrix products, median [quartiles]"
    table(title, columns, rows)
    print(f"All of it took {time.perf_counter() - began:.0f} s.")


if __name__ == "__main__":
    main()
