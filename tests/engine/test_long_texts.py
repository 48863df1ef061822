"""Sentences that a model cannot take, when a corpus is scored: all named, by their lines."""

from pathlib import Path
from typing import Any

import pytest

from neurox_core.corpora import Corpus, read_corpus
from neurox_core.engine.measuring import both_outputs, measure
from neurox_core.engine.scoring import score_changes
from neurox_core.errors import TextTooLongError
from neurox_core.models.base import TranslationModel


class _Silent:
    def progress(self, *told: Any) -> None:
        raise AssertionError("nothing was to be translated")

    def cancelled(self) -> bool:
        return False


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    long = "word " * 2000
    rows = [f"{long if i in (1, 60) else 'He left.'}\tIl est parti." for i in range(70)]
    file = tmp_path / "text.tsv"
    file.write_text("source\treference\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return read_corpus(file)


SAID = r"^2 of 70 sources have .*: line 3 has .*; line 62 has .* Nothing was {}: shorten"


def test_all_are_named_by_their_lines(tiny_model: TranslationModel, corpus: Corpus) -> None:
    with pytest.raises(TextTooLongError, match=SAID.format("scored")):
        measure(tiny_model, corpus)
    with pytest.raises(TextTooLongError, match=SAID.format("translated")):
        both_outputs(tiny_model, corpus)


def test_a_job_looks_at_all_before_it_translates_the_first(
    tiny_model: TranslationModel, corpus: Corpus, tmp_path: Path
) -> None:
    with pytest.raises(TextTooLongError, match=SAID.format("scored")):
        score_changes(
            tiny_model, corpus, [], name="m", beams=1, part=None, part_column="part",
            cache=tmp_path, reporter=_Silent(),  # type: ignore[arg-type]
        )  # fmt: skip
