"""Labels of the words of one text, be it of the corpus or not.

A sentence of the corpus has the labels of its annotation. Of any other text nothing is annotated;
its words get what the corpus says of their form (see :mod:`.lexicon`), with a note that says how
much of the text that covers, since it is a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple

from ..models.tokens import Tokens, words_of
from .corpus import Corpus
from .labels import COMPUTED
from .lexicon import Labels, Lexicon

UNLABELLED = (
    "Some neurons are limited to words with a label. The words of this sentence have none, so "
    "those neurons are left as they are here: labels belong to the sentences of a labelled corpus."
)


class TextLabels(NamedTuple):
    """What is known of a text's words.

    Attributes
    ----------
    values : Labels or None
        None if nothing is.
    note : str
        What to say of where they come from; '' if they are the annotation's.
    """

    values: Labels | None
    note: str = ""


class SourceLabels:
    """Labels of source texts of a corpus, and of others like them.

    Parameters
    ----------
    corpus : Corpus
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._lexicons: dict[str, Lexicon] = {}
        self._lock = Lock()

    @property
    def names(self) -> tuple[str, ...]:
        """Labels that there are."""
        labels = self._corpus.source_labels
        return () if labels is None else tuple(labels.names)

    def of(self, sentence: int | None, tokens: Tokens, names: Sequence[str]) -> TextLabels:
        """Labels of a text's words.

        Parameters
        ----------
        sentence : int or None
            Row of the corpus; None for another text.
        tokens : Tokens
        names : sequence of str
            Which labels are wanted.
        """
        labels = self._corpus.source_labels
        if labels is None:
            return TextLabels(None, UNLABELLED)
        if sentence is not None:
            return TextLabels(labels.for_words(sentence, tokens.text, tokens.words))
        words = tokens.word_texts
        found = {
            "position": [str(i) for i in range(len(words))],
            "length": [str(len(words))] * len(words),
        }
        known: set[int] = set()
        guessed = [n for n in names if n in labels.names and n not in COMPUTED]
        for name in guessed:
            lexicon = self._lexicon(name)
            found[name] = [lexicon.value(name, word) for word in words]
            known |= {i for i, word in enumerate(words) if lexicon.knows(word)}
        if not guessed:
            return TextLabels(found)
        return TextLabels(
            found,
            f"{' and '.join(guessed)} of this sentence's words: what the corpus says of the same "
            f"forms ({len(known)} of {len(words)} words occur in it).",
        )

    def _lexicon(self, name: str) -> Lexicon:
        """Values by form in annotated sentences; made at first use, which reads all of them."""
        labels = self._corpus.source_labels
        assert labels is not None
        with self._lock:
            if name not in self._lexicons:
                spans = [words_of(text) for text in self._corpus.sources]
                layers = labels.layers
                rows = [
                    (
                        [text[a:b] for a, b in words],
                        {name: labels.for_words(i, text, words)[name]},
                    )
                    for i, (text, words) in enumerate(zip(self._corpus.sources, spans, strict=True))
                    if any(layer.sentences[i] for layer in layers)
                ]
                self._lexicons[name] = Lexicon.of(rows, [name])
            return self._lexicons[name]
