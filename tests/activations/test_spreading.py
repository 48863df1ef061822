"""Batches side by side: all done once, in order, and errors come through."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import torch

from neurox_core.activations.spreading import cores


def spread(work: Callable[[int], Any], items: Iterable[int], workers: int) -> Iterator[Any]:
    with cores(workers) as some:
        yield from some.spread(work, items)


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


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_threads_do_one_work_after_the_other_even_after_an_error(workers: int) -> None:
    names, running = set(), []

    def work(item: int) -> int:
        running.append(item)
        names.add(threading.current_thread().name)
        if item == 5:
            raise ValueError("five")
        running.remove(item)
        return item

    with cores(workers) as some:
        for _ in range(5):
            assert [r for _, r in some.spread(work, range(5))] == list(range(5))
        with pytest.raises(ValueError, match="five"):
            list(some.spread(work, range(3, 40)))
        assert running == [5]
        assert [r for _, r in some.spread(work, range(5))] == list(range(5))
    assert len(names) <= workers
