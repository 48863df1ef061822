"""Labels of the words of one text, be it of the corpus or not.

A sentence of the corpus has the labels of its annotation. Of any other text nothing is annotated;
its words get what the corpus says of their form (see :mod:`.lexicon`), with a note that says how
much of the text that covers, since it is a guess. What a model writes is such a text always, even
where it is forced to write the corpus's own reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple

from ..errors import InvalidInputError, UnknownNameError
from ..models.tokens import Tokens, words_of
from .corpus import Corpus
from .labels import COMPUTED, WordLabels
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
                self._lexicons[name] = _lexicon(self._corpus.sources, labels, name)
            return self._lexicons[name]


class OutputForms:
    """Forms of the language that a corpus's references are in, by their labels.

    Parameters
    ----------
    corpus : Corpus
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._found: dict[tuple[str, str], tuple[str, ...]] = {}
        self._lexicons: dict[str, Lexicon] = {}
        self._lock = Lock()

    @property
    def names(self) -> tuple[str, ...]:
        """Labels that there are; a form has no place in a sentence, so not those of places."""
        labels = self._corpus.reference_labels
        return () if labels is None else tuple(n for n in labels.names if n not in COMPUTED)

    def of(self, name: str, value: str) -> tuple[str, ...]:
        """Forms that have a value, or one of several with ``|`` between them; without case.

        A form has the value that at least four fifths of its annotated occurrences have.

        Raises
        ------
        InvalidInputError
            If the references have no labels.
        UnknownNameError
            If they do not have this one.
        """
        labels = self._corpus.reference_labels
        if labels is None:
            raise InvalidInputError(
                f"The references of {self._corpus.name} have no labels, so no form has {name!r}; "
                "use words or a pattern."
            )
        if name not in self.names:
            raise UnknownNameError("label of output words", name[:80], list(self.names))
        with self._lock:
            if name not in self._lexicons:
                self._lexicons[name] = _lexicon(self._corpus.references, labels, name)
            if (name, value) not in self._found:
                forms = [self._lexicons[name].forms(name, v) for v in value.split("|")]
                self._found[name, value] = tuple(sorted({f for some in forms for f in some}))
            return self._found[name, value]


def _lexicon(texts: Sequence[str], labels: WordLabels, name: str) -> Lexicon:
    """What the annotated ones of some texts say of every form."""
    layers = labels.layers
    rows = []
    for i, text in enumerate(texts):
        if any(layer.sentences[i] for layer in layers):
            words = words_of(text)
            values = labels.for_words(i, text, words)[name]
            rows.append(([text[a:b] for a, b in words], {name: values}))
    return Lexicon.of(rows, [name])
