"""Write the everyday part of the demo corpus: ``python -m neurox_demo.everyday --out DIR``.

The sentences come from the project's own grammar (`grammar`), so they can be written again by
anyone, and are CC0. Files: ``everyday.{train,dev,test}.tsv`` with labels, and the test part with
word labels as CoNLL-U, ``# sent_id`` being the row number from 0.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from .grammar import Pair, everyday_parts
from .grammar.conllu import document

COLUMNS = (
    "source",
    "reference",
    "origin",
    "template",
    "tense",
    "number",
    "gender",
    "person",
    "polarity",
    "question",
)
ORIGIN = "everyday"


def table(pairs: list[Pair]) -> str:
    """Return pairs as tab-separated text with a header."""
    rows = ["\t".join(COLUMNS)]
    rows += ["\t".join((p.source, p.reference, ORIGIN, *p.labels.row())) for p in pairs]
    return "\n".join(rows) + "\n"


def write(
    folder: Path, train: int = 40_000, dev: int = 400, test: int = 500, seed: int = 0
) -> None:
    """Write all files of the everyday part.

    Parameters
    ----------
    folder : Path
        Made if missing.
    train, dev, test : int
        Numbers of pairs.
    seed : int
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = everyday_parts(train, dev, test, seed)
    # What a person sees first are sentences of middle length; the order is otherwise the draw's.
    parts = parts._replace(test=sorted(parts.test, key=lambda p: abs(len(p.english) - 6)))
    for name, pairs in parts._asdict().items():
        (folder / f"everyday.{name}.tsv").write_text(table(pairs), encoding="utf-8")
    for side, sentences in (
        ("source", [p.english for p in parts.test]),
        ("reference", [p.french for p in parts.test]),
    ):
        (folder / f"everyday.test.{side}.conllu").write_text(document(sentences), encoding="utf-8")


def main() -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(
        description="Write the everyday English-French pairs of the demo corpus."
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument(
        "--train", type=int, default=40_000, help="training pairs (default: %(default)s)"
    )
    parser.add_argument("--dev", type=int, default=400, help="dev pairs (default: %(default)s)")
    parser.add_argument("--test", type=int, default=500, help="test pairs (default: %(default)s)")
    parser.add_argument(
        "--seed", type=int, default=0, help="seed of the draw (default: %(default)s)"
    )
    options = parser.parse_args()
    write(options.out, options.train, options.dev, options.test, options.seed)


if __name__ == "__main__":
    main()
