"""Greedy and beam search over a step function, shared by every model that generates.

The search knows a model only as a :class:`Stepper`: consume one token in every row at an absolute
position, give scores over the vocabulary; reorder, drop or repeat rows of a state. It makes the
choices of Hugging Face's ``generate`` (transformers 5, ``generation/utils.py``):

- Scores come from the log-softmax of all logits in float32. Tokens that may not be produced are
  ruled out afterwards, so what they would have taken is not given to the others.
- Beam search keeps, of each request, the 2k best continuations of its k beams (more where several
  tokens end a text). Those that end and stand among the best k become finished hypotheses, with
  score ``sum of log-probabilities / length ** length_penalty``; the best k of the others run on.
- A request is done when it has k finished hypotheses and its best running beam, scored at its
  present length, does not beat the worst of them; with ``early_stopping`` as soon as it has k.
- What the checkpoint's own settings forbid (:mod:`.search_rules`) is ruled out in the same way.
- At ``max_length`` the best k candidates count as finished, though they have not ended.

Length counts produced tokens: the end token and a forced prefix are counted, the start token is
not. The score of a hypothesis covers exactly its ``ids``, forced ones too, so it equals the score
of the same ids teacher-forced. (Hugging Face leaves a prompt out of both score and length; without
a prefix the two agree.)

Batch rows stand in blocks of k, one block for each request. Finished requests stay in the batch,
unread, until they are at least a quarter of it; then the rest moves up. The model is told before
each step to which request each row belongs, so interventions on single requests stay on them.
Requests never influence one another.
"""

from __future__ import annotations

from typing import Any

import torch

from ..errors import InvalidInputError, nth
from .search_batch import Batch, Cancelled, Hypothesis, OnToken, SearchOptions, Stepper
from .search_beams import beam_search
from .search_drafts import drafted
from .search_greedy import GreedyRun, greedy

__all__ = ["Hypothesis", "SearchOptions", "Stepper", "search"]


def search(
    model: Stepper,
    state: Any,
    rows: int,
    options: SearchOptions,
    *,
    on_token: OnToken | None = None,
    cancelled: Cancelled | None = None,
) -> list[list[Hypothesis]]:
    """Decode a batch of requests.

    Parameters
    ----------
    model : Stepper
    state : object
        The model's state before the decoder's first step, one row a request.
    rows : int
        Number of requests.
    options : SearchOptions
    on_token : callable of (position, ids of each request), optional
        Called after each step with what there is of every request: with beams, the best running
        one until the request is done, then its best hypothesis.
    cancelled : callable, optional
        Asked before each step.

    Returns
    -------
    list of list of Hypothesis
        For each request its hypotheses, best first: `beams` of them (fewer only if the vocabulary
        does not have as many sequences).

    Raises
    ------
    InvalidInputError
        If a prefix does not fit, or the model's scores are not finite numbers.
    CancelledError
        If `cancelled` said so.
    """
    prefixes = _checked(options, rows, model)
    if rows == 0:
        return []
    with torch.inference_mode():
        if options.beams == 1:
            batch, run = Batch(model, state, rows, 1, cancelled), GreedyRun(rows, options, prefixes)
            first = 0
            if options.drafts is not None and getattr(model, "can_advance", False):
                first = drafted(batch, run, options.drafts, options, on_token)
            return [[best] for best in greedy(batch, options, run, on_token, first)]
        batch = Batch(model, state, rows, options.beams, cancelled)
        return beam_search(batch, options, prefixes, on_token)


def _checked(options: SearchOptions, rows: int, model: Stepper) -> list[list[int]]:
    """The prefix of each request, made sure of."""
    if options.alternatives > model.vocabulary_size:
        raise InvalidInputError(
            f"{options.alternatives} alternatives were asked for, but the vocabulary has only "
            f"{model.vocabulary_size} tokens."
        )
    if options.max_lengths is not None and len(options.max_lengths) != rows:
        raise InvalidInputError(
            f"max_lengths has {len(options.max_lengths)} limits for {rows} texts."
        )
    if options.drafts is not None and len(options.drafts) != rows:
        raise InvalidInputError(f"There are {len(options.drafts)} drafts for {rows} texts.")
    if options.prefixes is None:
        return [[]] * rows
    if len(options.prefixes) != rows:
        raise InvalidInputError(
            f"There are {len(options.prefixes)} prefixes for {rows} texts; give one for each."
        )
    for row, prefix in enumerate(options.prefixes):
        limit = options.limit(row)
        if len(prefix) >= limit:
            raise InvalidInputError(
                f"The prefix of {nth(row, 'text')} has {len(prefix)} tokens, which leaves nothing "
                f"of the {limit} that may be produced. Shorten it or raise the maximum."
            )
        ends = {model.eos_id, *model.rules.ends}
        if any(i in ends or not 0 <= i < model.vocabulary_size for i in prefix):
            raise InvalidInputError(
                f"The prefix of {nth(row, 'text')} holds the end token or an id outside the "
                f"vocabulary (0 to {model.vocabulary_size - 1})."
            )
    return options.prefixes
