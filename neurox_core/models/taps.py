"""Where a model is read and edited: one function that every site calls.

A *tap* is a fixed point in a model's forward pass. Our recurrent module calls :func:`tap` in its
own code; a stock Hugging Face module gets permanent forward hooks that call it. Taps are inert:
they look at one context variable and return their input unchanged when no :class:`Run` is active.
Nothing is registered or removed per request, so two threads (each has its own context) can run the
same model under different interventions, and an exception leaves nothing behind.

Positions are absolute. Whoever drives the model tells the run where the current chunk begins
(:meth:`Run.place`) and which row of the request each row of the batch belongs to; a tap never
counts its own calls. Edits clone: a tensor that an earlier tap captured is never changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

import torch
from torch import Tensor

_HALF = (torch.float16, torch.bfloat16)
_ACTIVE: ContextVar[Run | None] = ContextVar("neurox_run", default=None)


class Editor(Protocol):
    """What a run asks of a compiled set of interventions.

    Attributes
    ----------
    reads : bool
        Whether it has to know what the decoder reads.
    """

    reads: bool

    def touches(self, address: str, scope: str) -> bool:
        """Whether any row is edited at this address and scope."""

    def apply(
        self, address: str, scope: str, x: Tensor, start: int, rows: Tensor | None,
        read: Tensor | None = None,
    ) -> Tensor:  # fmt: skip
        """Return `x` (batch, positions, width) edited, as a new tensor."""


class Run:
    """One forward pass, or one decode, under interventions and with captures.

    Parameters
    ----------
    editor : Editor, optional
        Compiled interventions; None for a clean run.
    capture : sequence of str
        Layer addresses whose activations (after edits) are kept.
    """

    def __init__(self, editor: Editor | None = None, capture: Sequence[str] = ()) -> None:
        self.editor = editor
        self.captured: dict[str, Tensor] = {}
        self._wanted = frozenset(capture)
        self._start = {"encoder": 0, "decoder": 0}
        self._rows: dict[str, Tensor | None] = {"encoder": None, "decoder": None}
        self._shape: dict[str, torch.Size] = {}
        self._read: Tensor | None = None

    def place(self, stack: str, start: int, rows: Tensor | None = None) -> None:
        """Say where the next chunk of `stack` begins and whose rows it holds.

        Parameters
        ----------
        stack : str
            ``encoder`` or ``decoder``.
        start : int
            Absolute position of the chunk's first token.
        rows : Tensor of shape (batch,), int64, optional
            Row of the request each batch row belongs to; None when they are the same.
        """
        self._start[stack] = start
        self._rows[stack] = rows

    def move(self, stack: str, start: int) -> None:
        """Say that the next chunk of `stack` begins elsewhere, in the same rows."""
        self._start[stack] = start

    @property
    def reads(self) -> bool:
        """Whether :meth:`follow` has to be told what the decoder reads."""
        return self.editor is not None and self.editor.reads

    def follow(self, read: Tensor) -> None:
        """Say what the decoder reads, (batch, positions) from position 0 to the chunk's last."""
        self._read = read

    def captures(self, address: str) -> bool:
        """Whether this address is to be kept."""
        return address in self._wanted

    def touches(self, address: str, scope: str = "output") -> bool:
        """Whether an intervention edits this address at this scope."""
        return self.editor is not None and self.editor.touches(address, scope)

    def visit(self, address: str, x: Tensor, offset: int = 0, scope: str = "output") -> Tensor:
        """Edit, then keep, one activation of shape (batch, positions, width).

        A tensor (batch * positions, width), as OPT's feed-forward makes it, is seen in the shape
        that the stack had before. In half precision the edit is computed in single precision.
        """
        stack = address.partition(".")[0]
        flat = x.dim() == 2
        if flat:
            seen = x.view(*self._shape[stack][:2], x.shape[-1])
        else:
            self._shape[stack] = x.shape
            seen = x
        editor = self.editor
        if editor is not None and editor.touches(address, scope):
            start, rows = self._start[stack] + offset, self._rows[stack]
            half = x.dtype in _HALF
            read = self._read
            seen = editor.apply(address, scope, seen.float() if half else seen, start, rows, read)
            if half:
                seen = seen.to(x.dtype)
            x = seen.reshape(x.shape) if flat else seen
        if scope == "output" and address in self._wanted:
            # Detached, not copied: edits never work in place, so nobody else changes it. Copies to
            # the host are the extractor's business.
            self.captured[address] = seen.detach()
        return x


def active() -> Run | None:
    """The run of the present context, or None."""
    return _ACTIVE.get()


def tap(address: str, x: Tensor, offset: int = 0) -> Tensor:
    """Give an activation to the active run, if there is one.

    Parameters
    ----------
    address : str
        Layer address, such as ``encoder.1.rnn_hidden``.
    x : Tensor of shape (batch, positions, width)
    offset : int
        Position of ``x[:, 0]`` relative to where the run stands.

    Returns
    -------
    Tensor
        `x` itself, or a new, edited tensor.
    """
    run = _ACTIVE.get()
    return x if run is None else run.visit(address, x, offset)


def observe(address: str, x: Tensor) -> None:
    """Let the active run keep something that is no site and cannot be edited: attention weights.

    Parameters
    ----------
    address : str
        Such as ``decoder.1.cross_attn_map``; see ``TranslationModel.attention_maps``.
    x : Tensor of shape (batch, queries, keys) or (batch, queries, heads, keys)
    """
    run = _ACTIVE.get()
    if run is not None and run.captures(address):
        run.captured[address] = x.detach()


@contextmanager
def running(run: Run | None, gradients: bool = False) -> Iterator[Run | None]:
    """Make `run` the active one of this context and always undo it; gradients only if asked for."""
    token = _ACTIVE.set(run)
    try:
        with torch.enable_grad() if gradients else torch.inference_mode():
            yield run
    finally:
        _ACTIVE.reset(token)
