"""How much disk and time an extraction will take, before it starts.

The size follows from the number of tokens and units, since chunks are not compressed and are whole
even at the edges; the rest of a store (tables, texts, statistics, word lists) is small and
estimated from above. The time is that of a few batches, with their sentences drawn from all over
the corpus, read, run, written into a temporary folder and described.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..errors import DiskBudgetError, StoreError, TextTooLongError
from . import arguments, folders
from .layout import CHECKSUM_BYTES, TOKEN_CHUNK, UNIT_CHUNK, Metadata, chunk_grid

if TYPE_CHECKING:
    from ..corpora import Corpus
    from ..models.base import TranslationModel

PROBED = 400
"""Sentences that an estimate looks at, if nothing else is said and they say enough."""
_ENOUGH = 0.6
"""Seconds that a trial has to take: what a shorter one took says little of a longer one."""

# Bytes of the tables for each token (with its words), and of statistics and word lists for each
# unit, measured and rounded up.
_PER_TOKEN, _PER_UNIT, _PER_STORE = 90, 2000, 200_000


@dataclass(frozen=True)
class Estimate:
    """What an extraction will take.

    Attributes
    ----------
    sentences, neurons : int
    tokens : dict of str to int
        By stack.
    bytes : int
        On disk.
    seconds : float
        On this machine as busy as it is now, statistics included.
    exact : bool
        Whether all sentences were counted, or some to tell from.
    """

    sentences: int
    neurons: int
    tokens: dict[str, int]
    bytes: int
    seconds: float
    exact: bool

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    def __str__(self) -> str:
        tokens = " and ".join(f"{n:,} in the {stack}" for stack, n in self.tokens.items())
        return (
            f"{self.neurons:,} neurons on {self.sentences:,} sentences ({'' if self.exact else '~'}"
            f"{tokens}): {size(self.bytes)}, about {duration(self.seconds)}"
        )


def store_bytes(
    layers: Mapping[str, int], tokens: Mapping[str, int], dtype: str, wide: Collection[str] = ()
) -> int:
    """Most bytes that a store can take.

    Parameters
    ----------
    layers : mapping of str to int
        Addresses and widths.
    tokens : mapping of str to int
        Rows of each stack.
    dtype : {"float16", "float32"}
    wide : collection of str
        Layers that are in float32 in any case.
    """
    chunks = 0
    for address, width in layers.items():
        rows, columns = chunk_grid(tokens[address.partition(".")[0]], width)
        itemsize = np.dtype("float32" if address in wide else dtype).itemsize
        chunks += rows * columns * (TOKEN_CHUNK * UNIT_CHUNK * itemsize + CHECKSUM_BYTES)
    small = _PER_TOKEN * sum(tokens.values()) + _PER_UNIT * sum(layers.values())
    return chunks + small + _PER_STORE


class Ways(NamedTuple):
    """What can be done about a store that is too large, in the words of whoever makes it.

    Attributes
    ----------
    allow : str
        How the budget is raised.
    place : str
        Where else there may be room.
    less : str
        What makes the store smaller.
    """

    allow: str
    place: str
    less: str


def own_ways(dtype: str) -> Ways:
    """Those of somebody who calls :func:`.extraction.extract` for a store of a type."""
    less = ["record fewer layers", "take a sample of the sentences"]
    if dtype != "float16":
        less.append("use float16 (dtype, --dtype)")
    some = f"{', '.join(less[:-1])}, or {less[-1]}"
    return Ways("Allow more (max_bytes, --max-size)", "another folder", some)


def refusal(
    needed: int, root: Path, max_bytes: int | None, ways: Ways, beside: int = 0
) -> str | None:
    """Why a store may not, or cannot, be made.

    Parameters
    ----------
    needed : int
        Bytes of the store.
    root : Path
        Its folder; what is there already of an extraction that was cut off counts as room.
    max_bytes : int or None
        The budget.
    ways : Ways
        Named as the ways out.
    beside : int
        Bytes that are needed on the same disk while it is made.

    Returns
    -------
    str or None
        None if there is nothing against it.
    """
    if max_bytes is not None and needed > max_bytes:
        return (
            f"The store would take {size(needed)}, and the budget is {size(max_bytes)}. "
            f"{ways.allow}, or {ways.less}."
        )
    already = (
        sum(f.stat().st_size for f in root.glob("activations/*/c/*/*")) if root.exists() else 0
    )
    there, free = free_bytes(root)
    if needed + beside - already > free:
        more = f", and {size(beside)} more while it is made" if beside else ""
        return (
            f"The store would take {size(needed)}{more}; {size(free)} are free at {there}. Make "
            f"room, choose {ways.place}, or {ways.less}."
        )
    return None


def free_bytes(root: Path) -> tuple[Path, int]:
    """The nearest folder that exists, and the bytes that are free on its disk."""
    there = next(folder for folder in (root, *root.absolute().parents) if folder.exists())
    return there, shutil.disk_usage(there).free


def check_room(
    root: Path, found: Metadata, max_bytes: int | None, ways: Ways | None = None, beside: int = 0
) -> None:
    """DiskBudgetError if a store may not, or cannot, be made at `root`."""
    needed = store_bytes(found.layers, found.tokens, found.dtype, found.wide)
    if told := refusal(needed, root, max_bytes, ways or own_ways(found.dtype), beside):
        raise DiskBudgetError(told, needed)


def estimate(
    model: TranslationModel,
    corpus: Corpus,
    layers: Sequence[str] | None = None,
    *,
    decoder_text: str | Sequence[str] = "reference",
    batch_tokens: int = 2000,
    dtype: str = "float16",
    sample: int | None = None,
    seed: int = 0,
    folder: str | PathLike[str] | None = None,
    probe: int | None = None,
) -> Estimate:
    """Say what :func:`.extraction.extract` would take with the same arguments.

    Parameters
    ----------
    folder : path, optional
        Where the trial is written, to time the disk that is meant; the system's temporary folder by
        default.
    probe : int, optional
        Sentences to look at, at most; by default :data:`PROBED`, and more where these take no time.

    Returns
    -------
    Estimate

    Raises
    ------
    As :func:`.extraction.extract`; StoreError also if `folder` has no room for the trial.
    """
    from .extraction import extract
    from .planning import sampled

    arguments.check_corpus(corpus)
    if probe is not None:
        arguments.whole("probe", probe, 1, "a number of sentences")
    there = None if folder is None else arguments.path_of("folder", folder)
    # Trials look at the sentences that would be recorded, and at no others.
    drawn, reads, _ = sampled(corpus, arguments.decoder_text(decoder_text), sample, seed)
    sentences = len(drawn)
    probed = min(PROBED if probe is None else probe, max(sentences, 1))
    options: dict[str, Any] = {"dtype": dtype, "batch_tokens": batch_tokens, "seed": seed}
    times: list[tuple[int, float]] = []
    # The first run is slow (kernels are chosen, memory is fetched) and not counted; of the
    # others, the difference tells what a sentence takes apart from what every store does.
    counts = [min(8, probed), max(1, probed // 4), probed]
    with _trial_folder(there) as place:
        for number, count in enumerate(counts):
            began = time.perf_counter()
            trial = place / str(number)
            try:
                store = extract(
                    model, drawn, trial, layers, decoder_text=reads, sample=count, **options
                )
            except TextTooLongError:
                # The trial has met some of them. A store that may have no byte is refused only
                # after all texts were looked at, so this names all.
                extract(
                    model, corpus, trial, layers, decoder_text=decoder_text, sample=sample,
                    max_bytes=0, **options,
                )  # fmt: skip
                raise
            times.append((count, time.perf_counter() - began))
            last = number == len(counts) - 1
            if last and probe is None and count < sentences and times[-1][1] < _ENOUGH:
                counts.append(min(4 * count, sentences))
            stacks = dict.fromkeys(address.partition(".")[0] for address in store.layers)
            rows = {stack: len(store.tokens(stack)) for stack in stacks}
            # The disk need not have room for all trials at once.
            shutil.rmtree(trial, ignore_errors=True)
    (few, short), (probed, seconds) = times[-2:]
    scale = sentences / probed
    if probed > few:
        seconds += max(seconds - short, 0.0) / (probed - few) * (sentences - probed)
    tokens = {stack: round(count * scale) for stack, count in rows.items()}
    return Estimate(
        sentences, sum(store.layers.values()), tokens,
        store_bytes(store.layers, tokens, store.dtype, store.wide), seconds, probed == sentences,
    )  # fmt: skip


@contextmanager
def _trial_folder(there: Path | None) -> Iterator[Path]:
    """A folder for a trial, which goes again; StoreError names the one that it was made in."""
    there = Path(tempfile.gettempdir()) if there is None else there
    told = "What recording takes is tried in a folder, and "
    try:
        with tempfile.TemporaryDirectory(prefix="neurox-estimate-", dir=there) as place:
            try:
                yield Path(place)
            except DiskBudgetError as error:
                raise StoreError(
                    f"{told}{there} has no room for a trial: {size(error.needed)} are needed, and "
                    f"{size(free_bytes(there)[1])} are free. Make room, or choose another folder."
                ) from error
    except OSError as error:
        raise StoreError(f"{told}{there} {folders.unwritable(error)}.") from error
    except StoreError as error:
        if isinstance(error.__cause__, OSError):
            raise StoreError(
                f"{told}{there} {folders.unwritable(error.__cause__)}."
            ) from error.__cause__
        raise


def size(count: float) -> str:
    """A number of bytes for a person."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            break
        count, unit = count / 1000, {"bytes": "kB", "kB": "MB", "MB": "GB", "GB": "TB"}[unit]
    if unit == "bytes" and round(count) == 1:
        return "1 byte"
    return f"{count:.0f} {unit}" if unit == "bytes" or count >= 100 else f"{count:.1f} {unit}"


def duration(seconds: float) -> str:
    """A time for a person."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
