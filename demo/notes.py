"""Find neurons worth showing first: ``python -m neurox_demo.notes lstm-a``.

Two kinds are looked for. *What a neuron follows*: the largest absolute Pearson correlation over
the test corpus with a property of the word (its position, its distance to the end, past tense,
plural, ...). *What a neuron causes*: of minimal pairs of sentences that differ in one property
("He left." and "She left."), how many the model translates like the other sentence of the pair when
one neuron is set to a fixed number of standard deviations. Both are printed as YAML for
``configs/demo.yaml``. The second needs no tagger and no list of words: the model's own translation
of the other sentence is the target.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np
import torch
import yaml

import neurox_core as nx
from neurox_core.models.base import TranslationModel

PAIRS = {
    "feminine": [
        ("He left.", "She left."),
        ("He is a doctor.", "She is a doctor."),
        ("He is very happy.", "She is very happy."),
        ("He was reading a book.", "She was reading a book."),
        ("He arrived yesterday.", "She arrived yesterday."),
        ("He is a good teacher.", "She is a good teacher."),
        ("He will come tomorrow.", "She will come tomorrow."),
        ("He does not like the soup.", "She does not like the soup."),
    ],
    "plural": [
        ("The teacher is here.", "The teachers are here."),
        ("The boy is reading a book.", "The boys are reading a book."),
        ("He sees the house.", "He sees the houses."),
        ("She buys the apple.", "She buys the apples."),
        ("The woman was tired.", "The women were tired."),
        ("The doctor will come tomorrow.", "The doctors will come tomorrow."),
        ("He left.", "They left."),
        ("The cat is black.", "The cats are black."),
    ],
    "past": [
        ("He is tired.", "He was tired."),
        ("She is reading a book.", "She was reading a book."),
        ("The teacher is at home.", "The teacher was at home."),
        ("He eats an apple.", "He ate an apple."),
        ("They are happy.", "They were happy."),
        ("She buys a car.", "She bought a car."),
        ("The doctor works in the hospital.", "The doctor worked in the hospital."),
        ("My sister sings a song.", "My sister sang a song."),
    ],
    "negation": [
        ("He is tired.", "He is not tired."),
        ("She will come tomorrow.", "She will not come tomorrow."),
        ("They were happy.", "They were not happy."),
        ("The teacher is at home.", "The teacher is not at home."),
        ("He left.", "He did not leave."),
        ("My sister has a car.", "My sister does not have a car."),
    ],
    "question": [
        ("He is tired.", "Is he tired?"),
        ("They were happy.", "Were they happy?"),
        ("She will come tomorrow.", "Will she come tomorrow?"),
        ("The teacher is at home.", "Is the teacher at home?"),
    ],
}  # fmt: skip


def causes(model: TranslationModel, layer: str, sigma: float) -> Iterator[dict[str, object]]:
    """For each property the neurons that turn most pairs, with both directions tried."""
    width = model.sites[layer]
    for name, pairs in PAIRS.items():
        for flipped in (False, True):
            sources = [b if flipped else a for a, b in pairs]
            targets = [t.text for t in model.translate([a if flipped else b for a, b in pairs])]
            plain = [t.text for t in model.translate(sources)]
            usable = [i for i in range(len(pairs)) if plain[i] != targets[i]]
            for value in (-sigma, sigma):
                hits = _hits(model, layer, width, value, sources, targets, usable)
                best = max(hits, key=lambda unit: len(hits[unit]))
                if hits[best]:
                    wish = name if not flipped else f"not {name}"
                    yield {
                        "address": f"{layer}[{best}]",
                        "value": value,
                        "property": wish,
                        "turned": len(hits[best]),
                        "of": len(usable),
                        "example": sources[hits[best][0]],
                        "becomes": targets[hits[best][0]],
                    }


def _hits(
    model: TranslationModel,
    layer: str,
    width: int,
    value: float,
    sources: list[str],
    targets: list[str],
    usable: list[int],
) -> dict[int, list[int]]:
    """Sentences that each unit turns into the other of their pair."""
    texts, rows, keys = [], [], []
    for unit in range(width):
        edit = nx.Intervention([f"{layer}[{unit}]"], "set", value, unit="sigma")
        for index in usable:
            texts.append(sources[index])
            rows.append([edit])
            keys.append((unit, index))
    hits: dict[int, list[int]] = {unit: [] for unit in range(width)}
    results = model.translate(texts, rows, batch_size=128)
    for (unit, index), result in zip(keys, results, strict=True):
        if result.text == targets[index]:
            hits[unit].append(index)
    return hits


def follows(model: TranslationModel, layer: str) -> Iterator[dict[str, object]]:
    """For each property of source words the neuron of a layer that follows it best."""
    corpus = nx.demo.corpus()
    values, labels = [], []
    for index, text in enumerate(corpus.sources):
        tokens = model.checked(text)
        x = model.forward([tokens], capture=[layer]).activations[layer][0].numpy()
        words = np.asarray(tokens.word_ids)
        last = [int(np.flatnonzero(words == w)[-1]) for w in range(len(tokens.words)) if w in words]
        tags = corpus.source_labels.for_words(index, text, tokens.words)
        values.append(x[last])
        kept = [w for w in range(len(tokens.words)) if w in words]
        labels.append(
            [
                (
                    w,
                    len(tokens.words) - 1 - w,
                    tags.get("Tense", [""] * len(tokens.words))[w] == "Past",
                    tags.get("Number", [""] * len(tokens.words))[w] == "Plur",
                    tags["upos"][w] == "PUNCT",
                    tags["upos"][w] in ("VERB", "AUX"),
                    tags["upos"][w] in ("NOUN", "PROPN"),
                )
                for w in kept
            ]
        )
    x = np.concatenate(values)
    y = np.concatenate([np.asarray(rows, dtype=np.float64) for rows in labels])
    x = (x - x.mean(0)) / (x.std(0) + 1e-9)
    y = (y - y.mean(0)) / (y.std(0) + 1e-9)
    correlation = x.T @ y / len(x)
    names = ("position", "distance to the end", "past tense", "plural", "punctuation", "verbs", "nouns")
    for column, name in enumerate(names):
        unit = int(np.abs(correlation[:, column]).argmax())
        yield {
            "address": f"{layer}[{unit}]",
            "property": name,
            "correlation": round(float(correlation[unit, column]), 2),
        }


def main() -> None:
    """Print what was found for one model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--layers", nargs="+", default=["encoder.1.rnn_hidden"])
    parser.add_argument("--sigma", type=float, default=5.0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = nx.load_model(options.model)
    for layer in options.layers:
        print(yaml.safe_dump({"follows": list(follows(model, layer))}, sort_keys=False))
        print(yaml.safe_dump({"causes": list(causes(model, layer, options.sigma))}, sort_keys=False))


if __name__ == "__main__":
    main()
