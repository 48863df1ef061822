"""Build the natural part of the demo corpus: English-French sentences from Debian packages.

``python -m neurox_demo.build_corpus --work DIR`` downloads the packages named in `sources.SOURCES`
into ``DIR`` (nothing is installed; what is there already is kept), extracts, cleans and splits
their text, and writes ``natural.train.tsv``, ``natural.dev.tsv``, ``natural.test.tsv`` and a
summary, ``natural.json``. The same package versions give the same files, byte for byte.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections import Counter
from pathlib import Path

from .sources import SOURCES
from .sources.cleaning import Pair, clean, unique
from .sources.lexical import without_misaligned
from .sources.packages import fetch_all, version
from .sources.splits import SEED, Splits, split

HEADER = "source\treference\torigin"

_log = logging.getLogger(__name__)


def write_tsv(path: Path, pairs: list[Pair]) -> None:
    """Write pairs with a header line, tab-separated, UTF-8, without quoting."""
    lines = [HEADER, *(f"{p.source}\t{p.reference}\t{p.origin}" for p in pairs)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def collect(work: Path, dropped: Counter[str]) -> list[Pair]:
    """Fetch all sources and return their clean, distinct pairs.

    Parameters
    ----------
    work : Path
        Build folder.
    dropped : Counter
        Counts rejected pairs by reason; added to.

    Returns
    -------
    list of Pair
        One pair per English sentence.
    """
    pairs: list[Pair] = []
    for source in SOURCES:
        roots = fetch_all(source.packages, work)
        found = list(clean(source.extract(roots), source.name, dropped))
        _log.info("%s: %d pairs", source.name, len(found))
        pairs.extend(found)
    distinct = unique(pairs)
    kept = without_misaligned(distinct)
    dropped["misaligned"] = len(distinct) - len(kept)
    return kept


def build(work: Path) -> Splits:
    """Build the corpus in a folder.

    Parameters
    ----------
    work : Path
        Made if missing; downloads and results go there.

    Returns
    -------
    Splits
        What was written.

    Raises
    ------
    CorpusBuildError
        If a package cannot be fetched.
    """
    work = work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    dropped: Counter[str] = Counter()
    pairs = collect(work, dropped)
    parts = split(pairs, {s.name: (s.test_share, s.dev_share) for s in SOURCES})
    named = {"train": parts.train, "dev": parts.dev, "test": parts.test}
    for name, part in named.items():
        write_tsv(work / f"natural.{name}.tsv", part)
    summary = {
        "seed": SEED,
        "packages": {p: version(p, work) for s in SOURCES for p in s.packages},
        "pairs": {name: dict(sorted(Counter(p.origin for p in part).items()))
                  for name, part in named.items()},
        "dropped": dict(sorted(dropped.items())),
        "distinct": len(pairs),
    }  # fmt: skip
    (work / "natural.json").write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    return parts


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Build the demo corpus from Debian packages.")
    parser.add_argument("--work", type=Path, required=True, metavar="DIR",
                        help="folder for downloads and results (about 500 MB)")  # fmt: skip
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parts = build(arguments.work)
    _log.info("train %d, dev %d, test %d", len(parts.train), len(parts.dev), len(parts.test))


if __name__ == "__main__":
    main()
