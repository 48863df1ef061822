"""Ablation curves: how a corpus score falls while more and more neurons are taken away.

A ranking is right about importance if taking its first neurons away hurts more than taking its last
ones, and more than random ones (Bau et al. 2019, Morcos et al. 2018). So a curve comes in three
directions, the random one with several seeds. All curves advance together, one number of neurons
after another, so that their rows fill each other's batches; where sentences and curves are few,
several numbers go together. A translation's outputs at one number are the guesses for the next (see
:mod:`.redecode`); a language model or classifier reads the text in one pass for each point. The
score is that of the model's task (:data:`neurox_core.evaluation.metrics.BY_TASK`), TER left out, or
what metrics were named.
What is computed is told at once and can be kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import CancelledError, InvalidInputError
from ..evaluation.scorers import Scorer, scorer
from ..evaluation.user_metrics import OnSample
from .curve_orders import DIRECTIONS, Order, orders_of, sentence_seed
from .curve_outputs import Decode, LocalDecoder, local_decoder
from .curve_results import AblationCurves, Curve, CurvePoint
from .curve_steps import counts
from .intervention import Intervention
from .outputs import gold_of, scorable

if TYPE_CHECKING:
    from ..corpora import Corpus
    from ..models.base import TranslationModel

__all__ = [
    "DIRECTIONS", "LEAST_SEEDS", "OPERATIONS", "Kept", "LocalDecoder", "Order", "Ranked",
    "ablation_curve", "orders_of", "sentence_seed",
]  # fmt: skip

OPERATIONS = ("zero", "mean", "resample")
LEAST_SEEDS = 5
_ROWS_TOGETHER = 3000
"""Rows of a call from which batches stay full to near their end."""
OnPoint = Callable[[Curve, CurvePoint, AblationCurves], None]


class Ranked(Protocol):
    """A ranking, as far as a curve looks at it."""

    @property
    def name(self) -> str:
        """The analysis."""

    @property
    def signature(self) -> str:
        """What it was made from."""

    def neurons(self, first: int = 0, last: int | None = None) -> list[str]:
        """Addresses, best first."""


class Kept(Protocol):
    """Where outputs are kept, so that a curve that was cut off goes on."""

    def get(self, interventions: Sequence[Intervention]) -> list[Any] | None:
        """Outputs of all sentences under some interventions, or None."""

    def put(self, interventions: Sequence[Intervention], texts: Sequence[Any]) -> None:
        """Keep them."""


def ablation_curve(
    model: TranslationModel,
    corpus: Corpus,
    ranking: Ranked | Sequence[str],
    *,
    steps: int | str | Sequence[int] = 20,
    directions: Sequence[str] = DIRECTIONS,
    seeds: Sequence[int] = tuple(range(LEAST_SEEDS)),
    operation: str = "zero",
    scope: str = "output",
    beams: int = 1,
    metrics: Sequence[str] | None = None,
    resamples: int = 300,
    keep: Kept | None = None,
    decode: Decode | None = None,
    on_point: OnPoint | None = None,
    on_sample: OnSample | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> AblationCurves:
    """Score a corpus with more and more neurons ablated.

    Parameters
    ----------
    model : TranslationModel
        Of any task that has a score.
    corpus : Corpus
        Gold labels of a classifier stand in place of its references.
    ranking : Ranking, or sequence of str
        Addresses of neurons, most important first.
    steps : int, "adaptive", or sequence of int
        Number of equal steps to all neurons; the numbers themselves; or eight steps that are then
        halved, twelve times, where the first curve is least known: the change of its first metric
        (a perplexity's logarithm) by the number of neurons between two points is largest.
    directions : sequence of {"top", "bottom", "random"}
    seeds : sequence of int
        One random order each; at least 5.
    operation : {"zero", "mean", "resample"}
        ``resample`` draws other tokens in every sentence; see
        :class:`.reference.ReferenceValues`.
    scope : {"output", "recurrence"}
    metrics : sequence of str, optional
        Names that :func:`neurox_core.evaluation.metrics.metrics` lists for the model's task, third
        parties' among them; by default the task's own. The first one guides adaptive steps.
    keep : Kept, optional
        Where translations are looked up and kept.
    decode : callable of a list of (order, number), optional
        Does the decoding elsewhere (see :mod:`neurox_core.engine.spread`).
    on_point : callable of (curve, point, all curves), optional
    on_sample : callable of (metric, done, total), optional
        Told how far third parties' metrics are with the samples of a point.
    cancelled : callable, optional

    Returns
    -------
    AblationCurves
        If it was cancelled, what was finished, and ``complete`` is False.

    Raises
    ------
    InvalidInputError, UnknownAddressError, UnknownNameError, MissingStatisticsError
    """
    names = list(ranking) if isinstance(ranking, Sequence) else ranking.neurons()
    scorable(model)
    _check(names, directions, seeds, operation, beams)
    orders = orders_of(names, directions, seeds)
    # A wrong address is told before anything is decoded.
    model.plan([[Intervention(names, operation, scope=scope)]])
    scores = scorer(
        model.task, gold_of(model, corpus), resamples, metrics,
        on_sample=on_sample, cancelled=cancelled,
    )  # fmt: skip
    work = _Work(model, corpus, orders, operation, scope, beams, scores, keep, decode, cancelled)
    work.result.ranking = "given" if isinstance(ranking, Sequence) else ranking.name
    work.result.signature = _signature(model, corpus, work.result, ranking, steps)
    numbers = counts(steps, len(names), work.result)
    try:
        work.baseline()
        for some in numbers.groups(work.together):
            for curve, point in work.points(some):
                if on_point is not None:
                    on_point(curve, point, work.result)
    except CancelledError:
        return work.result
    work.result.complete = True
    return work.result


class _Work:
    """Curves that are being computed."""

    def __init__(
        self,
        model: TranslationModel,
        corpus: Corpus,
        orders: Sequence[Order],
        operation: str,
        scope: str,
        beams: int,
        scores: Scorer,
        keep: Kept | None,
        decode: Decode | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self._orders, self._keep, self._cancelled = orders, keep, cancelled
        self._operation, self._scope = operation, scope
        self._decode = decode or local_decoder(
            model, corpus.sources, operation, scope, beams, cancelled
        )
        self._scores = scores
        self._clean: list[Any] = []
        self.result = AblationCurves(
            [Curve(o.direction, o.seed) for o in orders], len(orders[0].neurons), model.name,
            corpus.name, "", operation, scope, beams, {}, "",
            task=model.task,
        )  # fmt: skip

    def baseline(self) -> None:
        """The point of no ablation, which all curves share."""
        self._clean = self._made([(self._orders[0], 0)])[0]
        score = self._scores.score(self._clean, self._clean)
        self.result.signatures = {name: m.signature for name, m in score.metrics.items()}
        for curve in self.result.curves:
            curve.add(CurvePoint.of(0, score), self._clean)

    @property
    def together(self) -> int:
        """How many numbers are decoded at once, so that batches are full."""
        rows = max(1, len(self._orders) * len(self._clean))
        return max(1, min(8, _ROWS_TOGETHER // rows))

    def points(self, counts: Sequence[int]) -> Iterator[tuple[Curve, CurvePoint]]:
        """The points of all curves at some numbers of neurons."""
        if 0 in counts:
            yield from ((curve, curve.points[0]) for curve in self.result.curves)
        asked = [(o, n) for n in counts if n for o in self._orders]
        curves = [c for n in counts if n for c in self.result.curves]
        for (_, count), curve, outputs in zip(asked, curves, self._made(asked), strict=True):
            point = CurvePoint.of(count, self._scores.score(outputs, self._clean))
            curve.add(point, outputs)
            yield curve, point

    def _made(self, asked: Sequence[tuple[Order, int]]) -> list[list[Any]]:
        if self._cancelled is not None and self._cancelled():
            raise CancelledError("The curves were cancelled; their finished points are kept.")
        edits = [o.keyed(n, self._operation, self._scope) for o, n in asked]
        known = [self._keep.get(e) if self._keep is not None else None for e in edits]
        missing = [i for i, texts in enumerate(known) if texts is None]
        if missing:
            fresh = self._decode([asked[i] for i in missing])
            for i, texts in zip(missing, fresh, strict=True):
                known[i] = texts
                if self._keep is not None:
                    self._keep.put(edits[i], texts)
        return [texts for texts in known if texts is not None]


def _check(
    names: Sequence[str],
    directions: Sequence[str],
    seeds: Sequence[int],
    operation: str,
    beams: int,
) -> None:
    if not names:
        raise InvalidInputError("The ranking has no neuron.")
    if len(set(names)) != len(names):
        raise InvalidInputError("A neuron stands twice in the ranking.")
    if unknown := [d for d in directions if d not in DIRECTIONS]:
        raise InvalidInputError(f"A direction is one of {', '.join(DIRECTIONS)}, not {unknown[0]}.")
    if not directions:
        raise InvalidInputError("Give at least one direction.")
    if "random" in directions and len(set(seeds)) < LEAST_SEEDS:
        raise InvalidInputError(
            f"A band of random orders needs {LEAST_SEEDS} seeds or more, not {len(set(seeds))}."
        )
    if operation not in OPERATIONS:
        raise InvalidInputError(f"A curve's operation is one of {', '.join(OPERATIONS)}.")
    if beams < 1:
        raise InvalidInputError(f"beams must be 1 or more, not {beams}.")


def _signature(
    model: TranslationModel,
    corpus: Corpus,
    result: AblationCurves,
    ranking: Ranked | Sequence[str],
    steps: int | str | Sequence[int],
) -> str:
    facts: Mapping[str, object] = {
        "curve": result.ranking,
        "op": result.operation,
        "scope": result.scope,
        "beams": result.beams,
        "neurons": result.neurons,
        "steps": steps if isinstance(steps, int | str) else "+".join(map(str, steps)),
        "seeds": "+".join(str(c.seed) for c in result.curves if c.seed is not None) or "none",
        "model": f"{model.name}-{model.fingerprint[:8]}",
        "corpus": f"{corpus.name}-{corpus.fingerprint[:8]}",
        "sentences": len(corpus),
    }
    listed = "|".join(f"{name}:{value}" for name, value in facts.items())
    return listed if isinstance(ranking, Sequence) else f"{listed}|{ranking.signature}"
