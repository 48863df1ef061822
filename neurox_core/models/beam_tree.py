"""The tree of all hypotheses that a beam search held, step by step.

The search links every partial hypothesis to the one that it continues, so the tree is there already
when the search ends; it is only written down. A node is a token after those on its path from the
root. It was held for one step at least, or ended a hypothesis; continuations that never came among
the beams are not in the tree. What became of a node is what became of the best that grew out of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Fate = Literal["winner", "finished", "left", "outranked", "pruned"]
"""From best to worst, as :class:`BeamNode` tells them apart."""


class Held(Protocol):
    """A partial hypothesis of the search: its last token, and the one before."""

    @property
    def before(self) -> Any:
        """What it continues; None for the root."""

    @property
    def token(self) -> int:
        """Its last token."""

    @property
    def total(self) -> float:
        """Sum of log-probabilities."""

    @property
    def logprob(self) -> float:
        """Share of the last token."""


@dataclass(frozen=True)
class BeamNode:
    """One token of the tree.

    Attributes
    ----------
    parent : int
        Number of the node before it; -1 at the first step.
    step : int
        Which produced token it is, from 0.
    token : int
    logprob, total : float
        Natural-log probability of the token given its path, and of the path with it.
    fate : str
        ``winner`` (on the path of the best hypothesis), ``finished`` (of another one that the
        search returned), ``left`` (of one that was running when the search stopped),
        ``outranked`` (of one that finished and was displaced by better ones) or ``pruned``.
    score : float or None
        Of the hypothesis that ends here, length taken into account; None where none ends.
    rank : int or None
        Its place among the hypotheses returned, from 0.
    """

    parent: int
    step: int
    token: int
    logprob: float
    total: float
    fate: Fate
    score: float | None = None
    rank: int | None = None


@dataclass(frozen=True)
class BeamTree:
    """What a search held.

    Attributes
    ----------
    beams : int
    nodes : list of BeamNode
        By step, and within a step the best first.
    """

    beams: int
    nodes: list[BeamNode]

    def path(self, number: int) -> list[int]:
        """Tokens from the root to a node."""
        found: list[int] = []
        while number >= 0:
            found.append(self.nodes[number].token)
            number = self.nodes[number].parent
        return found[::-1]

    def live(self, step: int) -> list[int]:
        """Numbers of the nodes that ran on after a step."""
        return [i for i, n in enumerate(self.nodes) if n.step == step and n.score is None]

    def ends(self) -> list[int]:
        """Numbers of the nodes that end a returned hypothesis, best first."""
        ranked = [(n.rank, i) for i, n in enumerate(self.nodes) if n.rank is not None]
        return [i for _, i in sorted(ranked)]


class Growth:
    """What a search reports while it runs, for one request."""

    def __init__(self, beams: int) -> None:
        self._beams = beams
        # The objects are kept, so that their ids stay theirs alone.
        self._held: list[tuple[int, Held]] = []
        self._ended: list[tuple[int, float, Held]] = []

    def held(self, step: int, beams: Sequence[Held]) -> None:
        """Partial hypotheses that run on after a step."""
        self._held += [(step, beam) for beam in beams]

    def ended(self, step: int, score: float, beam: Held) -> None:
        """A hypothesis that ended at a step, also one that is displaced later."""
        self._ended.append((step, score, beam))

    def tree(self, returned: Sequence[Held], running: Sequence[Held]) -> BeamTree:
        """The tree when the search is over.

        Parameters
        ----------
        returned : sequence
            Ends of the hypotheses that the search returns, best first.
        running : sequence
            What ran when it stopped.
        """
        scores = {id(beam): score for _, score, beam in self._ended}
        ranks = {id(beam): rank for rank, beam in enumerate(returned)}
        fates: dict[int, Fate] = {}
        leads: list[tuple[Fate, Sequence[Held]]] = [
            ("winner", returned[:1]), ("finished", returned[1:]), ("left", running),
            ("outranked", [b for _, _, b in self._ended if id(b) not in ranks]),
        ]  # fmt: skip
        for fate, leaves in leads:
            for leaf in leaves:
                node: Any = leaf
                while node is not None and id(node) not in fates:
                    fates[id(node)] = fate
                    node = node.before
        every = self._held + [(step, beam) for step, _, beam in self._ended]
        every.sort(key=lambda one: (one[0], -one[1].total))
        numbers = {id(beam): number for number, (_, beam) in enumerate(every)}
        return BeamTree(
            self._beams,
            [
                BeamNode(
                    numbers.get(id(beam.before), -1), step, beam.token, beam.logprob, beam.total,
                    fates.get(id(beam), "pruned"), scores.get(id(beam)), ranks.get(id(beam)),
                )
                for step, beam in every
            ],
        )  # fmt: skip


def chain(ids: Sequence[int], logprobs: Sequence[float], score: float) -> BeamTree:
    """The tree of a greedy search, which holds one hypothesis."""
    nodes, total = [], 0.0
    for step, (token, logprob) in enumerate(zip(ids, logprobs, strict=True)):
        total += logprob
        ends = step + 1 == len(ids)
        nodes.append(
            BeamNode(
                step - 1, step, token, logprob, total, "winner", score if ends else None,
                0 if ends else None,
            )
        )  # fmt: skip
    return BeamTree(1, nodes)
