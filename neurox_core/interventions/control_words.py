"""Labels of translations and links to their source: what the control protocol reads off texts.

A *tagger* gives each word of a text in the target language a value. By default the references'
annotation is read into a lexicon of forms, because there is no tagger at run time; any annotator
that labels text by itself (:func:`annotator_tagger`) can stand in its place, and then labels
references and outputs alike.

A *linker* says which words of a translation stand for which word of its source: an aligner fitted
to the corpus' sentence pairs (:class:`neurox_core.corpora.alignment.Aligner`), any function of two
lists of words, or the model's own attention. By attention every output word is linked to the source
word that gets most of its weight, the mean over its pieces and over all heads and layers, in a
teacher-forced pass of the unedited model. That is where the model looks, which is often but not
always what the word translates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..corpora import Corpus
from ..corpora.alignment import Aligner, Links
from ..corpora.annotation import label_words
from ..corpora.lexicon import Lexicon
from ..corpora.words import Words
from ..errors import InvalidInputError
from ..models.base import TranslationModel
from ..models.tokens import words_of

Tagger = Callable[[Sequence[str]], Sequence[Sequence[str]]]
"""One value for each word of each text; '' where there is none."""
Align = Callable[[Sequence[str], Sequence[str]], Links]
"""Links (source word, target word) of two lists of words."""
_BATCH = 32


def texts_of(text: str) -> list[str]:
    """The words of a text."""
    return [text[a:b] for a, b in words_of(text)]


def annotator_tagger(name: str, /, **parameters: Any) -> Tagger:
    """A tagger from an annotator, such as ``"spacy"`` with ``pipeline=`` and ``attribute=``.

    Raises
    ------
    UnknownNameError, InvalidInputError
        When it is used, if there is no such annotator or an option does not fit.
    """

    def tag(texts: Sequence[str]) -> list[list[str]]:
        words = Words.of(list(texts), "reference")
        if not len(words):
            return [[] for _ in texts]
        made = label_words(words, None, f"annotator:{name}", side="reference", **parameters)
        if made.numeric:
            raise InvalidInputError(f"Labels of {name!r} are numbers; the protocol needs classes.")
        values = [made.classes[int(c)] if c >= 0 else "" for c in made.values.tolist()]
        found: list[list[str]] = [[] for _ in texts]
        for sentence, value in zip(words.sentence.tolist(), values, strict=True):
            found[sentence].append(value)
        return found

    return tag


class Tags:
    """Values of a label in the references, and in outputs.

    Parameters
    ----------
    corpus : Corpus
    name : str
        A label of the references, or what `tagger` gives.
    tagger : callable, optional

    Raises
    ------
    InvalidInputError
        If there is no tagger and the references have no such label.
    """

    def __init__(self, corpus: Corpus, name: str, tagger: Tagger | None) -> None:
        self._tagger, self._name = tagger, name
        if tagger is not None:
            self.references = [list(v) for v in tagger(corpus.references)]
            return
        labels = corpus.reference_labels
        if labels is None or name not in labels.names:
            known = labels.names if labels is not None else ()
            raise InvalidInputError(
                f"The references have no label {name!r}; they have: {', '.join(known) or 'none'}."
            )
        self.references = [
            labels.for_words(i, text, words_of(text))[name]
            for i, text in enumerate(corpus.references)
        ]
        words = [texts_of(text) for text in corpus.references]
        self._lexicon = Lexicon.of(
            zip(words, ({name: t} for t in self.references), strict=True), [name]
        )

    def outputs(self, texts: Sequence[str]) -> list[list[str]]:
        """Values of the words of translations."""
        if self._tagger is not None:
            return [list(v) for v in self._tagger(texts)]
        return [[self._lexicon.value(self._name, w) for w in texts_of(text)] for text in texts]


class Linker:
    """Links of texts, word by word.

    Parameters
    ----------
    corpus : Corpus
    align : callable, optional
        An aligner fitted to `corpus` by default.
    """

    def __init__(self, corpus: Corpus, align: Align | None = None) -> None:
        pairs = [[texts_of(t) for t in side] for side in (corpus.sources, corpus.references)]
        self._align = align or Aligner(pairs[0], pairs[1]).align
        self.description = "an aligner fitted to the corpus" if align is None else "given"

    def links(self, sources: Sequence[str], targets: Sequence[str]) -> list[Links]:
        """Links (source word, target word) of each pair."""
        return [
            self._align(texts_of(a), texts_of(b)) for a, b in zip(sources, targets, strict=True)
        ]


class AttentionLinker(Linker):
    """Links by where the model looks.

    Parameters
    ----------
    model : TranslationModel

    Raises
    ------
    InvalidInputError
        If it has no attention between output and source that can be read.
    """

    def __init__(self, model: TranslationModel) -> None:
        self._maps = [a for a in model.attention_maps if ".cross" in a]
        if not self._maps:
            raise InvalidInputError(
                f"{model.name} has no attention between output and source; choose the aligner."
            )
        self._model, self._seeing = model, model.attending()
        self.description = "the model's attention"

    def links(self, sources: Sequence[str], targets: Sequence[str]) -> list[Links]:
        """Links (source word, target word) of each pair."""
        found: list[Links] = [[] for _ in sources]
        order = sorted((i for i in range(len(sources)) if targets[i].strip()),
                       key=lambda i: len(sources[i]))  # fmt: skip
        for first in range(0, len(order), _BATCH):
            part = order[first : first + _BATCH]
            read = [self._model.checked(sources[i]) for i in part]
            made = [self._model.tokenize(targets[i], "target") for i in part]
            run = self._seeing.forward(read, made, self._maps)
            maps = [run.activations[a].float() for a in self._maps]
            mean = torch.stack([m.mean(2) if m.ndim == 4 else m for m in maps]).mean(0).cpu()
            for row, i in enumerate(part):
                found[i] = _best_links(mean[row].numpy(), read[row].word_ids, made[row].word_ids)
        return found


def _best_links(
    weights: NDArray[np.float32], source: Sequence[int], target: Sequence[int]
) -> Links:
    """The source word with most weight, for each output word; rows are produced tokens."""
    words = max(source, default=-1) + 1
    if not words:
        return []
    by_word = np.zeros((max(target, default=-1) + 1, words))
    for row, made in enumerate(target):
        for column, read in enumerate(source):
            if made >= 0 and read >= 0:
                by_word[made, read] += weights[row, column]
    return sorted((int(best), made) for made, best in enumerate(by_word.argmax(1)))
