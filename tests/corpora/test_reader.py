"""Parallel text comes in as it stands in the file, or with a message that says where it fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from neurox_core.corpora import Corpus, join, read_corpus
from neurox_core.errors import CorpusError, InvalidInputError, UnknownNameError


def test_a_table_with_names_keeps_its_other_columns(tmp_path: Path) -> None:
    path = tmp_path / "news.tsv"
    rows = ["\ufeffreference\torigin\tsource", "Il part.\ta\tHe \u2028leaves.", "Oui.\tb\tYes."]
    path.write_bytes(("\r\n".join(rows) + "\r\n\n").encode())
    corpus = read_corpus(str(path))
    assert corpus.name == "news"
    assert corpus.sources == ["He \u2028leaves.", "Yes."]
    assert corpus.references == ["Il part.", "Oui."]
    assert corpus.columns == {"origin": ["a", "b"]}
    assert len(corpus) == 2


def test_a_table_without_names_and_parallel_files_agree(tmp_path: Path) -> None:
    pairs = [("A b.", "C d."), ("مرحبا", "Bonjour")]
    table, source, reference = (tmp_path / n for n in ("t.tsv", "s.txt", "r.txt"))
    table.write_text("\n".join("\t".join(p) for p in pairs), encoding="utf-8")
    source.write_text("\n".join(p[0] for p in pairs), encoding="utf-8")
    reference.write_text("\n".join(p[1] for p in pairs) + "\n", encoding="utf-8")
    first, second = read_corpus(table), read_corpus(source, references=reference)
    assert first.sources == second.sources == ["A b.", "مرحبا"]
    assert first.references == second.references == ["C d.", "Bonjour"]
    assert first.fingerprint == second.fingerprint


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"source\treference\n", "no sentence"),
        (b"a\tb\tc\n", "line 1: 3 columns and no names"),
        (b"source\nA\nB\tC\n", "line 3: 2 columns where there should be 1"),
        (b"source\n", "no sentence"),
        (b"source\treference\nA\tB\nA\tB\tC\n", "line 3: 3 columns where there should be 2"),
        (b"source\treference\nA\tB\n \tB\n", "line 3: the source is empty"),
        (b"A\tB\nA\t\nA\tB\n", "line 2: the reference is empty"),
        (b"A\tB\nA\t\xff\n", "line 2: not UTF-8"),
        (b"A\tB\nA\x00\tB\n", "line 2: holds a null byte"),
        (b"source\treference\tsource\nA\tB\tC\n", "occurs twice"),
    ],
)
def test_bad_tables_name_file_and_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "bad.tsv"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=message) as caught:
        read_corpus(path)
    assert str(path) in str(caught.value)


def test_missing_files_and_unequal_files(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="There is no file"):
        read_corpus(tmp_path / "none.tsv")
    source, reference = tmp_path / "s", tmp_path / "r"
    source.write_text("A\nB\n", encoding="utf-8")
    reference.write_text("A\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="2 lines and .* has 1"):
        read_corpus(source, references=reference)
    reference.write_text("A\n\nC\n", encoding="utf-8")
    source.write_text("A\nB\nC\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="r, line 2: the reference is empty"):
        read_corpus(source, references=reference)


@pytest.mark.parametrize("first", ["source\tlabel", " Source\tlabel "])
def test_a_header_without_references_is_a_header(tmp_path: Path, first: str) -> None:
    path = tmp_path / "reviews.tsv"
    path.write_text(f"{first}\nGood film.\tgood\nBad film.\tbad\n", encoding="utf-8")
    corpus = read_corpus(path)
    assert corpus.sources == ["Good film.", "Bad film."] and not corpus.has_references
    assert corpus.columns == {"label": ["good", "bad"]}
    path.write_text("kind\tSOURCE\treference\na\tHi.\tSalut.\n", encoding="utf-8")
    corpus = read_corpus(path)
    assert (corpus.references, corpus.columns) == (["Salut."], {"kind": ["a"]})


def test_select_take_and_join() -> None:
    first = Corpus("a", ["1", "2"], ["un", "deux"], {"kind": ["x", "y"]})
    second = Corpus("b", ["3"], ["trois"])
    whole = join({"everyday": first, "natural": second}, "demo")
    assert whole.sources == ["1", "2", "3"]
    assert whole.columns == {
        "part": ["everyday", "everyday", "natural"], "kind": ["x", "y", ""]
    }  # fmt: skip
    assert whole.select("part", "natural").sources == ["3"]
    assert whole.select("kind", "y").references == ["deux"]
    assert whole.take([2, 0]).references == ["trois", "un"]
    assert whole.fingerprint != first.fingerprint
    with pytest.raises(UnknownNameError, match="part, kind"):
        whole.select("origin", "x")
    with pytest.raises(UnknownNameError):
        whole.select("part", "other")
    with pytest.raises(InvalidInputError, match=r"no sentence 4 \(index 3\): .* has 3 sentences"):
        whole.take([3])
    with pytest.raises(CorpusError, match="2 sources but 1 references"):
        Corpus("c", ["1", "2"], ["un"])


def test_a_corpus_is_shown_in_a_line() -> None:
    text = [f"Sentence {i}." for i in range(1000)]
    shown = repr(Corpus("long", text, text, {"part": ["a"] * 1000}))
    assert shown == "Corpus('long', 1000 sentences, column 'part')"


def test_a_text_without_references_stands_for_itself_and_says_so(tmp_path: Path) -> None:
    plain, headed, table = (tmp_path / name for name in ("a.txt", "b.tsv", "c.tsv"))
    plain.write_text("He left.\nمرحبا\n", encoding="utf-8")
    headed.write_text("source\nHe left.\nمرحبا\n", encoding="utf-8")
    table.write_text("He left.\tIl est parti.\n", encoding="utf-8")
    for path in (plain, headed):
        corpus = read_corpus(path)
        assert corpus.sources == corpus.references == ["He left.", "مرحبا"]
        assert not corpus.has_references and not corpus.take([1]).has_references
    assert read_corpus(table).has_references
    both = join({"a": read_corpus(plain), "c": read_corpus(table)}, "both")
    assert not both.has_references
