"""The folder of a store: whose it is, and who writes it.

One process at a time writes a store. The lock is a file in the folder, held by the operating
system: it goes when the process ends, however it ends, so that nothing has to be cleaned up after a
kill.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ..errors import StoreError
from .layout import META, Metadata

LOCK = "writing.lock"
_FULL = (errno.ENOSPC, errno.EDQUOT)
_CODE = re.compile(r"\(os error (\d+)\)")
"""How safetensors, which is not written in Python, names what the operating system told it."""
_NAMED = 3
"""Layers that a message names."""


def check(root: Path) -> None:
    """StoreError if a folder holds something that is no store, finished or begun."""
    if root.exists() and not (root / META).is_file() and not (root.is_dir() and not _kept(root)):
        raise StoreError(
            f"{root} exists and is not an activation store. Nothing was changed; choose another "
            "folder."
        )


def unwritable(error: Exception) -> str:
    """Why nothing can be written at a place that is named before, and the way out.

    More room is one only where there is none left.
    """
    why, full = reason(error)
    return (
        f"cannot be written: {why}. {'Make room, or choose' if full else 'Choose'} another folder"
    )


def reason(error: BaseException) -> tuple[str, bool]:
    """What the operating system said of a write that failed, and whether the disk is full."""
    code = error.errno if isinstance(error, OSError) else None
    if found := _CODE.search(str(error)):
        code = int(found[1])
        return os.strerror(code), code in _FULL
    return str(getattr(error, "strerror", None) or error).rstrip("."), code in _FULL


def finished(root: Path, wanted: Metadata) -> bool:
    """Whether a folder holds what is wanted, finished; StoreError if it holds something else."""
    if not (root / META).is_file():
        return False
    found = Metadata.read(root)
    if found.key == wanted.key:
        return found.complete
    raise StoreError(
        f"{root} holds activations of {found.model} on {found.corpus}, which is not what was asked "
        f"for: {'; '.join(_differences(found, wanted))}. Choose another folder, or have it "
        "replaced (overwrite=True, --overwrite)."
    )


def _differences(found: Metadata, wanted: Metadata) -> list[str]:
    """In what one store differs from another, in words."""
    told = []
    # Files of other tools do not say which text they are of, nor, mostly, which model's.
    known = all(one.corpus_fingerprint != one.key for one in (found, wanted))
    same_model = known and found.model_fingerprint == wanted.model_fingerprint
    if not same_model and found.model != wanted.model:
        told.append(f"the model is {found.model}, not {wanted.model}")
    elif known and not same_model:
        told.append(f"its model is another one that is called {found.model}, too")
    if found.corpus_fingerprint != wanted.corpus_fingerprint:
        if found.corpus != wanted.corpus:
            told.append(f"the text is {found.corpus}, not {wanted.corpus}")
        if found.sentences != wanted.sentences:
            told.append(f"it has {found.sentences} sentences, not {wanted.sentences}")
        elif known and found.corpus == wanted.corpus:
            told.append("its sentences are others")
    if found.dtype != wanted.dtype:
        told.append(f"the dtype is {found.dtype}, not {wanted.dtype}")
    for verb, some, others in (
        ("lacks", wanted.layers, found.layers), ("also has", found.layers, wanted.layers)
    ):  # fmt: skip
        names = [address for address in some if address not in others]
        if names:
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            told.append(f"it {verb} {', '.join(names[:_NAMED])}{more}")
    read = [_reads(one.decoder_text) for one in (found, wanted)]
    if read[0] != read[1] and "nothing" not in read:
        told.append(f"its decoder read {read[0]}, not {read[1]}")
    elif known and found.decoder_text != wanted.decoder_text and "nothing" not in read:
        told.append("its decoder was given other texts")
    return told or ["it was made of other files, or with other options"]


def _reads(decoder_text: str) -> str:
    """What the decoder of a store read, in words."""
    named = {"none": "nothing", "reference": "the references"}
    return named.get(decoder_text, "texts that were given")


@contextmanager
def staging(root: Path) -> Iterator[Path]:
    """A folder in that of a store for what may still turn out not to be wanted."""
    folder = root / "tables.partial"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear(root: Path, but: Path | None = None) -> None:
    """Delete what is in a folder, apart from the lock and one file or folder."""
    for file in root.iterdir():
        if file.name != LOCK and file != but:
            shutil.rmtree(file) if file.is_dir() else file.unlink()


def _kept(root: Path) -> bool:
    """Whether a folder holds more than the lock and files that a kill left half-written."""
    return any(f.suffix != ".partial" and f.name != LOCK for f in root.iterdir())


@contextmanager
def writing(root: Path) -> Iterator[None]:
    """Hold the lock of a store's folder, which is made if it is missing.

    Raises
    ------
    StoreError
        If somebody else is writing there; nothing was changed then.
    """
    root.mkdir(parents=True, exist_ok=True)
    path = root / LOCK
    stream = _locked(path)
    if stream is None:
        raise StoreError(
            f"{root} is being written by another process ({_holder(path)}). Wait until it has "
            "ended, or choose another folder."
        )
    try:
        stream.write(f"process {os.getpid()} on {socket.gethostname()}")
        stream.flush()
        yield
    finally:
        # Removed while it is held, so that whoever comes next makes a new one.
        with suppress(OSError):  # where an open file cannot be removed, it stays, unlocked
            path.unlink()
        stream.close()
        if root.is_dir() and not any(root.iterdir()):
            root.rmdir()


def _locked(path: Path) -> IO[str] | None:
    """The lock file, locked; None if another holds it."""
    while True:
        stream = path.open("a+", encoding="utf-8")
        if not _try(stream):
            stream.close()
            return None
        # Whoever held it before may have removed it between our opening and locking it.
        if _same(path, stream):
            stream.truncate(0)
            return stream
        stream.close()


def _same(path: Path, stream: IO[str]) -> bool:
    """Whether an open file is still the one of its name."""
    try:
        return os.path.samestat(path.stat(), os.fstat(stream.fileno()))
    except FileNotFoundError:
        return False


def _try(stream: IO[str]) -> bool:
    """Lock an open file, or say that it is locked."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _holder(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8") or "which has just begun"
    except OSError:
        return "which has just ended"
