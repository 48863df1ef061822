"""Taking turns, medians with their spread, tables, and the machine they were made on."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Spread:
    """A median with its quartiles and extremes, all in one unit."""

    median: float
    low: float
    high: float
    smallest: float
    largest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of at least one value."""
        ordered = sorted(values)
        # Of two values the usual way would lie beyond them.
        method: Literal["inclusive", "exclusive"] = "exclusive" if len(ordered) > 2 else "inclusive"
        quarters = (
            statistics.quantiles(ordered, n=4, method=method) if len(ordered) > 1 else ordered * 3
        )
        return cls(statistics.median(ordered), quarters[0], quarters[2], ordered[0], ordered[-1])

    def text(self, digits: int = 1) -> str:
        """``median [lower quartile, upper quartile]``."""
        return f"{self.median:.{digits}f} [{self.low:.{digits}f}, {self.high:.{digits}f}]"


def take_turns(
    runs: Mapping[str, Callable[[], object]], repeats: int, warm_up: int = 1
) -> dict[str, list[float]]:
    """Seconds of each run, `repeats` times, every round in the other order.

    The first `warm_up` rounds are not counted. Garbage is collected between runs, not in them.
    """
    found: dict[str, list[float]] = {name: [] for name in runs}
    for round_ in range(-warm_up, repeats):
        names = list(runs) if round_ % 2 else list(reversed(runs))
        for name in names:
            gc.collect()
            gc.disable()
            began = time.perf_counter()
            runs[name]()
            seconds = time.perf_counter() - began
            gc.enable()
            if round_ >= 0:
                found[name].append(seconds)
    return found


def ratios(above: Sequence[float], below: Sequence[float]) -> Spread:
    """Spread of the ratio, round by round."""
    return Spread.of([a / b for a, b in zip(above, below, strict=True)])


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table in Markdown under its title, and the machine."""
    cells = [list(map(str, columns)), *[list(map(str, row)) for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
    lines = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) + " |" for r in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    print(f"\n### {title}\n")
    print("\n".join(lines))
    print(f"\n{machine()}", flush=True)


def machine() -> str:
    """Processor, cores, load, system and the versions that matter."""
    import torch

    model = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{model}, {os.cpu_count()} cores, {torch.get_num_threads()} torch threads{load}; "
        f"{platform.system()}, Python {platform.python_version()}, torch {torch.__version__}"
    )


def verdict(good: bool) -> str:
    """Whether a target was met."""
    return "yes" if good else "NO"


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


def need_models(names: Sequence[str]) -> list[str]:
    """Those of the demo models that this checkout has; ends the program if there is none."""
    from neurox_core import demo

    found = [name for name in names if name in demo.models()]
    if not found:
        sys.exit(f"None of the demo models {', '.join(names)} is in this checkout.")
    return found
