"""The page: first contentful paint, size of the client, and recolouring 10,000 tokens.

First paint is measured in a new browser context each time, so nothing is cached. The size is that
of the files that the build wrote, each gzipped at level 9; those that the first screen loads and
those that are fetched later are both counted. Recolouring switches the scale of the colours with
many neurons selected: ``styled`` ends when every token has its new style, ``painted`` with the
frame. Targets: first paint under 1 s, under 200 kB, recolouring under 50 ms.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
from typing import Any

from neurox_server.settings import Settings

from .harness import ROOT, Spread, need_models, table, verdict
from .serving import demo_server, extract_all

PAINT_TARGET = 1000.0
SIZE_TARGET = 200_000
RECOLOUR_TARGET = 50.0


def browser(*arguments: object) -> dict[str, Any]:
    """What benchmarks/browser.mjs measured."""
    command = ["node", "benchmarks/browser.mjs", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"The browser failed: {done.stderr[-600:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def client_size() -> tuple[int, int]:
    """Number of files of the client, and their size gzipped, in bytes."""
    files = [p for p in Settings().static.rglob("*") if p.suffix in (".html", ".js", ".css")]
    return len(files), sum(len(gzip.compress(p.read_bytes(), 9)) for p in files)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--tokens", type=int, default=10_000)
    options = parser.parse_args()
    files, size = client_size()
    (model,) = need_models(["lstm-a"])
    with demo_server() as served:
        extract_all(served.url)
        paint = Spread.of(browser("paint", served.url, options.times)["milliseconds"])
        colours = browser("recolour", served.url, model, options.tokens, options.times)
    styled, painted = Spread.of(colours["script"]), Spread.of(colours["painted"])
    what = f"recolouring {colours['tokens']} tokens ({colours['changed']} change)"
    rows: list[list[object]] = [
        ["first contentful paint, ms", paint.text(0), "1000", verdict(paint.median < PAINT_TARGET)],
        [f"client, {files} files, kB gzipped", f"{size / 1000:.1f}", "200",
         verdict(size < SIZE_TARGET)],
        [f"{what}, styled, ms", styled.text(), "50", verdict(styled.median < RECOLOUR_TARGET)],
        [f"{what}, painted, ms", painted.text(), "50", verdict(painted.median < RECOLOUR_TARGET)],
    ]  # fmt: skip
    table("The page: median [quartiles]", ["what", "measured", "under", "met"], rows)


if __name__ == "__main__":
    main()
