"""The bank of concepts: what a word may be, each as yes or no over all words of a text.

:func:`neurox_core.rankings.concepts.label_neurons` looks in it for what a neuron stands for. The
concepts are of seven kinds: place in the sentence, punctuation and brackets, capitals and digits,
meaning (numbers, months, days, negation), form (prefixes and suffixes), frequent words, and all
that an annotation or a column of the corpus says. Concepts that hold for too few words, or for
nearly all, are left out: nothing can be said of them on held-out sentences.

Word lists are of English, French and German together; lists of other languages hold nothing there
and fall out by themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import eq

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidInputError
from .annotating import case_of
from .annotation import annotated_words
from .corpus import Corpus
from .labels import COMPUTED
from .words import Words, WordStore

Bools = NDArray[np.bool_]

FEWEST = 20
"""Words that a concept must hold for, and must not hold for."""

MONTHS = """January February March April May June July August September October November December
janvier février mars avril mai juin juillet août septembre octobre novembre décembre Januar Februar
März Mai Juni Juli Oktober Dezember""".split()
DAYS = """Monday Tuesday Wednesday Thursday Friday Saturday Sunday lundi mardi mercredi jeudi
vendredi samedi dimanche Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag""".split()
NUMBERS = """one two three four five six seven eight nine ten eleven twelve hundred thousand
deux trois quatre cinq sept huit neuf dix onze douze cent mille eins zwei drei vier fünf sechs
sieben acht neun zehn elf zwölf hundert tausend""".split()
NEGATION = """not n't no never none nobody nothing don't doesn't didn't isn't wasn't can't cannot
won't ne pas jamais rien aucun aucune personne nicht kein keine nie niemand nichts""".split()
QUESTION_WORDS = """who what when where why how which whose qui que quoi quand où pourquoi comment
quel quelle quels quelles wer was wann wo warum wie welche""".split()
_OPENING, _CLOSING = frozenset("([{«“„‹"), frozenset(")]}»”‟›")
_PUNCTUATION = {
    ".": "full stop", ",": "comma", "?": "question mark", "!": "exclamation mark", ":": "colon",
    ";": "semicolon", "-": "hyphen", '"': "quotation mark", "'": "apostrophe", "…": "ellipsis",
}  # fmt: skip


def concepts(
    words: Words | Sequence[str] | WordStore,
    corpus: Corpus | None = None,
    side: str = "source",
    *,
    fewest: int = FEWEST,
    frequent: int = 60,
    affixes: int = 30,
    columns: Sequence[str] | None = None,
) -> dict[str, Bools]:
    """All concepts that hold for enough words.

    Parameters
    ----------
    words : Words, sequence of str, or ActivationStore
    corpus : Corpus, optional
        Its annotation (if `words` are of its texts) and columns become concepts.
    side : {"source", "reference"}
    fewest : int
        Words that a concept holds for at least, and does not hold for at least.
    frequent : int
        Frequent words, each a concept.
    affixes : int
        Prefixes, and as many suffixes.
    columns : sequence of str, optional
        Which columns of the corpus; by default those with at most 40 different values.

    Returns
    -------
    dict of str to array (words,) of bool
        Of several concepts that hold for exactly the same words only the first is kept.

    Raises
    ------
    InvalidInputError
        If `fewest` is not positive, or the corpus has no such column.
    """
    if fewest < 1:
        raise InvalidInputError(f"fewest is 1 or more, not {fewest}.")
    found = words if isinstance(words, Words) else Words.of(words, side)
    bank: dict[str, Bools] = {}
    if not len(found):
        return bank
    # The most telling names first: of equal concepts only one is kept.
    for part in (
        _meanings(found), _marks(found), _places(found), _shapes(found),
        _annotated(found, corpus), _columns(found, corpus, columns),
        _frequent(found, frequent), _affixes(found, affixes, fewest),
    ):  # fmt: skip
        bank |= {name: values for name, values in part.items() if name not in bank}
    seen: set[bytes] = set()
    kept = {}
    for name, values in bank.items():
        count, key = int(values.sum()), values.tobytes()
        if fewest <= count <= len(values) - fewest and key not in seen:
            seen.add(key)
            kept[name] = values
    return kept


def _places(words: Words) -> dict[str, Bools]:
    index, back, length = words.index, words.from_end, words.lengths
    found = {"first word": index == 0, "second word": index == 1, "third word": index == 2,
             "last word": back == 0, "word before the last": back == 1}  # fmt: skip
    for place in (5, 10, 20, 40):
        found[f"position {place} or later"] = index >= place
    for limit in (5, 10):
        found[f"sentence of at most {limit} words"] = length <= limit
    for limit in (15, 25, 40):
        found[f"sentence of more than {limit} words"] = length > limit
    for number, name in enumerate(("first", "second", "third")):
        relative = (3 * index) // np.maximum(length, 1)
        found[f"{name} third of the sentence"] = relative == number
    return found


def _marks(words: Words) -> dict[str, Bools]:
    is_mark = _by_form(words, lambda f: not any(c.isalnum() for c in f))
    found = {"punctuation": is_mark}
    for mark, name in _PUNCTUATION.items():
        found[name] = _by_form(words, partial(eq, mark))
    found["sentence end mark"] = _by_form(words, frozenset(".?!…").__contains__)
    found["opening bracket or quotation mark"] = _by_form(words, _OPENING.__contains__)
    found["closing bracket or quotation mark"] = _by_form(words, _CLOSING.__contains__)
    found["after a comma"] = _shifted(words, found["comma"], 1)
    found["before a comma"] = _shifted(words, found["comma"], -1)
    found["before the sentence end mark"] = _shifted(words, found["sentence end mark"], -1)
    found |= _enclosed(words)
    asked = {s for s, f, b in zip(words.sentence.tolist(), words.forms, words.from_end.tolist(),
                                  strict=True) if b == 0 and f == "?"}  # fmt: skip
    found["in a question"] = np.isin(words.sentence, np.array(sorted(asked), np.int64))
    return found


def _shifted(words: Words, values: Bools, by: int) -> Bools:
    """Words whose neighbour, `by` places before, is one; within the sentence."""
    found = np.zeros(len(values), np.bool_)
    if by > 0:
        found[by:] = values[:-by] & (words.sentence[by:] == words.sentence[:-by])
    else:
        found[:by] = values[-by:] & (words.sentence[:by] == words.sentence[-by:])
    return found


def _enclosed(words: Words) -> dict[str, Bools]:
    """Words inside brackets or quotation marks, the marks themselves left out."""
    brackets, quotes = np.zeros(len(words), np.bool_), np.zeros(len(words), np.bool_)
    depth, quoted, sentence = 0, False, -1
    for place, (form, at) in enumerate(zip(words.forms, words.sentence.tolist(), strict=True)):
        if at != sentence:
            depth, quoted, sentence = 0, False, at
        if form in "([{":
            depth += 1
        elif form in ")]}":
            depth = max(0, depth - 1)
        elif form in "«“„‹":
            quoted = True
        elif form in "»”‟›":
            quoted = False
        elif form == '"':
            quoted = not quoted
        else:
            brackets[place], quotes[place] = depth > 0, quoted
    return {"inside brackets": brackets, "inside quotation marks": quotes}


def _shapes(words: Words) -> dict[str, Bools]:
    cases = words.by_form(case_of)
    named = {"lower": "lower case", "Capitalised": "capitalised", "UPPER": "capital letters only",
             "miXed": "capital inside the word"}  # fmt: skip
    found = {
        title: np.array([case == kind for case in cases], np.bool_) for kind, title in named.items()
    }
    found["capitalised inside the sentence"] = found["capitalised"] & (words.index > 0)
    found["number in digits"] = _by_form(words, str.isdigit)
    found["contains a digit"] = _by_form(words, lambda f: any(c.isdigit() for c in f))
    found["contains a hyphen"] = _by_form(words, lambda f: "-" in f[1:-1])
    found["contains an apostrophe"] = _by_form(
        words, lambda f: len(f) > 1 and ("'" in f or "\u2019" in f)
    )
    found["single letter"] = _by_form(words, lambda f: len(f) == 1 and f.isalpha())
    letters = np.array(words.by_form(lambda f: len(f) if f.isalpha() else 0))
    found |= {f"{limit} letters or more": letters >= limit for limit in (3, 8, 12)}
    found["word that occurs once"] = words.counts == 1
    found["word that occurs less than 10 times"] = words.counts < 10
    return found


def _meanings(words: Words) -> dict[str, Bools]:
    listed = {"month": (MONTHS, False), "day of the week": (DAYS, False),
              "number word": (NUMBERS, True), "negation": (NEGATION, True),
              "question word": (QUESTION_WORDS, True)}  # fmt: skip
    lower = [form.lower() for form in words.forms]
    found = {}
    for name, (forms, fold) in listed.items():
        members = frozenset(forms)
        found[name] = np.array([f in members for f in (lower if fold else words.forms)], np.bool_)
    return found


def _annotated(words: Words, corpus: Corpus | None) -> dict[str, Bools]:
    if corpus is None:
        return {}
    labels = corpus.source_labels if words.side == "source" else corpus.reference_labels
    texts = corpus.sources if words.side == "source" else corpus.references
    if labels is None or list(words.texts) != list(texts):
        return {}
    # Parts of a corpus may lack these two, and what holds nowhere there would count as false.
    without = (*COMPUTED, "xpos", "deprel")
    return _equal({name: values for name, values in annotated_words(words, labels).items()
                   if name not in without})  # fmt: skip


def _columns(words: Words, corpus: Corpus | None, chosen: Sequence[str] | None) -> dict[str, Bools]:
    if corpus is None:
        return {}
    if chosen is None:
        chosen = [name for name, values in corpus.columns.items() if len(set(values)) <= 40]
    for name in chosen:
        if name not in corpus.columns:
            raise InvalidInputError(
                f"The corpus has no column {name!r}; it has: {', '.join(corpus.columns)}."
            )
    at = words.sentence.tolist()
    return _equal({f"sentence {name}": [corpus.columns[name][s] for s in at] for name in chosen})


def _equal(labels: Mapping[str, Sequence[str]]) -> dict[str, Bools]:
    """``name=value`` for every value that a label has."""
    found = {}
    for name, values in labels.items():
        kinds, numbers = np.unique(np.array(values, dtype=object), return_inverse=True)
        for number, kind in enumerate(kinds):
            if kind:
                found[f"{name}={kind}"] = numbers == number
    return found


def _frequent(words: Words, count: int) -> dict[str, Bools]:
    kinds, numbers = np.unique([form.lower() for form in words.forms], return_inverse=True)
    tally = np.bincount(numbers)
    common = [i for i in np.argsort(-tally, kind="stable") if any(map(str.isalnum, kinds[i]))]
    return {f"word \u201c{kinds[i]}\u201d": numbers == i for i in common[:count]}


def _affixes(words: Words, count: int, fewest: int) -> dict[str, Bools]:
    """Beginnings and ends that many different words share."""
    types = sorted({form.lower() for form in words.forms if form.isalpha() and len(form) >= 4})
    found = {}
    for title, cut in (("ends in", _end), ("begins with", _beginning)):
        tally = Counter(cut(form, n) for form in types for n in (2, 3, 4) if len(form) >= n + 2)
        common = [a for a, kinds in tally.items() if kinds >= max(8, fewest // 2)]
        for affix in sorted(common, key=lambda a: (-tally[a] * len(a), a))[:count]:
            holds = partial(_has_affix, affix, cut)
            found[f"{title} \u201c{affix}\u201d"] = _by_form(words, holds)
    return found


def _end(form: str, size: int) -> str:
    return form[-size:]


def _beginning(form: str, size: int) -> str:
    return form[:size]


def _has_affix(affix: str, cut: Callable[[str, int], str], form: str) -> bool:
    """Whether two letters or more stand beside the affix."""
    size = len(affix)
    return form.isalpha() and len(form) >= size + 2 and cut(form.lower(), size) == affix


def _by_form(words: Words, holds: Callable[[str], bool]) -> Bools:
    return np.array(words.by_form(holds), np.bool_)
