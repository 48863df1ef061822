"""The annotators that come with NeuroX: labels made from the text alone.

Numbers can be labels in two forms: ``number`` is the number itself (a target of a regression),
``class`` puts it into named ranges, which every ranking takes. Ranges are cut so that each holds
about the same share of the words.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import regex
from numpy.typing import NDArray

from ..errors import InvalidInputError
from ..parameters import Parameter, Parameters
from .annotation import Annotator, Values
from .words import Words

PATIENCE = 2.0
"""Seconds that a regular expression may take for all words together."""

MORPHOLOGY = (
    "Aspect", "Case", "Degree", "Gender", "Mood", "Number", "Person", "PronType", "Tense",
    "VerbForm",
)  # fmt: skip
"""Features of Universal Dependencies that a spaCy pipeline may tell."""

_FORM = Parameter("class", "Named ranges, or the number itself.", choices=("class", "number"))


def _position(words: Words, parameters: Parameters) -> Values:
    places = words.from_end if parameters["from_end"] else words.index
    if parameters["form"] == "number":
        return places.astype(np.float64)
    last = int(parameters["last"])
    return [str(p) if p < last else f"{last} or more" for p in places.tolist()]


def _length(words: Words, parameters: Parameters) -> Values:
    return _ranges(words.lengths, parameters, "words")


def _frequency(words: Words, parameters: Parameters) -> Values:
    if parameters["form"] == "number":
        return np.log10(words.counts.astype(np.float64))
    return _ranges(words.counts, parameters, "times")


def _ranges(values: NDArray[np.int64], parameters: Parameters, unit: str) -> Values:
    """Numbers as they are, or as ranges of about equal numbers of words."""
    if parameters["form"] == "number":
        return values.astype(np.float64)
    if not len(values):
        return []
    parts = int(parameters["ranges"])
    edges = np.unique(np.quantile(values, np.linspace(0, 1, parts + 1)[1:-1]).astype(np.int64))
    low = [int(values.min()), *(edges + 1).tolist()]
    high = [*edges.tolist(), int(values.max())]
    pairs = zip(low, high, strict=True)
    names = [f"{a} {unit}" if a == b else f"{a}-{b} {unit}" for a, b in pairs]
    return [names[i] for i in np.searchsorted(edges, values).tolist()]


def _capitalisation(words: Words, parameters: Parameters) -> Values:
    return words.by_form(case_of)


def case_of(form: str) -> str:
    """``lower``, ``Capitalised``, ``UPPER`` (one letter too), ``miXed``, or ``none``."""
    letters = [c for c in form if c.isalpha()]
    if not any(c.isupper() or c.islower() for c in letters):
        return "none"
    if all(c.isupper() for c in letters):
        return "UPPER"
    if all(not c.isupper() for c in letters):
        return "lower"
    capital = letters[0].isupper() and not any(c.isupper() for c in letters[1:])
    return "Capitalised" if capital else "miXed"


def _regular_expression(words: Words, parameters: Parameters) -> Values:
    pattern, where = str(parameters["pattern"]), str(parameters["where"])
    flags = regex.IGNORECASE if parameters["ignore_case"] else 0
    try:
        compiled = regex.compile(pattern, flags)
    except regex.error as error:
        raise InvalidInputError(
            f"The regular expression {pattern!r} cannot be read: {error}."
        ) from error
    end = time.monotonic() + PATIENCE

    def left() -> float:
        return max(1e-3, end - time.monotonic())

    try:
        if where == "sentence":
            return _covered(words, compiled, left)
        match = compiled.fullmatch if where == "whole word" else compiled.search
        return words.by_form(lambda form: "match" if match(form, timeout=left()) else "other")
    except TimeoutError as error:
        raise InvalidInputError(
            f"The regular expression {pattern!r} takes too long; it may try the same characters "
            "in very many ways, as (a+)+ does. Write it without a repetition inside a repetition."
        ) from error


def _covered(words: Words, compiled: Any, left: Callable[[], float]) -> list[str]:
    """Words that a match in their sentence touches."""
    found = [[m.span() for m in compiled.finditer(text, timeout=left())] for text in words.texts]
    bounds = zip(words.sentence.tolist(), words.start.tolist(), words.end.tolist(), strict=True)
    return [
        "match" if any(a < end and start < b for a, b in found[s]) else "other"
        for s, start, end in bounds
    ]


def _word_list(words: Words, parameters: Parameters) -> Values:
    fold = str.casefold if parameters["ignore_case"] else str
    listed = {fold(w) for w in str(parameters["words"]).replace(",", " ").split()}
    if not listed:
        raise InvalidInputError("The list of words is empty; write words with spaces between them.")
    if str(parameters["told_apart"]) == "each word":
        return words.by_form(lambda form: fold(form) if fold(form) in listed else "")
    return words.by_form(lambda form: "listed" if fold(form) in listed else "other")


def _frequent(words: Words, parameters: Parameters) -> Values:
    count = int(parameters["count"])
    forms, first = np.unique(words.types, return_index=True)
    order = sorted(forms.tolist(), key=lambda t: (-int(words.counts[first[t]]), t))[:count]
    kept = {words.forms[int(first[t])] for t in order}
    return words.by_form(lambda form: form if form in kept else "")


def _spacy(words: Words, parameters: Parameters) -> Values:
    name, attribute = str(parameters["pipeline"]), str(parameters["attribute"])
    pipeline = _pipeline(name)
    found: list[str] = []
    bounds = words.spans()
    for text, spans, document in zip(words.texts, bounds, pipeline.pipe(words.texts), strict=True):
        owner = [""] * len(text)
        for token in document:
            label = _of_token(token, attribute)
            owner[token.idx : token.idx + len(token.text)] = [label] * len(token.text)
        found += [owner[start] for start, _ in spans]
    return found


def _of_token(token: Any, attribute: str) -> str:
    """An attribute as a text; a feature of morphology is '' where the word has none."""
    if attribute in MORPHOLOGY:
        return ",".join(token.morph.get(attribute))
    return str(getattr(token, attribute))


@lru_cache(maxsize=2)  # Loading takes seconds.
def _pipeline(name: str) -> Any:
    if not re.fullmatch(r"[A-Za-z]\w{0,60}", name):
        # A path would load whatever lies there.
        raise InvalidInputError(
            f"{name!r} is not the name of a spaCy pipeline, such as en_core_web_sm."
        )
    if importlib.util.find_spec("spacy") is None:
        raise InvalidInputError("spaCy is not installed; install it with: pip install spacy")
    spacy = importlib.import_module("spacy")
    try:
        return spacy.load(name)
    except (OSError, ValueError) as error:
        raise InvalidInputError(
            f"spaCy cannot open the pipeline {name!r}. Install it with: python -m spacy "
            f"download {name}"
        ) from error


_RANGES = Parameter(4, "How many ranges.", minimum=2, maximum=20)
_CASE = Parameter(True, "Whether upper and lower case are the same.")

ANNOTATORS = (
    Annotator(
        "position", "Position in the sentence", "Place of the word, the first is 0.", _position,
        {
            "form": _FORM,
            "from_end": Parameter(False, "Count from the last word."),
            "last": Parameter(10, "Places from here on are one class.", minimum=1, maximum=200),
        },
    ),
    Annotator(
        "length", "Length of the sentence", "Words of the sentence that the word stands in.",
        _length, {"form": _FORM, "ranges": _RANGES},
    ),
    Annotator(
        "frequency", "Frequency of the word", "How often the word occurs in the corpus; the number "
        "is the logarithm to base 10.", _frequency, {"form": _FORM, "ranges": _RANGES},
    ),
    Annotator(
        "capitalisation", "Capital letters", "Whether a word is lower, Capitalised, UPPER, miXed, "
        "or has no letters.", _capitalisation,
    ),
    Annotator(
        "regular_expression", "Regular expression", "Words that a pattern fits.",
        _regular_expression,
        {
            "pattern": Parameter(r"\d+", "For instance ing$ or \\d+."),
            "where": Parameter(
                "in the word", "What the pattern has to fit.",
                choices=("in the word", "whole word", "sentence"),
            ),
            "ignore_case": _CASE,
        },
    ),
    Annotator(
        "word_list", "List of words", "Words of a list.", _word_list,
        {
            "words": Parameter("not never no", "With spaces or commas between them."),
            "ignore_case": _CASE,
            "told_apart": Parameter(
                "listed or not", "One class for the list, or one for each word.",
                choices=("listed or not", "each word"),
            ),
        },
    ),
    Annotator(
        "frequent_word", "The most frequent words", "Each frequent word is a class of its own; "
        "other words have no label.", _frequent,
        {"count": Parameter(20, "How many words.", minimum=2, maximum=500)},
    ),
    Annotator(
        "spacy", "spaCy", "What a spaCy pipeline says of the word, if spaCy is installed.", _spacy,
        {
            "pipeline": Parameter("en_core_web_sm", "An installed pipeline."),
            "attribute": Parameter(
                "pos_", "Which of its labels.",
                choices=("pos_", "tag_", "dep_", "ent_type_", "lemma_", "shape_", *MORPHOLOGY),
            ),
        },
    ),
)  # fmt: skip
