"""What a sweep of the control protocol found (see :mod:`.control_protocol`).

Everything that is needed to apply any cell of the sweep is kept: the neurons in their order with
the two class means of each, from which alpha = m1 + beta (m1 - m2) follows, and the source words
that stood for the other value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..errors import InvalidInputError
from .intervention import Intervention


@dataclass(frozen=True)
class ControlPoint:
    """One setting of the sweep, on the sentences it was tried on.

    Attributes
    ----------
    k, beta : int, float
    success : float
        Share of the words that took the wanted value.
    untold : float
        Share of the words that now have neither value: their translation is gone, is linked to no
        word, or its form is not known to the tagger.
    words, sentences : int
    bleu, bleu_change, chrf_change : float
        On the edited sentences, against their references, and the change against no edit.
    changed_elsewhere : float
        Share of output words that changed and belong to no edited word.
    outputs : tuple of dict
        Of the first sentences: ``after``, ``turned`` (source words) and ``changed`` (output words).
    """

    k: int
    beta: float
    success: float
    untold: float
    words: int
    sentences: int
    bleu: float
    bleu_change: float
    chrf_change: float
    changed_elsewhere: float
    outputs: tuple[dict[str, Any], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**self.__dict__, "outputs": [dict(o) for o in self.outputs]}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ControlPoint:
        """Read what :meth:`to_dict` wrote."""
        return cls(**{**values, "outputs": tuple(values["outputs"])})


@dataclass(frozen=True)
class ControlNeuron:
    """A neuron of the ranking.

    Attributes
    ----------
    neuron : str
    accuracy : float
        Balanced accuracy of its Gaussian classifier on words that it was not fitted to.
    wanted_mean, other_mean : float
        At words whose translation has the wanted value, and the other.
    """

    neuron: str
    accuracy: float
    wanted_mean: float
    other_mean: float

    def aim(self, beta: float) -> float:
        """The value that it is set to."""
        return self.wanted_mean + beta * (self.wanted_mean - self.other_mean)


@dataclass
class Control:
    """What a sweep found.

    Attributes
    ----------
    name, wanted, other : str
        Label, its wanted value, and the one that words have before.
    ranked : list of ControlNeuron
        As many as the largest k, and at least 20, the best first.
    sweep : list of ControlPoint
        On the sentences that the setting is chosen by.
    shown : list of dict
        ``source``, ``before``, ``words`` (edited ones) and ``places`` (their characters) of the
        sentences in ``outputs``.
    best : ControlPoint or None
        The chosen setting on sentences that it was not chosen by; None while the sweep runs.
    examples : list of dict
        The same of the judged sentences, with ``after``, ``turned`` and ``changed``.
    words : list of str
        Source words that stood for the other value, the most frequent first.
    """

    name: str
    wanted: str
    other: str
    model: str
    scope: str
    layers: list[str]
    select: str
    alignment: str
    tagging: str
    ks: list[int]
    betas: list[float]
    fitted_words: tuple[int, int]
    ranked: list[ControlNeuron]
    sweep: list[ControlPoint]
    shown: list[dict[str, Any]] = field(repr=False)
    words: list[str] = field(repr=False)
    best: ControlPoint | None = None
    examples: list[dict[str, Any]] = field(default_factory=list, repr=False)
    signature: str = ""

    @property
    def neurons(self) -> list[tuple[str, float]]:
        """The best neurons with their accuracy."""
        return [(n.neuron, n.accuracy) for n in self.ranked]

    @property
    def interventions(self) -> list[Intervention]:
        """The chosen setting for any sentence; none while the sweep runs."""
        return [] if self.best is None else self.setting(self.best.k, self.best.beta)

    def setting(self, k: int, beta: float) -> list[Intervention]:
        """A cell of the sweep for any sentence, limited to :attr:`words`.

        Raises
        ------
        InvalidInputError
            If so many neurons were not ranked.
        """
        if not 0 < k <= len(self.ranked):
            raise InvalidInputError(f"k lies between 1 and {len(self.ranked)}, not at {k}.")
        where = {"words": self.words} if self.words else None
        return [
            Intervention([n.neuron], "set", n.aim(beta), scope=self.scope, where=where)
            for n in self.ranked[:k]
        ]

    def to_dict(self, examples: int | None = None) -> dict[str, Any]:
        """Plain values for JSON.

        Parameters
        ----------
        examples : int, optional
            No more of the judged sentences than this.
        """
        return {
            "name": self.name, "wanted": self.wanted, "other": self.other, "model": self.model,
            "scope": self.scope, "layers": self.layers, "select": self.select,
            "alignment": self.alignment, "tagging": self.tagging,
            "ks": self.ks, "betas": self.betas, "fitted_words": list(self.fitted_words),
            "signature": self.signature,
            "neurons": [dict(n.__dict__) for n in self.ranked],
            "sweep": [p.to_dict() for p in self.sweep], "shown": self.shown,
            "best": None if self.best is None else self.best.to_dict(),
            "words": self.words,
            "interventions": [i.to_dict() for i in self.interventions],
            "examples": self.examples[:examples],
        }  # fmt: skip
