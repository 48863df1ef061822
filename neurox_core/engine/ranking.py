"""Rankings as jobs: plain values in, a file out.

The label of a job is a mapping that :func:`neurox_core.corpora.label_words` takes: ``name``,
``side``, and where wanted ``parameters``, ``classes``, ``against``, ``minimum`` and ``rest``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..activations import ActivationStore, open_store
from ..corpora import Corpus, Words, label_words
from ..corpora.labelling import Labelling, require_classes
from ..errors import InvalidInputError, StoreError
from ..rankings import Ranking, analysis, rank
from ..rankings.agreement import agreement, overlap_curve
from ..rankings.analysis import Scored
from ..rankings.files import RankingFile, save_ranking
from ..rankings.ranking import Layers, ordered
from ..rankings.similarity import layer_similarity
from ..rankings.stability import Stability, stability
from .sources import open_corpus
from .tasks import Parameters, Reporter

EXAMPLES = 6
"""Words shown of each class of a label."""

SHOWN = 200
"""Neurons of a preliminary ranking that are told."""

SHOWN_LABEL = 30
"""Neurons of each label of a preliminary ranking."""

LABELS = 60
"""Labels of a preliminary ranking."""

CURVE_POINTS = 60
"""Numbers of neurons at which the overlap of two rankings is drawn."""


def label_from(
    words: Words | ActivationStore, corpus: Corpus, label: Mapping[str, Any]
) -> Labelling:
    """Label words as a job or a request describes it; raises what `label_words` raises."""
    return label_words(
        words, corpus, label["name"], label.get("side", "source"),
        classes=label.get("classes"), against=label.get("against"),
        minimum=label.get("minimum", 1), rest=label.get("rest", ""),
        **label.get("parameters", {}),
    )  # fmt: skip


def describe_label(corpus: Corpus, label: Mapping[str, Any]) -> dict[str, Any]:
    """What a label says of the words of a corpus, for a screen.

    Returns
    -------
    dict
        ``name``, ``numeric``, ``words``, ``labelled``, ``classes`` (a list of dict with ``name``,
        ``words`` and ``examples``), and of a number ``lowest`` and ``highest``, else None.
    """
    side = label.get("side", "source")
    words = Words.of(corpus.sources if side == "source" else corpus.references, side)
    found = label_from(words, corpus, label)
    known = found.values[found.applies]
    some = found.numeric and len(known) > 0
    return {
        "name": found.name,
        "numeric": found.numeric,
        "words": len(found),
        "labelled": len(known),
        "classes": [] if found.numeric else [
            {"name": name, "words": int(count), "examples": _examples(words, found, number)}
            for number, (name, count) in enumerate(zip(found.classes, found.counts, strict=True))
        ],
        "lowest": float(known.min()) if some else None,
        "highest": float(known.max()) if some else None,
    }  # fmt: skip


def _examples(words: Words, labels: Labelling, number: int) -> list[str]:
    forms = words.forms
    tally = Counter(forms[i] for i in np.flatnonzero(labels.values == number).tolist())
    return [form for form, _ in tally.most_common(EXAMPLES)]


@dataclass(frozen=True)
class Asked:
    """What a ranking is to be made of; see :func:`neurox_core.rankings.rank`.

    Attributes
    ----------
    method : str
    store : ActivationStore
    labels : Labelling or None
    others : mapping of str to ActivationStore
    options : mapping
        ``layers``, ``words``, ``standardize``, ``seed`` and ``parameters``.
    """

    method: str
    store: ActivationStore
    labels: Labelling | None
    others: Mapping[str, ActivationStore]
    options: Mapping[str, Any]

    @property
    def layers(self) -> list[tuple[str, int]]:
        """Addresses and widths of the layers that are ranked."""
        chosen = self.options.get("layers") or list(self.store.layers)
        return [(address, self.store.layers[address]) for address in chosen]

    @property
    def values(self) -> int:
        """How many activations have to be looked at."""
        return sum(self.store.layer(a).shape[0] * width for a, width in self.layers)

    def check(self) -> None:
        """Raise at once what :func:`rank` would raise minutes later in a job."""
        needs = analysis(self.method).needs
        analysis(self.method).checked(self.options.get("parameters", {}))
        for what, given in (("labels", self.labels), ("others", self.others)):
            if what in needs and not given:
                raise InvalidInputError(f"The ranking {self.method!r} needs {what}.")
        if self.labels is not None and not (self.labels.numeric and "targets" in needs):
            require_classes(self.labels)

    def rank(self, reporter: Reporter | None = None) -> Ranking:
        """Make the ranking."""
        options = self.options
        return rank(
            self.method, self.store, labels=self.labels, others=self.others or None,
            seed=options.get("seed", 0), layers=options.get("layers"),
            words=options.get("words", "last"), standardize=options.get("standardize"),
            on_progress=None if reporter is None else with_preview(
                reporter, options.get("id", ""), self.layers
            ),
            cancelled=None if reporter is None else reporter.cancelled,
            **options.get("parameters", {}),
        )  # fmt: skip


def rank_task(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """Make a ranking and write it.

    Parameters
    ----------
    parameters : mapping
        ``method``, ``store`` (a path), ``path`` of the result, ``id`` (handed back), and where the
        method needs them ``corpus`` (see :mod:`.sources`), ``label``, ``others`` (name to path of a
        store), ``layers``, ``words``, ``standardize``, ``seed``, ``parameters``.

    Returns
    -------
    dict
        ``ranking``, the id; ``preview`` is None. Preliminary results have the same form, with a
        :func:`preview`.
    """
    path = Path(parameters["path"])
    if not is_sound(path):
        save_ranking(_asked(parameters, reporter).rank(reporter), path)
    return {"ranking": parameters["id"], "preview": None}


def _asked(parameters: Parameters, reporter: Reporter) -> Asked:
    reporter.progress(0, 1, "opening the activations")
    store = open_store(parameters["store"], verify=False)
    label = parameters.get("label")
    labels = None
    if label is not None:
        labels = label_from(store, open_corpus(parameters["corpus"]), label)
    others = {
        name: open_store(other, verify=False)
        for name, other in (parameters.get("others") or {}).items()
    }
    return Asked(parameters["method"], store, labels, others, parameters)


def stability_task(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """Rank resampled sentences and compare.

    Parameters
    ----------
    parameters : mapping
        As for :func:`rank_task`, without ``path``; ``resamples`` and ``k`` (or None).
    """
    asked, options = _asked(parameters, reporter), parameters
    found = stability(
        asked.method, asked.store, labels=asked.labels, others=asked.others or None,
        k=options.get("k"), resamples=options["resamples"], seed=options.get("seed", 0),
        layers=options.get("layers"), words=options.get("words", "last"),
        standardize=options.get("standardize"), on_progress=with_stability(reporter),
        cancelled=reporter.cancelled, **options.get("parameters", {}),
    )  # fmt: skip
    return plain_stability(found, True)


def plain_stability(found: Stability, complete: bool) -> dict[str, Any]:
    """Plain values of a stability, by the names that the interface uses."""
    whole = found.to_json()
    parts = {
        label: {name: value for name, value in one.items() if name != "labels"}
        for label, one in whole["labels"].items()
    }
    return {**whole, "labels": parts, "complete": complete}


def similarity_task(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """Compare layers of one model or two.

    Parameters
    ----------
    parameters : mapping
        ``store``, ``other`` (a path or None), ``layers`` and ``other_layers`` (or None), ``words``.
    """
    reporter.progress(0, 1, "opening the activations")
    other = parameters.get("other")
    found = layer_similarity(
        open_store(parameters["store"], verify=False),
        None if other is None else open_store(other, verify=False),
        layers=parameters.get("layers"), other_layers=parameters.get("other_layers"),
        words=parameters.get("words", "last"), on_progress=without_partial(reporter),
        cancelled=reporter.cancelled,
    )  # fmt: skip
    return found.to_json()


def compare_rankings(rankings: Mapping[str, Ranking], k: int | None = None) -> dict[str, Any]:
    """How far rankings agree, for a screen.

    Returns
    -------
    dict
        :meth:`.agreement.Agreement.to_json` with addresses in the ``consensus``, and ``curve_at``
        (numbers of neurons) with ``curves``: the overlap of the first ranking with each other one.
    """
    found = agreement(rankings, k).to_json()
    first, *others = rankings.values()
    size = len(first)
    at = np.unique(np.geomspace(1, size, CURVE_POINTS).round().astype(int))
    if first.layers is not None:
        found["consensus"] = [first.neuron(i) for i in found["consensus"]]
    return {
        **found, "consensus": [str(n) for n in found["consensus"]], "curve_at": at.tolist(),
        "curves": [overlap_curve(first, other)[at - 1].tolist() for other in others],
    }  # fmt: skip


def is_sound(path: Path) -> bool:
    """Whether a ranking's file is there and can be read."""
    try:
        RankingFile(path)
    except StoreError:
        return False
    return True


def preview(found: Scored, note: str) -> dict[str, Any]:
    """The first neurons of a ranking that is not finished.

    Returns
    -------
    dict
        ``note``, ``known`` (neurons with a score), ``order`` and ``scores`` of the first neurons
        (flat numbers), and ``labels``: the last two for the first of each label.
    """
    order, scores = _first(found, SHOWN)
    labels = {}
    for label, below in list(found.labels.items())[:LABELS]:
        some, values = _first(below, SHOWN_LABEL)
        labels[label] = {"order": some, "scores": values}
    known = int(np.isfinite(found.scores).sum())
    return {"note": note, "known": known, "order": order, "scores": scores, "labels": labels}


def _first(found: Scored, count: int) -> tuple[list[int], list[float]]:
    scores = np.asarray(found.scores, np.float64)
    order = ordered(scores) if found.order is None else found.order
    first = order[np.isfinite(scores[order])][:count]
    return first.tolist(), [float(x) for x in scores[first]]


Report = Callable[[int, int, str, Mapping[str, object] | None], None]


def with_preview(reporter: Reporter, ranking: str, layers: Layers) -> Report:
    """A reporter as analyses call it; preliminary rankings are told as plain values.

    Parameters
    ----------
    reporter : Reporter
    ranking : str
        The ranking's id.
    layers : sequence of (str, int)
        Addresses and widths, which give the flat numbers their meaning.
    """
    listed = [{"address": address, "width": width} for address, width in layers]

    def report(
        done: int, total: int, message: str, partial: Mapping[str, object] | None = None
    ) -> None:
        told = None
        if partial is not None and isinstance(scored := partial.get("scored"), Scored):
            shown = preview(scored, str(partial.get("note", "")))
            told = {"ranking": ranking, "preview": {**shown, "layers": listed}}
        reporter.progress(done, total, message, told)

    return report


def with_stability(reporter: Reporter) -> Report:
    """A reporter as :func:`.stability.stability` calls it."""

    def report(
        done: int, total: int, message: str, partial: Mapping[str, object] | None = None
    ) -> None:
        found = None if partial is None else partial.get("stability")
        told = plain_stability(found, False) if isinstance(found, Stability) else None
        reporter.progress(done, total, message, told)

    return report


def without_partial(
    reporter: Reporter,
) -> Report:
    """A reporter as analyses call it, without preliminary results: they are arrays."""

    def report(
        done: int, total: int, message: str, partial: Mapping[str, object] | None = None
    ) -> None:
        reporter.progress(done, total, message)

    return report
