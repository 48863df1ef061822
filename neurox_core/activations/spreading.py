"""Batches side by side, each on one core, where kernels of one batch spread over cores badly.

Batches of a few thousand tokens are too small to be cut up: two threads inside every kernel of the
demo models run 1.2 to 1.6 times as fast as one, two batches at a time 1.6 to 2 times.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

import torch

T = TypeVar("T")
R = TypeVar("R")


class Cores:
    """Some threads that work on batches; see :func:`cores`.

    Attributes
    ----------
    workers : int
        Batches that are worked on at a time.
    """

    def __init__(self, pool: ThreadPoolExecutor | None, workers: int) -> None:
        self._pool, self.workers = pool, workers

    def submit(self, work: Callable[[], R]) -> Future[R]:
        """Do `work` once, after all that was begun before; at once where there are no threads."""
        if self._pool is not None:
            return self._pool.submit(work)
        done: Future[R] = Future()
        try:
            done.set_result(work())
        except BaseException as error:
            done.set_exception(error)
        return done

    def spread(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R]]:
        """Do `work` on every item, some at a time; yields items and results, in order.

        What work raises is raised here, and so is what the consumer throws; items that were not
        begun are then left out, and none is being worked on any more.
        """
        if self._pool is None:
            for item in items:
                yield item, work(item)
            return
        waiting: deque[tuple[T, Future[R]]] = deque()
        try:
            for item in items:
                waiting.append((item, self._pool.submit(work, item)))
                if len(waiting) > self.workers:
                    done, future = waiting.popleft()
                    yield done, future.result()
            while waiting:
                done, future = waiting.popleft()
                yield done, future.result()
        finally:
            for _, future in waiting:
                future.cancel()
            wait([future for _, future in waiting])


@contextmanager
def cores(workers: int) -> Iterator[Cores]:
    """Threads for :meth:`Cores.spread`, whose kernels use one thread each; none for one worker.

    They stay for all work of the context: every new thread costs memory that the libraries below
    keep for good.
    """
    if workers < 2:
        yield Cores(None, 1)
        return
    threads = torch.get_num_threads()
    pool = ThreadPoolExecutor(workers, "neurox-batch", lambda: torch.set_num_threads(1))
    try:
        yield Cores(pool, workers)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        # MKL knows but one number of threads for the whole process.
        torch.set_num_threads(threads)
