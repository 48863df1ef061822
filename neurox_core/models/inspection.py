"""How a model came to write what it wrote: alternatives at every step, the beam tree, forced words.

All of it is recorded by the one shared search while it makes the very translation that
:meth:`TranslationModel.translate` makes, under interventions as without, so nothing here is a
reconstruction. Log-probabilities are those of a teacher-forced pass over the same ids.

A *prefix* is what the output has to begin with; the search scores it and goes on from there. Given
as text it is cut by the model's own tokenizer and forced token by token: "mang" becomes the pieces
that the tokenizer makes of it, and the model goes on after the last of them, maybe within the word.
So a typed prefix may be other tokens than the model would have used for the same letters. Given as
ids (the first tokens of an earlier output, and another in place of the next) it is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..errors import InvalidInputError
from .base import Interventions, TranslationModel
from .beam_tree import BeamTree
from .results import Translation
from .search import Hypothesis, SearchOptions
from .tokens import Tokens

MOST_ALTERNATIVES = 50


@dataclass(frozen=True)
class Alternative:
    """A token that could have stood at a step, with its natural-log probability."""

    token: int
    piece: str
    logprob: float


@dataclass(frozen=True)
class Step:
    """One produced token and what else could have stood there.

    Attributes
    ----------
    token : int
    piece : str
    logprob : float
        Natural-log probability of the token given those before it.
    forced : bool
        Whether the prefix put it there.
    rank : int or None
        Its place among the alternatives, from 0; None if it is not among them, as beam search and
        forcing may choose it all the same.
    alternatives : list of Alternative
        The likeliest tokens that may be produced there, best first.
    """

    token: int
    piece: str
    logprob: float
    forced: bool
    rank: int | None
    alternatives: list[Alternative]


@dataclass(frozen=True)
class Decoding:
    """A translation with how it was made.

    Attributes
    ----------
    source : Tokens
    translation : Translation
    prefix : list of int
        Ids that were forced.
    steps : list of Step
        One for each produced id, end token included.
    tree : BeamTree or None
        If it was asked for.
    """

    source: Tokens
    translation: Translation
    prefix: list[int]
    steps: list[Step]
    tree: BeamTree | None = None


@dataclass(frozen=True)
class Line:
    """What one decoding is made under.

    Attributes
    ----------
    interventions : sequence of Intervention
    prefix : str or sequence of int
        Text, or ids of the target vocabulary.
    """

    interventions: Interventions = ()
    prefix: str | Sequence[int] = ""


def inspect(
    model: TranslationModel,
    text: str,
    lines: Sequence[Line] = (Line(),),
    *,
    alternatives: int = 5,
    beams: int = 1,
    tree: bool = False,
    cancelled: Callable[[], bool] | None = None,
) -> list[Decoding]:
    """Decode one text, in one batch, under several settings and prefixes.

    Parameters
    ----------
    model : TranslationModel
    text : str
    lines : sequence of Line
    alternatives : int
        How many tokens to list at each step.
    beams : int
    tree : bool
        Whether to keep the beam tree.
    cancelled : callable, optional

    Returns
    -------
    list of Decoding
        One for each line.

    Raises
    ------
    InvalidInputError
        If the model writes nothing, or a prefix does not fit.
    TextTooLongError, UnknownAddressError, MissingStatisticsError, CancelledError
    """
    if not 0 <= alternatives <= MOST_ALTERNATIVES:
        raise InvalidInputError(
            f"alternatives must lie between 0 and {MOST_ALTERNATIVES}, not {alternatives}."
        )
    source = model.checked(text)
    forced = [prefix_ids(model, line.prefix) for line in lines]
    limit = model.length_limit(source)
    limits = [limit + len(ids) for ids in forced]
    options = SearchOptions(
        beams, max_length=max(limits, default=1), max_lengths=limits, prefixes=forced,
        alternatives=min(alternatives, model.vocabulary_size), tree=tree,
    )  # fmt: skip
    found = model.search(
        [source] * len(lines), [line.interventions for line in lines], options, cancelled=cancelled
    )
    return [
        _decoding(model, source, best[0], prefix)
        for best, prefix in zip(found, forced, strict=True)
    ]


def alternatives(
    model: TranslationModel,
    text: str,
    k: int = 5,
    interventions: Interventions = (),
    *,
    beams: int = 1,
    prefix: str | Sequence[int] = "",
) -> list[Step]:
    """The translation of a text, token by token, with the `k` likeliest at every step.

    Examples
    --------
    >>> for step in nx.alternatives(model, "He left."):                     # doctest: +SKIP
    ...     print(step.piece, [(a.piece, round(math.exp(a.logprob), 2)) for a in step.alternatives])
    """
    line = Line(interventions, prefix)
    return inspect(model, text, [line], alternatives=k, beams=beams)[0].steps


def beam_tree(
    model: TranslationModel,
    text: str,
    beams: int = 5,
    interventions: Interventions = (),
    *,
    prefix: str | Sequence[int] = "",
) -> BeamTree:
    """Every hypothesis that the beam search of a text held (see :mod:`.beam_tree`)."""
    line = Line(interventions, prefix)
    found = inspect(model, text, [line], alternatives=0, beams=beams, tree=True)[0].tree
    assert found is not None
    return found


def prefix_ids(model: TranslationModel, prefix: str | Sequence[int]) -> list[int]:
    """Ids that an output has to begin with, without those that the model forces anyway.

    Raises
    ------
    InvalidInputError
        If an id is not one of the model's vocabulary, or ends the text.
    """
    if isinstance(prefix, str):
        return model._prefixes([prefix], [""])[0]
    ids, forced = [int(i) for i in prefix], list(model.forced_start)
    for place, token in enumerate(ids):
        if not 0 <= token < model.vocabulary_size or token in model.ends:
            raise InvalidInputError(
                f"The prefix holds {token} at place {place}, which "
                f"{'ends the text' if token in model.ends else 'is no id'} of {model.name}; "
                f"ids go from 0 to {model.vocabulary_size - 1}."
            )
    return ids[len(forced) :] if forced and ids[: len(forced)] == forced else ids


def _decoding(
    model: TranslationModel, source: Tokens, best: Hypothesis, prefix: list[int]
) -> Decoding:
    known = len(prefix) + len(model.forced_start)
    listed = best.alternatives or [[] for _ in best.ids]
    names = dict.fromkeys([*best.ids, *(token for pairs in listed for token, _ in pairs)])
    pieces = dict(zip(names, model.pieces(list(names)), strict=True))
    steps = []
    for place, (token, logprob, pairs) in enumerate(
        zip(best.ids, best.logprobs, listed, strict=True)
    ):
        ids = [i for i, _ in pairs]
        steps.append(
            Step(
                token, pieces[token], logprob, place < known,
                ids.index(token) if token in ids else None,
                [Alternative(i, pieces[i], value) for i, value in pairs],
            )
        )  # fmt: skip
    return Decoding(source, model.translation(best), prefix, steps, best.tree)
