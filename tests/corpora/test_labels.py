"""Word labels travel from an annotator's tokens to NeuroX's words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from neurox_core.corpora import AnnotatedToken, Corpus, WordLabels, read_corpus
from neurox_core.corpora.labels import COMPUTED
from neurox_core.engine.scoring import needed_labels
from neurox_core.errors import CorpusError
from neurox_core.interventions import Intervention, Where
from neurox_core.models.tokens import words_of


def write(path: Path, rows: list[str]) -> None:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def token(number: str, form: str, upos: str, features: str = "_") -> str:
    return "\t".join([number, form, "_", upos, "_", features, "0", "_", "_", "_"])


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "small.test.tsv"
    write(path, ["source\treference", "I don't know.\tJe vais au lit.", "He left.\tIl est parti."])
    return path


def test_a_word_takes_the_label_of_the_token_that_holds_its_first_character(table: Path) -> None:
    write(
        table.with_name("small.test.source.conllu"),
        [
            "# sent_id = 1", token("1", "He", "PRON", "Gender=Masc|Number=Sing"),
            token("2", "left", "VERB", "Tense=Past"), token("3", ".", "PUNCT"), "",
            "# sent_id = 0", token("1", "I", "PRON", "Number=Sing"), token("2", "do", "AUX"),
            token("3", "n't", "PART"), token("4", "know", "VERB"), token("5", ".", "PUNCT"),
        ],
    )  # fmt: skip
    corpus = read_corpus(table)
    assert corpus.reference_labels is None
    labels = corpus.source_labels
    assert labels is not None
    assert labels.names == ("upos", "Gender", "Number", "Tense", "position", "length")
    found = labels.for_words(0, corpus.sources[0], words_of(corpus.sources[0]))
    assert found["upos"] == ["PRON", "AUX", "VERB", "PUNCT"]
    assert found["Number"] == ["Sing", "", "", ""]
    assert found["position"] == ["0", "1", "2", "3"]
    assert found["length"] == ["4"] * 4
    taken = corpus.take([1]).source_labels
    assert taken is not None
    assert taken.for_words(0, "He left.", words_of("He left."))["Tense"] == ["", "Past", ""]


def test_multi_word_tokens_are_one_place_with_the_first_parts_labels(table: Path) -> None:
    write(
        table.with_name("small.test.reference.conllu"),
        [
            token("1", "Je", "PRON"), token("2", "vais", "VERB"), token("3-4", "au", "_"),
            token("3", "à", "ADP"), token("4", "le", "DET", "Gender=Masc"),
            token("5", "lit", "NOUN", "Gender=Masc"), token("5.1", "_", "VERB"),
            token("6", ".", "PUNCT"), "",
        ],
    )  # fmt: skip
    labels = read_corpus(table).reference_labels
    assert labels is not None
    text = "Je vais au lit."
    found = labels.for_words(0, text, words_of(text))
    assert found["upos"] == ["PRON", "VERB", "ADP", "NOUN", "PUNCT"]
    assert found["Gender"] == ["", "", "", "Masc", ""]
    # The second row has no annotation, and says so instead of failing.
    assert set(labels.for_words(1, "Il est parti.", [(0, 2)])["upos"]) == {""}


def test_a_treebank_names_its_sentences_as_it_likes(table: Path) -> None:
    """Universal Dependencies have names such as n01001011, not numbers of rows."""
    path = table.with_name("small.test.source.conllu")
    rows = [
        "# sent_id = n01-2", "# text = I don't know.", "1\tI\tI\tPRON\tPRP\t_\t3\tnsubj\t_\t_",
        "2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\t_", "2\tdo\tdo\tAUX\tVBP\t_\t4\taux\t_\t_",
        "3\tn't\tnot\tPART\tRB\t_\t4\tadvmod\t_\t_", token("4", "know", "VERB"),
        token("5", ".", "PUNCT"), "",
    ]  # fmt: skip
    write(path, [*rows, "# sent_id = n01-1", token("1", "He", "PRON"), token("2", "left", "VERB"),
                 token("3", ".", "PUNCT")])  # fmt: skip
    labels = read_corpus(table).source_labels
    assert labels is not None
    assert labels.names == ("upos", "xpos", "deprel", "position", "length")
    text = "I don't know."
    found = labels.for_words(0, text, words_of(text))
    assert found["upos"] == ["PRON", "AUX", "VERB", "PUNCT"]
    assert found["xpos"] == ["PRP", "VBP", "", ""] and found["deprel"] == ["nsubj", "aux", "", ""]
    assert labels.for_words(1, "He left.", words_of("He left."))["upos"][0] == "PRON"
    write(path, rows)
    with pytest.raises(CorpusError, match="1 sentences and the corpus 2; they are told by their"):
        read_corpus(table)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [token("1", "Nous", "PRON")],
            "line 1.*'Nous' is not the next word of sentence 1 \\(index 0\\)",
        ),
        (["# sent_id = 7", token("1", "Je", "PRON")], "line 1.*sent_id '7'.*rows 0 to 1"),
        (["# sent_id = 0", "1\tJe\tPRON"], "line 2: 3 columns"),
        (
            ["# sent_id = 0", "", "# sent_id = 0", ""],
            "line 3: sentence 1 \\(index 0\\) is annotated twice",
        ),
        ([token("one", "Je", "PRON")], "'one' is not a token number"),
    ],
)
def test_damaged_annotation_names_file_and_line(table: Path, rows: list[str], message: str) -> None:
    path = table.with_name("small.test.reference.conllu")
    write(path, rows)
    with pytest.raises(CorpusError, match=message) as caught:
        read_corpus(table)
    assert str(path) in str(caught.value)


def test_a_second_annotation_costs_little_more_than_the_first() -> None:
    looked: list[int] = []

    class Tokens(list[AnnotatedToken]):
        def __iter__(self) -> Iterator[AnnotatedToken]:
            looked.append(1)
            return super().__iter__()

    one = [AnnotatedToken(0, 2, {"upos": "X"})]
    both = WordLabels.layered([
        WordLabels(("upos", *COMPUTED), [Tokens(one) for _ in range(100)]),
        WordLabels.of([[AnnotatedToken(0, 2, {"ner": "O"})]] * 100),
    ])  # fmt: skip
    for sentence in range(100):
        found = both.for_words(sentence, "He", [(0, 2)])
        assert (found["upos"], found["ner"]) == (["X"], ["O"])
    # Once for the names and once for its words; not all of them at every sentence.
    assert len(looked) <= 300


def test_labels_are_known_by_all_layers_of_their_annotation() -> None:
    def one(**labels: str) -> WordLabels:
        return WordLabels.of([[AnnotatedToken(0, 2, labels)], []])

    first, gold, other = one(upos="PRON"), one(Tense="Past"), one(Tense="Pres")
    both = WordLabels.layered([first, gold])
    assert both.fingerprint == WordLabels.layered([one(upos="PRON"), gold]).fingerprint
    assert both.fingerprint != WordLabels.layered([first, other]).fingerprint
    assert one(a="1", b="2").fingerprint == one(b="2", a="1").fingerprint
    moved = WordLabels.of([[AnnotatedToken(0, 1, {"upos": "PRON"})], []])
    assert len({x.fingerprint for x in (first, both, moved, first.take([1, 0]))}) == 4
    # What an edit at a label does depends on the layer that has it.
    where = Where(label="Tense", value="Past")
    edit = [Intervention(["encoder.0.ffn_act[0]"], "zero", where=where)]
    asked = [
        needed_labels(Corpus("c", ["It", ""], ["Il", ""], {}, labels), edit)
        for labels in (both, WordLabels.layered([first, other]))
    ]
    assert asked[0] and asked[0] != asked[1]
    columns = [Corpus("c", ["a"], ["b"], {"part": [part]}) for part in "xy"]
    assert len({corpus.labels_fingerprint for corpus in columns}) == 2
    assert len({corpus.fingerprint for corpus in columns}) == 1
