"""How much of a probe's score some of its neurons hold.

Two ways (Dalvi et al. 2019): all other neurons are set to 0 in the trained probe (the mean, where
activations are standardised), or a new probe of the same penalty is trained on the kept neurons
alone. Top neurons always stand beside as many random and bottom ones.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidInputError
from .probing import Probe, Steps, masked_scores, retrained
from .ranking import Layers
from .splits import TEST, VALIDATION
from .weights import levels, ordering

Longs = NDArray[np.int64]
DRAWS = 3
"""Random sets whose mean score is shown when nothing is retrained."""

ENOUGH = 0.95
HALVINGS = 3
"""How often the gap between too few neurons and enough is halved."""
MASSES = (0.25, 0.5, 0.75, 0.9)


def percentages(text: str) -> list[float]:
    """``"10,15,20"`` as numbers; InvalidInputError if they are none, or not from 0 to 100."""
    try:
        found = [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        found = [-1.0]
    if not all(0 < value <= 100 for value in found):
        raise InvalidInputError(f"keep is a list of percentages such as '10,15,20', not {text!r}.")
    return found


def sizes(neurons: int) -> list[int]:
    """1, 2, 5, 10, 20, 50, ... and all."""
    steps = [digit * 10**power for power in range(7) for digit in (1, 2, 5)]
    return [*[size for size in steps if size < neurons], neurons]


def keep(
    probe: Probe, order: Longs, percents: Sequence[float], steps: Steps, seed: int, retrain: bool
) -> list[dict[str, object]]:
    """Test scores with the top, random and bottom neurons kept, for each percentage."""
    random = np.random.default_rng(seed)
    found: list[dict[str, object]] = []
    for percent in percents:
        count = max(1, round(percent / 100 * len(order)))
        draws = [random.permutation(order)[:count] for _ in range(DRAWS)]
        masked = masked_scores(probe, TEST, [order[:count], order[-count:], *draws])
        entry: dict[str, object] = {
            "percent": percent, "neurons": count,
            "masked": {
                "top": masked[0], "random": float(np.mean(masked[2:])), "bottom": masked[1]
            },
        }  # fmt: skip
        if retrain:
            steps.say(f"training on {percent:g} % of the neurons")
            kinds = {"top": order[:count], "random": draws[0], "bottom": order[-count:]}
            entry["retrained"] = {
                kind: retrained(probe, some, steps, seed).score(TEST)
                for kind, some in kinds.items()
            }
        found.append(entry)
    return found


def curve(probe: Probe, order: Longs, seed: int) -> dict[str, list[float] | list[int]]:
    """Test score against the number of neurons that are not set to 0."""
    counts = sizes(len(order))
    draws = [np.random.default_rng(seed + 1 + n).permutation(order) for n in range(DRAWS)]
    orders = {"top": [order], "bottom": [order[::-1]], "random": draws}
    found: dict[str, list[float] | list[int]] = {"neurons": counts}
    for kind, some in orders.items():
        wanted = [one[:count].copy() for one in some for count in counts]
        scores = np.reshape(masked_scores(probe, TEST, wanted), (len(some), len(counts)))
        found[kind] = [float(value) for value in scores.mean(0)]
    return found


def minimal(probe: Probe, order: Longs, steps: Steps, seed: int) -> dict[str, object]:
    """The fewest top neurons whose own probe has 95 % of the score.

    Sizes of :func:`sizes` are tried in turn until one is enough; then the gap to the size before it
    is halved :data:`HALVINGS` times. The validation part decides, the test part is shown.
    """
    target = ENOUGH * probe.score(VALIDATION)
    tried: list[dict[str, float]] = []
    steps.say(f"how few neurons hold {ENOUGH:.0%}")

    def enough(count: int) -> bool:
        smaller = retrained(probe, order[:count], steps, seed)
        validation, test = smaller.score(VALIDATION), smaller.score(TEST)
        tried.append({"neurons": count, "validation": validation, "test": test})
        return validation >= target

    below, found = 0, None
    for count in sizes(len(order)):
        if enough(count):
            found = count
            break
        below = count
    for _ in range(HALVINGS):
        if found is None or found - below < 2:
            break
        middle = (below + found) // 2
        if enough(middle):
            found = middle
        else:
            below = middle
    tried.sort(key=lambda entry: entry["neurons"])
    return {"share": ENOUGH, "target": target, "neurons": found, "tried": tried}


def by_mass(
    weights: NDArray[np.floating], names: Sequence[str], layers: Layers | None
) -> dict[str, object]:
    """How many neurons hold shares of the weight mass, and in which layers they lie."""
    own = levels(weights)
    _, level = ordering(weights)
    found: list[dict[str, object]] = []
    for mass in MASSES:
        inside = (level < mass) | (level == 0)
        entry: dict[str, object] = {
            "mass": mass, "neurons": int(inside.sum()),
            "labels": {
                name: int(((row < mass) | (row == 0)).sum())
                for name, row in zip(names, own, strict=True)
            },
        }  # fmt: skip
        if layers is not None:
            entry["layers"] = _counts(inside, layers)
        found.append(entry)
    return {"salient": found}


def by_layer(order: Longs, count: int, layers: Layers | None) -> dict[str, int] | None:
    """How many of the top neurons lie in each layer."""
    if layers is None:
        return None
    inside = np.zeros(sum(width for _, width in layers), bool)
    inside[order[:count]] = True
    return _counts(inside, layers)


def _counts(inside: NDArray[np.bool_], layers: Layers) -> dict[str, int]:
    found, start = {}, 0
    for address, width in layers:
        found[address] = int(inside[start : start + width].sum())
        start += width
    return found
