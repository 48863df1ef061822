"""What to change in a model's run, and how it is applied."""

from .intervention import OPERATIONS, SCOPES, UNITS, Intervention
from .plan import Plan
from .reference import ReferenceValues
from .where import Where, placed

__all__ = [
    "OPERATIONS",
    "SCOPES",
    "UNITS",
    "Intervention",
    "Plan",
    "ReferenceValues",
    "Where",
    "placed",
]
