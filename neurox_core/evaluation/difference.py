"""Which words of a changed translation differ from the baseline's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def word_diff(baseline: Sequence[str], changed: Sequence[str]) -> list[int]:
    """Indices of the words of `changed` that a longest common subsequence with `baseline` leaves.

    Unlike the 2019 screens, which painted a word only if it occurred nowhere in the baseline, a
    word that moved or came twice counts as changed. Where words were only left out, the word after
    the gap counts (the last one if the gap is at the end), so a difference is always seen.

    Examples
    --------
    >>> word_diff("il est parti hier".split(), "elle est partie hier".split())
    [0, 2]
    >>> word_diff("il est parti hier".split(), "il est hier".split())
    [2]
    """
    marked: list[int] = []
    before_i = before_j = 0
    for i, j in _matches(baseline, changed):
        if j > before_j:
            marked += range(before_j, j)
        elif i > before_i and changed:
            marked.append(min(j, len(changed) - 1))
        before_i, before_j = i + 1, j + 1
    return sorted(set(marked))


def _matches(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of equal words on a longest common subsequence, and the two lengths at the end."""
    lengths = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            best = max(lengths[i + 1][j], lengths[i][j + 1])
            lengths[i][j] = lengths[i + 1][j + 1] + 1 if a[i] == b[j] else best
    i = j = 0
    while i < len(a) and j < len(b):
        if a[i] == b[j]:
            yield i, j
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    yield len(a), len(b)
