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
    from .bias import BiasReport, gender_bias
    from .comparing import Comparison, compare_runs
    from .control_protocol import Control, control
    from .curve import ablation_curve
    from .curve_results import AblationCurves, Curve, CurvePoint
    from .finding import FoundEdit, find_edit
    from .groups import ablations, all_but, head_groups, layer_groups
    from .patching import KeptPatch, patch_from
    from .pruning import Pruned, prune_model
    from .sets import ManipulationSet, SetComparison, compare_sets
    from .trying import try_edit

_HOMES = {
    "Attribution": "attribution", "attribute": "attribution",
    "BiasReport": "bias", "gender_bias": "bias",
    "Comparison": "comparing", "compare_runs": "comparing",
    "Control": "control_results", "control": "control_protocol",
    "ablation_curve": "curve",
    "AblationCurves": "curve_results", "Curve": "curve_results", "CurvePoint": "curve_results",
    "FoundEdit": "finding", "find_edit": "finding", "try_edit": "trying",
    "ManipulationSet": "sets", "SetComparison": "sets", "compare_sets": "sets",
    "ablations": "groups", "all_but": "groups", "head_groups": "groups", "layer_groups": "groups",
    "KeptPatch": "patching", "patch_from": "patching",
    "Pruned": "pruning", "prune_model": "pruning",
}  # fmt: skip

__all__ = [
    "OPERATIONS", "SCOPES", "UNITS", "AblationCurves", "Attribution", "BiasReport", "Comparison",
    "Control", "Curve", "CurvePoint", "FoundEdit", "Intervention", "KeptPatch",
    "ManipulationSet", "Plan", "Pruned", "ReferenceValues", "SetComparison", "Where",
    "ablation_curve", "ablations", "all_but", "attribute", "compare_runs", "compare_sets",
    "control", "find_edit", "gender_bias", "head_groups", "layer_groups", "patch_from", "placed",
    "prune_model", "try_edit",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
