"""The everyday grammar: French and English forms against hand-written ones, and the promises of its
split.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from demo import everyday
from demo.grammar import Pair, everyday_parts, generate, sampling
from demo.grammar.clauses import CLITICS, Control, Predicate, clause
from demo.grammar.conllu import block
from demo.grammar.english import contract_not, en, gerund, graded, past, third
from demo.grammar.english import finish as finish_en
from demo.grammar.english import plural as plural_en
from demo.grammar.french import conjugate, finish, fr, participle
from demo.grammar.notation import text
from demo.grammar.phrases import (
    ADJECTIVES,
    OCCUPATIONS,
    THINGS,
    adjective_fr,
    mass_phrase,
    noun_phrase,
    occupation,
    pronoun,
)
from demo.grammar.sampling import Parts, held_out


@pytest.fixture(scope="module")
def parts() -> Parts:
    return everyday_parts(train=6000, dev=100, test=150, seed=3)


@pytest.mark.parametrize(
    ("infinitive", "tense", "person", "plural", "form"),
    [
        ("manger", "present", 1, True, "mangeons"),
        ("manger", "imperfect", 3, True, "mangeaient"),
        ("manger", "imperfect", 1, True, "mangions"),
        ("commencer", "imperfect", 3, False, "commençait"),
        ("commencer", "imperfect", 2, True, "commenciez"),
        ("acheter", "future", 3, False, "achètera"),
        ("préférer", "present", 3, True, "préfèrent"),
        ("préférer", "future", 1, False, "préférerai"),
        ("appeler", "present", 1, True, "appelons"),
        ("nettoyer", "future", 3, True, "nettoieront"),
        ("envoyer", "future", 1, True, "enverrons"),
        ("étudier", "imperfect", 1, True, "étudiions"),
        ("être", "imperfect", 3, True, "étaient"),
        ("être", "imperative", 2, True, "soyez"),
        ("faire", "present", 2, True, "faites"),
        ("aller", "future", 1, False, "irai"),
        ("vouloir", "conditional", 1, False, "voudrais"),
        ("prendre", "present", 3, True, "prennent"),
        ("finir", "imperfect", 3, False, "finissait"),
        ("vendre", "present", 3, False, "vend"),
        ("voir", "future", 3, False, "verra"),
        ("devenir", "future", 3, False, "deviendra"),
    ],
)
def test_french_conjugation(
    infinitive: str, tense: str, person: int, plural: bool, form: str
) -> None:
    assert conjugate(infinitive, tense, person, plural) == form


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("je ai/AUX.P1s", "J'ai"),
        ("elle ne est/AUX.P3s pas", "Elle n'est pas"),
        ("le homme/NOUN.ms de la église/NOUN.fs", "L'homme de l'église"),
        ("il va/VERB.P3s à le hôpital/NOUN.ms", "Il va à l'hôpital"),
        ("il va/VERB.P3s à le marché/NOUN.ms", "Il va au marché"),
        (
            "il parle/VERB.P3s à les enfants/NOUN.mp de le roi/NOUN.ms",
            "Il parle aux enfants du roi",
        ),
        ("le livre/NOUN.ms de les élèves/NOUN.p", "Le livre des élèves"),
        ("ce/PRON.3xs est/AUX.P3s ce enfant/NOUN.ms", "C'est cet enfant"),
        ("ma amie/NOUN.fs et sa école/NOUN.fs", "Mon amie et son école"),
        ("si il pleut/VERB.P3s", "S'il pleut"),
        ("un nouveau/ADJ.ms ami/NOUN.ms", "Un nouvel ami"),
        ("il est/AUX.P3s huit heures/NOUN.fp", "Il est huit heures"),
        ("je le/PRON.3msr aime/VERB.P1s", "Je l'aime"),
        ("je viens/VERB.P1s de le/PRON.3msr voir/VERB.N", "Je viens de le voir"),
    ],
)
def test_elision_and_contraction(words: str, written: str) -> None:
    assert text(finish(fr(words))) == written


@pytest.mark.parametrize(
    ("adjective", "forms"),
    [
        ("beautiful", ("beau", "belle", "beaux", "belles")),
        ("old", ("vieux", "vieille", "vieux", "vieilles")),
        ("white", ("blanc", "blanche", "blancs", "blanches")),
        ("kind", ("gentil", "gentille", "gentils", "gentilles")),
        ("creative", ("créatif", "créative", "créatifs", "créatives")),
        ("expensive", ("cher", "chère", "chers", "chères")),
        ("worried", ("inquiet", "inquiète", "inquiets", "inquiètes")),
        ("happy", ("heureux", "heureuse", "heureux", "heureuses")),
        ("late", ("en retard", "en retard", "en retard", "en retard")),
    ],
)
def test_adjectives_agree(adjective: str, forms: tuple[str, ...]) -> None:
    made = tuple(text(adjective_fr(ADJECTIVES[adjective], g, n)) for n in "sp" for g in "mf")
    assert made == forms


def test_position_of_adjectives_and_articles() -> None:
    good, red = ADJECTIVES["good"], ADJECTIVES["red"]
    doctor = occupation("doctor", "f", "s", "a", good, "very")
    assert (text(finish_en(doctor.en)), text(doctor.fr)) == (
        "A very good doctor",
        "une très bonne médecin",
    )
    assert text(occupation("teacher", "m", "p", "a", good).fr) == "de bons professeurs"
    assert text(noun_phrase("car", "voiture", "f", "p", "some", red).fr) == "des voitures rouges"
    assert text(finish(mass_phrase(THINGS["water"], "some").fr)) == "De l'eau"
    assert text(mass_phrase(THINGS["bread"], "some").fr) == "du pain"
    assert (
        text(noun_phrase("comic book", "bande dessinée", "f", "p", "the").fr)
        == "les bandes dessinées"
    )


def _said(english_and_french: tuple[tuple, tuple]) -> tuple[str, str]:
    english_side, french_side = english_and_french
    return text(finish_en(english_side)), text(finish(french_side))


def test_participles_agree() -> None:
    she, we = pronoun("she"), pronoun("we")
    leave = Predicate("leave", "partir")
    assert _said(clause(she, leave, "past")) == ("She left", "Elle est partie")
    get_up = Predicate("get", "lever", en("up"), reflexive=True)
    assert _said(clause(we, get_up, "past")) == ("We got up", "Nous nous sommes levés")
    hands = Predicate(
        "wash",
        "laver",
        en("one's/PRON.o hands/NOUN.p"),
        fr("les mains/NOUN.fp"),
        reflexive=True,
        frozen_participle=True,
    )
    assert _said(clause(she, hands, "past")) == (
        "She washed her hands",
        "Elle s'est lavé les mains",
    )
    her = next(c for c in CLITICS if c.en == "her")
    see = Predicate("see", "voir", en("her"), clitic=her)
    assert _said(clause(pronoun("I"), see, "past", negative=True)) == (
        "I did not see her",
        "Je ne l'ai pas vue",
    )
    assert participle("prendre", "f", "p").form == "prises"


def test_negation_question_and_control() -> None:
    book = noun_phrase("book", "livre", "m", "s", "a")
    read = Predicate("read", "lire", book.en, book.fr, book.negated)
    he = pronoun("he")
    assert _said(clause(he, read, "past", negative=True, short=True)) == (
        "He didn't read a book",
        "Il n'a pas lu de livre",
    )
    assert _said(clause(he, read, "present", adverb="never")) == (
        "He never reads a book",
        "Il ne lit jamais de livre",
    )
    assert (
        text(finish_en(clause(he, read, "past-progressive", asked=True)[0]))
        == "Was he reading a book"
    )
    get_up = Predicate(
        "get", "lever", en("up"), reflexive=True, control=Control("must", "devoir", "", "m")
    )
    assert _said(clause(pronoun("I"), get_up, "present")) == ("I must get up", "Je dois me lever")
    near = clause(pronoun("they"), read, "future-near")
    assert _said(near) == ("They are going to read a book", "Ils vont lire un livre")


def test_english_forms() -> None:
    assert [gerund(v) for v in ("run", "write", "lie", "see")] == [
        "running",
        "writing",
        "lying",
        "seeing",
    ]
    assert [past(v) for v in ("stop", "study", "feed", "play")] == [
        "stopped",
        "studied",
        "fed",
        "played",
    ]
    assert [third(v) for v in ("watch", "study", "play", "have")] == [
        "watches",
        "studies",
        "plays",
        "has",
    ]
    assert [plural_en(n) for n in ("knife", "story", "salesperson", "dress", "child")] == [
        "knives",
        "stories",
        "salespeople",
        "dresses",
        "children",
    ]
    assert [graded(a, "er") for a in ("big", "happy", "poor", "interesting")] == [
        "bigger",
        "happier",
        "poorer",
        None,
    ]
    assert [graded(a, "est") for a in ("good", "strange")] == ["best", "strangest"]
    assert text(contract_not(en("will/AUX.A")[0])) == "won't"
    assert (
        text(finish_en(en("it is/AUX.P3s a hour and a university/NOUN.s")))
        == "It is an hour and a university"
    )


def test_conllu_restores_the_text() -> None:
    pair = next(p for p in generate(200, seed=1) if "'" in p.reference)
    lines = block(pair.french, "7").splitlines()
    assert lines[:2] == ["# sent_id = 7", f"# text = {pair.reference}"]
    rows = [line.split("\t") for line in lines[2:] if line]
    assert all(len(row) == 10 for row in rows)
    assert (
        "".join(r[1] + ("" if r[9] == "SpaceAfter=No" else " ") for r in rows).strip()
        == pair.reference
    )


def test_generation_is_repeatable_and_distinct() -> None:
    pairs = generate(3000, seed=5)
    assert [(p.source, p.reference) for p in pairs] == [
        (p.source, p.reference) for p in generate(3000, seed=5)
    ]
    assert len({p.source for p in pairs}) == 3000
    assert [p.source for p in pairs[:50]] != [p.source for p in generate(50, seed=6)]


def test_parts_share_no_sentence(parts: Parts) -> None:
    assert [len(p) for p in parts] == [6000, 100, 150]
    for side in ("source", "reference"):
        train, dev, test = ({getattr(p, side) for p in part} for part in parts)
        assert not train & dev and not train & test and not dev & test


def test_held_out_combinations_are_in_test_only(parts: Parts) -> None:
    in_test = {c for p in parts.test for c in p.combinations if held_out(c)}
    seen = {c for part in (parts.train, parts.dev) for p in part for c in p.combinations}
    assert in_test and not in_test & seen
    assert not any(held_out(c) for c in seen)
    assert all(any(held_out(c) for c in p.combinations) for p in parts.test)
    assert {"person+adjective", "verb+object", "verb+tense+person"} <= {c[0] for c in in_test}


def test_split_does_not_depend_on_the_seed() -> None:
    one, other = everyday_parts(2000, 20, 50, seed=1), everyday_parts(2000, 20, 50, seed=2)
    held = {c for p in one.test for c in p.combinations if held_out(c)}
    assert not held & {c for p in other.train for c in p.combinations}


def test_test_part_mixes_templates(parts: Parts) -> None:
    templates = [p.labels.template for p in parts.test]
    assert len(set(templates)) > 20
    assert max(templates.count(t) for t in templates) < 0.3 * len(templates)


def test_genders_are_balanced(parts: Parts) -> None:
    judged = [p for p in parts.train if p.labels.template in {"judged profession", "profession"}]
    she = sum(p.labels.gender == "fem" for p in judged)
    he = sum(p.labels.gender == "masc" for p in judged)
    assert 0.8 < she / he < 1.25


def _finite_french(pair: Pair) -> list[str]:
    return [t.feats for t in pair.french if t.upos in {"VERB", "AUX"} and "VerbForm=Fin" in t.feats]


def test_labels_agree_with_the_surface(parts: Parts) -> None:
    for p in parts.train:
        labels, first = p.labels, p.source.split()[0]
        assert p.source.endswith("?") == (labels.question != "no"), p.source
        negative = re.search(r"n't\b|\bnot\b|\bnever\b", p.source) is not None
        if labels.template != "formula":
            assert negative == (labels.polarity == "negative"), p.source
        if first in {"He", "She"}:
            assert labels.gender == {"He": "masc", "She": "fem"}[first], p.source
            assert (labels.person, labels.number) == ("3", "sing"), p.source
        if first == "We":
            assert (labels.person, labels.number) == ("1", "plur"), p.source
        if labels.tense == "future" and labels.template != "formula":
            assert any("Tense=Fut" in f for f in _finite_french(p)), p.reference
        if labels.tense == "past-progressive":
            assert (
                re.search(r"\b(was|were|wasn|weren)\b", p.source, re.I)
                or "weren't" in p.source
                or "wasn't" in p.source
            )
            assert any("Tense=Imp" in f for f in _finite_french(p)), p.reference
        if labels.tense == "present":
            assert any("Tense=Pres" in f for f in _finite_french(p)), p.reference


def test_typography(parts: Parts) -> None:
    for p in parts.train:
        assert not re.search("[\u2019\u00a0\u202f\u00ab\u00bb\u2014]", p.source + p.reference)
        assert "  " not in p.source + p.reference
        assert not re.search(r"\S[?!]", p.reference), p.reference
        assert not re.search(r"\s[?!,.]", p.source), p.source
        assert not re.search(r"\b(de|à) les?\b (?!(\w+er|\w+ir|\w+re|voir)\b)", p.reference), (
            p.reference
        )
        assert not re.search(r"\b(je|ne|que|le|la|de|me|se) [aeiouéèêà]", p.reference.lower()), (
            p.reference
        )
        assert p.source[0].isupper() and p.reference[0].isupper()


def test_command_writes_files(tmp_path: Path) -> None:
    everyday.write(tmp_path, train=300, dev=10, test=20, seed=4)
    with (tmp_path / "everyday.test.tsv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(rows) == 20
    assert tuple(rows[0]) == everyday.COLUMNS
    for side in ("source", "reference"):
        document = (tmp_path / f"everyday.test.{side}.conllu").read_text(encoding="utf-8")
        texts = re.findall("# text = (.*)", document)
        assert texts == [row[side] for row in rows]
        assert re.findall("# sent_id = (.*)", document) == [str(i) for i in range(20)]


def test_fixed_phrases_are_never_held_out() -> None:
    assert not held_out(("phrase", "Thank you very much ."))
    assert sampling.HELD_OUT < 10


def test_possessives_fit_the_french_gender(parts: Parts) -> None:
    """ "The doctor ... her ..." is feminine in French and "his" masculine: no mixed signals."""
    jobs = {o for o, (m, f) in OCCUPATIONS.items() if m != f and " " not in o}
    checked = 0
    for p in parts.train:
        if len(p.english) < 4 or p.english[0].form not in {"The", "This"}:
            continue
        owner = next((t.form for t in p.english if t.has("Poss=Yes")), "")
        if p.english[1].form in jobs and owner in {"his", "her"}:
            wanted = "Gender=Fem" if owner == "her" else "Gender=Masc"
            assert p.french[1].has(wanted), (p.source, p.reference)
            checked += 1
    assert checked > 20
