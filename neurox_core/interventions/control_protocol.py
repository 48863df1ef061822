"""Controlling a property of the output through a few neurons: the protocol of Bau et al. 2019.

1. Source words are labelled with a property of the words that they are translated as: the
   references are annotated, and an aligner links the two sides (:mod:`.control_words`).
2. For every neuron a Gaussian classifier (:mod:`.gaussian`) predicts the property from the
   activation at the source word; neurons are ranked by its balanced accuracy, or otherwise to
   compare (:data:`SELECTIONS`).
3. At each source word whose translation has the one value, the k best neurons are set to
   alpha = m1 + beta (m1 - m2), where m1 is the mean of the *wanted* class (as in the code of the
   paper; its text says it the other way round), and the sentence is translated again.
4. The new output is aligned and tagged again. Success: the word is now translated by a word of the
   wanted value, and by none of the other. Damage: the loss in BLEU and chrF on the sentences that
   were edited, and the share of their other words that changed.

Neurons are fitted on half of the sentences; k and beta are chosen on a quarter and judged on the
last quarter, which nothing was chosen by.

A word may be translated by words of both values ("a mangé": a present and a past form). The value
named first in `values` then counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..corpora import Corpus
from ..errors import InvalidInputError
from ..models.base import TranslationModel
from .control_fit import Fitted, last_encoder
from .control_judging import Cancelled, Judge
from .control_results import Control, ControlPoint
from .control_words import Align, Tagger

KS, BETAS = (1, 5, 20, 50), (0.0, 2.0, 8.0, 32.0)
SELECTIONS = ("accuracy", "difference", "random")
"""How neurons are ordered: by the accuracy of their classifier, by the distance of the class means
in deviations, or at random, which shows what any neurons would do."""

__all__ = ["BETAS", "KS", "SELECTIONS", "Control", "ControlPoint", "control", "last_encoder"]


def control(
    model: TranslationModel,
    corpus: Corpus,
    name: str,
    values: tuple[str, str],
    wanted: int = 1,
    *,
    layers: Sequence[str] | None = None,
    ks: Sequence[int] = KS,
    betas: Sequence[float] = BETAS,
    select: str = "accuracy",
    scope: str = "output",
    align: Align | str | None = None,
    tagger: Tagger | None = None,
    limit: int = 120,
    seed: int = 0,
    earlier: Mapping[tuple[int, float], ControlPoint] | None = None,
    on_point: Callable[[Control], None] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    cancelled: Cancelled | None = None,
) -> Control:
    """Find the neurons that control a property and how well they do.

    Parameters
    ----------
    name : str
        A label of the reference's words, such as ``Tense``.
    values : (str, str)
        Its two values; alternatives are separated by ``|``, as in ``("Past|Imp", "Pres")``. Where a
        word is translated by words of both, the first counts.
    wanted : {0, 1}
        Which of them the output is to take.
    layers : sequence of str, optional
        Encoder layers to choose neurons from; the encoder's last recurrent or residual one.
    ks, betas : sequence
        The sweep.
    select : {"accuracy", "difference", "random"}
        How neurons are ordered.
    align : callable of (source words, target words), or "attention", optional
        Links between them; by default an :class:`.Aligner` fitted to the corpus, or those that the
        model's attention makes.
    tagger : callable, optional
        Tags references and outputs (see :func:`.control_words.annotator_tagger`); by default the
        references' annotation, and a lexicon of its forms for outputs.
    limit : int
        Most sentences of each of the two judging parts.
    earlier : mapping of (k, beta) to ControlPoint, optional
        Cells that the same call found before it was cut off.
    on_point : callable of Control, optional
        Called when the neurons are ranked, and with every cell that is added, with what there is.

    Raises
    ------
    InvalidInputError
        If the corpus has no such labels, or too few words of either value.
    CancelledError
        What `on_point` was told is kept by whoever keeps it.
    """
    if wanted not in (0, 1) or not ks or not betas:
        raise InvalidInputError("wanted is 0 or 1, and the sweep needs a k and a beta.")
    if select not in SELECTIONS:
        raise InvalidInputError(f"select is one of {', '.join(SELECTIONS)}, not {select!r}.")
    if min(values[0].strip("| "), values[1].strip("| ")) == "" or values[0] == values[1]:
        raise InvalidInputError("Give two different values of the label.")
    work = Fitted(
        model, corpus, name, values, wanted, layers, scope, select, align, tagger, seed
    )  # fmt: skip
    if max(ks) > len(work.units) or min(ks) < 1:
        wrong = ", ".join(str(k) for k in ks if not 1 <= k <= len(work.units))
        raise InvalidInputError(
            f"The layers have {len(work.units)} neurons: numbers of neurons (k, --k) lie between 1 "
            f"and that; leave out {wrong}."
        )
    known, total = dict(earlier or {}), len(ks) * len(betas) + 1
    choosing = Judge(work, work.part(1, limit), cancelled)
    found = work.result(ks, betas, choosing.shown())
    if on_point is not None:
        on_point(found)
    for cell in [(k, b) for k in ks for b in betas]:
        # One by one: cells that share batches are hardly faster, and a person is waiting.
        if cell not in known:
            ((known[cell], _),) = choosing.points([cell])
        found.sweep.append(known[cell])
        if on_progress is not None:
            on_progress(len(found.sweep), total)
        if on_point is not None:
            on_point(found)
    # As in the paper, the most successful setting; of equals the one that does least damage.
    chosen = max(found.sweep, key=lambda p: (p.success, p.bleu_change))
    judging = Judge(work, work.part(2, limit), cancelled)
    ((found.best, found.examples),) = judging.points([(chosen.k, chosen.beta)])
    found.signature = work.signature(found.best)
    if on_progress is not None:
        on_progress(total, total)
    return found
