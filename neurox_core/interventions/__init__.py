"""What to change in a model's run, how it is applied, and what it causes.

What decodes or needs a model is loaded when it is first used: :mod:`neurox_core.models` itself
imports interventions.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .intervention import OPERATIONS, SCOPES, UNITS, Intervention
from .plan import Plan
from .reference import ReferenceValues
from .where import Where, placed

if TYPE_CHECKING:
    from .attribution import Attribution, attribute
    from .curve import ablation_curve
    from .curve_results import AblationCurves, Curve, CurvePoint

_HOMES = {
    "Attribution": "attribution", "attribute": "attribution",
    "ablation_curve": "curve",
    "AblationCurves": "curve_results", "Curve": "curve_results", "CurvePoint": "curve_results",
}  # fmt: skip

__all__ = [
    "OPERATIONS", "SCOPES", "UNITS", "AblationCurves", "Attribution", "Curve", "CurvePoint",
    "Intervention", "Plan", "ReferenceValues", "Where", "ablation_curve", "attribute", "placed",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
