"""NeuroX: what single neurons of a neural translation model do, and what they cause.

>>> import neurox_core as nx                                            # doctest: +SKIP
>>> model = nx.load_model("lstm-a")                                     # doctest: +SKIP
>>> off = nx.Intervention(["encoder.1.rnn_hidden[3]"], "zero")          # doctest: +SKIP
>>> model.translate(["He left."], interventions=[off])[0].text          # doctest: +SKIP

Names are loaded when they are first used, so that ``import neurox_core`` is quick and a script that
only reads a corpus never loads torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import demo
    from .activations import (
        ActivationStore,
        estimate,
        export_activations,
        extract,
        import_activations,
        open_store,
    )
    from .activations.nearest import nearest_states, similar_sentences
    from .addresses import LayerAddress, Neuron
    from .corpora import (
        Corpus,
        Holding,
        annotators,
        concepts,
        label_words,
        read_corpus,
        read_labels,
    )
    from .engine.measuring import measure
    from .engine.outcomes import Outcome
    from .engine.similar import find_counterparts
    from .engine.slicing import measure_slices
    from .engine.states import nearest_words, state_of_word
    from .errors import NeuroXError
    from .evaluation import score_corpus
    from .evaluation.slices import slice_scores
    from .interventions import (
        Intervention,
        ManipulationSet,
        ReferenceValues,
        Where,
        ablation_curve,
        attribute,
        compare_runs,
        compare_sets,
        control,
        find_edit,
        gender_bias,
        patch_from,
        prune_model,
        try_edit,
    )
    from .models.attention import attention
    from .models.base import TranslationModel
    from .models.check import check_model
    from .models.inspection import alternatives, beam_tree
    from .models.registry import load_model
    from .models.results import Translation
    from .rankings import Ranking, rank, rankings
    from .rankings.agreement import agreement
    from .rankings.concepts import identify
    from .rankings.marking import marked
    from .rankings.similarity import layer_similarity
    from .rankings.stability import stability

__version__ = "0.1.0"

_HOMES = {
    "ActivationStore": "activations", "extract": "activations", "open_store": "activations",
    "estimate": "activations", "export_activations": "activations",
    "import_activations": "activations",
    "nearest_states": "activations.nearest", "similar_sentences": "activations.nearest",
    "LayerAddress": "addresses", "Neuron": "addresses",
    "Corpus": "corpora", "Holding": "corpora", "read_corpus": "corpora",
    "read_labels": "corpora",
    "annotators": "corpora", "concepts": "corpora", "label_words": "corpora",
    "NeuroXError": "errors",
    "score_corpus": "evaluation", "slice_scores": "evaluation.slices",
    "Intervention": "interventions", "ManipulationSet": "interventions",
    "ReferenceValues": "interventions", "Where": "interventions",
    "ablation_curve": "interventions", "attribute": "interventions",
    "compare_runs": "interventions", "compare_sets": "interventions", "control": "interventions",
    "find_edit": "interventions", "gender_bias": "interventions", "patch_from": "interventions",
    "prune_model": "interventions", "try_edit": "interventions",
    "attention": "models.attention", "alternatives": "models.inspection",
    "beam_tree": "models.inspection",
    "Translation": "models.results", "TranslationModel": "models.base",
    "check_model": "models.check", "load_model": "models.registry",
    "Outcome": "engine.outcomes", "find_counterparts": "engine.similar",
    "measure": "engine.measuring", "measure_slices": "engine.slicing",
    "nearest_words": "engine.states", "state_of_word": "engine.states",
    "Ranking": "rankings", "rank": "rankings", "rankings": "rankings",
    "identify": "rankings.concepts", "marked": "rankings.marking",
    "agreement": "rankings.agreement", "layer_similarity": "rankings.similarity",
    "stability": "rankings.stability",
}  # fmt: skip

__all__ = [
    "ActivationStore", "Corpus", "Holding", "Intervention", "LayerAddress", "ManipulationSet",
    "NeuroXError", "Neuron", "Outcome", "Ranking", "ReferenceValues", "Translation",
    "TranslationModel", "Where", "ablation_curve", "agreement", "alternatives", "annotators",
    "attention", "attribute", "beam_tree", "check_model", "compare_runs", "compare_sets",
    "concepts", "control", "demo", "estimate", "export_activations", "extract",
    "find_counterparts", "find_edit", "gender_bias", "identify", "import_activations",
    "label_words", "layer_similarity", "load_model", "marked", "measure", "measure_slices",
    "nearest_states", "nearest_words", "open_store", "patch_from", "prune_model", "rank",
    "rankings", "read_corpus", "read_labels", "score_corpus", "similar_sentences", "slice_scores",
    "stability", "state_of_word", "try_edit",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "demo":
        return import_module(".demo", __name__)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
