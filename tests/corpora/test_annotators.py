"""Words get labels: from annotations, columns, the text itself, files and functions."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from neurox_core.activations import extract
from neurox_core.corpora import (
    Annotator,
    Corpus,
    Words,
    annotators,
    concepts,
    join,
    label_names,
    label_words,
    read_corpus,
)
from neurox_core.corpora.annotation import _registry
from neurox_core.corpora.labels import AnnotatedToken, WordLabels
from neurox_core.errors import CorpusError, InvalidInputError, UnknownNameError
from neurox_core.rankings import rank
from tests.activations.fake import FakeModel

SOURCES = ["He doesn't know 12 cats.", 'The NATO cats, "old cats", left in May!']
FORMS = ["He", "doesn't", "know", "12", "cats", ".",
         "The", "NATO", "cats", ",", '"', "old", "cats", '"', ",", "left", "in", "May",
         "!"]  # fmt: skip


def corpus(**columns: list[str]) -> Corpus:
    def tokens(*spans: tuple[int, int, str]) -> list[AnnotatedToken]:
        return [AnnotatedToken(a, b, {"upos": u}) for a, b, u in spans]

    labels = WordLabels.of([
        tokens((0, 2, "PRON"), (3, 7, "AUX"), (7, 10, "PART"), (11, 15, "VERB")),
        tokens((0, 3, "DET"), (9, 13, "NOUN")),
    ])  # fmt: skip
    return Corpus("c", SOURCES, ["un", "deux"], columns, labels)


def values(name: Any, **given: Any) -> list[str]:
    found = label_words(SOURCES, corpus(mood=["calm", "loud"]), name, **given)
    return ["" if v < 0 else found.classes[v] for v in found.values]


def test_words_are_those_of_every_other_view() -> None:
    words = Words.of(SOURCES)
    assert words.forms == FORMS and len(words) == len(FORMS)
    assert words.index.tolist() == [*range(6), *range(13)]
    assert words.from_end.tolist() == [*range(5, -1, -1), *range(12, -1, -1)]
    assert words.counts[4] == words.counts[8] == 3 and words.counts[0] == 1
    assert words.spans()[0][1] == (3, 10) and set(words.lengths[:6]) == {6}
    assert len(Words.of([])) == 0
    with pytest.raises(InvalidInputError, match="source or reference"):
        Words.of(SOURCES, "target")


def test_labels_come_from_annotation_columns_and_the_text() -> None:
    assert values("upos")[:6] == ["PRON", "AUX", "VERB", "", "", ""]
    assert values("mood") == ["calm"] * 6 + ["loud"] * 13 == values("column:mood")
    assert values("capitalisation") == [
        "Capitalised", "lower", "lower", "none", "lower", "none",
        "Capitalised", "UPPER", "lower", "none", "none", "lower", "lower", "none", "none",
        "lower", "lower", "Capitalised", "none",
    ]  # fmt: skip
    assert values("position", last=3)[:7] == ["0", "1", "2", "3 or more", "3 or more",
                                              "3 or more", "0"]  # fmt: skip
    assert values("position", last=1, from_end=True)[4:7] == ["1 or more", "0", "1 or more"]
    assert values("word_list", words="CATS, in")[4:9] == ["listed", "other", "other", "other",
                                                          "listed"]  # fmt: skip
    each = values("word_list", words="cats in", told_apart="each word")
    assert [e for e in each if e] == ["cats", "cats", "cats", "in"]
    assert {v for v in values("frequent_word", count=2) if v} <= {"cats", ",", '"'}
    known = label_names(corpus(mood=["a", "b"]))
    assert known[:2] == ["upos", "column:mood"] and "regular_expression" in known


def test_numbers_are_targets_or_ranges() -> None:
    place = label_words(SOURCES, None, "position", form="number")
    assert place.numeric and place.values.tolist() == [*range(6), *range(13)]
    few = [" ".join(["w"] * n) for n in (9, 10, 12) for _ in range(5)]
    assert label_words(few, None, "length", ranges=3).classes == ("9-10 words", "11-12 words")
    places = label_words(few, None, "position").classes
    assert places == (*map(str, range(10)), "10 or more")
    many = [" ".join(["w"] * n) for n in range(1, 41)]
    length = label_words(many, None, "length", ranges=4)
    # Equal shares of the words, in ascending order, and every length in exactly one range.
    assert length.classes[0].startswith("1-")
    assert len(length.classes) == 4 and length.classes[-1].endswith("-40 words")
    assert (np.abs(length.counts / length.counts.sum() - 0.25) < 0.06).all()
    numbers = label_words(many, None, "length", form="number").values
    for number in range(4):
        low, high = (int(x) for x in length.classes[number].split()[0].split("-"))
        inside = (numbers >= low) & (numbers <= high)
        np.testing.assert_array_equal(inside, length.values == number)
    common = label_words(["a a a a b b c"], None, "frequency", form="number")
    np.testing.assert_allclose(common.values, np.log10([4, 4, 4, 4, 2, 2, 1]))


def test_regular_expressions_fit_words_or_stretches_of_text() -> None:
    assert values("regular_expression", pattern="^c|t$")[4] == "match"
    assert values("regular_expression", pattern="cat", where="whole word")[4] == "other"
    stretch = values("regular_expression", pattern='"[^"]*"', where="sentence")
    assert [f for f, v in zip(FORMS, stretch, strict=True) if v == "match"] == \
        ['"', "old", "cats", '"']  # fmt: skip
    assert "match" not in values("regular_expression", pattern="HE", ignore_case=False)
    with pytest.raises(InvalidInputError, match="cannot be read: missing"):
        values("regular_expression", pattern="(a")


def test_a_regular_expression_that_explodes_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neurox_core.corpora.annotating.PATIENCE", 0.05)
    with pytest.raises(InvalidInputError, match="takes too long"):
        label_words(["a" * 60 + "!"], None, "regular_expression", pattern="(a|aa)+$b")


def test_classes_can_be_chosen_completed_and_told_from_the_rest() -> None:
    assert set(values("upos", classes=["VERB", "NOUN"])) == {"", "VERB", "NOUN"}
    assert values("upos", against="VERB")[:4] == ["other", "other", "VERB", ""]
    rest = label_words(SOURCES, corpus(), "upos", rest="none")
    assert rest.applies.all() and rest.counts.sum() == len(FORMS) and "none" in rest.classes
    many = label_words(SOURCES, None, "capitalisation", minimum=3)
    assert many.classes == ("Capitalised", "lower", "none") and (many.values == -1).sum() == 1
    assert many.name == "capitalisation[3 or more]"
    with pytest.raises(UnknownNameError, match="class of upos called 'ADJ'"):
        values("upos", classes=["ADJ"])
    with pytest.raises(InvalidInputError, match="is a number"):
        label_words(SOURCES, None, "position", form="number", against="1")


def test_any_function_labels_words() -> None:
    found = label_words(SOURCES, None, lambda words: words.by_form(len))
    assert found.classes == tuple(sorted({str(len(f)) for f in FORMS}))
    target = label_words(SOURCES, None, lambda words: words.by_form(lambda f: len(f) / 2))
    assert target.numeric and target.values[1] == 3.5
    with pytest.raises(InvalidInputError, match="gave 1 values for 19 words"):
        label_words(SOURCES, None, lambda words: ["x"])


def test_other_distributions_add_annotators(monkeypatch: pytest.MonkeyPatch) -> None:
    def label(words: Words, _: Any) -> list[bool]:
        return words.by_form(lambda form: any(v in form for v in "aeiou"))

    vowels = Annotator("vowels", "Vowels", "Words with vowels.", label)
    module = ModuleType("other_package")
    module.good, module.bad = vowels, 3  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "other_package", module)
    entries = [EntryPoint(n, f"other_package:{n}", "neurox.annotators")
               for n in ("good", "bad", "gone")]  # fmt: skip
    monkeypatch.setattr(
        "neurox_core.corpora.annotation.entry_points", lambda group: entries, raising=True
    )
    _registry.cache_clear()
    try:
        assert "vowels" in {a["name"] for a in annotators()}
        assert values("vowels")[:4] == ["True", "True", "True", "False"]
    finally:
        _registry.cache_clear()


def test_an_annotator_that_fails_is_named() -> None:
    broken = Annotator("broken", "Broken", "Fails.", lambda words, options: [1 / 0])
    with pytest.raises(InvalidInputError, match="'broken' failed: ZeroDivisionError"):
        label_words(["He left."], None, broken)


def test_numbers_of_a_function_are_classes_in_the_order_of_numbers() -> None:
    made = label_words(["a bb internationally"], None, lambda words: words.by_form(len))
    assert made.classes == ("1", "2", "15") and made.values.tolist() == [0, 1, 2]
    some = label_words(["a bb c"], None, lambda words: [2, None, 1])
    assert some.classes == ("1", "2") and some.values.tolist() == [1, -1, 0]


def test_every_annotator_says_what_it_is() -> None:
    for entry in annotators():
        assert entry["title"] and entry["summary"].endswith(".")
        assert all(option["help"] for option in entry["parameters"])


@pytest.fixture
def spacy(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Stands for spaCy, which is not installed with NeuroX: cuts at spaces, tags by length."""
    module = ModuleType("spacy")
    module.__spec__ = ModuleSpec("spacy", None)

    def pipe(texts: list[str]) -> Iterator[list[SimpleNamespace]]:
        for text in texts:
            at, tokens = 0, []
            for part in text.split():
                at = text.index(part, at)
                morph = {"Tense": ["Past"]} if part.endswith("ed") else {}
                tokens.append(SimpleNamespace(
                    idx=at, text=part, pos_=f"L{len(part)}",
                    morph=SimpleNamespace(get=lambda name, own=morph: own.get(name, [])),
                ))  # fmt: skip
                at += len(part)
            yield tokens

    def load(name: str) -> SimpleNamespace:
        if name != "tiny":
            raise OSError(name)
        return SimpleNamespace(pipe=pipe)

    module.load = load  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "spacy", module)
    from neurox_core.corpora.annotating import _pipeline

    _pipeline.cache_clear()
    yield module
    _pipeline.cache_clear()


@pytest.mark.usefixtures("spacy")
def test_a_spacy_pipeline_labels_words() -> None:
    assert values("spacy", pipeline="tiny")[:6] == ["L2", "L7", "L4", "L2", "L5", "L5"]
    tense = label_words(["She walked home."], None, "spacy", pipeline="tiny", attribute="Tense")
    assert tense.classes == ("Past",) and tense.values.tolist() == [-1, 0, -1, -1]
    with pytest.raises(InvalidInputError, match="spacy download big"):
        values("spacy", pipeline="big")
    with pytest.raises(InvalidInputError, match="not the name of a spaCy pipeline"):
        values("spacy", pipeline="../somewhere")


def test_without_spacy_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InvalidInputError, match="pip install spacy"):
        values("spacy", pipeline="absent")


def test_what_cannot_be_labelled_says_why() -> None:
    with pytest.raises(UnknownNameError, match="no label called 'Tense'.*upos"):
        values("Tense")
    with pytest.raises(UnknownNameError, match="no label called 'column:tone'"):
        values("column:tone")
    with pytest.raises(InvalidInputError, match="'position' has no parameter 'base'"):
        values("position", base=1)
    with pytest.raises(InvalidInputError, match="of others"):
        label_words(["Another text."], corpus(), "upos")
    with pytest.raises(InvalidInputError, match="list of words is empty"):
        values("word_list", words=" , ")


def test_labels_of_a_stores_words_rank_its_neurons(tmp_path: Path) -> None:
    class Model(FakeModel):
        def values(self, address: str, text: str) -> np.ndarray:
            found = super().values(address, text)
            tokens = self.tokenize(text)
            capital = [s is not None and text[s[0]].isupper() for s in tokens.spans]
            found[:, 1] += 5 * np.array(capital)
            return found.astype(np.float32)

    texts = [f"The {w} saw Ann at {n} o'clock" for n, w in enumerate(["cat", "dog", "cow"] * 20)]
    model: Any = Model()
    store = extract(model, Corpus("c", texts, texts), tmp_path / "s", ["encoder.0.resid_post"])
    label = label_words(store, None, "capitalisation", classes=["Capitalised", "lower"])
    assert label.stack == "encoder" and len(label) == len(store.words("encoder"))
    names = [n for n in ("anova_f", "probeless") if n in __import__("neurox_core").rankings()]
    for name in names:
        assert rank(name, store, labels=label, words="first").order[0] == 1


# --- files ------------------------------------------------------------------------------------


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "small.tsv"
    path.write_text("source\treference\nI don't know.\tJe sais.\nHe left.\tIl part.\n")
    return path


def test_neurox_pairs_of_lines(table: Path) -> None:
    table.with_name("small.source.ner.labels").write_text("O O O O O\nPER O O\n")
    table.with_name("small.source.ner.words").write_text("I do n't know .\nHe left .\n")
    table.with_name("small.reference.kind.labels").write_text("a b\nc d\n")
    found = read_corpus(table)
    assert found.source_labels is not None and "ner" in found.source_labels.names
    label = label_words(found.sources, found, "ner")
    assert [label.classes[v] for v in label.values] == ["O", "O", "O", "O", "PER", "O", "O"]
    other = label_words(found.references, found, "kind", "reference")
    # "sais." is one word of the pair; NeuroX's words "sais" and "." lie in it.
    assert [other.classes[v] for v in other.values] == ["a", "b", "b", "c", "d", "d"]


def test_tables_join_other_annotations_and_survive_selection(table: Path) -> None:
    table.with_name("small.source.tsv").write_text(
        "word\trole\tsense\nI\tsubject\t\ndon't\tverb\tnot\nknow\tverb\t\n.\t\t\n\n"
        "He\tsubject\t\nleft\tverb\tgo\n.\t\t\n"
    )
    row = "\t".join(["1", "He", "_", "PRON", "_", "_", "0", "_", "_", "_"])
    table.with_name("small.source.conllu").write_text(f"# sent_id = 1\n{row}\n")
    found = read_corpus(table)
    assert found.source_labels is not None
    assert found.source_labels.names == ("upos", "role", "sense", "position", "length")
    labels = found.take([1]).source_labels
    assert labels is not None
    assert labels.for_words(0, "He left.", [(0, 2), (3, 7)]) == {
        "upos": ["PRON", ""], "role": ["subject", "verb"], "sense": ["", "go"],
        "position": ["0", "1"], "length": ["2", "2"],
    }  # fmt: skip
    both = join({"a": found.take([1]), "b": Corpus("plain", ["No."], ["Non."])}, "both")
    assert both.source_labels is not None
    assert label_words(both.sources, both, "sense").counts.tolist() == [1]
    assert label_words(both.sources, both, "upos").classes == ("PRON",)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("ner.labels", "O O\nO O\n", "line 1: 2 labels for 3 words; give the words in a file"),
        ("ner.labels", "O O O\n", "has 1 lines; the corpus has 2"),
        ("position.labels", "O O O\nO O\n", "'position' cannot be a label's name"),
        ("tsv", "form\tx\nI\ta\n", "line 1: the first line names the columns"),
        ("tsv", "word\tx\nI\ta\tb\n", "line 2: 3 columns where there should be 2"),
        ("tsv", "word\tx\nI\ta\n", "has 1 sentences.*has 2"),
        (
            "tsv",
            "word\tx\nYou\ta\n\nHe\tb\n",
            "line 2: 'You' is not the next word of sentence 1 \\(index 0\\)",
        ),
    ],
)
def test_files_that_do_not_fit_name_file_and_line(
    table: Path, name: str, text: str, message: str
) -> None:
    table.with_name(f"small.source.{name}").write_text(text)
    with pytest.raises(CorpusError, match=message):
        read_corpus(table)


# --- concepts ---------------------------------------------------------------------------------


def test_concepts_hold_where_they_should() -> None:
    bank = concepts(SOURCES, corpus(mood=["calm", "loud"]), fewest=1)
    words = {name: [f for f, yes in zip(FORMS, bank[name], strict=True) if yes] for name in bank}
    assert words["first word"] == ["He", "The"] and words["sentence end mark"] == [".", "!"]
    assert words["number in digits"] == ["12"]
    assert words["negation"] == ["doesn't"] and words["month"] == ["May"]
    assert words["inside quotation marks"] == ["old", "cats"]
    assert words["after a comma"] == ['"', "left"]
    assert words["capital letters only"] == ["NATO"]
    assert words["upos=PRON"] == ["He"] and words["word “in”"] == ["in"]
    assert words["sentence mood=loud"] == FORMS[6:]
    assert all(values.dtype == np.bool_ and values.shape == (19,) for values in bank.values())


def test_concepts_are_distinct_and_neither_rare_nor_universal() -> None:
    verbs = ("talk", "jump", "paint", "play", "read", "hunt", "sing", "view", "help")
    texts = [f"{w} {w}ing the {w}er went, then he was walking." for w in verbs] * 4
    bank = concepts(texts, fewest=10)
    assert bank
    assert all(10 <= v.sum() <= len(v) - 10 for v in bank.values())
    assert len({v.tobytes() for v in bank.values()}) == len(bank)
    assert "ends in “ing”" in bank and "month" not in bank
    assert concepts([]) == {}
    with pytest.raises(InvalidInputError, match="no column 'x'"):
        concepts(SOURCES, corpus(mood=["a", "b"]), columns=["x"])
