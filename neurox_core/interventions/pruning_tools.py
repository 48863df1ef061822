"""Beside pruning: two models compared, and an order of units that needs no text.

A ranking says which units matter on a text. Where none was made, or none can be, since the units of
attention heads are not recorded by default, weights give an order: a unit matters as much as the
product of the lengths of the weights that make it and of those that read it (magnitude pruning, as
in Han et al. 2015, for whole units). It is the coarser way, and is named with what it made.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safetensors.torch import load_file

from ..corpora import Corpus
from ..errors import CancelledError, InvalidInputError
from ..evaluation.metrics import LOGARITHMIC, score_outputs
from ..models.base import TranslationModel
from .outputs import gold_of, outputs, scorable
from .pruning import CONFIG, WEIGHTS, folder_of
from .pruning_heads import SITES

_AT_ONCE = 128
KINDS = {"feed_forward": "feed-forward units", "heads": "attention heads"}
"""What can be ordered by weights."""


def weight_order(source: str | Path, kind: str = "heads") -> list[str]:
    """Units of a Transformer of the Marian or BART kind, by the size of their weights.

    Parameters
    ----------
    source : str or Path
        A demo model's name or a folder.
    kind : {"feed_forward", "heads"}

    Returns
    -------
    list of str
        Addresses of all ``ffn_act``, or ``self_attn_heads`` and ``cross_attn_heads``, the largest
        first.

    Raises
    ------
    InvalidInputError
        If the model has no such units.
    ModelLoadError
        If there is no such folder.
    """
    if kind not in KINDS:
        raise InvalidInputError(
            f"Weights order {' or '.join(KINDS)}, not {kind!r}: use a ranking for other units."
        )
    folder = folder_of(source)
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    tensors = load_file(folder / WEIGHTS)
    found: dict[str, float] = {}
    for name in tensors:
        for stack in ("encoder", "decoder"):
            for layer in range(int(config.get(f"{stack}_layers", 0))):
                prefix = f"{stack}.layers.{layer}."
                for site, maker, reader in _pairs(kind):
                    if not name.endswith(f"{prefix}{reader}.weight"):
                        continue
                    made = name.removesuffix(f"{reader}.weight") + f"{maker}.weight"
                    size = tensors[made].float().norm(dim=1) * tensors[name].float().norm(dim=0)
                    for unit, value in enumerate(size.tolist()):
                        found[f"{stack}.{layer}.{site}[{unit}]"] = value
    if not found:
        raise InvalidInputError(
            f"A {config.get('model_type')} model has no {KINDS[kind]} that can be taken out; "
            "Transformers of the Marian and BART kind have."
        )
    return sorted(found, key=lambda unit: -found[unit])


def _pairs(kind: str) -> list[tuple[str, str, str]]:
    """Site, the weights that make its units, and those that read them."""
    if kind == "feed_forward":
        return [("ffn_act", "fc1", "fc2")]
    return [(site, f"{part}.v_proj", f"{part}.out_proj") for site, part in SITES.items()]


def compare_models(
    source: str | Path,
    target: str | Path,
    corpus: Corpus,
    beams: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> dict[str, Any]:
    """Score and time two models on a corpus, the second against the first.

    Translation models are scored on their translations, language models on how well they predict
    the sources. They take turns, a few sentences each, so that whatever else the machine does
    slows down both.

    Returns
    -------
    dict
        ``sentences``, ``changed_sentences``, ``seconds`` (of both, for reading or decoding alone),
        and ``metrics``, by name, with ``before``, ``after``, ``interval``, ``p_value``,
        ``signature`` and ``logarithmic``.

    Raises
    ------
    CancelledError, InvalidInputError, ModelLoadError
    """
    from ..models.registry import load_model

    found: list[list[Any]] = [[], []]
    seconds = [0.0, 0.0]
    models: list[TranslationModel] = [load_model(name) for name in (source, target)]
    model = models[1]
    for one in models:
        scorable(one)
        outputs(one, corpus.sources[:8], beams=beams)
    for first in range(0, len(corpus), _AT_ONCE):
        part = corpus.sources[first : first + _AT_ONCE]
        # Who begins changes from turn to turn: the second finds the text in the caches.
        for k in (0, 1) if first // _AT_ONCE % 2 == 0 else (1, 0):
            if cancelled is not None and cancelled():
                raise CancelledError("Scoring was cancelled.")
            began = time.perf_counter()
            found[k] += outputs(models[k], part, beams=beams)
            seconds[k] += time.perf_counter() - began
            if on_progress is not None:
                on_progress(sum(map(len, found)), 2 * len(corpus))
    score = score_outputs(model.task, found[1], gold_of(model, corpus), found[0])
    return {
        "sentences": len(corpus),
        "seconds": seconds,
        "changed_sentences": score.changed_sentences,
        "metrics": {
            name: {
                "before": m.baseline, "after": m.value, "interval": m.interval,
                "p_value": m.p_value, "signature": m.signature, "logarithmic": name in LOGARITHMIC,
            }
            for name, m in score.metrics.items()
        },
    }  # fmt: skip
