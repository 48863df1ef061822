"""The server at rest with the demo project open: memory of all its processes.

The project is opened, every model translates, activations are read and the first ranking is asked
for, as a person's first minute does; when no job runs any more and the worker processes have ended,
the memory is read. What several processes share counts once (proportional set size; on systems
without it, resident size). Target: under 1.2 GB.
"""

from __future__ import annotations

import argparse
import time

import psutil

from .harness import table, verdict
from .serving import ask, demo_server, wait_for_jobs

TARGET = 1200.0


def use(url: str) -> list[str]:
    """What a person's first minute asks for; names of the models."""
    project = ask(url, "api/v1/projects/demo")
    ask(url, "api/v1/projects/demo/sentences?offset=0&limit=20")
    for model in project["models"]:
        name, layer = model["name"], model["layers"][-1]["address"]
        ask(url, "api/v1/projects/demo/translate",
            {"project": "demo", "model": name, "sentences": [0, 1, 2, 3]})  # fmt: skip
        ask(url, "api/v1/projects/demo/activations",
            {"model": name, "neurons": [f"{layer}[0]"], "sentences": [0, 1, 2, 3]})  # fmt: skip
    ask(url, "api/v1/projects/demo/rankings",
        {"model": project["default_model"], "method": "variance"})  # fmt: skip
    return [model["name"] for model in project["models"]]


def memory(process: int) -> list[tuple[str, float, float]]:
    """Name, shared-once and resident megabytes of each process of a tree."""
    root = psutil.Process(process)
    found = []
    for one in [root, *root.children(recursive=True)]:
        full = one.memory_full_info()
        once = getattr(full, "pss", full.rss)
        found.append((" ".join(one.cmdline()[-3:])[:50], once / 1e6, full.rss / 1e6))
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rest", type=float, default=20, help="seconds before memory is read")
    parser.add_argument("--idle", type=float, default=5, help="seconds until idle workers end")
    options = parser.parse_args()
    with demo_server(auto_extract=True, idle_seconds=options.idle) as served:
        models = use(served.url)
        wait_for_jobs(served.url, 900)
        time.sleep(options.rest)
        found = memory(served.process)
    total = sum(once for _, once, _ in found)
    rows: list[list[object]] = [[n, f"{once:.0f}", f"{rss:.0f}", ""] for n, once, rss in found]
    rows.append(
        ["all", f"{total:.0f}", f"{sum(r for *_, r in found):.0f}", verdict(total < TARGET)]
    )
    columns = ["process", "MB, shared once", "MB resident", f"under {TARGET:.0f} MB"]
    table(f"The server at rest, {len(models)} models open", columns, rows)


if __name__ == "__main__":
    main()
