"""What is kept of a corpus: whose output is whose, and files that are written at once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from neurox_core.corpora import Corpus
from neurox_core.corpora.labels import AnnotatedToken, WordLabels
from neurox_core.engine.kept import kept_outputs
from neurox_core.engine.measuring import both_outputs
from neurox_core.engine.scoring import Translations, score_changes
from neurox_core.interventions import Intervention
from neurox_core.interventions.where import Where
from neurox_core.models.base import TranslationModel
from neurox_core.replacing import replace_text, replacing

TEXT = "She reads a book."


class Quiet:
    def progress(self, *told: object) -> None:
        pass

    def cancelled(self) -> bool:
        return False


@pytest.fixture
def twins() -> Corpus:
    """One text twice; only in the first of them is the verb annotated as one."""
    annotated = [(AnnotatedToken(4, 9, {"upos": tag}),) for tag in ("VERB", "NOUN")]
    reference = "Elle lit un livre."
    return Corpus("twins", [TEXT, TEXT], [reference, reference], {}, WordLabels.of(annotated))


def edit_of_verbs() -> Intervention:
    neurons = tuple(f"encoder.1.rnn_hidden[{u}]" for u in range(16))
    return Intervention(neurons, "set", 3.0, where=Where(label="upos", value="VERB"))


def test_equal_sentences_with_other_labels_keep_an_output_each(
    tiny_recurrent: TranslationModel, twins: Corpus, tmp_path: Path
) -> None:
    edit = edit_of_verbs()
    clean, changed = both_outputs(tiny_recurrent, twins, [edit])
    assert changed is not None
    assert changed[0] != clean[0] and changed[1] == clean[1], "the edit is at the verb alone"

    def score() -> list[str] | None:
        found = score_changes(
            tiny_recurrent, twins, [edit], name="m", beams=1, part=None, part_column="part",
            cache=tmp_path, reporter=Quiet(),
        )  # fmt: skip
        assert found["parts"][0]["changed_sentences"] == 1
        return Translations(tmp_path, found["changed_translations"]).of(twins.sources)

    assert score() == changed
    assert score() == changed, "as read off the file"
    keep = kept_outputs(tmp_path, tiny_recurrent, twins.sources, 1, twins)
    assert keep.get([edit]) == changed, "curves and tries read the same file"
    file = Translations(tmp_path, keep.key([edit]))
    assert [file.get(TEXT, i) for i in range(2)] == changed
    assert file.get(TEXT, 2) is None


def test_without_labels_equal_sentences_share_an_output(tmp_path: Path) -> None:
    file = Translations(tmp_path, "0123abcd")
    file.add([TEXT], ["said"], [7])
    assert Translations(tmp_path, "0123abcd").of([TEXT, TEXT]) == ["said", "said"]


def test_threads_that_write_one_file_do_not_write_into_one_another(tmp_path: Path) -> None:
    path = tmp_path / "new" / "kept.json"
    texts = [str(n) * 200_000 for n in range(4)]
    both = threading.Barrier(len(texts))
    failed: list[BaseException] = []

    def write(text: str) -> None:
        both.wait()
        try:
            for _ in range(10):
                replace_text(path, text)
        except OSError as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert path.read_text() in texts
    assert [file.name for file in path.parent.iterdir()] == ["kept.json"]


def test_nothing_is_left_of_a_file_whose_writing_failed(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    replace_text(path, "first")
    with pytest.raises(RuntimeError), replacing(path) as partial:
        partial.write_text("half")
        raise RuntimeError
    assert path.read_text() == "first"
    assert [file.name for file in tmp_path.iterdir()] == ["kept.json"]
