"""How many neurons each point of a curve ablates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..errors import InvalidInputError
from .curve_results import AblationCurves


def counts(steps: int | str | Sequence[int], neurons: int, result: AblationCurves) -> Counts:
    """Numbers of neurons, as :func:`.curve.ablation_curve` takes them.

    Raises
    ------
    InvalidInputError
        If they make no sense.
    """
    if isinstance(steps, str):
        if steps != "adaptive":
            raise InvalidInputError(f"steps is a number, numbers, or 'adaptive', not {steps!r}.")
        return Counts(_equal(8, neurons), 12, result)
    if isinstance(steps, int):
        if steps < 1:
            raise InvalidInputError(f"steps must be 1 or more, not {steps}.")
        return Counts(_equal(steps, neurons), 0, result)
    numbers = sorted({0, *steps})
    if numbers[0] < 0 or numbers[-1] > neurons:
        raise InvalidInputError(f"steps must lie between 0 and the {neurons} neurons there are.")
    return Counts(numbers, 0, result)


class Counts:
    """Numbers of neurons to ablate, some of them chosen when the curve is partly known."""

    def __init__(self, first: Sequence[int], more: int, result: AblationCurves) -> None:
        self._first, self._more, self._result = list(first), more, result

    def groups(self, size: int) -> Iterator[list[int]]:
        """Numbers to do next, at most `size` at once; later ones depend on what was found."""
        rest = list(self._first)
        if rest and rest[0] == 0:
            yield [rest.pop(0)]
        for first in range(0, len(rest), size):
            yield rest[first : first + size]
        for _ in range(self._more):
            points = self._result.curves[0].points
            # By the area that lies between two points, which is how far the curve is unknown there.
            # By the height alone, one step by chance would be halved again and again.
            gaps = [
                (abs(b.height() - a.height()) * (b.ablated - a.ablated),
                 (a.ablated + b.ablated) // 2)
                for a, b in zip(points, points[1:], strict=False)
                if b.ablated - a.ablated > 1
            ]  # fmt: skip
            if not gaps:
                return
            yield [max(gaps)[1]]


def _equal(steps: int, neurons: int) -> list[int]:
    return sorted({round(neurons * i / steps) for i in range(steps + 1)})
