"""From a file of another tool to a store like any other.

A file holds the rows of one stack; several files of one model (an encoder's and a decoder's) become
one store. The rows are written as they come, a few thousand at a time; statistics and top words
follow, as after an extraction. Import is quick enough to be started again: what was cut off leaves
nothing that is in the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from os import PathLike
from pathlib import Path

from ...errors import FormatError, InvalidInputError
from ..arguments import check_budget
from ..layout import DTYPES
from ..store import ActivationStore
from .filling import Import, Progress, Source, Told
from .given import Texts, lists_of, naming
from .hints import Hints
from .kinds import format_of


def import_activations(
    path: str | PathLike[str] | Sequence[str | PathLike[str]],
    folder: str | PathLike[str],
    *,
    format: str | None = None,
    layers: Sequence[str] | None = None,
    tokens: Texts | None = None,
    labels: Mapping[str, Texts] | None = None,
    dtype: str | None = None,
    model: str | None = None,
    max_bytes: int | None = None,
    overwrite: bool = False,
    on_open: Progress | None = None,
    on_read: Progress | None = None,
    on_progress: Progress | None = None,
    on_describe: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ActivationStore:
    """Make a store from activations that another tool wrote.

    Parameters
    ----------
    path : path, or sequence of paths
        One file a stack, of the same sentences.
    folder : path
        Of the store; made if missing.
    format : str, optional
        A name in :data:`neurox_core.activations.formats.FORMATS`; by default the suffix tells.
    layers : sequence of str, optional
        Address of each layer of the file, in its order. If neither this nor the file says it,
        layers are called ``encoder.0.resid_post`` and so on (``rnn_hidden`` in ``pt`` files), so
        that NeuroX's neuron ``layer * size + unit`` is ``encoder.<layer>.resid_post[<unit>]``.
        NeuroX's layer 0 of a Transformer are its embeddings.
    tokens : path or sequence of sequences of str, optional
        The tokens of each sentence, if the file has none: a text file with one sentence a line and
        tokens separated by single spaces, as NeuroX keeps them.
    labels : mapping of str to the same as `tokens`, optional
        One label for each token, by name. They are in the store as :meth:`.ActivationStore.labels`.
    dtype : {"float16", "float32"}, optional
        As in the file by default.
    model : str, optional
        Name of the model; by default what the file says, or ``unknown``.
    max_bytes : int, optional
        The most that the store may take; more is refused before anything is written, as is what
        the disk has no room for. :func:`import_size` tells it beforehand.
    overwrite : bool
        Replace another store that lies at `folder`.
    on_open : callable of (done, total), optional
        In bytes of a file, while it is looked through before anything is written; only of formats
        that do not say at their beginning what they hold.
    on_read : callable of (done, total), optional
        In sentences, while their tokens and words are taken in, before their values are.
    on_progress : callable of (done, total), optional
        In sentences, while their values are written.
    on_describe : callable of (done, total), optional
        In layers, while statistics are computed in the end.
    cancelled : callable, optional
        Asked now and then; True raises CancelledError and leaves nothing behind.

    Returns
    -------
    ActivationStore
        The same one at once if it was made before.

    Raises
    ------
    FormatError
        If the file is damaged, is something else, or does not say enough; names the file.
    InvalidInputError
        For values that are not finite, or beyond float16.
    DiskBudgetError
        If it would take more than it may, or than there is.
    StoreError
        If `folder` holds something else, and `overwrite` was not given.

    Examples
    --------
    >>> store = import_activations("acts.hdf5", "acts")                  # doctest: +SKIP
    >>> nx.rank("variance", store)                                       # doctest: +SKIP
    """
    check_budget(max_bytes)
    with _opened(path, folder, format, layers, tokens, labels, dtype, model, on_open) as found:
        told = Told(on_read, on_progress, on_describe)
        return found.run(max_bytes, overwrite, told, cancelled or (lambda: False))


def import_size(
    path: str | PathLike[str] | Sequence[str | PathLike[str]],
    *,
    format: str | None = None,
    layers: Sequence[str] | None = None,
    tokens: Texts | None = None,
    dtype: str | None = None,
    on_open: Progress | None = None,
) -> int:
    """Bytes that the store would take which :func:`import_activations` makes; nothing is written.

    Parameters and errors are those of :func:`import_activations`.
    """
    with _opened(path, "", format, layers, tokens, None, dtype, None, on_open) as found:
        return found.bytes


@contextmanager
def _opened(
    path: str | PathLike[str] | Sequence[str | PathLike[str]],
    folder: str | PathLike[str],
    format: str | None,
    layers: Sequence[str] | None,
    tokens: Texts | None,
    labels: Mapping[str, Texts] | None,
    dtype: str | None,
    model: str | None,
    on_open: Progress | None,
) -> Iterator[Import]:
    """An import whose files are open, and known to be what they should."""
    paths = [Path(p) for p in ([path] if isinstance(path, (str, PathLike)) else path)]
    if not paths:
        raise InvalidInputError("There is nothing to import: give at least one file.")
    if dtype is not None and dtype not in DTYPES:
        raise InvalidInputError(f"dtype is one of {', '.join(DTYPES)}, not {dtype!r}.")
    if isinstance(layers, str):
        raise InvalidInputError(f"layers is a list of addresses; write layers=[{layers!r}].")
    hints = Hints(
        None if layers is None else list(layers), None if tokens is None else lists_of(tokens),
        {name: lists_of(values) for name, values in (labels or {}).items()}, on_open,
    )  # fmt: skip
    if len(paths) > 1 and hints != Hints():
        raise InvalidInputError("layers, tokens and labels can be given for a single file only.")
    with ExitStack() as stack:
        sources = {}
        for file in paths:
            if not file.is_file():
                folder = f"{file} is a folder, not a file of activations."
                raise FormatError(folder if file.is_dir() else f"There is no file {file}.")
            with naming(file):
                content = format_of(file, format).read(file, hints)
            stack.callback(content.close)
            if content.header.stack in sources:
                raise FormatError(f"{file} holds the {content.header.stack} once more.")
            sources[content.header.stack] = Source(file, content)
        yield Import(sources, Path(folder), dtype, model, hints)
