"""Rankings by labels against the published procedures.

The peer is the PyPI package ``neurox`` where the interpreter that runs this has it (install it,
with ``imbalanced-learn``, into an environment of its own). Its release has neither average
precision nor the Gaussian probe, so those are timed as the published procedures are written:
scikit-learn's average precision a column, and one new multivariate normal distribution with a full
evaluation for every candidate. What would take hours is timed on a part and scaled up; the tables
say so. Both sides get the same arrays and one thread; what counts is processor time, which other
work on the machine changes little. Then the methods that read a store are run on one of a known
size, and the largest growth of the process is set against it.

    python -m benchmarks.rankings_linguistic [--large]

With ``--large`` everything is timed once, without a run before that does not count, our side too on
part of the neurons where they are worked on one by one, and without the Gaussian, which takes a
sample of the words. What is known is told as it comes. On two cores of 2.5 GHz with nothing else to
do either takes a few minutes.
"""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import average_precision_score

from neurox_core.activations.blocks import Words
from neurox_core.activations.formats import import_activations
from neurox_core.activations.top_words import Sums
from neurox_core.corpora.labelling import Labelling
from neurox_core.rankings import rank
from neurox_core.rankings.design import MemoryDesign
from neurox_core.rankings.gaussians import Greedy, choose
from neurox_core.rankings.logistic import Penalty, Targets, fit
from neurox_core.rankings.splits import TEST, TRAIN, VALIDATION, split
from neurox_core.rankings.weights import ordering

from .harness import growth, table, verdict

LABELS = 20
MEMORY: dict[str, dict[str, Any]] = {
    "variance": {}, "anova_f": {}, "probeless": {}, "mean_selectivity": {}, "iou": {},
    "mutual_information": {}, "average_precision": {},
    "gaussian": {"select": 10, "select_label": 0, "max_memory": 0.1},
    "probe": {"penalty": "given", "retrain": False, "minimal": False, "control": False,
              "max_memory": 0.1},
}  # fmt: skip
"""Rankings of a store, with their options."""
QUICK = ("variance", "anova_f", "probeless", "mean_selectivity")
"""Those that are measured on a store of gigabytes too."""
Row = list[object]


def task(rows: int, neurons: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Activations, labels and word types: every type has a label and a direction of its own."""
    draw = np.random.default_rng(seed)
    types = np.minimum(draw.zipf(1.3, rows) - 1, rows // 4)
    label_of = draw.integers(0, LABELS, types.max() + 1)
    inner = draw.normal(size=(LABELS, 60))[label_of[types]] + draw.normal(size=(rows, 60))
    inner += draw.normal(size=(types.max() + 1, 60))[types]
    x = inner.astype("f4") @ draw.normal(size=(60, neurons)).astype("f4") / 8
    x += draw.standard_normal(size=x.shape, dtype=np.float32)
    return x, label_of[types], types


def seconds(run: Callable[[], object]) -> float:
    """Processor time of one run."""
    gc.collect()
    began = time.process_time()
    run()
    return time.process_time() - began


def elapsed(run: Callable[[], object]) -> float:
    """Seconds of one run by the clock, for work on more than one core."""
    gc.collect()
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def best(run: Callable[[], object], repeats: int = 3) -> float:
    """The least of a few runs, after one that does not count; of 1, that run itself."""
    if repeats > 1:
        run()
    return min(seconds(run) for _ in range(repeats))


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


def row(what: str, peer: float, ours: float, target: float, note: str = "") -> Row:
    """A line of the table."""
    ratio = peer / ours
    say(f"{what}: published {peer:.3g} s, ours {ours:.3g} s")
    return [what, f"{peer:.3g}", f"{ours:.3g}", f"{ratio:.0f}x" if ratio >= 10 else f"{ratio:.1f}x",
            f"{target:g}x", verdict(ratio >= target), note]  # fmt: skip


def order_rows(neurons: int, peer: Any) -> list[Row]:
    """From weights to an order."""
    weights = np.random.default_rng(0).laplace(size=(LABELS, neurons)).astype("f4")
    ours = best(lambda: ordering(weights))
    probe = torch.nn.Linear(neurons, LABELS)
    probe.weight.data = torch.from_numpy(weights)
    names = {str(i): i for i in range(LABELS)}
    found = []
    for stride in (100, 1000):
        note = f"stride {stride}"
        if peer is None:
            run, note = (lambda s=stride: published_order(weights, s)), note + ", plain version"
        else:
            run = lambda s=stride: peer.get_neuron_ordering(probe, names, search_stride=s)  # noqa: E731
        found.append(row(f"order of {neurons} neurons", seconds(run), ours, 100, note))
    return found


def published_order(weights: np.ndarray, stride: int) -> list[int]:
    """The published procedure: every label sorted again at every step."""
    order: list[int] = []
    for step in range(stride + 1):
        union: set[int] = set()
        for label in torch.from_numpy(weights).abs():
            values, index = torch.sort(label, descending=True)
            mass = torch.cumsum(values, 0)
            count = int((mass < step / stride * mass[-1]).sum()) + 1
            union |= set(index[:count].tolist())
        known = set(order)
        order += [n for n in union if n not in known]
    return order


def top_words_row(x: np.ndarray, types: np.ndarray, peer: Any, repeats: int) -> Row:
    """Top words of all neurons."""
    numbers = np.unique(types, return_inverse=True)[1].astype(np.int32)
    first = np.arange(len(x))
    words = [f"w{t}" for t in types]
    some = 20 if repeats > 1 else 5
    width = 256 if len(x) < 20_000 else 32
    mine = x.shape[1] if repeats > 1 else min(960, x.shape[1])

    def ours(mine: int = mine) -> None:
        words, counts = Words.present(first, first + 1, numbers), np.bincount(numbers)
        for low in range(0, mine, width):
            values = np.ascontiguousarray(x[:, low : low + width])
            sums = Sums(counts, values.shape[1])
            sums.take(values, words)
            sums.center()
            sums.add(values, words)
            sums.lists()

    def theirs() -> None:
        for neuron in range(some):
            if peer is None:
                published_top_words(words, x[:, neuron])
            else:
                peer.get_top_words({"source": [words]}, [x], neuron)

    ours(width)  # Code is compiled, or loaded, once and not for every so many columns.
    note = f"{some} neurons, ours {mine}, scaled up" + (", plain version" if peer is None else "")
    slow, fast = (
        t * x.shape[1] / n for t, n in ((seconds(theirs), some), (best(ours, repeats), mine))
    )
    return row("top words of all neurons", slow, fast, 50, note)


def published_top_words(words: list[str], values: np.ndarray) -> list[tuple[str, float]]:
    """The mean of |z| a word, in a loop over the words."""
    z = np.abs((values - values.mean()) / values.std())
    sums: dict[str, tuple[float, int]] = {}
    for word, value in zip(words, z, strict=True):
        total, count = sums.get(word, (0.0, 0))
        sums[word] = (total + value, count + 1)
    means = {word: total / count for word, (total, count) in sums.items()}
    largest = max(means.values())
    return sorted(((w, m / largest) for w, m in means.items()), key=lambda p: -p[1])


def precision_rows(x: np.ndarray, labels: np.ndarray, repeats: int) -> list[Row]:
    """Average precision of one label and of all labels, all neurons."""
    truth, some = labels == labels[0], 100 if repeats > 1 else 30
    theirs = seconds(lambda: [average_precision_score(truth, x[:, i]) for i in range(some)])
    # As many columns as are worked on together many times over tell the time of all.
    part = x if repeats > 1 else np.ascontiguousarray(x[:, :500])
    # Code is compiled, or loaded, once and not for every so many columns.
    rank("average_precision", np.ascontiguousarray(x[:, :8]), labels=truth)
    ours = best(lambda: rank("average_precision", part, labels=truth), repeats)
    every = best(lambda: rank("average_precision", part, labels=labels), 1)
    note = f"{some} columns, ours {part.shape[1]}, scaled up; ours in both directions"
    lines = []
    if repeats == 1 and (os.cpu_count() or 1) > 1:
        # Few rows are not worth it; many are spread over cores, which the published loop is not.
        torch.set_num_threads(2)
        fast = elapsed(lambda: rank("average_precision", part, labels=truth)) / part.shape[1]
        torch.set_num_threads(1)
        slow = (
            elapsed(lambda: [average_precision_score(truth, x[:, i]) for i in range(some)]) / some
        )
        lines.append(row("average precision, 1 label", slow * x.shape[1], fast * x.shape[1], 20,
                         note + "; by the clock, ours on two cores"))  # fmt: skip
    theirs, ours, every = (t * x.shape[1] / n for t, n in (
        (theirs, some), (ours, part.shape[1]), (every, part.shape[1])
    ))  # fmt: skip
    return [
        row("average precision, 1 label", theirs, ours, 20, note),
        *lines,
        row(f"average precision, {LABELS} labels", theirs * LABELS, every, 20, note),
    ]


def gaussian_row(rows: int, neurons: int, select: int) -> Row:
    """The first neurons of the greedy choice between two labels."""
    x, labels, _ = task(rows, neurons, 1)
    y = (labels < LABELS // 2).astype(np.int64)
    values = torch.from_numpy((x - x.mean(0)) / x.std(0))
    covariances = [torch.cov(values[y == c].T) for c in (0, 1)]
    means = [values[y == c].mean(0) for c in (0, 1)]
    some = 10

    def one(chosen: list[int]) -> None:
        logs = [
            torch.distributions.MultivariateNormal(m[chosen], c[chosen][:, chosen]).log_prob(
                values[:, chosen]
            )
            for m, c in zip(means, covariances, strict=True)
        ]
        torch.stack(logs, 1).log_softmax(1)[torch.arange(rows), torch.from_numpy(y)].mean()

    def theirs() -> None:
        for size in range(select):
            for candidate in range(some):
                one([*range(100, 100 + size), candidate])

    def ours() -> None:
        choose(Greedy(values, y, values, y, 2, select), select)

    note = f"plain version, {some} candidates a round, scaled up"
    what = f"Gaussian, {select} of {neurons} neurons"
    return row(what, seconds(theirs) * neurons / some, best(ours, 2), 20, note)


def probe_row(x: np.ndarray, labels: np.ndarray, peer: Any, repeats: int) -> Row:
    """A probe, to the held-out accuracy of the published training or better."""
    labelling = Labelling.of(labels, sentences=np.arange(len(x)) // 15)
    parts = split(labelling, np.random.default_rng(0))
    train = parts == TRAIN
    mean, deviation = x[train].mean(0), x[train].std(0)
    x -= mean  # in place: there is room for one copy of the large array, not for three
    x /= np.where(deviation > 0, deviation, 1)
    y = labelling.values.astype(np.int64)
    rows = {p: np.flatnonzero(parts == p) for p in (TRAIN, VALIDATION, TEST)}
    z = {p: torch.from_numpy(x[some]) for p, some in rows.items()}
    design = MemoryDesign(z, rows)
    made: dict[str, Any] = {}

    def ours() -> None:
        made["ours"] = fit(
            design, Targets(y, len(labelling.classes)), Penalty(1e-5, 1e-5)
        ).logits  # fmt: skip

    def theirs() -> None:
        if peer is None:
            made["theirs"] = published_probe(z[TRAIN], y[rows[TRAIN]])
        else:
            made["theirs"] = peer.train_logistic_regression_probe(
                z[TRAIN].numpy(), y[rows[TRAIN]], lambda_l1=1e-5, lambda_l2=1e-5
            ).cpu()

    slow, fast = seconds(theirs), best(ours, min(repeats, 2))
    accuracy = {}
    with torch.no_grad():
        for name, said in made.items():
            accuracy[name] = float((said(z[TEST]).argmax(1).numpy() == y[rows[TEST]]).mean())
    note = (
        f"{len(x)} words; held-out accuracy {accuracy['theirs']:.3f}, ours {accuracy['ours']:.3f}"
    )
    found = row("probe", slow, fast, 3, note + (", plain version" if peer is None else ""))
    found[5] = verdict(slow / fast >= 3 and accuracy["ours"] >= accuracy["theirs"] - 0.005)
    return found


def published_probe(x: torch.Tensor, y: np.ndarray) -> torch.nn.Linear:
    """Ten epochs of Adam, batches of 32 in order."""
    torch.manual_seed(0)
    probe = torch.nn.Linear(x.shape[1], int(y.max()) + 1)
    steps, labels = torch.optim.Adam(probe.parameters(), lr=1e-3), torch.from_numpy(y)
    for _ in range(10):
        for first in range(0, len(x), 32):
            steps.zero_grad()
            some = slice(first, first + 32)
            loss = torch.nn.functional.cross_entropy(probe(x[some]), labels[some])
            size = probe.weight.abs().sum() + probe.weight.square().sum().sqrt()
            (loss + 1e-5 * size).backward()
            steps.step()
    return probe


def memory_table(rows: int, neurons: int) -> None:
    """Growth of the process while it ranks a store, against the store's size."""
    say(f"memory: making a store of {rows} words x {neurons} neurons")
    x, labels, types = task(rows, neurons)
    folder = Path(tempfile.mkdtemp(prefix="neurox-benchmark-"))
    lines: list[Row] = []
    try:
        np.save(folder / "x.npy", x)
        del x
        words = [f"w{t}" for t in types]
        tokens = [words[first : first + 25] for first in range(0, rows, 25)]
        store = import_activations(folder / "x.npy", folder / "s", tokens=tokens, dtype="float32")
        (folder / "x.npy").unlink()
        size = 4 * rows * neurons / 1e6
        quick = 4 * rows * neurons < 1e9
        for name, options in MEMORY.items():
            if not quick and name not in QUICK:
                continue
            began = time.perf_counter()
            more = growth(lambda n=name, o=options: rank(n, store, labels=labels, **o))
            took = time.perf_counter() - began
            said = " ".join(f"{k}={v}" for k, v in options.items())
            say(f"memory: {name}: {took:.0f} s, {more:.0f} MB more, the store has {size:.0f} MB")
            lines.append(
                [name, f"{took:.0f}", f"{more:.0f}", f"{size:.0f}", verdict(more < size), said]
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    columns = ["ranking", "s", "MB more at peak", "MB of the store", "below", "options"]
    table(f"Memory, a float32 store of {rows} words x {neurons} neurons", columns, lines)


def peers() -> tuple[Any, Any]:
    """The peer's modules, or None where it is not installed."""
    try:
        import neurox.analysis.corpus as corpus
        import neurox.interpretation.linear_probe as probes
    except ImportError as error:
        print(f"The package neurox cannot be imported ({error}): plain versions are timed.")
        return None, None
    return probes, corpus


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true", help="100,000 x 6,000 instead (10 GB)")
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--neurons", type=int, default=9984)
    parser.add_argument("--only", choices=["precision"], help="average precision and nothing else")
    options = parser.parse_args()
    torch.set_num_threads(1)
    began = time.perf_counter()
    probes, corpus = peers()
    columns = ["what", "published, s", "ours, s", "ratio", "target", "met", "remark"]
    shapes = [(100_000, 6_000) if options.large else (options.rows, options.neurons)]
    for rows, neurons in shapes:
        say(f"making {rows} words x {neurons} neurons")
        x, labels, types = task(rows, neurons)
        repeats = 3 if rows * neurons < 1e8 else 1
        if options.only:
            table(f"{rows} words x {neurons} neurons", columns, precision_rows(x, labels, repeats))
            return
        lines = order_rows(neurons, probes)
        lines.append(top_words_row(x, types, corpus, repeats))
        lines += precision_rows(x, labels, repeats)
        few = slice(None) if repeats > 1 else slice(20_000)
        lines.append(probe_row(x[few], labels[few], probes, repeats))
        del x
        if not options.large:
            lines.append(gaussian_row(rows, 768, 10))
        table(f"Rankings by labels, {rows} words x {neurons} neurons, {LABELS} labels",
              columns, lines)  # fmt: skip
    memory_table(*((100_000, 6_000) if options.large else (40_000, 2_000)))
    print(f"All of it took {time.perf_counter() - began:.0f} s.")


if __name__ == "__main__":
    main()
