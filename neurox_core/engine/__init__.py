"""Where work runs: at once in this process (:mod:`.live`), or as jobs in worker processes.

Job functions (:mod:`.tasks`) take and return plain JSON values, so the same call works on a worker
process of this machine and on a lab's Dask cluster that shares its file system.
"""

from __future__ import annotations
