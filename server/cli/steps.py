"""How ``neurox translate --alternatives`` writes the steps of a decoding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from neurox_core import TranslationModel
    from neurox_core.interventions import Intervention
    from neurox_core.models.inspection import Decoding, Step


def decodings(
    model: TranslationModel,
    sources: Sequence[str],
    edits: Sequence[Intervention],
    beams: int,
    prefix: str,
    count: int,
    move: Any,
) -> list[list[Decoding]]:
    """Of each text the clean decoding and, if anything is changed, the changed one."""
    from neurox_core.models.inspection import Line, inspect

    lines = [Line((), prefix), *([Line(list(edits), prefix)] if edits else [])]
    found = []
    for done, source in enumerate(sources, 1):
        found.append(inspect(model, source, lines, alternatives=count, beams=beams))
        move(done, len(sources))
    return found


def step_lines(steps: Sequence[Step]) -> list[str]:
    """A line for each step: place, piece, probability, and what else could have stood there.

    A star marks what was forced.
    """
    width = max((len(step.piece) for step in steps), default=0)
    lines = []
    for place, step in enumerate(steps):
        others = ", ".join(
            f"{one.piece} {_percent(one.logprob)}"
            for rank, one in enumerate(step.alternatives)
            if rank != step.rank
        )
        star = "*" if step.forced else " "
        own = f"{step.piece:<{width}} {_percent(step.logprob):>7}"
        lines.append(f"  {place:>3}{star} {own}   {others}".rstrip())
    return lines


def steps_json(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Plain values; log-probabilities are natural."""
    return [
        {
            "piece": step.piece, "logprob": step.logprob, "forced": step.forced,
            "alternatives": [
                {"piece": one.piece, "logprob": one.logprob} for one in step.alternatives
            ],
        }
        for step in steps
    ]  # fmt: skip


def _percent(logprob: float) -> str:
    return f"{100 * math.exp(logprob):.1f} %"
