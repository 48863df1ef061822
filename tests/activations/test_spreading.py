"""Batches side by side: all done once, in order, and errors come through."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import torch

from neurox_core.activations.spreading import spread


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_every_item_is_done_once_and_comes_back_in_order(workers: int) -> None:
    done: list[int] = []
    found = list(spread(lambda item: done.append(item) or -item, range(20), workers))
    assert found == [(i, -i) for i in range(20)] and sorted(done) == list(range(20))


def test_two_workers_work_at_the_same_time_with_one_thread_each() -> None:
    both, seen = threading.Barrier(2, timeout=20), []

    def work(item: int) -> None:
        both.wait()  # raises if the other worker never comes
        seen.append(torch.get_num_threads())

    before = torch.get_num_threads()
    assert [item for item, _ in spread(work, range(4), 2)] == [0, 1, 2, 3]
    assert seen == [1] * 4 and torch.get_num_threads() == before


@pytest.mark.parametrize("workers", [1, 2])
def test_what_work_or_the_items_raise_is_raised_and_the_rest_left_out(workers: int) -> None:
    done: list[int] = []

    def work(item: int) -> None:
        if item == 3:
            raise ValueError("three")
        done.append(item)

    with pytest.raises(ValueError, match="three"):
        list(spread(work, range(50), workers))
    assert {0, 1, 2} <= set(done) and len(done) < 10

    def items() -> Iterator[int]:
        yield 1
        raise KeyError("stop")

    with pytest.raises(KeyError):
        list(spread(done.append, items(), workers))
