"""An activation store, opened: one neuron over all tokens, or one sentence over some neurons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..addresses import Neuron
from ..errors import InvalidInputError, StoreError, UnknownAddressError
from . import layout
from .layout import Metadata, damaged
from .reading import LayerArray
from .statistics import LayerStatistics
from .tables import TokenTable, WordTable, aggregate, mean_matrix
from .top_words import TopWords, WordLists

Floats32 = NDArray[np.float32]


def open_store(path: str | PathLike[str], *, verify: bool = True) -> ActivationStore:
    """Open a finished activation store.

    Parameters
    ----------
    path : path
        The folder given to :func:`.extraction.extract`.
    verify : bool
        Compare every checksum now (about a second a gigabyte). Without it only the presence and
        size of every file and the hashes of the small ones are checked; a damaged chunk then shows
        when it is read.

    Raises
    ------
    StoreError
        If the folder holds none, an unfinished or a damaged one; names the file and the way out.
    """
    root = Path(path)
    metadata = Metadata.read(root)
    if not metadata.complete:
        raise StoreError(
            f"The activation store {root} is not finished. Extract or import again with the same "
            "settings; an extraction goes on where it stopped."
        )
    for name, expected in metadata.files.items():
        file = root / name
        if not file.is_file():
            raise damaged(root, file, "it is missing")
        if layout.file_hash(file) != expected:
            raise damaged(root, file, "its SHA-256 does not fit its content")
    store = ActivationStore(root, metadata)
    for address in store.layers:
        array = store.layer(address)
        if verify:
            array.verify()
        else:
            array.check_files()
    return store


class ActivationStore:
    """Activations of one model on one corpus; `extract` makes it, `open_store` opens it.

    Attributes
    ----------
    path : Path
    layers : dict of str to int
        Recorded layer addresses and widths, in the model's order.
    model, corpus : str
        Names.
    model_fingerprint, corpus_fingerprint : str
    decoder_text : str
        ``reference``, ``given:`` and a hash, or ``none``.
    dtype : str
        Of the values on disk.
    wide : sequence of str
        Layers that are in float32 all the same, because float16 cannot hold their values.
    key : str
        Hash of all that the content depends on.
    sentences : int
    """

    def __init__(self, path: Path, metadata: Metadata) -> None:
        self.path = path
        self.layers: Mapping[str, int] = dict(metadata.layers)
        self.model, self.corpus = metadata.model, metadata.corpus
        self.model_fingerprint = metadata.model_fingerprint
        self.corpus_fingerprint = metadata.corpus_fingerprint
        self.decoder_text, self.dtype = metadata.decoder_text, metadata.dtype
        self.wide: Sequence[str] = list(metadata.wide)
        self.key, self.sentences = metadata.key, metadata.sentences
        # Bound to this store, so that they go when it goes.
        self._tables = lru_cache(maxsize=None)(self._read_tables)
        self._arrays = lru_cache(maxsize=None)(lambda address: LayerArray(path, address))
        self._statistics = lru_cache(maxsize=None)(self._read_statistics)
        self._word_lists = lru_cache(maxsize=None)(self._read_word_lists)
        self._averages = lru_cache(maxsize=None)(self._make_averages)
        self._json = lru_cache(maxsize=None)(lambda name: layout.read_json(path, name))

    def __repr__(self) -> str:
        return f"ActivationStore({str(self.path)!r}, {self.model} on {self.corpus})"

    # --- what the rows are ----------------------------------------------------------------------

    def tokens(self, stack: str) -> TokenTable:
        """What each row of a stack is: sentence, position, pieces, word, special or not."""
        return self._tables(self._stack(stack))[0]

    def words(self, stack: str) -> WordTable:
        """Places, rows and types of the words of a stack's texts."""
        return self._tables(self._stack(stack))[1]

    def vocabulary(self, stack: str) -> list[str]:
        """Word types of a stack's texts, most frequent first."""
        found: list[str] = self._json(f"vocabulary/{self._stack(stack)}.json")
        return found

    def texts(self, stack: str) -> list[str]:
        """What the stack read, or, in the decoder, wrote: one text a sentence."""
        found: list[str] = self._json(layout.TEXTS)[self._stack(stack)]
        return found

    @property
    def rows(self) -> list[int] | None:
        """Which sentences of the corpus a sample holds; None if the store has all of them."""
        if not (self.path / layout.ROWS).is_file():
            return None
        found: list[int] = self._json(layout.ROWS)
        return found

    def pieces(self, stack: str) -> dict[int, str] | None:
        """The pieces that occur in a stack by id; None in a store from before they were kept."""
        name = layout.pieces_file(self._stack(stack))
        if not (self.path / name).is_file():
            return None
        return {int(i): piece for i, piece in self._json(name).items()}

    def labels(self, stack: str) -> dict[str, list[str]] | None:
        """Labels that came with an imported store: by name one a word, as in :meth:`words`.

        None if there are none; the labels of a corpus are in the corpus.
        """
        name = layout.labels_file(self._stack(stack))
        if not (self.path / name).is_file():
            return None
        found: dict[str, list[str]] = self._json(name)
        return found

    # --- values ---------------------------------------------------------------------------------

    def layer(self, address: str) -> LayerArray:
        """The activations of a layer, (tokens, units), special tokens included, read on demand."""
        self._check(address)
        return self._arrays(address)

    def columns(
        self, address: str, first: int, last: int, *, include_special: bool = False
    ) -> Floats32:
        """Units `first` to `last` - 1 of a layer over all tokens, (tokens, units)."""
        values = self.layer(address)[:, first:last].astype(np.float32)
        if include_special:
            return values
        return values[~self.tokens(_stack_of(address)).special]

    def neuron(
        self, address: str, *, word: str | None = None, include_special: bool = False
    ) -> Floats32:
        """One neuron over the corpus.

        Parameters
        ----------
        address : str
            Such as ``encoder.1.rnn_hidden[3]``.
        word : {"first", "last", "mean"}, optional
            One value for each word (see :meth:`words`) instead of each token.
        include_special : bool
            Keep special tokens; without words only.

        Returns
        -------
        array of float32
        """
        layer, unit = self.resolve(address)
        stack = _stack_of(layer)
        values = _single(self.layer(layer)[:, unit])
        if word is None:
            return values if include_special else values[~self.tokens(stack).special]
        if word == "mean":
            present, matrix = self._averages(stack)
            found = np.full(len(present), np.nan, np.float32)
            found[present] = matrix @ values
            return found
        table = self.words(stack)
        return aggregate(values, np.stack([table.first, table.last], axis=1), word)

    def sentence(
        self, index: int, addresses: Sequence[str], *, word: str | None = None
    ) -> dict[str, Floats32]:
        """Some layers or neurons on one sentence.

        Parameters
        ----------
        index : int
        addresses : sequence of str
            Layer addresses, giving (tokens, units), and neuron addresses, giving (tokens,).
        word : {"first", "last", "mean"}, optional
            Values of words instead of tokens; special tokens belong to none.

        Returns
        -------
        dict of str to array of float32
            Special tokens included if `word` is not given.
        """
        found = {}
        for address in addresses:
            layer, unit = self.resolve(address) if "[" in address else (address, None)
            array, stack = self.layer(layer), _stack_of(layer)
            rows = self.tokens(stack).rows(index)
            values = array[rows, :] if unit is None else array[rows, unit]
            if word is not None:
                words = self.words(stack)
                some = words.of(index)
                ranges = np.stack([words.first[some], words.last[some]], axis=1)
                ranges[ranges[:, 0] < ranges[:, 1]] -= rows.start
                values = aggregate(values, np.where(ranges < 0, 0, ranges), word)
            found[address] = values.astype(np.float32)
        return found

    # --- summaries ------------------------------------------------------------------------------

    def statistics(self, address: str) -> LayerStatistics:
        """Statistics of the units of a layer."""
        self._check(address)
        return self._statistics(address)

    def moments(self, layer: str) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Means and standard deviations of a layer, or None if it was not recorded.

        So a store can serve interventions as their statistics.
        """
        if layer not in self.layers:
            return None
        found = self.statistics(layer)
        return found.mean, found.deviation

    def ranges(self, layer: str) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Minima and maxima of a layer, or None if it was not recorded."""
        if layer not in self.layers:
            return None
        found = self.statistics(layer)
        return found.minimum, found.maximum

    def top_words(self, address: str) -> TopWords:
        """The words that a neuron answers to, in three lists (see :mod:`.top_words`)."""
        layer, unit = self.resolve(address)
        stack = _stack_of(layer)
        lists = self._word_lists(layer)
        return lists.of(unit, self.vocabulary(stack), self.words(stack).counts)

    def resolve(self, address: str) -> tuple[str, int]:
        """Layer and unit of a neuron address; UnknownAddressError if it was not recorded."""
        neuron = Neuron.parse(address)
        layer = str(neuron.layer)
        self._check(layer)
        width = self.layers[layer]
        if neuron.unit >= width:
            raise UnknownAddressError(
                address, [f"{layer}[{width - 1}]"], f"{layer} has {width} units, 0 to {width - 1}"
            )
        return layer, neuron.unit

    def _check(self, address: str) -> None:
        if address not in self.layers:
            raise UnknownAddressError(address, list(self.layers), "it was not recorded")

    def _stack(self, stack: str) -> str:
        known = {_stack_of(address) for address in self.layers}
        if stack not in known:
            raise InvalidInputError(
                f"This store has no {stack!r} rows; it has {' and '.join(sorted(known))}."
            )
        return stack

    def _read_tables(self, stack: str) -> tuple[TokenTable, WordTable]:
        columns = layout.read_arrays(self.path, layout.tokens_file(stack))
        return (
            TokenTable(**_prefixed(columns, "token_")), WordTable(**_prefixed(columns, "word_")),
        )  # fmt: skip

    def _make_averages(self, stack: str) -> tuple[NDArray[np.bool_], Any]:
        """Which words have pieces, and the sparse matrix that takes the mean of their pieces."""
        table = self.words(stack)
        present = table.first < table.last
        bounds = np.stack([table.first, table.last], axis=1)[present]
        return present, mean_matrix(bounds, len(self.tokens(stack)), np.float32)

    def _read_statistics(self, address: str) -> LayerStatistics:
        name = layout.layer_file("statistics", address)
        return LayerStatistics.of_arrays(layout.read_arrays(self.path, name))

    def _read_word_lists(self, address: str) -> WordLists:
        name = layout.layer_file("top_words", address)
        return WordLists.of_arrays(layout.read_arrays(self.path, name))


def _single(values: NDArray[Any]) -> Floats32:
    """As float32; from half precision several times faster than numpy, value by value."""
    if values.dtype != np.float16:
        return values.astype(np.float32)
    found: Floats32 = torch.from_numpy(np.ascontiguousarray(values)).float().numpy()
    return found


def _stack_of(address: str) -> str:
    return address.partition(".")[0]


def _prefixed(columns: Mapping[str, np.ndarray], prefix: str) -> dict[str, Any]:
    return {k.removeprefix(prefix): v for k, v in columns.items() if k.startswith(prefix)}
