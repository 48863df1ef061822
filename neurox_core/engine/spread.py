"""One curve on several processes of this machine, each with a part of the sentences.

A part keeps its sentences for the whole curve, so that what one point leaves (outputs, states,
certificates) serves the next. Parts are dealt by length, so that they take equally long. Children
are plain processes that talk in lines of JSON over their standard streams: a job may itself run in
a process that is not allowed to have children of :mod:`multiprocessing`.

Assumption: the model is one that :func:`neurox_core.load_model` opens by its reference.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import IO, Any

from ..errors import CancelledError, NeuroXError
from .sources import DEVICE, PRECISION

_PACE = 0.05


class WorkerError(NeuroXError):
    """A process that did a part of the work ended too early."""

    code = "worker"


class Spread:
    """Decodes orders of ablation on several processes; use as a context manager.

    Parameters
    ----------
    model : str
        As for :func:`neurox_core.load_model`.
    sources : sequence of str
    workers : int
    operation, scope, beams
        As for :func:`neurox_core.ablation_curve`.
    cancelled : callable, optional
    store : str, optional
        A store whose statistics the model borrows if it has none.
    sampled : (sources, references), optional
        Text that ``resample`` draws from; see :meth:`.reference.ReferenceValues.measure`.
    threads : int
        Of torch in each process.
    device, dtype : str, optional
        As for :func:`neurox_core.load_model`; what :func:`.sources.placing` says if missing.

    Attributes
    ----------
    seconds : list of float
        Processor time that each process has spent on decoding.
    """

    def __init__(
        self,
        model: str,
        sources: Sequence[str],
        workers: int,
        *,
        operation: str = "zero",
        scope: str = "output",
        beams: int = 1,
        cancelled: Callable[[], bool] | None = None,
        store: str | None = None,
        sampled: tuple[Sequence[str], Sequence[str]] | None = None,
        threads: int = 1,
        device: str | None = None,
        dtype: str | None = None,
    ) -> None:
        self._count, self._cancelled = len(sources), cancelled
        self._parts = deal(sources, workers)
        self.seconds = [0.0] * len(self._parts)
        placed = {DEVICE: device, PRECISION: dtype}
        environment = {name: value for name, value in placed.items() if value}
        self._children = [self._start(threads, environment) for _ in self._parts]
        for child, part in zip(self._children, self._parts, strict=True):
            _tell(child, {
                "model": model, "store": store, "sources": [sources[i] for i in part],
                "operation": operation, "scope": scope, "beams": beams,
                "sampled": sampled and [list(sampled[0]), list(sampled[1])],
            })  # fmt: skip
        try:
            for child in self._children:
                self._hear(child)  # That the model is open.
        except BaseException:
            self.close()
            raise

    def __call__(self, asked: Sequence[tuple[Any, int]]) -> list[list[Any]]:
        """Outputs of all sentences for each order (see :class:`.curve.Order`) and number."""
        orders = {(o.direction, o.seed): o for o, _ in asked}
        question = {
            "orders": [
                {"direction": o.direction, "seed": o.seed, "neurons": o.neurons}
                for o in orders.values()
            ],
            "asked": [[list(orders).index((o.direction, o.seed)), n] for o, n in asked],
        }
        for child in self._children:
            _tell(child, question)
        found: list[list[Any]] = [[""] * self._count for _ in asked]
        for number, (child, part) in enumerate(zip(self._children, self._parts, strict=True)):
            answer = self._hear(child)
            self.seconds[number] += answer["seconds"]
            for texts, whole in zip(answer["texts"], found, strict=True):
                for place, text in zip(part, texts, strict=True):
                    whole[place] = text
        return found

    def __enter__(self) -> Spread:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the processes."""
        for child in self._children:
            child.kill()
        for child in self._children:
            child.wait()
            for stream in (child.stdin, child.stdout):
                if stream is not None:
                    stream.close()

    @staticmethod
    def _start(threads: int, placed: Mapping[str, str]) -> subprocess.Popen[str]:
        environment = {**os.environ, **placed, "OMP_NUM_THREADS": str(threads)}
        path = os.pathsep.join(p for p in sys.path if p)
        environment["PYTHONPATH"] = path
        return subprocess.Popen(
            [sys.executable, "-m", "neurox_core.engine.spread"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment,
        )  # fmt: skip

    def _hear(self, child: subprocess.Popen[str]) -> dict[str, Any]:
        """One answer; while it is awaited, cancelling is listened to."""
        assert child.stdout is not None
        line = _line(child.stdout, self._cancelled)
        if line is None:
            raise CancelledError("The work was cancelled; what was finished is kept.")
        if not line:
            raise WorkerError(
                "A process that decoded a part of the corpus ended, perhaps for want of memory. "
                "What was finished is kept; start again, with fewer workers."
            )
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise WorkerError(answer["error"])
        return answer


def deal(sources: Sequence[str], workers: int) -> list[list[int]]:
    """Sentences of each part: by length, dealt out like cards."""
    order = sorted(range(len(sources)), key=lambda i: (len(sources[i]), i))
    count = max(1, min(workers, len(sources)))
    return [order[first::count] for first in range(count)]


def _line(stream: IO[str], cancelled: Callable[[], bool] | None) -> str | None:
    """A line, "" at the end of the stream, None if cancelled first."""
    if cancelled is None:
        return stream.readline()
    from threading import Thread

    got: list[str] = []
    reader = Thread(target=lambda: got.append(stream.readline()), daemon=True)
    reader.start()
    while reader.is_alive():
        if cancelled():
            return None
        time.sleep(_PACE)
    return got[0]


def _tell(child: subprocess.Popen[str], values: Mapping[str, Any]) -> None:
    assert child.stdin is not None
    try:
        child.stdin.write(json.dumps(values) + "\n")
        child.stdin.flush()
    except OSError:
        pass  # It has ended; that is told when its answer is awaited.


def main() -> None:
    """What a child does: open the model, then answer questions until there are no more."""
    asked, answers = sys.stdin, sys.stdout
    sys.stdout = sys.stderr  # Whatever a library prints is no answer.

    def answer(values: Mapping[str, Any]) -> None:
        answers.write(json.dumps(values) + "\n")
        answers.flush()

    try:
        _serve(asked, answer)
    except NeuroXError as error:
        answer({"error": str(error)})
    except Exception as error:  # A bug: its trace goes to the log, its name to the person.
        import traceback

        traceback.print_exc()
        answer({"error": f"{type(error).__name__}: {error}"})


def _serve(asked: IO[str], answer: Callable[[Mapping[str, Any]], None]) -> None:
    import torch

    from ..activations import open_store
    from ..interventions import ReferenceValues
    from ..interventions.curve_orders import Order
    from ..interventions.curve_outputs import local_decoder
    from .sources import open_model

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    first = json.loads(asked.readline())
    store = open_store(first["store"], verify=False) if first["store"] else None
    model = open_model(first["model"], store)
    if first["sampled"]:
        model.statistics = ReferenceValues.measure(model, *first["sampled"])
    decoder = local_decoder(
        model, first["sources"], first["operation"], first["scope"], first["beams"]
    )
    answer({"ready": True})
    for line in asked:
        question = json.loads(line)
        orders = [Order(o["direction"], o["seed"], o["neurons"]) for o in question["orders"]]
        began = time.process_time()
        texts = decoder([(orders[i], n) for i, n in question["asked"]])
        answer({"texts": texts, "seconds": time.process_time() - began})


if __name__ == "__main__":
    main()
