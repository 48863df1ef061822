"""Compiled loops: the same result wherever their machine code can, or cannot, be kept."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from neurox_core.compiled import compiled


def doubled(x: np.ndarray, found: np.ndarray) -> float:
    """Fill in twice of each value; their sum."""
    total = 0.0
    for i in range(x.size):
        found[i] = 2 * x[i]
        total += found[i]
    return total


def test_threads_that_come_first_together_all_get_their_results() -> None:
    run = compiled(doubled)

    def one(length: int) -> float:
        x = np.arange(float(length))
        found = np.empty_like(x)
        total = run(x, found)
        np.testing.assert_array_equal(found, 2 * x)
        return total

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, [3, 30, 300, 5])) == [6.0, 870.0, 89700.0, 20.0]
    assert run.__doc__ == doubled.__doc__


def test_without_a_folder_for_machine_code_it_is_made_anew(tmp_path: Path) -> None:
    """As from inside an archive, or where the folder and the user's cache are closed."""
    code = (
        "import numba.core.caching as c\n"
        "c.CacheImpl._locator_classes = []\n"
        "import numpy as np\n"
        "from neurox_core.activations.statistics import describe\n"
        "print(describe(np.arange(6.0)[:, None]).mean[0])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert found.stdout.strip() == "2.5", found.stderr
