"""Orders of neurons: one registry, one contract, one file for each analysis.

>>> import numpy as np
>>> activations = np.array([[0.0, 1.0], [0.0, -1.0], [1.0, 3.0]])
>>> rank("variance", activations).order
array([1, 0])
"""

import sys
from types import ModuleType

from .analysis import Analysis, Parameter, Scored
from .concepts import Identified, Match, identify
from .marking import marked
from .ranking import Ranking
from .registry import analysis, describe, rank, rankings
from .sample import Sample

__all__ = [
    "Analysis", "Identified", "Match", "Parameter", "Ranking", "Sample", "Scored", "analysis",
    "describe", "identify", "marked", "rank", "rankings",
]  # fmt: skip


class _Callable(ModuleType):
    """This module, called: ``neurox_core.rankings`` names a package and a function at once.

    Whichever of the two an import binds to the name, ``neurox_core.rankings()`` lists the analyses.
    """

    def __call__(self) -> list[str]:
        return rankings()


sys.modules[__name__].__class__ = _Callable
