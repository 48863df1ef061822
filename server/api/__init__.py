"""The endpoints, one module for each concern; each lists its operations in a table."""

from __future__ import annotations
