"""How far several rankings of the same neurons agree.

Measures, for rankings A and B of n neurons, with A_k the first k neurons of A:

- overlap at k: |A_k and B_k| / k; by chance k / n;
- Jaccard at k: |A_k and B_k| / |A_k or B_k|;
- Spearman's rho and Kendall's tau-b of the neurons' ranks, ties sharing theirs;
- AvgOverlap of A: mean Jaccard at k with the other rankings (Fan et al. 2023);
- NeuronVote of A: Jaccard at k with a consensus of all rankings, A among them. In the consensus
  each ranking gives its first 100 neurons n - position votes, 100 to the first and 1 to the last
  (Borda count); if k is larger than 100, its first k neurons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kendalltau, rankdata

from ..errors import InvalidInputError
from .ranking import Ranking, ordered

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

VOTERS = 100
"""Neurons of each ranking that get votes."""


@dataclass(frozen=True)
class Agreement:
    """How far rankings agree; matrices are (rankings, rankings).

    Attributes
    ----------
    names : tuple of str
    k, neurons : int
    chance : float
        Overlap at k of two random rankings, in expectation.
    overlap, jaccard, spearman, kendall : array
        See the module.
    average_overlap, neuron_vote : array (rankings,)
        NaN for `average_overlap` of a single ranking.
    consensus : array (neurons,) of int64
        All neurons, those with most votes first.
    """

    names: tuple[str, ...]
    k: int
    neurons: int
    chance: float
    overlap: Floats
    jaccard: Floats
    spearman: Floats
    kendall: Floats
    average_overlap: Floats
    neuron_vote: Floats
    consensus: Longs

    def to_json(self) -> dict[str, Any]:
        """Lists and numbers, None for NaN; of the consensus the first k."""
        matrices = ("overlap", "jaccard", "spearman", "kendall", "average_overlap", "neuron_vote")
        return {
            "names": list(self.names), "k": self.k, "neurons": self.neurons, "chance": self.chance,
            "consensus": self.consensus[: self.k].tolist(),
            **{name: _plain(getattr(self, name)) for name in matrices},
        }  # fmt: skip


def agreement(
    rankings: Sequence[Ranking] | Mapping[str, Ranking], k: int | None = None
) -> Agreement:
    """Compare rankings of the same neurons.

    Parameters
    ----------
    rankings : sequence of Ranking, or mapping of name to Ranking
        At least one.
    k : int, optional
        How many neurons count as the first; by default a tenth of them, 100 at most.

    Raises
    ------
    InvalidInputError
        If they rank different neurons, or k does not fit.

    Examples
    --------
    >>> from neurox_core.rankings import rank
    >>> x = np.array([[0.0, 1.0, 5.0], [1.0, -1.0, 0.0], [0.0, 2.0, 1.0]])
    >>> found = agreement([rank("variance", x), rank("range", x)], k=2)
    >>> float(found.overlap[0, 1])
    1.0
    """
    given = _named(rankings)
    first = next(iter(given.values()))
    size = first_k(k, len(first))
    for name, other in given.items():
        if len(other) != len(first) or not _same_layers(first, other):
            raise InvalidInputError(
                f"{name} ranks other neurons than {next(iter(given))}; only rankings of the same "
                "model and layers can be compared."
            )
    orders = [ranking.order for ranking in given.values()]
    shared = common(orders, size)
    jaccard = shared / (2 * size - shared)
    ranks = [_ranks(ranking) for ranking in given.values()]
    depth = min(max(size, VOTERS), len(first))
    consensus = borda(orders, depth)
    voted = common([consensus, *orders], size)[0, 1:]
    count = len(orders)
    with np.errstate(invalid="ignore"):
        average = (jaccard.sum(1) - 1.0) / (count - 1) if count > 1 else np.full(1, np.nan)
    return Agreement(
        tuple(given), size, len(first), size / len(first), shared / size, jaccard,
        _pairs(ranks, _spearman), _pairs(ranks, _kendall), average, voted / (2 * size - voted),
        consensus,
    )  # fmt: skip


def common(orders: Sequence[Longs], k: int) -> Floats:
    """How many neurons each two orders have in common among their first `k`."""
    member = np.zeros((len(orders), len(orders[0])), np.float32)
    for row, order in zip(member, orders, strict=True):
        row[order[:k]] = 1.0
    return np.asarray(member @ member.T, np.float64)


def borda(orders: Sequence[Longs], depth: int) -> Longs:
    """A consensus: each order gives `depth` votes to its first neuron, 1 less to each next."""
    votes = np.zeros(len(orders[0]))
    for order in orders:
        votes[order[:depth]] += depth - np.arange(len(order[:depth]))
    return ordered(votes)


def overlap_curve(a: Ranking, b: Ranking) -> Floats:
    """Overlap at every k, from 1 to the number of neurons."""
    if len(a) != len(b):
        raise InvalidInputError("The rankings have different numbers of neurons.")
    later = np.maximum(np.argsort(a.order), np.argsort(b.order))
    shared = np.cumsum(np.bincount(later, minlength=len(a)))
    return np.asarray(shared / np.arange(1, len(a) + 1), np.float64)


def first_k(k: int | None, neurons: int) -> int:
    """The k to use; InvalidInputError if there are not so many neurons."""
    if k is None:
        return min(100, max(1, neurons // 10))
    if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or not 1 <= k <= neurons:
        raise InvalidInputError(f"k is a number of neurons from 1 to {neurons}, not {k!r}.")
    return int(k)


def _named(rankings: Sequence[Ranking] | Mapping[str, Ranking]) -> dict[str, Ranking]:
    if isinstance(rankings, Mapping):
        given = {str(name): ranking for name, ranking in rankings.items()}
    else:
        given = {}
        for ranking in rankings:
            label = ranking.parameters.get("label")
            name = ranking.name if label is None else f"{ranking.name} {label}"
            number = 2
            while name in given:
                name, number = f"{ranking.name} ({number})", number + 1
            given[name] = ranking
    if not given:
        raise InvalidInputError("Give at least one ranking.")
    return given


def _same_layers(a: Ranking, b: Ranking) -> bool:
    if a.layers is None or b.layers is None:
        return True
    return [tuple(x) for x in a.layers] == [tuple(x) for x in b.layers]


def _ranks(ranking: Ranking) -> Floats:
    """Rank of each neuron; equal scores share one, unless the order is not that of the scores.

    Without that, two rankings that both leave most neurons at 0 would seem to agree on them, since
    ties stand in the order of their index.
    """
    scores = np.where(np.isnan(ranking.scores), -np.inf, ranking.scores)
    in_order = scores[ranking.order]
    if (in_order[1:] <= in_order[:-1]).all():
        return np.asarray(rankdata(-scores), np.float64)
    return np.argsort(ranking.order).astype(np.float64)


def _spearman(a: Floats, b: Floats) -> float:
    x, y = a - a.mean(), b - b.mean()
    norm = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / norm if norm > 0 else float("nan")


def _kendall(a: Floats, b: Floats) -> float:
    return float(kendalltau(a, b, method="asymptotic").statistic)


def _pairs(ranks: Sequence[Floats], measure: Any) -> Floats:
    count = len(ranks)
    found = np.eye(count)
    for i in range(count):
        for j in range(i):
            found[i, j] = found[j, i] = np.clip(measure(ranks[i], ranks[j]), -1.0, 1.0)
    return found


def _plain(values: Floats) -> Any:
    if values.ndim > 1:
        return [_plain(row) for row in values]
    return [None if np.isnan(v) else float(v) for v in values]
