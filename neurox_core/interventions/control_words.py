"""Labels of translations and links to their source: what the control protocol reads off texts.

A *tagger* gives each word of a text in the target language a value. By default the references'
annotation is read into a lexicon of forms, because there is no tagger at run time; any annotator
that labels text by itself (:func:`annotator_tagger`) can stand in its place, and then labels
references and outputs alike.

A *linker* says which words of a translation stand for which word of its source: an aligner fitted
to the corpus' sentence pairs (:class:`neurox_core.corpora.alignment.Aligner`), or any function of
two lists of words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..corpora import Corpus
from ..corpora.alignment import Aligner, Links
from ..corpora.annotation import label_words
from ..corpora.lexicon import Lexicon
from ..corpora.words import Words
from ..errors import InvalidInputError
from ..models.tokens import words_of

Tagger = Callable[[Sequence[str]], Sequence[Sequence[str]]]
"""One value for each word of each text; '' where there is none."""
Align = Callable[[Sequence[str], Sequence[str]], Links]
"""Links (source word, target word) of two lists of words."""
Pairs = Sequence[tuple[str, str]]


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


def corpus_aligner(corpus: Corpus) -> Align:
    """An aligner that was fitted to a corpus' sentences and references."""
    pairs = [[texts_of(t) for t in side] for side in (corpus.sources, corpus.references)]
    return Aligner(pairs[0], pairs[1]).align
