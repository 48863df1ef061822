"""Controlling a property of the output through a few neurons: the protocol of Bau et al. 2019.

1. Source words are labelled with a property of the words that they are translated as: the
   references are annotated, and an aligner links the two sides.
2. For every neuron a Gaussian classifier (:mod:`.gaussian`) predicts the property from the
   activation at the source word; neurons are ranked by its balanced accuracy.
3. At each source word whose translation has the one value, the k best neurons are set to
   alpha = m1 + beta (m1 - m2), where m1 is the mean of the *wanted* class (as in the code of the
   paper; its text says it the other way round), and the sentence is translated again.
4. The new output is aligned and tagged again. Success: the word is now translated by a word of the
   wanted value, and by none of the other. Damage: the loss in BLEU and chrF on the sentences that
   were edited, and the share of their other words that changed.

Neurons are fitted on half of the sentences; k and beta are chosen on a quarter and judged on the
last quarter, which nothing was chosen by. The tags of outputs come from a lexicon of the corpus'
annotated forms (:class:`neurox_core.corpora.lexicon.Lexicon`).

A word may be translated by words of both values ("a mangé": a present and a past form). The value
named first in `values` then counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..corpora import Corpus
from ..corpora.alignment import Aligner, Links
from ..corpora.lexicon import Lexicon
from ..errors import InvalidInputError
from ..evaluation import RepeatedScores, word_diff
from ..models.base import TranslationModel
from ..models.tokens import words_of
from .gaussian import Gaussians
from .intervention import Intervention
from .redecode import Redecoder
from .settings import Setting

KS, BETAS = (1, 5, 20, 50), (0.0, 2.0, 8.0, 32.0)
LEAST = 8
"""Words of each class that are needed to fit and to judge."""
_MOST_FORMS = 500

Links_ = Callable[[Sequence[str], Sequence[str]], Links]


@dataclass(frozen=True)
class ControlPoint:
    """One setting of the sweep, on the sentences it was tried on.

    Attributes
    ----------
    k, beta : int, float
    success : float
        Share of the words that took the wanted value.
    words, sentences : int
    bleu, bleu_change, chrf_change : float
        On the edited sentences, against their references, and the change against no edit.
    changed_elsewhere : float
        Share of output words that changed and belong to no edited word.
    """

    k: int
    beta: float
    success: float
    words: int
    sentences: int
    bleu: float
    bleu_change: float
    chrf_change: float
    changed_elsewhere: float


@dataclass
class Control:
    """What a sweep found.

    Attributes
    ----------
    name, wanted, other : str
        Label, its wanted value, and the one that words have before.
    neurons : list of (str, float)
        The best, with the balanced accuracy of each on words it was not fitted to.
    sweep : list of ControlPoint
        On the sentences that the setting is chosen by.
    best : ControlPoint
        The chosen setting on sentences that it was not chosen by.
    interventions : list of Intervention
        The chosen setting, limited to the source words that have the other value in the corpus.
    examples : list of dict
        ``source``, ``before``, ``after`` of the judged sentences.
    """

    name: str
    wanted: str
    other: str
    model: str
    scope: str
    neurons: list[tuple[str, float]]
    sweep: list[ControlPoint]
    best: ControlPoint
    interventions: list[Intervention]
    examples: list[dict[str, Any]] = field(repr=False)
    signature: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "name": self.name, "wanted": self.wanted, "other": self.other, "model": self.model,
            "scope": self.scope, "signature": self.signature,
            "neurons": [{"neuron": n, "accuracy": a} for n, a in self.neurons],
            "sweep": [asdict(p) for p in self.sweep], "best": asdict(self.best),
            "interventions": [i.to_dict() for i in self.interventions],
            "examples": self.examples,
        }  # fmt: skip


@dataclass
class _Word:
    """A labelled source word."""

    sentence: int
    word: int
    value: int


def control(
    model: TranslationModel,
    corpus: Corpus,
    name: str,
    values: tuple[str, str],
    wanted: int = 1,
    *,
    layers: Sequence[str] | None = None,
    ks: Sequence[int] = KS,
    betas: Sequence[float] = BETAS,
    scope: str = "output",
    align: Links_ | None = None,
    limit: int = 120,
    seed: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Control:
    """Find the neurons that control a property and how well they do.

    Parameters
    ----------
    name : str
        A label of the reference's words, such as ``Tense``.
    values : (str, str)
        Its two values; alternatives are separated by ``|``, as in ``("Past|Imp", "Pres")``. Where a
        word is translated by words of both, the first counts.
    wanted : {0, 1}
        Which of them the output is to take.
    layers : sequence of str, optional
        Encoder layers to choose neurons from; the encoder's last recurrent or residual one.
    ks, betas : sequence
        The sweep.
    align : callable of (source words, target words), optional
        Links between them; by default an :class:`.Aligner` fitted to the corpus.
    limit : int
        Most sentences of each of the two judging parts.

    Raises
    ------
    InvalidInputError
        If the corpus has no such labels, or too few words of either value.
    """
    if corpus.reference_labels is None or name not in corpus.reference_labels.names:
        known = corpus.reference_labels.names if corpus.reference_labels is not None else ()
        raise InvalidInputError(
            f"The references have no label {name!r}; they have: {', '.join(known) or 'none'}."
        )
    if wanted not in (0, 1) or not ks or not betas:
        raise InvalidInputError("wanted is 0 or 1, and the sweep needs a k and a beta.")
    work = _Protocol(model, corpus, name, values, wanted, layers, scope, align, seed)
    total = len(ks) * len(betas) + 1
    sweep: list[ControlPoint] = []
    choosing = work.part(1, limit)
    for k in ks:
        settings = [(k, beta) for beta in betas]
        sweep += [point for point, _ in work.judge(choosing, settings, cancelled)]
        if on_progress is not None:
            on_progress(len(sweep), total)
    # As in the paper, the most successful setting; of equals the one that does least damage.
    chosen = max(sweep, key=lambda p: (p.success, p.bleu_change))
    ((best, texts),) = work.judge(work.part(2, limit), [(chosen.k, chosen.beta)], cancelled)
    if on_progress is not None:
        on_progress(total, total)
    return work.result(sweep, best, texts)


class _Protocol:
    """The steps of the protocol on one model and corpus."""

    def __init__(
        self,
        model: TranslationModel,
        corpus: Corpus,
        name: str,
        values: tuple[str, str],
        wanted: int,
        layers: Sequence[str] | None,
        scope: str,
        align: Links_ | None,
        seed: int,
    ) -> None:
        self._model, self._corpus, self._name = model, corpus, name
        self._values = [set(v.split("|")) for v in values]
        self._names, self._wanted, self._scope = values, wanted, scope
        self._seed = seed
        self._layers = list(layers) if layers is not None else [last_encoder(model)]
        model.check_layers(self._layers)
        if bad := [a for a in self._layers if not a.startswith("encoder.")]:
            raise InvalidInputError(f"Control edits source words; {bad[0]} is in the decoder.")
        self._sources = [_texts(t) for t in corpus.sources]
        self._references = [_texts(t) for t in corpus.references]
        self._align = align or Aligner(self._sources, self._references).align
        self._part_of = np.random.default_rng(seed).choice(
            3, size=len(corpus), p=[0.5, 0.25, 0.25]
        )  # fmt: skip
        tags = [self._tags(i) for i in range(len(corpus))]
        self._lexicon = Lexicon.of(
            zip(self._references, ({name: t} for t in tags), strict=True), [name]
        )
        self._words = self._labelled(tags)
        self._gaussians, self._units, self._accuracy = self._fitted()

    def part(self, number: int, limit: int) -> list[int]:
        """Sentences of a judging part that hold a word of the other value."""
        other = {w.sentence for w in self._words if w.value != self._wanted}
        found = [i for i in sorted(other) if self._part_of[i] == number]
        mixed = np.random.default_rng(self._seed + number).permutation(len(found))[:limit]
        return sorted(found[i] for i in mixed)

    def judge(
        self,
        sentences: Sequence[int],
        settings: Sequence[tuple[int, float]],
        cancelled: Callable[[], bool] | None,
    ) -> list[tuple[ControlPoint, list[dict[str, Any]]]]:
        """Edit words whose translation has the other value, translate, and tag again."""
        sources = [self._corpus.sources[i] for i in sentences]
        engine = Redecoder(self._model, sources)
        clean = engine.texts(engine.clean(cancelled))
        places = [self._places(i, text) for i, text in zip(sentences, clean, strict=True)]
        kept = [row for row, words in enumerate(places) if words]
        if len(kept) < LEAST:
            raise InvalidInputError(
                f"Only {len(kept)} sentences are translated with {self._name}="
                f"{self._names[1 - self._wanted]} at present; at least {LEAST} are needed."
            )
        edits = [
            Setting(
                self._model,
                [
                    self._edit(engine.tokens[row].word_ids, places[row], k, beta)
                    for row in range(len(sources))
                ],
                range(len(sources)),
            )
            for k, beta in settings
        ]
        found = engine.run(edits, None, cancelled)
        scores = RepeatedScores([self._corpus.references[sentences[r]] for r in kept], resamples=10)
        base = [clean[r] for r in kept]
        results = []
        for (k, beta), ids in zip(settings, found, strict=True):
            texts = engine.texts(ids)
            results.append(
                self._point(
                    k, beta, sentences, kept, places, base, [texts[r] for r in kept], scores
                )
            )
        return results

    def result(
        self, sweep: list[ControlPoint], best: ControlPoint, examples: list[dict[str, Any]]
    ) -> Control:
        """Everything, with the chosen setting as interventions for any sentence."""
        forms = {
            self._sources[w.sentence][w.word].casefold()
            for w in self._words
            if w.value != self._wanted
        }
        others = {
            self._sources[w.sentence][w.word].casefold()
            for w in self._words
            if w.value == self._wanted
        }
        words = sorted(forms - others)[:_MOST_FORMS] or sorted(forms)[:_MOST_FORMS]
        aim = self._gaussians.alpha(self._wanted, best.beta)
        order = np.argsort(-self._accuracy, kind="stable")
        interventions = [
            Intervention([self._units[u]], "set", float(aim[u]), scope=self._scope,
                         where={"words": words})
            for u in order[: best.k].tolist()
        ]  # fmt: skip
        shown = order[: max(20, best.k)].tolist()
        signature = (
            f"control:{self._name}|from:{self._names[1 - self._wanted]}"
            f"|to:{self._names[self._wanted]}|layers:{'+'.join(self._layers)}|scope:{self._scope}"
            f"|k:{best.k}|beta:{best.beta:g}|seed:{self._seed}"
            f"|model:{self._model.name}-{self._model.fingerprint[:8]}"
            f"|corpus:{self._corpus.name}-{self._corpus.fingerprint[:8]}"
        )
        return Control(
            self._name, self._names[self._wanted], self._names[1 - self._wanted],
            self._model.name, self._scope,
            [(self._units[u], float(self._accuracy[u])) for u in shown],
            sweep, best, interventions, examples, signature,
        )  # fmt: skip

    def _tags(self, sentence: int) -> Sequence[str]:
        labels = self._corpus.reference_labels
        assert labels is not None
        text = self._corpus.references[sentence]
        return labels.for_words(sentence, text, words_of(text))[self._name]

    def _class(self, values: Sequence[str]) -> int | None:
        """The class of a word from the values of its translation."""
        for number, members in enumerate(self._values):
            if any(v in members for v in values):
                return number
        return None

    def _labelled(self, tags: Sequence[Sequence[str]]) -> list[_Word]:
        found = []
        for i, (source, target) in enumerate(zip(self._sources, self._references, strict=True)):
            linked: dict[int, list[str]] = {}
            for a, b in self._align(source, target):
                linked.setdefault(a, []).append(tags[i][b])
            for word, values in linked.items():
                value = self._class(values)
                if value is not None:
                    found.append(_Word(i, word, value))
        return found

    def _fitted(self) -> tuple[Gaussians, list[str], NDArray[np.float64]]:
        """Classifiers of all neurons, their addresses, and their accuracy on other words."""
        words = [w for w in self._words if self._part_of[w.sentence] == 0]
        y = np.array([w.value for w in words])
        if min((y == 0).sum(), (y == 1).sum()) < 2 * LEAST:
            raise InvalidInputError(
                f"There are {(y == 0).sum()} and {(y == 1).sum()} words whose translation has "
                f"{self._name}={self._names[0]} and {self._names[1]}; {2 * LEAST} of each are "
                "needed to fit a classifier."
            )
        x = self._activations(words)
        # Neurons are ranked on a fifth of the words that their Gaussians were not fitted to.
        held = np.random.default_rng(self._seed).random(len(y)) < 0.2
        for k in (0, 1):  # Both classes on both sides.
            first, last = np.flatnonzero(y == k)[[0, -1]]
            held[first], held[last] = True, False
        accuracy = Gaussians.fit(x[~held], y[~held]).accuracy(x[held], y[held])
        units = [f"{a}[{u}]" for a in self._layers for u in range(self._model.sites[a])]
        return Gaussians.fit(x, y), units, accuracy

    def _activations(self, words: Sequence[_Word]) -> NDArray[np.float32]:
        """Activations at the last token of each word, (words, neurons)."""
        rows = np.zeros((len(words), sum(self._model.sites[a] for a in self._layers)), np.float32)
        by_sentence: dict[int, list[int]] = {}
        for place, one in enumerate(words):
            by_sentence.setdefault(one.sentence, []).append(place)
        order = sorted(by_sentence, key=lambda i: len(self._corpus.sources[i]))
        for first in range(0, len(order), 32):
            part = order[first : first + 32]
            tokens = [self._model.checked(self._corpus.sources[i]) for i in part]
            run = self._model.forward(tokens, capture=self._layers)
            whole = np.concatenate([run.activations[a].float().cpu() for a in self._layers], 2)
            for row, sentence in enumerate(part):
                last = {w: at for at, w in enumerate(tokens[row].word_ids) if w >= 0}
                for place in by_sentence[sentence]:
                    rows[place] = whole[row, last[words[place].word]]
        return rows

    def _places(self, sentence: int, output: str) -> list[int]:
        """Source words whose translation in an output has the other value."""
        classes = self._output_classes(sentence, output)
        return sorted(w for w, value in classes.items() if value == 1 - self._wanted)

    def _output_classes(self, sentence: int, output: str) -> dict[int, int | None]:
        words = _texts(output)
        linked: dict[int, list[str]] = {}
        for a, b in self._align(self._sources[sentence], words):
            linked.setdefault(a, []).append(self._lexicon.value(self._name, words[b]))
        return {word: self._class(values) for word, values in linked.items()}

    def _edit(
        self, word_ids: Sequence[int], words: Sequence[int], k: int, beta: float
    ) -> list[Intervention]:
        positions = [at for at, word in enumerate(word_ids) if word in words]
        if not positions:
            return []
        aim = self._gaussians.alpha(self._wanted, beta)
        order = np.argsort(-self._accuracy, kind="stable")[:k].tolist()
        names = [self._units[u] for u in order]
        row = [float(aim[u]) for u in order]
        return [
            Intervention(names, "patch", positions=positions, values=[row] * len(positions),
                         scope=self._scope)
        ]  # fmt: skip

    def _point(
        self,
        k: int,
        beta: float,
        sentences: Sequence[int],
        kept: Sequence[int],
        places: Sequence[Sequence[int]],
        base: Sequence[str],
        texts: Sequence[str],
        scores: RepeatedScores,
    ) -> tuple[ControlPoint, list[dict[str, Any]]]:
        turned = words = elsewhere = length = 0
        examples = []
        for row, before, after in zip(kept, base, texts, strict=True):
            sentence = sentences[row]
            classes = self._output_classes(sentence, after)
            good = [w for w in places[row] if classes.get(w) == self._wanted]
            turned, words = turned + len(good), words + len(places[row])
            new = _texts(after)
            mine = {b for a, b in self._align(self._sources[sentence], new) if a in places[row]}
            changed = word_diff(_texts(before), new)
            elsewhere += sum(i not in mine for i in changed)
            length += len(new)
            examples.append({
                "source": self._corpus.sources[sentence], "before": before, "after": after,
                "words": list(places[row]), "turned": good, "changed": changed,
            })  # fmt: skip
        score = scores.score(texts, base)
        assert score.bleu.baseline is not None and score.chrf.baseline is not None
        point = ControlPoint(
            k, beta, turned / max(words, 1), words, len(kept), score.bleu.value,
            score.bleu.value - score.bleu.baseline, score.chrf.value - score.chrf.baseline,
            elsewhere / max(length, 1),
        )  # fmt: skip
        return point, examples


def _texts(text: str) -> list[str]:
    return [text[a:b] for a, b in words_of(text)]


def last_encoder(model: TranslationModel) -> str:
    """The layer whose units feed the decoder, as in the paper."""
    for site in ("rnn_hidden", "resid_post"):
        found = [a for a in model.layers if a.startswith("encoder.") and a.endswith(site)]
        if found:
            return found[-1]
    raise InvalidInputError(f"{model.name} has no encoder layer to edit; give layers=.")
