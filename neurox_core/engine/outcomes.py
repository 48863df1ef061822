"""What the sentences of a corpus come out as, in one short text each.

Of a translation an *outcome* is whether a word stands in it, whether the interventions change it,
whether it is the reference, or the values of a label that its words have; of a classifier what it
gives, and whether that is right; of a language model whether a text is predicted better than most.
The value of a label of the sentence is no outcome of the model, but divides sentences as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ..corpora import Corpus, WordLabels
from ..corpora.lexicon import Lexicon
from ..errors import InvalidInputError, UnknownNameError
from ..models.tokens import words_of

Kind = Literal["contains", "gives", "changed", "reference", "label", "column"]

KINDS: dict[str, tuple[Kind, ...]] = {
    "translation": ("contains", "changed", "reference", "label", "column"),
    "language-modelling": ("gives", "changed", "column"),
    "classification": ("gives", "contains", "changed", "reference", "column"),
    "token-classification": ("gives", "contains", "changed", "reference", "column"),
    "encoding": ("column",),
}
"""Outcomes that a kind of model has."""

NONE = "none"
"""Outcome of a translation none of whose words has a value of the label."""


@dataclass(frozen=True)
class Outcome:
    """What of an output is looked at.

    Attributes
    ----------
    kind : {"contains", "gives", "changed", "reference", "label", "column"}
        Whether the translation contains a text, or a classifier's classes one; what a classifier
        gives (a language model: whether it predicts the text better than half of the corpus);
        whether the interventions change it; whether it is the reference, or the gold label; which
        values of a label its words have, by what the references' annotation says of their forms;
        or the value of a label of the sentence.
    name : str
        The text, class or label.
    """

    kind: Kind
    name: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS["translation"] and self.kind != "gives":
            known = ", ".join(("gives", *KINDS["translation"]))
            raise InvalidInputError(f"An outcome is one of {known}, not {self.kind!r}.")
        if self.kind in ("contains", "label", "column") and not self.name.strip():
            what = "text" if self.kind == "contains" else "label"
            raise InvalidInputError(f"An outcome of the kind {self.kind!r} needs a {what}.")

    def check(self, corpus: Corpus, task: str, *, changes: bool, own: bool = False) -> None:
        """Say what cannot be, before a corpus is decoded for it.

        Parameters
        ----------
        corpus : Corpus
        task : str
            As ``model.task``.
        changes : bool
            Whether there are interventions.
        own : bool
            Whether a text that is not of the corpus is asked about.

        Raises
        ------
        UnknownNameError
            If the corpus has no such label.
        InvalidInputError
            If such a model or text has no such outcome, or nothing is changed.
        """
        if self.kind not in KINDS[task]:
            raise InvalidInputError(
                f"A model for {task} has no outcome {self.kind!r}; choose one of "
                f"{', '.join(KINDS[task])}."
            )
        if self.kind == "changed" and not changes:
            raise InvalidInputError("Nothing is changed: switch an intervention on first.")
        if own and self.kind in ("reference", "column"):
            raise InvalidInputError(
                "A sentence of your own has no reference and no labels; choose another outcome."
            )
        if self.kind == "column" and self.name not in corpus.columns:
            raise UnknownNameError("label of sentences", self.name, list(corpus.columns))
        if self.kind == "label":
            _annotation(self.name, corpus)


class Outcomes:
    """Outcomes of the sentences of a corpus, and of other texts by the same measure.

    Parameters
    ----------
    outcome : Outcome
    corpus : Corpus
    clean, changed : sequence
        What the model gives for each sentence, in the form of
        :func:`neurox_core.interventions.outputs.summed`; `changed` under interventions. Of an
        encoder without a head nothing is needed.
    task : str
        As ``model.task``.

    Attributes
    ----------
    values : list of str
        The outcome of every sentence, '' where the corpus does not say.

    Raises
    ------
    UnknownNameError
        If the corpus has no such label.
    InvalidInputError
        If such a model has no such outcome, or nothing is changed.
    """

    def __init__(
        self,
        outcome: Outcome,
        corpus: Corpus,
        clean: Sequence[Any],
        changed: Sequence[Any] | None = None,
        task: str = "translation",
    ) -> None:
        outcome.check(corpus, task, changes=changed is not None)
        self._outcome, self._task = outcome, task
        self._lexicon = _lexicon(outcome.name, corpus) if outcome.kind == "label" else None
        self._middle = 0.0
        if task == "language-modelling" and outcome.kind == "gives":
            known = [_nats(one) for one in clean]
            self._middle = float(np.nanmedian(known)) if known else 0.0
        self.values = self._of_corpus(corpus, clean, changed)

    def of(self, clean: Any, changed: Any = None) -> str:
        """The outcome of a text that is not of the corpus; see :meth:`Outcome.check`."""
        return self._of(clean, clean if changed is None else changed)

    def _of_corpus(
        self, corpus: Corpus, clean: Sequence[Any], changed: Sequence[Any] | None
    ) -> list[str]:
        kind, name = self._outcome.kind, self._outcome.name
        if kind == "column":
            return list(corpus.columns[name])
        if kind == "reference":
            if not corpus.has_references:
                raise InvalidInputError(
                    f"The corpus {corpus.name} has no references to compare with; choose another "
                    "outcome."
                )
            gold = zip(clean, corpus.references, strict=True)
            return [self._right(output, wanted) for output, wanted in gold]
        pairs = zip(clean, clean if changed is None else changed, strict=True)
        return [self._of(*pair) for pair in pairs]

    def _right(self, output: Any, reference: str) -> str:
        wanted = reference.split() if self._task == "token-classification" else reference
        what = "the reference" if self._task == "translation" else "the gold label"
        return f"as {what}" if output == wanted else f"not as {what}"

    def _of(self, clean: Any, changed: Any) -> str:
        kind, name = self._outcome.kind, self._outcome.name
        if kind == "changed":
            return self._moved(clean, changed)
        if kind == "label":
            assert self._lexicon is not None
            return _labels(self._lexicon, name, clean)
        if kind == "gives":
            return self._given(clean)
        if self._task == "translation":
            has = _contains(clean, name)
        else:
            has = name in ([clean] if isinstance(clean, str) else clean)
        return f"{'with' if has else 'without'} \u201c{name}\u201d"

    def _moved(self, clean: Any, changed: Any) -> str:
        if clean == changed:
            return "unchanged"
        if self._task != "language-modelling":
            return "changed"
        return "worse predicted" if _nats(changed) > _nats(clean) else "better predicted"

    def _given(self, output: Any) -> str:
        if self._task == "language-modelling":
            nats = _nats(output)
            if np.isnan(nats):
                return ""
            side = "above" if nats > self._middle else "at most"
            return f"perplexity {side} {np.exp(min(self._middle, 700)):.4g}"
        return output if isinstance(output, str) else ", ".join(sorted({*output} - {""}))


def labels_of_outputs(name: str, corpus: Corpus, texts: Sequence[str]) -> list[str]:
    """Values of a label that the words of each translation have, such as "Fut, Past".

    Raises
    ------
    UnknownNameError
        If the references are not annotated with it.
    """
    lexicon = _lexicon(name, corpus)
    return [_labels(lexicon, name, text) for text in texts]


def _annotation(name: str, corpus: Corpus) -> WordLabels:
    labels = corpus.reference_labels
    if labels is None or name not in labels.names:
        known = [] if labels is None else list(labels.names)
        raise UnknownNameError("label of the references' words", name, known)
    return labels


def _lexicon(name: str, corpus: Corpus) -> Lexicon:
    labels = _annotation(name, corpus)
    annotated = []
    for number, text in enumerate(corpus.references):
        spans = words_of(text)
        annotated.append(
            ([text[a:b] for a, b in spans], labels.for_words(number, text, spans))
        )  # fmt: skip
    return Lexicon.of(annotated, [name])


def _labels(lexicon: Lexicon, name: str, text: str) -> str:
    values = {lexicon.value(name, text[a:b]) for a, b in words_of(text)} - {""}
    return ", ".join(sorted(values)) or NONE


def _nats(output: Sequence[float]) -> float:
    """Cross-entropy of a text; NaN of one without a predicted token."""
    total, tokens = output
    return -total / tokens if tokens else float("nan")


def _contains(text: str, wanted: str) -> bool:
    """Whether words stand in a text, one after the other, whatever their case."""
    words = [text[a:b].casefold() for a, b in words_of(text)]
    sought = [wanted[a:b].casefold() for a, b in words_of(wanted)]
    if not sought:  # Punctuation alone, or a script without words.
        return wanted.strip().casefold() in text.casefold()
    return any(words[i : i + len(sought)] == sought for i in range(len(words) - len(sought) + 1))
