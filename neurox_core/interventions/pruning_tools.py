"""Beside pruning: two models compared, and an order of units that needs no text.

A ranking says which units matter on a text. Where none was made, or none can be, since the units of
attention heads are not recorded by default, weights give an order: a unit matters as much as the
product of the lengths of the weights that make it (of both maps, if gated) and of those that read
it (magnitude pruning, as in Han et al. 2015, for whole units). It is the coarser way, and is named
with what it made.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from json import JSONDecodeError
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor

from ..corpora import Corpus
from ..errors import CancelledError, InvalidInputError, ModelLoadError
from ..evaluation.metrics import LOGARITHMIC, score_outputs
from ..models.base import TranslationModel
from ..models.registry import languages_of, load_model
from .outputs import gold_of, outputs, scorable
from .pruning import CONFIG, folder_of
from .pruning_equal_heads import equal_heads
from .pruning_families import Block, FeedForward, feed_forward
from .pruning_heads import SITES
from .pruning_weights import load_weights, shapes_in, shapes_of
from .pruning_widths import widths_of

_AT_ONCE = 128
KINDS = {"feed_forward": "feed-forward units", "heads": "attention heads"}
"""What can be ordered by weights."""


def weight_order(source: str | Path, kind: str = "heads") -> list[str]:
    """Units of a Transformer by the size of their weights.

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
    if "recurrent" in kinds_of(source):
        raise InvalidInputError(
            f"A {config.get('model_type')} model has no {KINDS[kind]} that can be taken out. Rank "
            "its recurrent units (rnn_hidden), and prune it by that ranking."
        )
    tensors = load_weights(folder)
    shapes = shapes_of(tensors)
    transformer = feed_forward(config, shapes)
    heads = None
    if kind == "heads" and not transformer.family.heads:
        heads = equal_heads(transformer, config, shapes)
    found: dict[str, float] = {}
    for block in transformer.parts:
        sites = _units(transformer, block, kind) if heads is None else heads.weighed(block)
        for site, names in sites.items():
            lengths = [_lengths(tensors[name], axis) for name, axis in names]
            if heads is not None:
                lengths[0] = heads.for_each(lengths[0])
            for unit, value in enumerate(torch.stack(lengths).prod(0).tolist()):
                found[f"{block[0]}.{block[1]}.{site}[{unit}]"] = value
    return sorted(found, key=lambda unit: -found[unit])


def kinds_of(source: str | Path) -> tuple[str, ...]:
    """What can be taken out of a model: some of ``recurrent``, ``feed_forward`` and ``heads``.

    Weights are not read, only what the file says of them.

    Raises
    ------
    InvalidInputError
        If nothing can; the message says why.
    ModelLoadError
        If there is no such folder.
    """
    folder = folder_of(source)
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        widths = widths_of(config, shapes_in(folder))
    except (OSError, JSONDecodeError, UnicodeDecodeError, SafetensorError) as error:
        raise ModelLoadError(f"{folder} cannot be read: {error}") from error
    sites = {"recurrent": ".rnn_hidden", "feed_forward": ".ffn_act", "heads": "_attn_heads"}
    return tuple(kind for kind, end in sites.items() if any(a.endswith(end) for a in widths))


def _units(
    transformer: FeedForward, block: Block, kind: str
) -> dict[str, list[tuple[str, int]]]:  # fmt: skip
    """Weights that make and read the units of each site, with the axis along which these lie."""
    parts = transformer.parts[block]
    if kind == "feed_forward":
        made = [(name, axis) for name, axis in transformer.made(block) if name.endswith("weight")]
        return {"ffn_act": [*made, transformer.read(block)]}
    return {
        site: [(parts[f"{part}.v_proj.weight"], 0), (parts[f"{part}.out_proj.weight"], 1)]
        for site, part in SITES.items()
        if f"{part}.out_proj.weight" in parts
    }


def _lengths(weight: Tensor, axis: int) -> Tensor:
    found: Tensor = weight.float().norm(dim=1 - axis)
    return found


def compare_models(
    source: str | Path,
    target: str | Path,
    corpus: Corpus,
    beams: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    opener: Callable[[str], TranslationModel] = load_model,
) -> dict[str, Any]:
    """Score and time two models on a corpus, the second against the first.

    Translation models are scored on their translations, language models on how well they predict
    the sources, classifiers on their labels. They take turns, a few sentences each, so that
    whatever else the machine does slows down both. `opener` opens both, such as on a device.

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
    found: list[list[Any]] = [[], []]
    seconds = [0.0, 0.0]
    _, *languages = languages_of(str(source))
    same = ":".join([str(target), *(code for code in languages if code)])
    models: list[TranslationModel] = [opener(str(name)) for name in (source, same)]
    model = models[1]
    scorable(model)
    gold = gold_of(model, corpus)
    for one in models:
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
    score = score_outputs(model.task, found[1], gold, found[0])
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
