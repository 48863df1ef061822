"""The model contract over language models: one stack that reads a text and goes on with it.

There is one stack, ``decoder``, and it reads the text itself: position t consumed token t of the
text (the tokenizer's own start token included, if it writes one) and predicts token t + 1. What a
neuron does *on* a word is its value at the positions that consumed the word's pieces. A target text
is a continuation: its tokens follow the source's, and the state that predicts its first token
stands at position ``len(source) - 1``.

Continuing a prompt is the one shared search, over a cache filled in one pass. Prompts of different
lengths would have to be padded on the left, with positions of their own for every row; instead the
requests of a batch are searched in groups of equal length. So there is no padding at all, positions
are the same for all rows of a group, and a request's result cannot depend on its neighbours.
Teacher-forced batches are padded on the right, which a causal model cannot see.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import torch
from torch import Tensor

from ..errors import CancelledError, TextTooLongError
from ..interventions.plan import Plan
from ..interventions.where import placed
from .base import Interventions, TranslationModel, per_row, same_length
from .results import Forced
from .search import Hypothesis, SearchOptions, search
from .taps import Run, running
from .tokens import Tokens

PRODUCED = 40
"""Tokens produced for a prompt unless told otherwise."""
_AT_ONCE = 512
"""Tokens whose scores over the vocabulary are in memory at one time."""


class LanguageModel(TranslationModel):
    """A model that continues what it reads.

    An adapter brings :meth:`_states` (one pass over texts), ``logits``, and for decoding ``begin``
    (of prompts of equal length, all but the last token consumed), ``advance`` (which at the first
    step consumes the prompt's last token in place of the first that it is given), ``rewind`` and
    ``select``. Positions that these are given count from the text's first token.

    Attributes
    ----------
    positions : int or None
        Tokens that prompt and continuation may have together; None if there is no limit.
    """

    task: ClassVar[str] = "language-modelling"
    source_stack: ClassVar[str] = "decoder"
    positions: int | None = None

    @abstractmethod
    def _states(self, ids: Tensor) -> Tensor:
        """States before the softmax (batch, positions, width) of ids (batch, positions)."""

    def encode(self, ids: Tensor, mask: Tensor) -> Tensor:
        """The prompts themselves (batch, prompt), of equal length: nothing reads them yet."""
        return ids

    def decode(self, memory: Tensor, ids: Tensor) -> Tensor:
        """States (batch, target, width) after each of `ids`, which follow the prompts."""
        return self._states(torch.cat([memory, ids], 1))[:, memory.shape[1] :]

    def step(self, tokens: Tensor, state: Any, position: int) -> tuple[Tensor, Any]:
        """Consume one token; at the first step the prompt's last, whatever `tokens` says."""
        logits, state = self.advance(tokens.unsqueeze(1), state, position)
        return logits[:, -1], state

    def forward(
        self,
        sources: Sequence[Tokens],
        targets: Sequence[Tokens] | None = None,
        capture: Sequence[str] = (),
        interventions: Sequence[Interventions] | None = None,
        logprobs: bool = False,
    ) -> Forced:
        """One pass over texts, or over prompts and what is forced to follow them.

        Parameters
        ----------
        sources : sequence of Tokens
        targets : sequence of Tokens, optional
            Continuations; their last token is predicted but not consumed.
        capture, interventions, logprobs
            As in :meth:`TranslationModel.forward`.

        Returns
        -------
        Forced
            Activations cover the whole sequence; ``source_mask`` says which positions are real.
            Without targets, ``target_outputs`` are the texts' own next tokens, and the last
            position has none. With targets, the targets' columns hold the targets only, and
            ``target_starts`` says at which position each one's first token is predicted.
        """
        self.check_layers(capture)
        same_length(sources, targets=targets, interventions=interventions)
        rows = [list(s.ids) for s in sources]
        if targets is not None:
            rows = [[*r, *t.ids[:-1]] for r, t in zip(rows, targets, strict=True)]
        self._within([len(r) for r in rows], self.positions)
        ids, mask = self.batch(rows)
        plan = None if interventions is None else self._placed(interventions, sources) or None
        run = Run(plan, capture)
        with running(run):
            hidden = self._states(ids)
            if targets is None:
                outputs = torch.cat([ids[:, 1:], ids.new_full((len(rows), 1), self.pad_id)], 1)
                predicts = torch.cat([mask[:, 1:], mask.new_zeros(len(rows), 1)], 1)
                starts = [0] * len(rows)
                inputs, states = ids, hidden
            else:
                starts = [len(s.ids) - 1 for s in sources]
                outputs, predicts = self.batch([t.ids for t in targets])
                steps = torch.arange(outputs.shape[1], device=self.device)
                places = torch.tensor(starts, device=self.device).unsqueeze(1) + steps
                places = places.clamp_(max=ids.shape[1] - 1)
                inputs = ids.gather(1, places)
                states = hidden.gather(1, places.unsqueeze(-1).expand(-1, -1, hidden.shape[-1]))
            scores = self._logprobs(states, outputs, predicts) if logprobs else None
        return Forced(run.captured, mask, predicts, inputs, outputs, scores, starts)

    def search(
        self,
        sources: Sequence[Tokens],
        interventions: Sequence[Interventions],
        options: SearchOptions,
        *,
        on_token: Callable[[int, list[list[int]]], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> list[list[Hypothesis]]:
        """Continue each prompt: for each row its hypotheses, best first."""
        same_length(sources, interventions=interventions)
        self._within([len(s.ids) + 1 for s in sources], self.positions)
        groups: dict[int, list[int]] = {}
        for row, source in enumerate(sources):
            groups.setdefault(len(source.ids), []).append(row)
        found: list[list[Hypothesis]] = [[] for _ in sources]
        so_far: list[list[int]] = [[] for _ in sources]
        for length, rows in sorted(groups.items()):

            def tell(position: int, ids: list[list[int]], rows: list[int] = rows) -> None:
                for row, produced in zip(rows, ids, strict=True):
                    so_far[row] = produced
                if on_token is not None:
                    on_token(position, [list(ids) for ids in so_far])

            prompts = torch.tensor([sources[r].ids for r in rows], device=self.device)
            plan = self._placed([interventions[r] for r in rows], [sources[r] for r in rows])
            with running(Run(plan or None)):
                results = search(
                    _Continuation(self, prompts), self.begin(prompts), len(rows),
                    self._for_group(options, rows, length),
                    on_token=tell if on_token is not None else None, cancelled=cancelled,
                )  # fmt: skip
            for row, hypotheses in zip(rows, results, strict=True):
                found[row] = hypotheses
        return found

    def logprobs(
        self,
        texts: Sequence[str],
        interventions: Interventions | Sequence[Interventions] = (),
        *,
        batch_tokens: int = 2000,
        on_progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> list[list[float]]:
        """Natural log-probability of every token of each text but the first.

        This is what perplexity is made of (:mod:`neurox_core.evaluation.likelihood`). Where the
        tokenizer writes a start token, that is the first, and every token of the text counts.

        Raises
        ------
        InvalidInputError, TextTooLongError, UnknownAddressError, MissingStatisticsError
        CancelledError
            If `cancelled` said so before a batch.
        """
        rows = per_row(interventions, len(texts))
        tokens = self.all_checked(texts)
        found: list[list[float]] = [[] for _ in texts]
        done = 0
        for batch in _by_length([len(t.ids) for t in tokens], batch_tokens):
            if cancelled is not None and cancelled():
                raise CancelledError(f"Stopped after {done} of {len(texts)} texts.")
            forced = self.forward(
                [tokens[i] for i in batch], interventions=[rows[i] for i in batch], logprobs=True
            )
            assert forced.logprobs is not None and forced.target_mask is not None
            for i, values, mask in zip(batch, forced.logprobs, forced.target_mask, strict=True):
                found[i] = values[mask].tolist()
            done += len(batch)
            if on_progress is not None:
                on_progress(done, len(texts))
        return found

    def length_limit(self, source: Tokens) -> int:
        """Most tokens to produce after a prompt unless told otherwise."""
        room = PRODUCED if self.positions is None else self.positions - len(source.ids)
        return max(1, min(PRODUCED, room))

    def _for_group(self, options: SearchOptions, rows: list[int], length: int) -> SearchOptions:
        """The options of some requests, within the positions that their prompts leave."""
        room = options.max_length if self.positions is None else self.positions - length
        limits, prefixes = options.max_lengths, options.prefixes
        most = max(1, min(options.max_length, room))
        return replace(
            options, max_length=most, min_length=min(options.min_length, most),
            max_lengths=None if limits is None else [min(limits[r], most) for r in rows],
            prefixes=None if prefixes is None else [prefixes[r] for r in rows],
            drafts=None if options.drafts is None else [options.drafts[r] for r in rows],
        )  # fmt: skip

    def _placed(self, rows: Sequence[Interventions], sources: Sequence[Tokens]) -> Plan:
        """Interventions with the words they are limited to as positions of the text."""
        pairs = zip(rows, sources, strict=True)
        return self.plan([placed(some, source, stack=self.source_stack) for some, source in pairs])

    def _within(self, lengths: Sequence[int], positions: int | None) -> None:
        """Raise TextTooLongError if a row has more tokens than the model has positions."""
        require_positions(self.name, lengths, positions)

    def _logprobs(self, states: Tensor, outputs: Tensor, mask: Tensor) -> Tensor:
        """Log-probability of each output; few tokens at once, as vocabularies are large."""
        flat, wanted = states.flatten(0, 1), outputs.flatten()
        found = flat.new_empty(len(wanted), dtype=torch.float32)
        for first in range(0, len(wanted), _AT_ONCE):
            part = slice(first, first + _AT_ONCE)
            every = torch.log_softmax(self.logits(flat[part]).float(), dim=-1)
            found[part] = every.gather(-1, wanted[part].unsqueeze(-1)).squeeze(-1)
        return found.view_as(outputs).masked_fill(~mask, 0.0)


class _Continuation:
    """A language model as the search sees it, for prompts of one length."""

    def __init__(self, model: LanguageModel, prompts: Tensor) -> None:
        self._model, self._length = model, prompts.shape[1]
        self._prompts: list[list[int]] = prompts.tolist()
        self.eos_id, self.pad_id, self.start_id = model.eos_id, model.pad_id, model.start_id
        self.suppressed, self.rules, self.device = model.suppressed, model.rules, model.device
        self.vocabulary_size = model.vocabulary_size
        self.can_advance = model.can_advance

    def advance(self, tokens: Tensor, state: Any, position: int) -> tuple[Tensor, Any]:
        """Several steps in one pass."""
        return self._model.advance(tokens, state, self._length - 1 + position)

    def rewind(self, before: Any, after: Any, tokens: Tensor, position: int) -> Any:
        """Back to where some of these tokens have been consumed."""
        return self._model.rewind(before, after, tokens, self._length - 1 + position)

    def step(self, tokens: Tensor, state: Any, position: int) -> tuple[Tensor, Any]:
        """One step of the model."""
        return self._model.step(tokens, state, self._length - 1 + position)

    def select(self, state: Any, index: Tensor) -> Any:
        """Rows in a new order."""
        return self._model.select(state, index)

    def before(self, request: int) -> list[int]:
        """The prompt."""
        return self._prompts[request]

    def place_decoder(self, position: int, rows: Tensor | None) -> None:
        """Positions count from the text's first token; the first step consumes the last of it."""
        self._model.place_decoder(self._length - 1 + position, rows)


def require_positions(name: str, lengths: Sequence[int], positions: int | None) -> None:
    """Raise TextTooLongError if a row has more tokens than the model has positions."""
    if positions is not None and max(lengths, default=0) > positions:
        raise TextTooLongError(
            f"A text has {max(lengths)} tokens; {name} takes at most {positions}. Split it into "
            "sentences."
        )


def _by_length(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """Rows of similar length, at most so many tokens a batch, padding counted."""
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        if batch and lengths[i] * (len(batch) + 1) > most:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch
