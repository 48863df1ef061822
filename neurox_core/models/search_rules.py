"""What a checkpoint itself forbids while it writes: its generation settings that rule tokens out.

Some checkpoints come with settings (``generation_config.json``) without which their output is
another one: no three words twice, a list of phrases never to be written, several tokens that end a
text. Those that only *rule tokens out* are applied by the search, exactly as Hugging Face's
``generate`` does (transformers 5, ``generation/logits_process.py``): a forbidden token is no
candidate, and the probabilities of the others stay the model's own.

What is forbidden may depend on all that stands before: of an encoder-decoder the start token and
what was produced, of a language model the prompt too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """What a model's own settings forbid; without arguments nothing.

    Parameters
    ----------
    ends : tuple of int
        Every token that ends a text; the model's ``eos_id`` always does.
    ngram : int
        No sequence of so many tokens may occur twice (``no_repeat_ngram_size``); 0 for no limit.
    phrases : tuple of tuple of int
        Sequences of two tokens or more that are never completed (``bad_words_ids``).
    first : tuple of int
        Tokens that are not produced at the position `first_at` (``begin_suppress_tokens``).
    first_at : int
    least : int
        Tokens that must have been produced before a text may end (``min_new_tokens``).
    least_in_all : int
        The same, with what stands before them counted (``min_length``).
    """

    ends: tuple[int, ...] = ()
    ngram: int = 0
    phrases: tuple[tuple[int, ...], ...] = ()
    first: tuple[int, ...] = ()
    first_at: int = 0
    least: int = 0
    least_in_all: int = 0

    @property
    def depend(self) -> bool:
        """Whether what is forbidden differs from place to place."""
        return bool(self.ngram or self.phrases or self.first or self.least or self.least_in_all)

    def forbidden(self, before: Sequence[int], produced: Sequence[int]) -> set[int]:
        """Tokens that may not follow.

        Parameters
        ----------
        before : sequence of int
            The start token, or the prompt.
        produced : sequence of int

        Examples
        --------
        >>> Rules(ngram=2).forbidden([0], [5, 6, 5])
        {6}
        """
        whole = [*before, *produced]
        found = set(_repeated(whole, self.ngram)) if self.ngram else set()
        for phrase in self.phrases:
            head = phrase[:-1]
            # `generate` passes over a phrase that is longer than all that stands there.
            if len(phrase) <= len(whole) and tuple(whole[-len(head) :]) == head:
                found.add(phrase[-1])
        if self.first and len(produced) == self.first_at:
            found.update(self.first)
        if len(produced) < self.least or len(whole) < self.least_in_all:
            found.update(self.ends)
        return found


def _repeated(whole: list[int], size: int) -> list[int]:
    """What followed wherever the last ``size - 1`` tokens stood before."""
    if len(whole) + 1 < size:
        return []
    last = whole[len(whole) + 1 - size :]
    return [
        whole[at + size - 1]
        for at in range(len(whole) - size + 1)
        if whole[at : at + size - 1] == last
    ]
