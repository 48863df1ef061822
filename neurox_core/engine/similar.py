"""Sentences like this one that come out otherwise, and the states that a text is held in.

What a sentence "comes out" as is its *outcome*, one short text a sentence: whether a word stands in
the translation, whether the interventions change it, whether it is the reference, the values of a
label that its words have, or the value of a label of the sentence. A counterpart of a sentence is
the most similar one of another outcome (in the manner of the What-If tool, Wexler et al. 2020).
Similarity is the cosine of mean states, or the chrF of the sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..activations.nearest import sentence_state
from ..activations.tables import word_ranges
from ..corpora import Corpus
from ..corpora.lexicon import Lexicon
from ..errors import InvalidInputError, UnknownNameError
from ..models.base import TranslationModel
from ..models.tokens import Tokens, words_of

Kind = Literal["contains", "changed", "reference", "label", "column"]

NONE = "none"
"""Outcome of a translation none of whose words has a value of the label."""


@dataclass(frozen=True)
class Outcome:
    """What of a translation is looked at.

    Attributes
    ----------
    kind : {"contains", "changed", "reference", "label", "column"}
        Whether the translation contains a text; whether the interventions change it; whether it is
        the reference; which values of a label its words have, by what the references' annotation
        says of their forms; or the value of a label of the sentence, which is no outcome of the
        model but divides sentences as well.
    name : str
        The text, or the label.
    """

    kind: Kind
    name: str = ""

    def __post_init__(self) -> None:
        if self.kind in ("contains", "label", "column") and not self.name.strip():
            what = "text" if self.kind == "contains" else "label"
            raise InvalidInputError(f"An outcome of the kind {self.kind!r} needs a {what}.")

    def of_sentence(self, column: str, clean: str, changed: str, reference: str) -> str | None:
        """The outcome of a sentence where no label of words is needed; None where one is."""
        if self.kind == "contains":
            return f"{'with' if _contains(clean, self.name) else 'without'} \u201c{self.name}\u201d"
        if self.kind == "changed":
            return "unchanged" if clean == changed else "changed"
        if self.kind == "reference":
            return "as the reference" if clean == reference else "not as the reference"
        return column if self.kind == "column" else None


def _contains(text: str, wanted: str) -> bool:
    """Whether words stand in a text, one after the other, whatever their case."""
    words = [text[a:b].casefold() for a, b in words_of(text)]
    sought = [wanted[a:b].casefold() for a, b in words_of(wanted)]
    if not sought:  # Punctuation alone, or a script without words.
        return wanted.strip().casefold() in text.casefold()
    return any(words[i : i + len(sought)] == sought for i in range(len(words) - len(sought) + 1))


def outcomes(
    outcome: Outcome, corpus: Corpus, clean: Sequence[str], changed: Sequence[str] | None = None
) -> list[str]:
    """The outcome of every sentence of a corpus.

    Parameters
    ----------
    outcome : Outcome
    corpus : Corpus
    clean, changed : sequence of str
        Translations; `changed` those under interventions, needed for "changed" only.

    Returns
    -------
    list of str
        '' where the corpus does not say.

    Raises
    ------
    UnknownNameError
        If the corpus has no such label.
    InvalidInputError
        If nothing is changed.
    """
    if outcome.kind == "changed" and changed is None:
        raise InvalidInputError("Nothing is changed: switch an intervention on first.")
    if outcome.kind == "label":
        return labels_of_outputs(outcome.name, corpus, clean)
    column = [""] * len(corpus)
    if outcome.kind == "column":
        if outcome.name not in corpus.columns:
            raise UnknownNameError("label of sentences", outcome.name, list(corpus.columns))
        column = corpus.columns[outcome.name]
    found = zip(column, clean, changed or clean, corpus.references, strict=True)
    return [outcome.of_sentence(*parts) or "" for parts in found]


def labels_of_outputs(name: str, corpus: Corpus, texts: Sequence[str]) -> list[str]:
    """Values of a label that the words of each translation have, such as "Fut, Past".

    Raises
    ------
    UnknownNameError
        If the references are not annotated with it.
    """
    labels = corpus.reference_labels
    if labels is None or name not in labels.names:
        known = [] if labels is None else list(labels.names)
        raise UnknownNameError("label of the references' words", name, known)
    annotated = []
    for number, text in enumerate(corpus.references):
        spans = words_of(text)
        annotated.append(
            ([text[a:b] for a, b in spans], labels.for_words(number, text, spans))
        )  # fmt: skip
    lexicon = Lexicon.of(annotated, [name])
    found = []
    for text in texts:
        values = {lexicon.value(name, text[a:b]) for a, b in words_of(text)} - {""}
        found.append(", ".join(sorted(values)) or NONE)
    return found


def counterparts(
    values: Sequence[str],
    own: str,
    similarity: NDArray[np.float64],
    k: int = 10,
    without: int | None = None,
) -> list[tuple[int, float]]:
    """The most similar sentences with another outcome.

    Parameters
    ----------
    values : sequence of str
        Outcome of each sentence, '' where there is none.
    own : str
        The outcome that is not wanted.
    similarity : array (sentences,)
        NaN where there is none.
    k : int
    without : int, optional
        The sentence itself.

    Returns
    -------
    list of (int, float)
        Sentences and similarities, the most similar first; ties in the order of the corpus.
    """
    usable = np.array([value not in ("", own) for value in values])
    usable &= np.isfinite(similarity)
    if without is not None:
        usable[without] = False
    rows = np.flatnonzero(usable)
    order = rows[np.lexsort((rows, -similarity[rows]))][:k]
    return [(int(i), float(similarity[i])) for i in order]


def states_of(
    model: TranslationModel, layer: str, source: Tokens, target: Tokens | None = None
) -> NDArray[np.float32]:
    """States of the tokens of a text at a layer, (tokens, width), as a store would hold them.

    Parameters
    ----------
    model : TranslationModel
    layer : str
        Of the stack that reads the source, or of the decoder if `target` is given.
    source : Tokens
    target : Tokens, optional
        What the decoder writes; its rows are the states that produced its tokens.

    Raises
    ------
    UnknownAddressError, InvalidInputError
    """
    reads = layer.startswith(f"{model.source_stack}.")
    if not reads and target is None:
        raise InvalidInputError(f"{layer} does not read the source; choose a word of the output.")
    targets = None if reads or target is None else [target]
    forced = model.forward([source], targets, capture=[layer])
    tokens = source if targets is None else targets[0]
    found = forced.activations[layer][0, : len(tokens.ids)].float().cpu().numpy()
    return np.asarray(found, np.float32)


def word_state(states: NDArray[np.float32], tokens: Tokens, word: int) -> NDArray[np.float32]:
    """The state of a word's last token.

    Raises
    ------
    InvalidInputError
        If there is no such word, or no token belongs to it.
    """
    ranges = word_ranges(tokens)
    if not 0 <= word < len(ranges):
        raise InvalidInputError(f"The text has words 0 to {len(ranges) - 1}, not {word}.")
    first, last = ranges[word]
    if first == last:
        raise InvalidInputError(f"No token of the model belongs to word {word}; choose another.")
    found: NDArray[np.float32] = states[last - 1]
    return found


def mean_state(states: NDArray[np.float32], tokens: Tokens) -> NDArray[np.float32]:
    """Mean of the states of a text's tokens; special ones, which stand for no characters, left out.

    Raises
    ------
    InvalidInputError
        If there is none.
    """
    return sentence_state(states, [span is None for span in tokens.spans])
