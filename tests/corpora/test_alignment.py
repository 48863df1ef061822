"""Words are linked to what they stand for; forms are tagged as the corpus tags them."""

from __future__ import annotations

import itertools

import pytest

from neurox_core.corpora.alignment import Aligner
from neurox_core.corpora.lexicon import Lexicon
from neurox_core.errors import InvalidInputError

NOUNS = {"cat": "chat", "dog": "chien", "bird": "oiseau", "horse": "cheval"}
VERBS = {"sleeps": "dort", "eats": "mange", "runs": "court"}
COLOURS = {"black": "noir", "white": "blanc"}


def pairs() -> list[tuple[list[str], list[str]]]:
    found = []
    for (n, fn), (v, fv), (c, fc) in itertools.product(
        NOUNS.items(), VERBS.items(), COLOURS.items()
    ):
        found.append((["The", c, n, v, "."], ["Le", fn, fc, fv, "."]))
        found.append((["The", n, v, "."], ["Le", fn, fv, "."]))
    return found


def test_links_follow_words_that_change_places() -> None:
    aligner = Aligner([s for s, _ in pairs()], [t for _, t in pairs()])
    for source, target in pairs():
        dictionary = {**NOUNS, **VERBS, **COLOURS, "The": "Le", ".": "."}
        expected = sorted((i, target.index(dictionary[w])) for i, w in enumerate(source))
        assert aligner.align(source, target) == expected
    # A sentence with a word more on one side, in an order that was not seen.
    links = aligner.align(["The", "cat", "eats", "."], ["Le", "zut", "chat", "mange", "."])
    assert (1, 2) in links and (2, 3) in links and all(j != 1 for _, j in links)
    assert aligner.align(["Quux"], ["Quux"]) == [(0, 0)], "a name stays a name"
    assert aligner.align([], ["Le"]) == []


def test_an_aligner_needs_pairs() -> None:
    with pytest.raises(InvalidInputError):
        Aligner([["a"]], [])


def test_a_form_has_a_value_if_the_annotation_is_clear() -> None:
    sentences = [
        (["il", "était", "ferme"], {"Tense": ["", "Past", "Pres"]}),
        (["Était", "ferme"], {"Tense": ["Past", ""]}),
        (["est", "ferme"], {"Tense": ["Pres", ""]}),
    ]
    lexicon = Lexicon.of(sentences, ["Tense", "Gender"])
    assert lexicon.value("Tense", "ÉTAIT") == "Past" and lexicon.value("Tense", "est") == "Pres"
    assert lexicon.value("Tense", "ferme") == "" and lexicon.value("Tense", "zut") == ""
    assert lexicon.value("Gender", "il") == ""
    assert lexicon.forms("Tense", "Past") == ["était"] and lexicon.coverage("Tense") == 2
