"""The corpus build: what extractors read, what cleaning drops, and that the parts stay apart."""

from __future__ import annotations

import json
import re
import struct
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from demo.annotate import annotate, conllu_sentence, read_column
from demo.build_corpus import write_tsv
from demo.sources.blocks import Block, align_blocks, pair_sentences, split_sentences
from demo.sources.catalogs import read_catalogue, without_shortcut
from demo.sources.cleaning import Pair, clean, key, normalise, rejection, unique
from demo.sources.help_pages import align_by_id, read_blocks
from demo.sources.lexical import translation_scores
from demo.sources.mallard import read_page
from demo.sources.man_pages import read_man_page, without_credits
from demo.sources.splits import NearDuplicates, is_natural_source, position, split
from neurox_core.errors import InvalidInputError

SHIPPED = Path(__file__).parents[2] / "demo" / "corpus"


def _rows(name: str) -> list[Pair]:
    path = SHIPPED / name
    columns = (read_column(path, c) for c in ("source", "reference", "origin"))
    return [Pair(*cells) for cells in zip(*columns, strict=True)]


# Extractors


def test_sentences_end_at_capitals_but_not_after_abbreviations() -> None:
    text = "Use a tool, e.g. GIMP. It works! See Mr. Smith (cf. Annex)."
    assert split_sentences(text) == [
        "Use a tool, e.g. GIMP.",
        "It works!",
        "See Mr. Smith (cf. Annex).",
    ]


def test_sentences_are_paired_only_one_to_one() -> None:
    assert pair_sentences("One. Two.", "Un. Deux.") == [("One.", "Un."), ("Two.", "Deux.")]
    assert pair_sentences("One. Two.", "Un et deux.") == [("One. Two.", "Un et deux.")]


def test_sections_of_other_structure_are_left_out() -> None:
    english = [Block("h2", "Start"), Block("p", "One."), Block("h2", "More"), Block("p", "Two.")]
    french = [
        Block("h2", "Début"), Block("p", "Un."), Block("p", "Ajout."),
        Block("h2", "Suite"), Block("p", "Deux."),
    ]  # fmt: skip
    assert list(align_blocks(english, french)) == [("More", "Suite"), ("Two.", "Deux.")]


def test_html_reads_the_default_variant_and_no_listing() -> None:
    html = (
        '<body><nav><p>Menu</p></nav><p id="par_1">Open <b>the</b> '
        '<span class="switchinline"><span class="MAC" id="MACx">Preferences</span>'
        '<span id="defaultx">Options</span></span> page.<br>Now.</p>'
        "<pre>code</pre><table><tr><td><p>Cell</p></td></tr></table></body>"
    )
    assert read_blocks(html) == [("p", "par_1", "Open the Options page. Now."), ("p", "", "Cell")]


def test_html_default_variant_replaces_an_earlier_one() -> None:
    html = (
        '<p id="par_1">Set the <span class="switchinline"><span id="IMPRESSx">Slide</span>'
        '<span id="defaultx">Page</span></span> size.</p>'
    )
    assert read_blocks(html) == [("p", "par_1", "Set the Page size.")]


def test_repeated_ids_are_paired_in_order_or_not_at_all() -> None:
    english = [("p", "par_1", "One"), ("p", "par_2", "Two"), ("p", "par_1", "Three")]
    french = [("p", "par_1", "Un"), ("p", "par_1", "Trois"), ("p", "par_2", "Deux")]
    assert list(align_by_id(english, french)) == [
        ("One", "Un"),
        ("Two", "Deux"),
        ("Three", "Trois"),
    ]
    assert list(align_by_id(english, french[1:])) == [("Two", "Deux")]


def test_catalogue_drops_contexts_and_shortcut_marks(tmp_path: Path) -> None:
    messages = [("", "Content-Type: text/plain; charset=UTF-8\n"), ("menu\x04~Open", "~Ouvrir")]
    path = tmp_path / "x.mo"
    path.write_bytes(_compiled(messages))
    pairs = list(read_catalogue(path))
    assert pairs == [("~Open", "~Ouvrir")]
    assert without_shortcut(pairs[0][0]) == "Open"


def _compiled(messages: list[tuple[str, str]]) -> bytes:
    """A .mo file as the gettext manual lays it out."""
    count = len(messages)
    offset = 28 + 16 * count
    tables: list[bytes] = []
    strings = b""
    for side in (0, 1):
        for message in messages:
            text = message[side].encode()
            tables.append(struct.pack("<II", len(text), offset + len(strings)))
            strings += text + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 0)
    return head + b"".join(tables) + strings


def test_mallard_skips_credits_and_code() -> None:
    page = (
        '<page xmlns="http://projectmallard.org/1.0/"><info><credit><name>A</name></credit>'
        "<desc>About it.</desc></info><title>Title</title><p>Press <gui>Save</gui>.</p>"
        "<screen>ls</screen><list><item><p>Item.</p></item></list></page>"
    )
    assert [(b.kind, b.text) for b in read_page(page)] == [
        ("desc", "About it."), ("h", "Title"), ("p", "Press Save."), ("p", "Item."),
    ]  # fmt: skip


def test_man_page_fonts_tags_and_listings() -> None:
    english = (
        '.TH X 2\n.SH ERRORS\n.\\" comment\nThe call\n.BR open (2)\nfails.\n.nf\nint x;\n.fi\n'
        ".TP\n.B EBADF\nBad\n.I fd\nvalue.\n"
    )
    french = (
        ".TH X 2\n.SH ERREURS\nL'appel \\fBopen\\fP(2) \\('echoue\\-t\\-il\\ ?\n.nf\nint x;\n.fi\n"
        ".TP \n\\fBEBADF\\fP\nMauvais \\fIfd\\fP.\n.SH TRADUCTION\nPar X.\n"
    )
    blocks = read_man_page(english)
    assert [(b.kind, b.text) for b in blocks] == [
        ("hSH", "ERRORS"), ("p", "The call open(2) fails."), ("listing", ""),
        ("tag", "EBADF"), ("p", "Bad fd value."),
    ]  # fmt: skip
    pairs = list(align_blocks(blocks, without_credits(read_man_page(french))))
    assert ("The call open(2) fails.", "L'appel open(2) échoue-t-il ?") in pairs
    assert ("Bad fd value.", "Mauvais fd.") in pairs


# Cleaning


@pytest.mark.parametrize(
    ("raw", "french", "expected"),
    [
        ("« Ouvrir\u00a0» l’été\u202f!", True, '"Ouvrir" l\'été !'),
        ("Attention: lisez ceci;", True, "Attention : lisez ceci ;"),
        ("“Open” it\u2026 now :", False, '"Open" it... now:'),
        ("File → Open\u200b – e\u0301t", False, "File - Open - ét"),
        ("1. First step", False, "First step"),
    ],
)
def test_both_sides_follow_one_convention(raw: str, french: bool, expected: str) -> None:
    assert normalise(raw, french) == expected


@pytest.mark.parametrize(
    ("source", "reference", "reason"),
    [
        ("Open the file.", "Ouvrez le fichier.", ""),
        ("File", "Le fichier", "length"),
        ("Open the <b> tag.", "Ouvrez la balise <b>.", "markup"),
        ("Copy %s files.", "Copier %s fichiers.", "markup"),
        ("a + b - c / d", "e + f - g / h", "symbols"),
        ("Page 12 34", "Page 12 34", "symbols"),
        ("Please wait for 10 seconds.", "Veuillez attendre 20 secondes.", "numbers"),
        (
            "It may take more than 1,000 long seconds.",
            "Cela peut durer plus de 1 000 longues secondes.",
            "",
        ),
        ("LibreOffice Calc Writer", "LibreOffice Writer Calc", "untranslated"),
        ("Open it.", "Ouvrez le fichier que vous avez enregistré dans le dossier.", "ratio"),
        (
            "Open the files that you can see.",
            "They look for the list of one and it is.",
            "language",
        ),
        ("Say (hello to them.", "Dites-leur bonjour.", "unbalanced"),
    ],
)
def test_unfit_pairs_are_named(source: str, reference: str, reason: str) -> None:
    assert rejection(source, reference) == reason


def test_cleaning_counts_what_it_drops() -> None:
    dropped: Counter[str] = Counter()
    raw = [("Save the file.", "Enregistrez le fichier."), ("Hi", "Salut")]
    assert list(clean(raw, "x", dropped)) == [Pair(*raw[0], "x")]
    assert dropped == {"length": 1}


def test_one_translation_per_sentence_and_the_most_frequent() -> None:
    pairs = [
        Pair("Save it.", "Sauvez-le.", "a"),
        Pair("Save it.", "Enregistrez-le.", "b"),
        Pair("save it", "Enregistrez-le.", "c"),
    ]
    assert unique(pairs) == [pairs[1]]


def test_a_wrong_translation_scores_below_the_right_ones() -> None:
    words = {"red": "rouge", "big": "gros", "old": "vieux", "new": "neuf", "fast": "rapide"}
    things = {"car": "voiture", "cat": "chat", "dog": "chien", "tree": "arbre"}
    pairs = [Pair(f"{w} {t}", f"{things[t]} {words[w]}", "x") for w in words for t in things]
    scores = translation_scores([*pairs, Pair("red car", "chien vieux", "x")])
    assert scores.shape == (21,)
    assert scores[-1] < scores[:-1].min() - 1


# Splits


def _corpus() -> list[Pair]:
    subjects = ["house", "road", "book", "window", "garden", "machine", "letter", "river"]
    verbs = ["waits", "falls", "shines", "moves", "sings", "breaks", "opens", "sleeps"]
    places = ["by old Paris walls", "near cold northern water", "under seven quiet bridges"]
    return [
        Pair(f"Every {a} {s} {v} {p}.", f"Chaque {s} {a} {v} là {p}.", "x" if a != "tiny" else "y")
        for a in ("small", "tiny", "green") for s in subjects for v in verbs for p in places
    ]  # fmt: skip


def test_parts_neither_overlap_nor_come_near() -> None:
    parts = split(_corpus(), {"x": (0.05, 0.05)})
    assert parts.test and parts.dev and parts.train
    assert {p.origin for p in parts.test + parts.dev} == {"x"}
    for side in ("source", "reference"):
        held = NearDuplicates([getattr(p, side) for p in parts.test])
        assert not any(held.near(getattr(p, side)) for p in parts.dev + parts.train)
        held = NearDuplicates([getattr(p, side) for p in parts.dev])
        assert not any(held.near(getattr(p, side)) for p in parts.train)


def test_a_sentence_stays_in_its_part_when_others_come_or_go() -> None:
    pairs = _corpus()
    full = split(pairs, {"x": (0.05, 0.05)})
    half = split(pairs[::-2], {"x": (0.05, 0.05)})
    assert not {p.source for p in full.test} & {p.source for p in half.train + half.dev}
    assert split(pairs[::-1], {"x": (0.05, 0.05)}) == full


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("the small dog sleeps under the big old table", True),
        ("Yesterday the small dog sleeps under the big old table.", True),
        ("The small dog sleeps under the big table in our kitchen.", False),
        ("A large cat sits on the chair.", False),
    ],
)
def test_near_duplicates(text: str, near: bool) -> None:
    assert NearDuplicates(["The small dog sleeps under the big old table."]).near(text) is near


def test_titles_and_fragments_are_no_natural_sentences() -> None:
    assert is_natural_source("You can open the file.")
    for text in ("Open File Dialog Box.", "you can open it.", "You can open it", "Open it now 2."):
        assert not is_natural_source(text)


# What ships


def test_shipped_test_part_is_natural_and_licensed() -> None:
    test = _rows("natural.test.tsv")
    assert 1000 <= len(test) <= 2000
    assert {p.origin for p in test} == {"lohelp", "loui", "gimphelp", "gnomehelp"}
    for pair in test:
        assert 4 <= len(pair.source.split()) <= 22
        for text in (pair.source, pair.reference):
            assert text[0].isupper() and text[-1] in ".?!"
            assert not re.search(r"[\u00a0\u202f«»“”‘’<>]", text)
        assert rejection(pair.source, pair.reference) == ""
    assert len({key(p.source) for p in test}) == len({key(p.reference) for p in test}) == len(test)
    positions = [position(p.source) for p in test]
    assert positions == sorted(positions)


def test_shipped_dev_part_is_apart_from_test() -> None:
    test, dev = _rows("natural.test.tsv"), _rows("natural.dev.tsv")
    assert 400 <= len(dev) <= 700
    for side in ("source", "reference"):
        held = NearDuplicates([getattr(p, side) for p in test])
        assert not any(held.near(getattr(p, side)) for p in dev)


@pytest.mark.parametrize("column", ["source", "reference"])
def test_shipped_labels_match_the_text(column: str) -> None:
    texts = read_column(SHIPPED / "natural.test.tsv", column)
    blocks = (SHIPPED / f"natural.test.{column}.conllu").read_text("utf-8").strip().split("\n\n")
    assert len(blocks) == len(texts)
    for number, (block, text) in enumerate(zip(blocks, texts, strict=True)):
        head, shown, *lines = block.split("\n")
        assert (head, shown) == (f"# sent_id = {number}", f"# text = {text}")
        rows = [line.split("\t") for line in lines]
        assert all(len(row) == 10 and row[3] != "_" for row in rows)
        assert [row[0] for row in rows] == [str(n) for n in range(1, len(rows) + 1)]
        assert all(0 <= int(row[6]) <= len(rows) for row in rows)
        words = (row[1] + ("" if row[9] == "SpaceAfter=No" else " ") for row in rows)
        assert "".join(words).strip() == text


def test_every_shipped_origin_has_its_licence() -> None:
    text = (SHIPPED / "LICENSES.md").read_text("utf-8")
    counts = json.loads((SHIPPED / "natural.json").read_text("utf-8"))["pairs"]["test"]
    for origin, count in counts.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{origin}`"))
        assert f"| {count} |" in row
        name = re.search(r"`(licences/[^`]+)`", row)
        assert name and (SHIPPED / name[1]).stat().st_size > 10_000


# Annotation


def _token(i: int, text: str, head: int, space: str = " ") -> SimpleNamespace:
    return SimpleNamespace(
        i=i, text=text, lemma_=text.lower(), pos_="X", tag_="XX", morph="", dep_="dep",
        head=SimpleNamespace(i=head), whitespace_=space,
    )  # fmt: skip


def test_conllu_numbers_words_from_one_and_skips_spaces() -> None:
    tokens = [
        _token(0, "He", 2),
        _token(1, " ", 2),
        _token(2, "left", 2, ""),
        _token(3, ".", 2, ""),
    ]
    assert conllu_sentence(7, "He  left.", tokens) == (
        "# sent_id = 7\n# text = He  left.\n"
        "1\tHe\the\tX\tXX\t_\t2\tdep\t_\t_\n"
        "2\tleft\tleft\tX\tXX\t_\t0\troot\t_\tSpaceAfter=No\n"
        "3\t.\t.\tX\tXX\t_\t2\tdep\t_\tSpaceAfter=No\n\n"
    )


def test_annotation_keeps_rows_and_order(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    write_tsv(path, [Pair("He left.", "Il partit.", "x"), Pair("Go on.", "Continuez.", "x")])
    texts = read_column(path, "source")
    pipeline = SimpleNamespace(pipe=lambda rows, batch_size: ([_token(0, r, 0)] for r in rows))
    found = list(annotate(texts, pipeline))
    assert [re.findall(r"# text = (.*)", s) for s in found] == [["He left."], ["Go on."]]


def test_a_table_without_the_column_says_which_there_are(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("a\tb\n1\t2\n")
    with pytest.raises(InvalidInputError, match=r"no column 'source'.*'a', 'b'"):
        read_column(path, "source")
    path.write_text("source\treference\nonly one\n")
    with pytest.raises(InvalidInputError, match=r"line 2: 1 cells"):
        read_column(path, "source")
