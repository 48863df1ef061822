"""Distillation by pruning: the least important units are taken out for good.

The result is a model of its own, in the format of the one it was made from, with really smaller
matrices; it is opened like any other. What can be taken out depends on what the format can say:

- *recurrent units* of our encoder-decoders and language models (:mod:`.pruning_recurrent`), equally
  many out of every layer and direction. The smaller model computes what the whole one computes with
  these units held at zero within the recurrence.
- *feed-forward units* of Transformers (:mod:`.pruning_feed_forward`) of the families that
  :mod:`.pruning_families` lists, equally many in every layer of a stack. The smaller model computes
  what the whole one does with these units (``ffn_act``) at zero.
- *heads* of T5 and the Llama kind (:mod:`.pruning_equal_heads`), equally many in every layer; and
  of the Marian and BART kind (:mod:`.pruning_heads`), whose layers may lose different numbers of
  them. Their own format has no place for that, so such a folder opens in NeuroX only.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file as load_arrays
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import save_file
from torch import Tensor

from ..activations.folders import unwritable
from ..corpora import Corpus
from ..errors import InvalidInputError, ModelLoadError
from ..models.hub_cache import cached_folder, hub_name
from ..models.registry import languages_of, load_model
from ..models.statistics_file import FILE as STATISTICS
from .curve import Ranked
from .intervention import Intervention, canonical
from .pruning_equal_heads import drop_equal_heads, equal_heads
from .pruning_families import feed_forward
from .pruning_feed_forward import drop_feed_forward
from .pruning_heads import drop_heads
from .pruning_recurrent import Keep, drop_recurrent, drop_recurrent_lm
from .pruning_weights import INDEX, WEIGHTS, bytes_in, load_weights, shapes_of, weight_files
from .pruning_widths import check_units, widths_of

CONFIG = "config.json"
_ORDERED = (".rnn_hidden", ".ffn_act", "_attn_heads")
"""Sites whose place in a ranking says what goes; others lose units along with these, or none."""
_LEFT_OUT = ("card.json", "training.jsonl", WEIGHTS, INDEX, CONFIG, STATISTICS)
_WHOLE = ("pytorch_model", "tf_model", "flax_model", "rust_model")
"""The whole model's weights once more, in other formats."""


@dataclass(frozen=True)
class Pruned:
    """A pruned model.

    Attributes
    ----------
    path : str
    dropped : dict of str to list of int
        Units by layer address.
    parameters, bytes : (int, int)
        Before and after.
    equivalent : list of Intervention
        What does the same to the whole model.
    passed_over : list of str
        Layers of the ranking that had no say in what went, such as ``resid_post``: nothing can be
        taken out there, or only what is taken out beside it.
    scores : dict or None
        ``metrics`` and ``seconds`` before and after, with p-values, if a corpus was given (see
        :func:`.pruning_tools.compare_models`).
    """

    path: str
    dropped: dict[str, list[int]]
    parameters: tuple[int, int]
    bytes: tuple[int, int]
    equivalent: list[Intervention]
    passed_over: list[str]
    scores: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values = asdict(self)
        values["equivalent"] = [i.to_dict() for i in self.equivalent]
        return values


def prune_model(
    source: str | Path,
    ranking: Ranked | Sequence[str],
    out: str | Path,
    share: float = 0.2,
    *,
    corpus: Corpus | None = None,
    beams: int = 1,
    device: str = "cpu",
    dtype: str = "float32",
) -> Pruned:
    """Write a smaller model without the units that stand last in a ranking.

    Parameters
    ----------
    source : str or Path
        A demo model's name or a folder.
    ranking : Ranking, or sequence of str
        Addresses, most important first: ``rnn_hidden`` of every layer (of encoder or decoder or
        both), ``ffn_act`` of every layer of a stack (of both, in T5), or ``self_attn_heads`` or
        ``cross_attn_heads`` of every layer of a stack (both of both, in T5), which takes out whole
        heads.
    out : path
        A new folder.
    share : float
        What part of the units (or heads) is dropped, between 0 and 1.
    corpus : Corpus, optional
        Score and time both models on it.
    beams : int
        With which translations are scored.
    device, dtype : str
        Where, and in which precision, both run for that, as :func:`neurox_core.load_model` takes
        them. What is written has the precision of `source`.

    Raises
    ------
    InvalidInputError
        If nothing can be taken out, the ranking does not cover a layer, or the folder exists or
        cannot be written.
    UnknownAddressError
        If the ranking names a neuron that the model does not have.
    ModelLoadError
        If there is no such model folder.
    """
    if not 0 < share < 1:
        raise InvalidInputError(f"share must lie between 0 and 1, not at {share}.")
    folder, target = folder_of(source), Path(out)
    if target.exists():
        raise InvalidInputError(f"{target} is there already; name a new folder.")
    names = list(ranking) if isinstance(ranking, Sequence) else ranking.neurons()
    names = list(dict.fromkeys(map(canonical, names)))
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    tensors = load_weights(folder)
    widths = widths_of(config, shapes_of(tensors))
    check_units(widths, names)
    places = {name: place for place, name in enumerate(names)}
    if config.get("model_type") == "neurox_recurrent":
        keep, smaller = drop_recurrent(config, tensors, places, share)
    elif config.get("model_type") == "neurox_recurrent_lm":
        keep, smaller = drop_recurrent_lm(config, tensors, places, share)
    else:
        keep, smaller = _of_transformer(config, tensors, places, share)
    dropped = {
        layer: sorted(set(range(widths[layer])) - set(units.tolist()))
        for layer, units in keep.items()
    }
    scores = None
    try:
        _write(folder, target, config, smaller, keep)
        sizes = (bytes_in(folder), bytes_in(target))
        if corpus is not None:
            from .pruning_tools import compare_models

            opener = partial(load_model, device=device, dtype=dtype)
            scores = compare_models(source, target, corpus, beams, opener=opener)
    except BaseException:  # As if nothing had been asked: the same command works once it is mended.
        shutil.rmtree(target, ignore_errors=True)
        raise
    return Pruned(
        str(target), dropped, (_count(tensors), _count(smaller)), sizes, _equivalent(dropped),
        _passed_over(names, widths), scores,
    )  # fmt: skip


def folder_of(source: str | Path) -> Path:
    """Where a model's files lie: a demo model's, a folder, or the cache's of a hub name.

    Languages that follow the name are passed over. ModelLoadError if there is no such folder, or
    its weights are not safetensors.
    """
    from .. import demo

    name, _, _ = languages_of(str(source))
    folder = demo.model_folder(name) if name in demo.models() else Path(name).expanduser()
    wanted = None if folder.exists() else hub_name(name)
    if wanted is not None:
        folder = cached_folder(wanted) or folder
    if not (folder / CONFIG).is_file() or not weight_files(folder):
        raise ModelLoadError(
            f"{source} is no folder with {CONFIG} and weights in {WEIGHTS} (or in several files "
            f"that {INDEX} lists), so it cannot be pruned. A model of a hub has to be opened once "
            "before; one with weights of another format has to be saved as safetensors."
        )
    return folder


def _of_transformer(
    config: dict[str, Any], tensors: Mapping[str, Tensor], places: Mapping[str, int], share: float
) -> tuple[Keep, dict[str, Tensor]]:
    """Feed-forward units, heads, or both, by what the ranking has."""
    shapes = shapes_of(tensors)
    found = feed_forward(config, shapes)
    heads_too = any(layer.endswith("_attn_heads") for layer in widths_of(config, shapes))
    keep, smaller = drop_feed_forward(found, config, tensors, places, share)
    # Beside units that can be taken out, heads that cannot are passed over; alone, why is told.
    if any("_attn_heads[" in name for name in places) and (heads_too or not keep):
        if found.family.heads:
            heads, smaller = drop_heads(config, smaller, places, share)
        else:
            equal = equal_heads(found, config, shapes)
            heads, smaller = drop_equal_heads(equal, config, smaller, places, share)
        keep |= heads
    if not keep:
        raise InvalidInputError(
            "The ranking has neither feed-forward units (ffn_act) nor units of heads "
            "(self_attn_heads, cross_attn_heads): these can be taken out of this Transformer."
            if heads_too
            else "The ranking has no feed-forward units (ffn_act): these can be taken out of this "
            "Transformer."
        )
    return keep, smaller


def _write(
    folder: Path, target: Path, config: dict[str, Any], tensors: dict[str, Tensor], keep: Keep
) -> None:
    """The smaller model, and everything beside the weights that still holds, in a new folder."""
    try:
        target.mkdir(parents=True)
        _fill(folder, target, config, tensors, keep)
    except (OSError, SafetensorError) as error:
        raise InvalidInputError(f"{target} {unwritable(error)}.") from error


def _fill(
    folder: Path, target: Path, config: dict[str, Any], tensors: dict[str, Tensor], keep: Keep
) -> None:
    beside = {*_LEFT_OUT, *(file.name for file in weight_files(folder))}
    for file in sorted(folder.iterdir()):
        if file.is_file() and file.name not in beside and not file.name.startswith(_WHOLE):
            shutil.copyfile(file, target / file.name)
    (target / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    whole = {name: tensor.contiguous() for name, tensor in tensors.items()}
    save_file(whole, target / WEIGHTS, metadata={"format": "pt"})
    if (folder / STATISTICS).is_file():
        tables = load_arrays(folder / STATISTICS)
        cut = {
            layer: np.ascontiguousarray(table[:, keep[layer]] if layer in keep else table)
            for layer, table in tables.items()
        }
        save_arrays(cut, target / STATISTICS)


def _equivalent(dropped: Mapping[str, Sequence[int]]) -> list[Intervention]:
    """Interventions on the whole model that compute what the smaller one does."""
    found = []
    for layer, units in dropped.items():
        if layer.endswith(_ORDERED):
            names = [f"{layer}[{u}]" for u in units]
            scope = "recurrence" if layer.endswith(".rnn_hidden") else "output"
            found.append(Intervention(names, "zero", scope=scope))
    return found


def _passed_over(names: Sequence[str], widths: Mapping[str, int]) -> list[str]:
    """Layers that the ranking names and that said nothing about what went."""
    layers = dict.fromkeys(name.partition("[")[0] for name in names)
    return [layer for layer in layers if layer not in widths or not layer.endswith(_ORDERED)]


def _count(tensors: Mapping[str, Tensor]) -> int:
    return sum(t.numel() for t in tensors.values())
