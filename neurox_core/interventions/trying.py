"""An edit that was found on one sentence, tried on a whole corpus.

How often does it do the same where it is meant to, and what does it break elsewhere? It is meant
for sentences that are translated with the word that it turns, and of these, if a property is given,
for those in which the property holds (:mod:`neurox_core.corpora.holding`). All other sentences are
elsewhere: what changes there is damage. The score of the whole corpus stands beside both: that of
the model's task. So a language model's words are those of its continuations, but it is scored by
how well it predicts the text; a classifier's words are its classes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..corpora import Corpus
from ..corpora.holding import Holding
from ..evaluation.metrics import LOGARITHMIC, score_outputs
from ..models.base import TranslationModel
from ..models.tokens import words_of
from ..models.unknown import unknown_text
from .curve import Kept
from .intervention import Intervention
from .outputs import gold_of, outputs, scorable, shown
from .placing import corpus_rows, setting_of
from .redecode import Redecoder

_EXAMPLES = 12
"""Sentences shown of those that an edit turned, and of those that it broke."""


def try_edit(
    model: TranslationModel,
    corpus: Corpus,
    interventions: Sequence[Intervention],
    word: str,
    wanted: str,
    *,
    limit: int | None = None,
    holding: Holding | None = None,
    beams: int = 1,
    resamples: int = 300,
    keep: Kept | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> dict[str, Any]:
    """What an edit that was found on one sentence does to a whole corpus.

    The edit is meant for sentences that are translated with `word`, and in which a property holds
    if one is given; all others are elsewhere.

    Parameters
    ----------
    word, wanted : str
        What the edit turns into what, whatever the case.
    limit : int, optional
        Only so many sentences.
    holding : Holding, optional
        A property, such as ``Holding("Tense", "Past")``: some word of the source is in the past.
    beams : int
        Of a model that writes; 1 is greedy.
    keep : Kept, optional
        Where translations by this search are looked for, and put.

    Returns
    -------
    dict
        ``with_word``: sentences that it is meant for; ``turned``: those that now have `wanted`
        instead of `word`; ``changed_otherwise``: those that changed but not so;
        ``changed_elsewhere``: other sentences that changed, of ``without_word``; with a property
        ``holding``, ``sentences_holding`` in which it holds, and ``word_elsewhere``: sentences
        translated with `word` in which it does not, of which ``turned_elsewhere`` were turned all
        the same (they are among those that changed elsewhere); ``metrics``, by name, with
        ``baseline``, ``value``, ``change``, ``p_value``, ``signature`` and ``logarithmic``;
        ``turned_examples`` and ``broken_examples``; ``warnings``, if the model has no pieces for
        one of the two words.

    Raises
    ------
    InvalidInputError
        If the model has no output that could be scored.
    UnknownAddressError, UnknownNameError, MissingStatisticsError, CancelledError
    """
    scorable(model)
    writes = model.task in ("translation", "language-modelling")
    told = unknown_text(model, written=[word, wanted] if writes else [])
    chosen = corpus if limit is None else corpus.take(range(min(limit, len(corpus))))
    scored = _scored(model, chosen, interventions, beams, cancelled)
    if writes:
        clean, changed = _both(model, chosen, interventions, beams, keep, cancelled)
    else:
        clean, changed = ([shown(model.task, one) for one in given] for given in scored)
    word, wanted = word.casefold(), wanted.casefold()
    lists = [({*_words(a)}, {*_words(b)}) for a, b in zip(clean, changed, strict=True)]
    holds = [True] * len(chosen) if holding is None else holding.sentences(chosen)
    said = [i for i, (a, _) in enumerate(lists) if word in a]
    became = {i for i in said if word not in lists[i][1] and wanted in lists[i][1]}
    has = [i for i in said if holds[i]]
    turned = [i for i in has if i in became]
    rest = sorted(set(range(len(chosen))) - set(has))
    moved = [i for i in rest if clean[i] != changed[i]]
    otherwise = [i for i in has if clean[i] != changed[i] and i not in became]
    before, after = scored or (clean, changed)
    gold = gold_of(model, chosen)
    score = score_outputs(model.task, after, gold, before, resamples=resamples)
    return {
        "warnings": told,
        "sentences": len(chosen),
        "with_word": len(has),
        "turned": len(turned),
        "changed_otherwise": len(otherwise),
        "without_word": len(rest),
        "changed_elsewhere": len(moved),
        **({} if holding is None else {
            "holding": holding.to_dict(), "sentences_holding": sum(holds),
            "word_elsewhere": len(said) - len(has), "turned_elsewhere": len(became) - len(turned),
        }),
        "metrics": {
            name: {
                "baseline": m.baseline, "value": m.value, "change": m.value - (m.baseline or 0.0),
                "p_value": m.p_value, "signature": m.signature, "logarithmic": name in LOGARITHMIC,
            }
            for name, m in score.metrics.items()
        },
        **{
            name: [
                {"source": chosen.sources[i], "before": clean[i], "after": changed[i]}
                for i in rows[:_EXAMPLES]
            ]
            for name, rows in (
                ("turned_examples", turned), ("broken_examples", [*otherwise[:4], *moved])
            )
        },
    }  # fmt: skip


def _scored(
    model: TranslationModel,
    corpus: Corpus,
    interventions: Sequence[Intervention],
    beams: int,
    cancelled: Callable[[], bool] | None,
) -> list[Any]:
    """What a model that does not translate is scored on, clean and changed."""
    if model.task == "translation":
        return []  # Its texts themselves.
    return [
        outputs(
            model, corpus.sources, corpus_rows(model, corpus, edits), beams, cancelled=cancelled
        )
        for edits in ([], interventions)
    ]


def _both(
    model: TranslationModel,
    corpus: Corpus,
    interventions: Sequence[Intervention],
    beams: int,
    keep: Kept | None,
    cancelled: Callable[[], bool] | None,
) -> tuple[list[str], list[str]]:
    """Translations of a corpus, clean and changed; what is kept is not made again."""
    known = [None if keep is None else keep.get(edits) for edits in ([], interventions)]
    if known[0] is not None and known[1] is not None:
        return known[0], known[1]
    engine = Redecoder(model, corpus.sources, beams)
    clean = known[0] or engine.texts(engine.clean(cancelled))
    setting = setting_of(model, corpus, engine.tokens, interventions)
    changed = known[1] or engine.texts(engine.run([setting], None, cancelled)[0])
    if keep is not None:
        keep.put([], clean)
        keep.put(interventions, changed)
    return clean, changed


def _words(text: str) -> list[str]:
    return [text[a:b].casefold() for a, b in words_of(text)]
