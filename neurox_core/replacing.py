"""Files that are replaced in one step, so that nobody ever reads half of one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path, suffix: str = "") -> Iterator[Path]:
    """A place to write to, which becomes `path` at the end; after an error nothing is left of it.

    Its name is its own: two threads, processes or machines that write the same file at once do not
    write into one another.

    Parameters
    ----------
    path : Path
        Its folder is made if it is missing.
    suffix : str
        What the name has to end with.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{uuid.uuid4().hex}.partial{suffix}")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def replace_text(path: Path, text: str) -> None:
    """Write a text; a file that is there is replaced in one step."""
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8")
