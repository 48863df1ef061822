"""Ways to label words: a registry, and the one call that labels the words of a corpus.

A label comes from three places, looked through in this order: an annotation that stands beside the
text (``upos``, ``Tense``, ...), a column of the corpus (a label of the whole sentence, which all
its words get), and annotators, which make labels from the text itself. ``column:NAME`` and
``annotator:NAME`` say which is meant where a name occurs twice.

An annotator is one :class:`Annotator` object; other distributions add theirs through the entry
point group ``neurox.annotators``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InvalidInputError, NeuroXError, UnknownNameError
from ..parameters import Parameter, Parameters, checked, described
from .corpus import Corpus
from .labelling import NO_CLASS, Labelling, text_numbers
from .labels import COMPUTED, WordLabels
from .words import Words, WordStore

ENTRY_POINTS = "neurox.annotators"

_log = logging.getLogger(__name__)

Values = Sequence[object] | NDArray[Any]


@dataclass(frozen=True)
class Annotator:
    """A way to label words from the text.

    Attributes
    ----------
    name : str
    title, summary : str
        For the screen.
    label : callable of (Words, parameters)
        One value for each word: a str, int or bool is a class, a float a number; None, '' and NaN
        where the label does not apply.
    parameters : mapping of str to Parameter
    """

    name: str
    title: str
    summary: str
    label: Callable[[Words, Parameters], Values]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


def annotators() -> list[dict[str, Any]]:
    """What a screen shows of every annotator, and what it has to ask for.

    Returns
    -------
    list of dict
        ``name``, ``title``, ``summary``, ``parameters`` (see :func:`neurox_core.parameters`).
    """
    return [
        {"name": a.name, "title": a.title, "summary": a.summary,
         "parameters": described(a.parameters)}
        for _, a in sorted(_registry().items())
    ]  # fmt: skip


def annotator(name: str) -> Annotator:
    """The annotator of that name; UnknownNameError lists those that there are."""
    found = _registry().get(name)
    if found is None:
        raise UnknownNameError("annotator", name, sorted(_registry()))
    return found


def label_words(
    words: Words | Sequence[str] | WordStore,
    corpus: Corpus | None,
    name: str | Annotator | Callable[[Words], Values],
    /,
    side: str = "source",
    *,
    classes: Sequence[str] | None = None,
    against: str | None = None,
    minimum: int = 1,
    rest: str = "",
    **parameters: object,
) -> Labelling:
    """Label every word of one side of a corpus.

    Parameters
    ----------
    words : Words, sequence of str, or ActivationStore
        Of the corpus's texts; a store's are those of the stack that reads or writes `side`.
    corpus : Corpus, optional
        Where annotation and columns are looked for.
    name : str, Annotator or callable
        See the module's description. A function gets the words and returns one value for each.
    side : {"source", "reference"}
    classes : sequence of str, optional
        Words of other classes lose their label.
    against : str, optional
        One class, told from all the others.
    minimum : int
        Classes with fewer words lose their label.
    rest : str
        Class of the words that have no label; by default they have none.
    **parameters
        Options of an annotator.

    Returns
    -------
    Labelling
        Of as many rows as there are words; pass it to :func:`neurox_core.rankings.rank` with the
        store.

    Raises
    ------
    UnknownNameError
        If nothing labels words that way.
    CorpusError, InvalidInputError
        If the texts are not the corpus's, or an option does not fit.

    Examples
    --------
    >>> label_words(["He left.", "I know."], None, "capitalisation").classes
    ('Capitalised', 'UPPER', 'lower', 'none')
    """
    found = words if isinstance(words, Words) else Words.of(words, side)
    title, values = _values(found, corpus, name, parameters)
    if len(values) != len(found):
        raise InvalidInputError(
            f"The label {title} gave {len(values)} values for {len(found)} words."
        )
    made = Labelling.of(
        cast(ArrayLike, _plain(values)), name=title, sentences=found.sentence, types=found.types,
        stack=found.stack, texts=text_numbers(found.texts)[found.sentence],
    )  # fmt: skip
    return _narrowed(_completed(made, rest), classes, against, minimum)


def _values(
    words: Words,
    corpus: Corpus | None,
    name: str | Annotator | Callable[[Words], Values],
    given: Mapping[str, object],
) -> tuple[str, Values]:
    """What the label is called, and its values."""
    if not isinstance(name, (str, Annotator)):
        if given:
            raise InvalidInputError("A function takes no parameters here; bind them to it.")
        return getattr(name, "__name__", "function"), name(words)
    if isinstance(name, str):
        kind, colon, rest = name.partition(":")
        prefix = kind if colon and kind in ("column", "annotator") else ""
        plain = rest if prefix else name
        annotation = None if corpus is None else _annotation(corpus, words.side)
        annotated = annotation is not None and plain in annotation.names
        if not prefix and annotated and plain not in COMPUTED and annotation is not None:
            _same_texts(words, corpus)
            return plain, annotated_words(words, annotation)[plain]
        if prefix != "annotator" and corpus is not None and plain in corpus.columns:
            _same_texts(words, corpus)
            column = corpus.columns[plain]
            return f"column:{plain}", [column[s] for s in words.sentence.tolist()]
        if prefix == "column" or plain not in _registry():
            raise UnknownNameError("label", name, label_names(corpus, words.side))
        name = annotator(plain)
    options = checked(f"the annotator {name.name!r}", name.parameters, given)
    chosen = [f"{k}={v}" for k, v in options.items() if v != name.parameters[k].default]
    title = f"{name.name}({','.join(chosen)})" if chosen else name.name
    try:
        return title, name.label(words, MappingProxyType(options))
    except NeuroXError:
        raise
    except Exception as error:  # whatever another distribution's annotator may do
        raise InvalidInputError(
            f"The annotator {name.name!r} failed: {type(error).__name__}: {error}."
        ) from error


def label_names(corpus: Corpus | None, side: str = "source") -> list[str]:
    """Names that :func:`label_words` takes: of the annotation, columns, and annotators."""
    annotation = None if corpus is None else _annotation(corpus, side)
    named = [] if annotation is None else [n for n in annotation.names if n not in COMPUTED]
    columns = [] if corpus is None else list(corpus.columns)
    return [*named, *(f"column:{c}" for c in columns), *sorted(_registry())]


def label_sources(corpus: Corpus | None, side: str = "source") -> list[dict[str, Any]]:
    """The same names with what a screen shows of them.

    Returns
    -------
    list of dict
        ``name``, ``title``, ``summary``, ``kind`` (annotation, column or annotator), and
        ``parameters`` as :func:`annotators` gives them.
    """
    made = {entry["name"]: entry for entry in annotators()}
    found = []
    for name in label_names(corpus, side):
        prefix, colon, plain = name.partition(":")
        if name in made:
            entry = {**made[name], "kind": "annotator"}
        elif colon and prefix == "column":
            said = f"The sentence's {plain}, for each of its words."
            entry = {"title": plain, "summary": said, "kind": "column", "parameters": []}
        else:
            said = f"{name} of the word, from the annotation beside the text."
            entry = {"title": name, "summary": said, "kind": "annotation", "parameters": []}
        found.append({**entry, "name": name})
    return found


def annotated_words(words: Words, annotation: WordLabels) -> dict[str, list[str]]:
    """Every label of an annotation, carried over to the words; '' where it does not hold."""
    found: dict[str, list[str]] = {name: [] for name in annotation.names}
    for sentence, spans in enumerate(words.spans()):
        labels = annotation.for_words(sentence, words.texts[sentence], spans)
        for name, values in found.items():
            values += labels[name]
    return found


def _annotation(corpus: Corpus, side: str) -> WordLabels | None:
    return corpus.source_labels if side == "source" else corpus.reference_labels


def _same_texts(words: Words, corpus: Corpus | None) -> None:
    """Labels are found by character, so other texts (a decoder's own translations) have none."""
    if corpus is None:
        return
    texts = corpus.sources if words.side == "source" else corpus.references
    if list(words.texts) != list(texts):
        raise InvalidInputError(
            f"The labels of {corpus.name!r} are of its {words.side} texts; these words are of "
            "others. Record the activations on the corpus, with the reference as decoder text."
        )


def _completed(made: Labelling, rest: str) -> Labelling:
    if not rest or made.numeric or made.applies.all():
        return made
    names = np.array([*made.classes, rest], dtype=object)
    return Labelling.of(
        names[made.values], name=f"{made.name}[else {rest}]", sentences=made.sentences,
        types=made.types, stack=made.stack, texts=made.texts,
    )  # fmt: skip


def _narrowed(
    made: Labelling, classes: Sequence[str] | None, against: str | None, minimum: int
) -> Labelling:
    if made.numeric:
        if classes is not None or against is not None:
            raise InvalidInputError(f"{made.name} is a number; it has no classes to choose.")
        return made
    if classes is not None:
        for one in classes:
            if one not in made.classes:
                raise UnknownNameError(f"class of {made.name}", one, made.classes)
    kept = [
        number for number, one in enumerate(made.classes)
        if (classes is None or one in classes) and made.counts[number] >= minimum
    ]  # fmt: skip
    if len(kept) < len(made.classes):
        numbers = np.full(len(made.classes) + 1, NO_CLASS, np.int32)
        numbers[kept] = np.arange(len(kept), dtype=np.int32)
        names = tuple(made.classes[number] for number in kept)
        chosen = f"[{'+'.join(names)}]" if classes is not None else f"[{minimum} or more]"
        # The class -1 reads the last number, which is -1 as well.
        made = replace(
            made, name=f"{made.name}{chosen}", values=numbers[made.values], classes=names
        )
    return made if against is None else made.against(against)


def _plain(values: Values) -> Values:
    """Floats, also among None, as an array of floats; anything else as it is."""
    if isinstance(values, np.ndarray):
        return values
    given = [v for v in values if v is not None]
    if given and all(isinstance(v, float) for v in given):
        return np.array([np.nan if v is None else v for v in values], np.float64)
    return np.array(["" if v is None else str(v) for v in values], dtype=object)


@cache
def _registry() -> Mapping[str, Annotator]:
    from .annotating import ANNOTATORS

    found: dict[str, Annotator] = {own.name: own for own in ANNOTATORS}
    for entry in entry_points(group=ENTRY_POINTS):
        # Somebody else's broken file must not take ours away.
        try:
            other = entry.load()
        except Exception as error:
            _log.warning("The annotator %s cannot be loaded: %s", entry.value, error)
            continue
        if not isinstance(other, Annotator) or other.name in found:
            _log.warning("%s is no Annotator with a name of its own; it is left out.", entry.value)
            continue
        found[other.name] = other
    return MappingProxyType(found)
