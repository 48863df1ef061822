"""What results are keyed by: a hash of the files that make a model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path


def fingerprint_files(folder: Path, names: Sequence[str]) -> str:
    """The first 16 hex digits of a SHA-256 over the named files; a missing file counts as empty."""
    digest = hashlib.sha256()
    for name in names:
        path = folder / name
        digest.update(name.encode())
        if path.is_file():
            with path.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:16]
