"""Scores are sacreBLEU's own, and a difference is judged the right way round."""

from __future__ import annotations

import pytest
import sacrebleu

from neurox_core.errors import InvalidInputError, UnknownNameError
from neurox_core.evaluation import score_corpus

REFERENCES = [f"Le chat numéro {i} dort sur la table de la cuisine ." for i in range(60)]
GOOD = [r.replace("dort", "mange") if i % 6 == 0 else r for i, r in enumerate(REFERENCES)]
BAD = [r.replace("sur la table", "sous une chaise") for r in GOOD]


def test_values_equal_sacrebleu_itself() -> None:
    score = score_corpus(GOOD, REFERENCES, metrics=("bleu", "chrf", "ter"))
    assert score.bleu.value == pytest.approx(sacrebleu.corpus_bleu(GOOD, [REFERENCES]).score)
    assert score.chrf.value == pytest.approx(sacrebleu.corpus_chrf(GOOD, [REFERENCES]).score)
    assert score.metrics["ter"].value == pytest.approx(
        sacrebleu.corpus_ter(GOOD, [REFERENCES]).score
    )
    assert "tok:13a" in score.bleu.signature and "seed:12345" in score.bleu.signature
    assert score.bleu.p_value is None and score.bleu.baseline is None


def test_a_clear_loss_is_significant_and_no_change_is_not() -> None:
    worse = score_corpus(BAD, REFERENCES, GOOD)
    assert worse.bleu.value < worse.bleu.baseline
    assert worse.bleu.p_value < 0.01 and worse.bleu.interval > 0
    assert worse.changed_sentences == 60
    same = score_corpus(GOOD, REFERENCES, GOOD)
    assert same.bleu.value == same.bleu.baseline and same.changed_sentences == 0
    assert same.bleu.p_value > 0.5


def test_bad_calls_are_told_what_is_wrong() -> None:
    with pytest.raises(InvalidInputError, match="no sentence"):
        score_corpus([], [])
    with pytest.raises(InvalidInputError, match="60 translations but 59 references"):
        score_corpus(GOOD, REFERENCES[1:])
    with pytest.raises(UnknownNameError, match="bleu, chrf, ter"):
        score_corpus(GOOD, REFERENCES, metrics=("meteor",))
