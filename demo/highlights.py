"""Find what is worth showing first: ``python -m neurox_demo.highlights [MODEL ...]``.

*Notes* name neurons that follow something a person can see: of each layer the neuron with the
largest absolute Pearson correlation, over the words of the test corpus, with the word's position,
its distance to the end, its being a noun, a verb, plural, past, or punctuation.

*Presets* are groups of neurons that turn a property of the translation: the control protocol of
Bau et al. 2019, with minimal pairs in place of a tagger. Half of the pairs ("He is tired." and "She
is tired.") are used to choose: the neurons whose mean activation differs most, relative to its
spread, between the two sides; each is set to alpha = mu1 + beta (mu1 - mu2), where mu1 is its mean
on the wanted side; layer, scope, number of neurons and beta are those that turn most pairs. The
other half tells how well it works on sentences that nobody chose it by. A pair counts as turned
only if the translation of one sentence becomes exactly the model's own translation of the other.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import torch

import neurox_core as nx
from neurox_core.models.base import TranslationModel

PREDICATES = (
    """
is tired, left, is very happy, was reading a book, arrived yesterday, will come tomorrow,
is at home, does not like the soup, bought a car, was ill, is my friend, sings a song, went out,
has three dogs, is famous, eats an apple, was angry, can swim, fell in the garden,
is a good doctor, wants to sleep, was sad yesterday, is here, died
""".replace("\n", " ")
    .strip()
    .split(", ")
)
STATES = (
    """
at home, in the garden, tired, very happy, here, in the kitchen, ill, angry, reading a book, sad,
famous, late, in the car, young, eating an apple, alone
""".replace("\n", " ")
    .strip()
    .split(", ")
)
DEEDS = ("left", "will come tomorrow", "arrived", "can swim")


def _who(number: int) -> str:
    """People take turns, so that no property is that of one subject."""
    return ("The teacher", "My brother", "The doctor", "She")[number % 4]


PROPERTIES = {
    "masculine to feminine": [(f"He {p}.", f"She {p}.") for p in PREDICATES],
    "feminine to masculine": [(f"She {p}.", f"He {p}.") for p in PREDICATES],
    "present to past": [
        (f"{_who(i)} is {s}.", f"{_who(i)} was {s}.") for i, s in enumerate(STATES)
    ],
    "affirmed to negated": [
        (f"{_who(i)} is {s}.", f"{_who(i)} is not {s}.") for i, s in enumerate(STATES)
    ],
    "singular to plural": [
        (f"The {noun} {deed}.", f"The {noun}s {deed}.")
        for noun, deed in product(("boy", "teacher", "doctor", "cook"), DEEDS)
    ],
}
COUNTS, BETAS = (3, 5, 10, 20), (0.0, 1.0, 3.0, 6.0)


@dataclass(frozen=True)
class Pairs:
    """Minimal pairs that the model itself tells apart, with its translations of both sides."""

    plain: list[str]
    wanted: list[str]
    before: list[str]
    after: list[str]

    def part(self, start: int) -> Pairs:
        """Every second pair, from `start`."""
        return Pairs(
            self.plain[start::2], self.wanted[start::2], self.before[start::2], self.after[start::2]
        )


def pairs_of(model: TranslationModel, texts: list[tuple[str, str]]) -> Pairs:
    """Translate both sides, keep the pairs whose translations differ."""
    plain, wanted = [a for a, _ in texts], [b for _, b in texts]
    before = [t.text for t in model.translate(plain)]
    after = [t.text for t in model.translate(wanted)]
    kept = [i for i in range(len(texts)) if before[i] != after[i]]
    return Pairs(*([column[i] for i in kept] for column in (plain, wanted, before, after)))


def means(model: TranslationModel, layer: str, texts: list[str]) -> np.ndarray:
    """Mean activation of each unit over the tokens of each text, (texts, units)."""
    sources = [model.checked(t) for t in texts]
    run = model.forward(sources, capture=[layer])
    x = run.activations[layer].double()
    mask = run.source_mask.unsqueeze(-1)
    return ((x * mask).sum(1) / mask.sum(1)).numpy()


def turned(model: TranslationModel, edits: list[nx.Intervention], pairs: Pairs) -> list[int]:
    """Which pairs the edits turn."""
    found = model.translate(pairs.plain, edits)
    return [i for i, t in enumerate(found) if t.text == pairs.after[i]]


def presets(model: TranslationModel, layers: list[str]) -> Iterator[dict[str, Any]]:
    """For each property the group that turns most of the pairs it was not chosen by."""
    for name, texts in PROPERTIES.items():
        pairs = pairs_of(model, texts)
        fit, test = pairs.part(0), pairs.part(1)
        if len(fit.plain) < 4:
            continue
        best: tuple[float, list[nx.Intervention]] = (0.0, [])
        for layer in layers:
            here, there = means(model, layer, fit.plain), means(model, layer, fit.wanted)
            difference = there - here
            strength = np.abs(difference.mean(0)) / (difference.std(0) + 0.05)
            order = np.argsort(-strength)
            scopes = ("output", "recurrence") if layer.endswith("rnn_hidden") else ("output",)
            to, of = there.mean(0), here.mean(0)
            for scope, count, beta in product(scopes, COUNTS, BETAS):
                aim = np.round(to + beta * (to - of), 3)
                edits = [
                    nx.Intervention([f"{layer}[{u}]"], "set", float(aim[u]), scope=scope)
                    for u in order[:count]
                ]
                score = len(turned(model, edits, fit)) - 0.02 * count
                if score > best[0]:
                    best = (score, edits)
        hits = turned(model, best[1], test) if best[1] else []
        if len(hits) * 4 >= len(test.plain):
            yield {
                "model": model.name,
                "name": name,
                "turned": len(hits),
                "of": len(test.plain),
                "sentences": [test.plain[i] for i in hits[:3]],
                "interventions": [edit.to_dict() for edit in best[1]],
            }


def notes(model: TranslationModel, layer: str) -> Iterator[dict[str, Any]]:
    """For each visible property the neuron of a layer that follows it best."""
    corpus = nx.demo.corpus()
    rows, labels = [], []
    for index, text in enumerate(corpus.sources):
        tokens = model.checked(text)
        x = model.forward([tokens], capture=[layer]).activations[layer][0].numpy()
        last = {word: at for at, word in enumerate(tokens.word_ids) if word >= 0}
        count = len(tokens.words)
        tags = corpus.source_labels.for_words(index, text, tokens.words)
        part, tense, number = (tags.get(k, [""] * count) for k in ("upos", "Tense", "Number"))
        rows.append(x[list(last.values())])
        labels += [
            (w, count - 1 - w, part[w] in ("NOUN", "PROPN"), part[w] in ("VERB", "AUX"),
             part[w] == "NOUN" and number[w] == "Plur", tense[w] == "Past", part[w] == "PUNCT")
            for w in last
        ]  # fmt: skip
    x, y = np.concatenate(rows), np.asarray(labels, dtype=np.float64)
    x, y = ((v - v.mean(0)) / (v.std(0) + 1e-9) for v in (x, y))
    correlation = x.T @ y / len(x)
    names = ("position in the sentence", "distance to the end", "nouns", "verbs", "plural nouns",
             "past tense", "punctuation")  # fmt: skip
    for column, name in enumerate(names):
        unit = int(np.abs(correlation[:, column]).argmax())
        r = float(correlation[unit, column])
        if abs(r) >= 0.4:
            yield {
                "model": model.name,
                "address": f"{layer}[{unit}]",
                "note": f"{name}: r = {r:+.2f}".replace("-", "\u2212"),
            }


def main() -> None:
    """Write what was found for the models named, or for all; others keep theirs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*")
    names = parser.parse_args().models or nx.demo.models()
    torch.set_num_threads(1)
    path = nx.demo.folder() / "highlights.json"
    found = (
        json.loads(path.read_text(encoding="utf-8"))
        if path.exists()
        else {"notes": [], "presets": []}
    )
    for name in names:
        model = nx.load_model(name)
        site = "rnn_hidden" if model.family == "recurrent" else "resid_post"
        last = max(int(a.split(".")[1]) for a in model.layers if a.startswith("encoder."))
        layers = [f"encoder.{i}.{site}" for i in range(last + 1)]
        fresh = {"notes": notes(model, layers[-1]), "presets": presets(model, layers)}
        for key, values in fresh.items():
            found[key] = sorted(
                [v for v in found[key] if v["model"] != name] + list(values),
                key=lambda v: str(v["model"]),
            )
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
