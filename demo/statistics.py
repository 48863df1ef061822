"""Write each demo model's statistics and card: ``python -m neurox_demo.statistics lstm-a``.

Mean, standard deviation, minimum and maximum of every neuron over the shipped test text, source
and reference, special tokens left out, so that ablation by the mean, values in sigma and the marks
of a slider work before anything has been extracted.
"""

from __future__ import annotations

import argparse

import numpy as np
import torch

import neurox_core as nx
from neurox_core.models.base import TranslationModel
from neurox_core.models.card import ModelCard
from neurox_core.models.statistics_file import KnownStatistics


def collect(
    model: TranslationModel, sources: list[str], references: list[str], batch: int = 64
) -> KnownStatistics:
    """Moments and ranges of every site of a model on parallel text."""
    sums = {a: np.zeros((2, w)) for a, w in model.sites.items()}
    low = {a: np.full(w, np.inf) for a, w in model.sites.items()}
    high = {a: np.full(w, -np.inf) for a, w in model.sites.items()}
    counts = dict.fromkeys(model.sites, 0)
    order = sorted(range(len(sources)), key=lambda i: len(sources[i]))
    for first in range(0, len(order), batch):
        rows = order[first : first + batch]
        s = [model.checked(sources[i]) for i in rows]
        t = [model.tokenize(references[i], "target") for i in rows]
        run = model.forward(s, t, model.layers)
        for address, values in run.activations.items():
            texts = s if address.startswith("encoder.") else t
            real = torch.zeros(values.shape[:2], dtype=torch.bool)
            for row, tokens in enumerate(texts):
                real[row, : len(tokens.ids)] = torch.tensor(
                    [span is not None for span in tokens.spans]
                )
            x = values[real].double().numpy()
            sums[address] += np.stack([x.sum(0), (x**2).sum(0)])
            low[address] = np.minimum(low[address], x.min(0))
            high[address] = np.maximum(high[address], x.max(0))
            counts[address] += len(x)
    tables = {}
    for address, (total, squares) in sums.items():
        mean = total / counts[address]
        deviation = np.sqrt(np.maximum(squares / counts[address] - mean**2, 0))
        tables[address] = np.stack([mean, deviation, low[address], high[address]]).astype(
            np.float32
        )
    return KnownStatistics(tables)


def main() -> None:
    """Write the file of the models named, or of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", default=None)
    names = parser.parse_args().models or nx.demo.models()
    torch.set_num_threads(1)
    corpus = nx.demo.corpus()
    for name in names:
        model = nx.load_model(name)
        folder = nx.demo.model_folder(name)
        collect(model, list(corpus.sources), list(corpus.references)).write(folder)
        ModelCard.of(model).write(folder)


if __name__ == "__main__":
    main()
