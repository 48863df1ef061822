"""Errors of the corpus build."""

from __future__ import annotations

from neurox_core.errors import NeuroXError


class CorpusBuildError(NeuroXError):
    """A step of the corpus build could not be done; the message says which and what to do."""
