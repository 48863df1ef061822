"""What an analysis has to say about itself, and to compute.

An analysis is one :class:`Analysis` object in a file of its own in the folder ``analyses``, or in
another distribution that names it in the entry point group ``neurox.rankings``. It gives a score to
every neuron, large for neurons that come first; everything else (constant neurons, order, ties,
signature) is done once for all by :func:`.registry.rank`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..parameters import Parameter, Parameters, Value, checked

if TYPE_CHECKING:
    from .moments import Moments
    from .sample import Sample

__all__ = ["Analysis", "Parameter", "Parameters", "Scored", "Value"]


@dataclass(frozen=True)
class Scored:
    """What an analysis found, where scores alone do not say it all.

    Attributes
    ----------
    scores : array (neurons,) of float64
        The best largest; NaN where there is none.
    order : array of int64, optional
        The published order, where it is not that of the scores.
    labels : mapping of str to Scored
        A sub-ranking for each label.
    details : mapping of str to object
        Everything else worth showing: numbers, strings, lists and mappings of these, and arrays
        whose first axis is neurons (``best_partner``), or that a screen draws (``confusion``).
    """

    scores: NDArray[np.float64]
    order: NDArray[np.int64] | None = None
    labels: Mapping[str, Scored] = field(default_factory=dict)
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Analysis:
    """A way to order neurons.

    Attributes
    ----------
    name : str
        What :func:`.registry.rank` is called with.
    title, summary, formula, reference : str
        For the screen: a name, one sentence on what comes first, the score as a formula, and where
        it comes from.
    score : callable of (Sample, parameters)
        Scores of all neurons, float64, the best largest, or a :class:`Scored`. Those of constant
        neurons do not matter.
    parameters : mapping of str to Parameter
    standardize : bool
        Whether activations are standardised first if the caller does not say.
    standardizable : bool
        False where standardised activations make all scores equal.
    needs : frozenset of str
        Which of ``labels``, ``others``, ``words`` and ``seed`` the score depends on; ``words``:
        rows of a store are words, ``targets``: labels may be a number, ``groups``: an array needs
        labels, which say what belongs together, and a store need not have any.
    family : str
        Where the screen lists it: ``individual``, ``cross-model``, ``linguistic``.
    knows_constant : bool
        Whether the scores of neurons that never change are NaN already; if not, they are made so,
        which may take another pass over the values.
    from_moments : callable of Moments, optional
        The same scores from moments, for analyses without options that moments are enough for; its
        bootstrap is then one pass over the values (see :mod:`.stability`).
    slow : bool
        Whether it does much more than look at every value once or twice; analyses that need labels
        or other models are taken to be slow anyway.
    """

    name: str
    title: str
    summary: str
    formula: str
    reference: str
    score: Callable[[Sample, Parameters], NDArray[np.float64] | Scored]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    standardize: bool = False
    standardizable: bool = True
    needs: frozenset[str] = frozenset()
    family: str = "individual"
    knows_constant: bool = False
    from_moments: Callable[[Moments], NDArray[np.float64]] | None = None
    slow: bool = False

    def checked(self, given: Mapping[str, object]) -> dict[str, Value]:
        """All parameters, given or by default; InvalidInputError names one that does not fit."""
        return checked(f"the ranking {self.name!r}", self.parameters, given)
