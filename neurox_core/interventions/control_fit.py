"""The first half of the control protocol: labelled source words, and neurons in order of use.

See :mod:`.control_protocol` for the whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..corpora import Corpus
from ..errors import InvalidInputError
from ..models.base import TranslationModel
from .control_results import Control, ControlNeuron, ControlPoint
from .control_words import Align, AttentionLinker, Linker, Tagger, Tags, texts_of
from .gaussian import Gaussians
from .intervention import Intervention

LEAST = 8
"""Words of each class that are needed to fit and to judge."""
_MOST_FORMS = 200
_LISTED = 20


@dataclass
class _Word:
    """A labelled source word."""

    sentence: int
    word: int
    value: int


class Fitted:
    """Labelled words and ordered neurons of one model and corpus."""

    def __init__(
        self,
        model: TranslationModel,
        corpus: Corpus,
        name: str,
        values: tuple[str, str],
        wanted: int,
        layers: Sequence[str] | None,
        scope: str,
        select: str,
        align: Align | str | None,
        tagger: Tagger | None,
        seed: int,
    ) -> None:
        self.model, self.corpus, self.name = model, corpus, name
        self._values = [set(v.split("|")) for v in values]
        self.names, self.wanted, self.scope = values, wanted, scope
        self._select, self._seed = select, seed
        self._layers = list(layers) if layers is not None else [last_encoder(model)]
        model.check_layers(self._layers)
        if bad := [a for a in self._layers if not a.startswith("encoder.")]:
            raise InvalidInputError(f"Control edits source words; {bad[0]} is in the decoder.")
        self.units = [f"{a}[{u}]" for a in self._layers for u in range(model.sites[a])]
        self.tags = Tags(corpus, name, tagger)
        self.tagging = "the annotation's lexicon" if tagger is None else "an annotator"
        self.sources = [texts_of(t) for t in corpus.sources]
        self._linker = _linker(model, corpus, align)
        self.alignment = self._linker.description
        self._part_of = np.random.default_rng(seed).choice(
            3, size=len(corpus), p=[0.5, 0.25, 0.25]
        )  # fmt: skip
        self._words = self._labelled()
        self._fit()

    def part(self, number: int, limit: int) -> list[int]:
        """Sentences of a judging part that hold a word of the other value."""
        other = {w.sentence for w in self._words if w.value != self.wanted}
        found = [i for i in sorted(other) if self._part_of[i] == number]
        mixed = np.random.default_rng(self._seed + number).permutation(len(found))[:limit]
        return sorted(found[i] for i in mixed)

    def result(
        self, ks: Sequence[int], betas: Sequence[float], shown: list[dict[str, Any]]
    ) -> Control:
        """A sweep that has not begun."""
        ranked = [
            ControlNeuron(
                self.units[u], float(self._accuracy[u]),
                float(self._gaussians.means[self.wanted, u]),
                float(self._gaussians.means[1 - self.wanted, u]),
            )
            for u in self.order[: max(_LISTED, *ks)].tolist()
        ]  # fmt: skip
        return Control(
            self.name, self.names[self.wanted], self.names[1 - self.wanted], self.model.name,
            self.scope, self._layers, self._select, self.alignment, self.tagging, list(ks),
            list(betas), self._fitted, ranked, [], shown, self._forms(),
        )  # fmt: skip

    def signature(self, best: ControlPoint) -> str:
        """What the result came from."""
        return (
            f"control:{self.name}|from:{self.names[1 - self.wanted]}"
            f"|to:{self.names[self.wanted]}|layers:{'+'.join(self._layers)}|scope:{self.scope}"
            f"|k:{best.k}|beta:{best.beta:g}|select:{self._select}|seed:{self._seed}"
            f"|model:{self.model.name}-{self.model.fingerprint[:8]}"
            f"|corpus:{self.corpus.name}-{self.corpus.fingerprint[:8]}"
        )

    def edit(self, positions: Sequence[int], k: int, beta: float) -> list[Intervention]:
        """The first k neurons at some tokens, set to alpha."""
        if not positions:
            return []
        aim = self._gaussians.alpha(self.wanted, beta)
        first = self.order[:k].tolist()
        row = [float(aim[u]) for u in first]
        return [
            Intervention([self.units[u] for u in first], "patch", positions=positions,
                         values=[row] * len(positions), scope=self.scope)
        ]  # fmt: skip

    def classes(
        self, sentences: Sequence[int], outputs: Sequence[str]
    ) -> list[tuple[dict[int, int | None], set[tuple[int, int]]]]:
        """For each output: the class of each linked source word, and the links."""
        found = []
        pairs = self._linker.links([self.corpus.sources[i] for i in sentences], outputs)
        for links, values in zip(pairs, self.tags.outputs(outputs), strict=True):
            linked: dict[int, list[str]] = {}
            for a, b in links:
                linked.setdefault(a, []).append(values[b])
            found.append(({w: self._class(v) for w, v in linked.items()}, set(links)))
        return found

    def _class(self, values: Sequence[str]) -> int | None:
        """The class of a word from the values of its translation."""
        for number, members in enumerate(self._values):
            if any(v in members for v in values):
                return number
        return None

    def _labelled(self) -> list[_Word]:
        found = []
        pairs = self._linker.links(self.corpus.sources, self.corpus.references)
        for i, links in enumerate(pairs):
            linked: dict[int, list[str]] = {}
            for a, b in links:
                linked.setdefault(a, []).append(self.tags.references[i][b])
            for word, values in linked.items():
                value = self._class(values)
                if value is not None:
                    found.append(_Word(i, word, value))
        return found

    def _forms(self) -> list[str]:
        """Words that stand for the other value, the most frequent first."""
        counts = [Counter[str](), Counter[str]()]
        for w in self._words:
            form = self.sources[w.sentence][w.word].casefold()
            if any(c.isalnum() for c in form):
                counts[int(w.value == self.wanted)][form] += 1
        other, wanted = counts
        mostly = {f: n for f, n in other.items() if n > wanted[f]} or other
        return sorted(mostly, key=lambda f: (-mostly[f], f))[:_MOST_FORMS]

    def _fit(self) -> None:
        """Fit the classifiers of all neurons and order these."""
        words = [w for w in self._words if self._part_of[w.sentence] == 0]
        y = np.array([w.value for w in words], np.int64)
        self._fitted = (int((y == self.wanted).sum()), int((y != self.wanted).sum()))
        if min(self._fitted) < 2 * LEAST:
            raise InvalidInputError(
                f"There are {(y == 0).sum()} and {(y == 1).sum()} words whose translation has "
                f"{self.name}={self.names[0]} and {self.names[1]}; {2 * LEAST} of each are "
                "needed to fit a classifier."
            )
        x = self._activations(words)
        # Neurons are ranked on a fifth of the words that their Gaussians were not fitted to.
        held = np.random.default_rng(self._seed).random(len(y)) < 0.2
        for k in (0, 1):  # Both classes on both sides.
            first, last = np.flatnonzero(y == k)[[0, -1]]
            held[first], held[last] = True, False
        fitted = Gaussians.fit(x[~held], y[~held])
        self._accuracy = fitted.accuracy(x[held], y[held])
        self._gaussians = Gaussians.fit(x, y)
        self.order = self._ordered(fitted)

    def _ordered(self, fitted: Gaussians) -> NDArray[np.int64]:
        if self._select == "random":
            found: NDArray[np.int64] = np.random.default_rng(self._seed).permutation(
                len(self.units)
            )  # fmt: skip
            return found
        scores = self._accuracy
        if self._select == "difference":
            scores = np.abs(fitted.means[1] - fitted.means[0]) / fitted.deviations.mean(0)
        return np.argsort(-scores, kind="stable")

    def _activations(self, words: Sequence[_Word]) -> NDArray[np.float32]:
        """Activations at the last token of each word, (words, neurons)."""
        rows = np.zeros((len(words), len(self.units)), np.float32)
        by_sentence: dict[int, list[int]] = {}
        for place, one in enumerate(words):
            by_sentence.setdefault(one.sentence, []).append(place)
        order = sorted(by_sentence, key=lambda i: len(self.corpus.sources[i]))
        for first in range(0, len(order), 32):
            part = order[first : first + 32]
            tokens = [self.model.checked(self.corpus.sources[i]) for i in part]
            run = self.model.forward(tokens, capture=self._layers)
            whole = np.concatenate([run.activations[a].float().cpu() for a in self._layers], 2)
            for row, sentence in enumerate(part):
                last = {w: at for at, w in enumerate(tokens[row].word_ids) if w >= 0}
                for place in by_sentence[sentence]:
                    rows[place] = whole[row, last[words[place].word]]
        return rows


def _linker(model: TranslationModel, corpus: Corpus, align: Align | str | None) -> Linker:
    if isinstance(align, str):
        if align != "attention":
            raise InvalidInputError(f"align is 'attention' or a function, not {align!r}.")
        return AttentionLinker(model)
    return Linker(corpus, align)


def last_encoder(model: TranslationModel) -> str:
    """The layer whose units feed the decoder, as in the paper."""
    for site in ("rnn_hidden", "resid_post"):
        found = [a for a in model.layers if a.startswith("encoder.") and a.endswith(site)]
        if found:
            return found[-1]
    raise InvalidInputError(
        f"{model.name} has no encoder layer to edit; name layers (layers, --layer)."
    )
