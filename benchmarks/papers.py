"""The papers' headline results in miniature, on the demo models: their figures beside ours.

1. Bau et al. 2019: taking away the top 10 % of a cross-model ranking costs far more BLEU than the
   bottom 10 %; here with five random orders between them.
2. Bau et al. 2019: success of controlling tense, number and gender through a few neurons.
3. Dalvi et al. 2019: a probe on 10, 15 and 20 % of the neurons, the best against the last and
   random ones; retrained on each set, tested on sentences that neither probe nor order saw.
4. Morcos et al. 2018: a neuron's class selectivity does not say how important it is.

The demo models have 320 units a layer and were trained on far less text than the papers' models, so
what is compared is the direction and the order of effects. Whatever comes out is printed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

import neurox_core as nx
from neurox_core import demo
from neurox_core.interventions.control_protocol import last_encoder
from neurox_core.models.base import TranslationModel

from .harness import need_models, table

RANKINGS = {
    "max_correlation": "top -15 to -20, bottom -2 to -3",
    "min_correlation": "top -15 to -20, bottom -2 to -3",
    "linear_regression": "top -15 to -20, bottom -2 to -3",
    "svcca": "(ranks directions: -15 for the first 1 %)",
}
CONTROLS = (
    ("Tense", ("Past|Imp", "Pres"), 1, "67 % (past to present), -2 BLEU"),
    ("Number", ("Plur", "Sing"), 0, "37 %"),
    ("Gender", ("Fem", "Masc"), 0, "21 %"),
)
PARTS = ("erasing", "control", "probing", "selectivity")
SEEDS = tuple(range(5))


def part(corpus: nx.Corpus, count: int, seed: int = 0) -> nx.Corpus:
    """Some sentences, drawn at random, in their order."""
    drawn = np.random.default_rng(seed).permutation(len(corpus))[:count]
    return corpus.take(sorted(drawn.tolist()))


def erasing(
    names: Sequence[str], layer: str, train: nx.Corpus, test: nx.Corpus
) -> list[list[object]]:
    """Rows: BLEU lost by taking away a tenth of the neurons, by ranking and direction."""
    model = nx.load_model(names[0])
    rows: list[list[object]] = []
    with tempfile.TemporaryDirectory() as folder:
        stores = [
            nx.extract(nx.load_model(n), train, Path(folder) / n, layers=[layer]) for n in names
        ]
        tenth = model.sites[layer] // 10
        for name, paper in RANKINGS.items():
            ranking = nx.rank(name, stores[0], others=dict(zip(names[1:], stores[1:], strict=True)))
            found = nx.ablation_curve(
                model, test, ranking, steps=[tenth], seeds=SEEDS, resamples=300
            )
            base = found.curves[0].points[0].bleu
            lost = {(c.direction, c.seed): c.points[1].bleu - base for c in found.curves}
            random = [v for (d, _), v in lost.items() if d == "random"]
            rows.append([
                name, f"{base:.1f}", f"{lost['top', None]:+.1f}", f"{lost['bottom', None]:+.1f}",
                f"{np.mean(random):+.1f} [{min(random):+.1f}, {max(random):+.1f}]", paper,
            ])  # fmt: skip
    return rows


def controlling(model: TranslationModel, corpus: nx.Corpus, limit: int) -> list[list[object]]:
    """Rows: success and damage of control by property and scope."""
    rows: list[list[object]] = []
    for label, values, wanted, paper in CONTROLS:
        for scope in ("output", "recurrence"):
            found = nx.control(model, corpus, label, values, wanted, scope=scope, limit=limit)
            best = found.best
            rows.append([
                label, f"{values[1 - wanted]} to {values[wanted]}", scope, best.k,
                f"{best.beta:g}", f"{100 * best.success:.0f} %", best.words,
                f"{best.bleu_change:+.1f}", paper if scope == "output" else "",
            ])  # fmt: skip
    return rows


def words_of_layer(
    model: TranslationModel, layer: str, corpus: nx.Corpus, label: str
) -> tuple[NDArray[np.float32], NDArray[np.str_], NDArray[np.int64]]:
    """Activations at the last token of each labelled word, its label, and its sentence."""
    labels = corpus.source_labels
    assert labels is not None
    xs, ys, rows = [], [], []
    for i, text in enumerate(corpus.sources):
        tokens = model.checked(text)
        states = model.forward([tokens], capture=[layer]).activations[layer][0].numpy()
        values = labels.for_words(i, text, tokens.words)[label]
        last = {w: at for at, w in enumerate(tokens.word_ids) if w >= 0}
        for word, at in last.items():
            if values[word]:
                xs.append(states[at])
                ys.append(values[word])
                rows.append(i)
    return np.array(xs), np.array(ys), np.array(rows)


def probing(
    model: TranslationModel, layer: str, corpus: nx.Corpus, label: str
) -> list[list[object]]:
    """Rows: accuracy of probes on the best, the last and random neurons of a probe's own order."""
    x, y, sentence = words_of_layer(model, layer, corpus, label)
    names, counts = np.unique(y, return_counts=True)
    good = np.isin(y, names[counts >= 30])
    x, y, sentence = x[good], y[good], sentence[good]
    test = np.random.default_rng(0).random(len(corpus))[sentence] < 0.3
    scale = StandardScaler().fit(x[~test])
    a, b = scale.transform(x[~test]), scale.transform(x[test])

    def accuracy(units: NDArray[np.int64]) -> float:
        probe = LogisticRegression(max_iter=200, C=0.1).fit(a[:, units], y[~test])
        return float(100 * probe.score(b[:, units], y[test]))

    whole = LogisticRegression(max_iter=200, C=0.1).fit(a, y[~test])
    order = np.argsort(-np.abs(whole.coef_).mean(0), kind="stable")
    rows: list[list[object]] = []
    for share in (10, 15, 20):
        count = len(order) * share // 100
        drawn = [accuracy(np.random.default_rng(s).permutation(len(order))[:count]) for s in SEEDS]
        top, bottom = accuracy(order[:count]), accuracy(order[-count:])
        rows.append([
            f"{label}, {share} %", f"{top:.1f}", f"{bottom:.1f}",
            f"{np.mean(drawn):.1f} [{min(drawn):.1f}, {max(drawn):.1f}]",
            f"{100 * whole.score(b, y[test]):.1f}", f"{top - bottom:+.1f}",
            "+12.8 without retraining (NMT)" if share == 10 else "",
        ])  # fmt: skip
    return rows


def selectivity(
    model: TranslationModel, layer: str, corpus: nx.Corpus, label: str, neurons: int
) -> list[object]:
    """A row: rank correlation of class selectivity with what taking a neuron away costs."""
    x, y, _ = words_of_layer(model, layer, corpus, label)
    low = x - x.min(0)  # The index is defined for activations that are not negative.
    means = np.stack([low[y == v].mean(0) for v in np.unique(y) if (y == v).sum() >= 30])
    best = means.max(0)
    rest = (means.sum(0) - best) / (len(means) - 1)
    index = (best - rest) / (best + rest)
    units = np.random.default_rng(0).permutation(model.sites[layer])[:neurons]
    sources = [model.checked(t) for t in corpus.sources[:64]]
    targets = [model.tokenize(t, "target") for t in corpus.references[:64]]

    def loss(edits: list[nx.Intervention]) -> float:
        run = model.forward(sources, targets, interventions=[edits] * len(sources), logprobs=True)
        assert run.logprobs is not None and run.target_mask is not None
        return float(-run.logprobs.sum() / run.target_mask.sum())

    clean = loss([])
    cost = [loss([nx.Intervention([f"{layer}[{u}]"], "zero")]) - clean for u in units]
    found = spearmanr(index[units], cost)
    return [label, neurons, f"{found.statistic:+.2f}", f"{found.pvalue:.2g}",
            "selectivity does not predict importance"]  # fmt: skip


def main() -> None:
    """Run all and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sentences", type=int, default=300, help="to rank by, and to score")
    parser.add_argument("--limit", type=int, default=60, help="sentences to judge control by")
    parser.add_argument("--neurons", type=int, default=80, help="taken away one by one")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    began = time.perf_counter()
    names = need_models(["lstm-a", "lstm-b", "lstm-c"])
    model, corpus = nx.load_model(names[0]), demo.corpus()
    layer = last_encoder(model)
    train, test = part(corpus, options.sentences, 1), part(corpus, options.sentences, 2)
    size = f"{model.sites[layer]} units of {layer}, {model.name}, {options.sentences} sentences"
    if "erasing" in options.only and len(names) == 3:
        table(
            f"BLEU lost with 10 % of the neurons at zero ({size}; random: seeds {SEEDS})",
            ["ranking", "BLEU", "top", "bottom", "random [range]", "Bau et al. 2019"],
            erasing(names, layer, train, test),
        )
    if "control" in options.only:
        table(
            f"Control ({model.name}, {options.limit} sentences at most; seed 0)",
            ["property", "change", "scope", "k", "beta", "success", "words", "BLEU change",
             "Bau et al. 2019"],
            controlling(model, corpus, options.limit),
        )  # fmt: skip
    if "probing" in options.only:
        table(
            f"Accuracy of probes on some of the neurons ({size}; 30 % of the sentences to test)",
            ["label, neurons", "top", "bottom", "random [range]", "all neurons", "top - bottom",
             "Dalvi et al. 2019"],
            probing(model, layer, train, "upos"),
        )  # fmt: skip
    if "selectivity" in options.only:
        table(
            f"Selectivity against importance ({size})",
            ["label", "neurons", "Spearman", "p", "Morcos et al. 2018"],
            [selectivity(model, layer, train, "upos", options.neurons)],
        )
    print(f"\n{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
