"""Opening a model by name: a demo model, a folder, a hub name, or a third party's adapter.

Adapters are listed by the entry-point group ``neurox.models``: each entry is a callable
``(folder: Path, name: str, device: str) -> TranslationModel`` whose name is the ``model_type`` of
the ``config.json`` that it opens (see docs/adapters.md). Anything else goes to Hugging Face, where
the configuration says what kind of model it is (:func:`hub_adapter`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from ..errors import InvalidInputError, ModelLoadError
from .base import TranslationModel
from .folder_faults import is_pointer, no_configuration, pointed
from .hub_cache import HubName, cached_folder, hub_name
from .placement import device_of, dtype_of
from .statistics_file import read_statistics

Loader = Callable[[Path, str, str], TranslationModel]
GROUP = "neurox.models"


def load_model(
    name: str | Path,
    device: str = "cpu",
    *,
    dtype: str = "float32",
    source_language: str | None = None,
    target_language: str | None = None,
    on_download: Callable[[int, int], None] | None = None,
) -> TranslationModel:
    """Open a model.

    Parameters
    ----------
    name : str or Path
        A demo name (see ``neurox_core.demo.models()``), a folder, a checkpoint of OpenNMT-py
        (``.pt``), or ``owner/model`` on a hub, ``owner/model@revision`` for a branch, tag or
        commit of it. The languages of a multilingual model may follow:
        ``facebook/nllb:eng_Latn:fra_Latn``.
    device : str
        ``cpu``, ``cuda``, ``cuda:1``, ``mps``, or ``auto`` for the best there is.
    dtype : {"float32", "bfloat16", "float16"}
        Precision of the weights; ``fp32``, ``bf16`` and ``fp16`` mean the same.
    source_language, target_language : str, optional
        Codes as the model's tokenizer has them.
    on_download : callable, optional
        While a model is fetched from the hub, called with its bytes that are here and all of them.
        What it raises ends the download.

    Returns
    -------
    TranslationModel
        With its statistics, if the folder holds ``statistics.safetensors``.

    Raises
    ------
    ModelLoadError
        If there is no such model, or it cannot be opened; the message says what was looked for.
    InvalidInputError
        If this machine has no such device, or there is no such precision.
    """
    from .. import demo

    text, place = str(name), str(device_of(device))
    dtype = str(dtype_of(dtype)).removeprefix("torch.")
    text, *named = languages_of(text)
    source_language, target_language = named if all(named) else (source_language, target_language)
    chosen: dict[str, Any] = {
        key: value
        for key, value in (
            ("dtype", None if dtype == "float32" else dtype),
            ("source_language", source_language), ("target_language", target_language),
        )
        if value is not None
    }  # fmt: skip
    folder = demo.model_folder(text) if text in demo.models() else Path(text).expanduser()
    if folder.is_dir():
        label = text if text in demo.models() else folder.resolve().name
        model = _open_folder(folder, label, place, chosen)
        model.statistics = read_statistics(folder, model.sites)
        return model
    if folder.is_file() and folder.suffix == ".pt":
        return _open_checkpoint(folder, folder.stem, place, chosen)
    if folder.is_file():
        raise ModelLoadError(
            f"{text} is a file, not a model. A model is a folder with config.json, weights and "
            "tokenizer (name the folder, not a file in it), or a checkpoint of OpenNMT-py (.pt)."
        )
    if wanted := hub_name(text):
        return _open_name(wanted, place, chosen, on_download)
    raise ModelLoadError(
        f"There is no model {text!r}: it is neither a demo model ({', '.join(demo.models())}) nor "
        "a folder nor a hub name like 'owner/model' or 'owner/model@revision'."
    )


def languages_of(name: str) -> tuple[str, str | None, str | None]:
    """A model's name without its languages, and these, if they follow it."""
    parts = name.rsplit(":", 2)
    if len(parts) == 3 and all(parts) and not Path(name).exists():
        return parts[0], parts[1], parts[2]
    return name, None, None


def open_hub(folder: Path, name: str, device: str = "cpu", **chosen: Any) -> TranslationModel:
    """Open a folder of the transformers library with the adapter that its configuration asks for.

    The folder may be one of the library's cache.
    """
    from .hub_files import Source

    source = Source(folder)
    adapter, extra = hub_adapter(source.config(), str(source))
    if adapter.task != "translation" and {"source_language", "target_language"} & set(chosen):
        raise InvalidInputError(f"{source} has no languages to choose from.")
    found: TranslationModel = adapter.load(folder, name, device, **chosen, **extra)
    return found


def _open_name(
    wanted: HubName, device: str, chosen: dict[str, Any],
    on_download: Callable[[int, int], None] | None,
) -> TranslationModel:  # fmt: skip
    """A hub name: from the cache if all of it is there, else from the hub."""
    from .hub_download import download

    def opened(folder: Path) -> TranslationModel:
        model = open_hub(folder, wanted.model.rpartition("/")[2], device, **chosen)
        model.statistics = read_statistics(folder, model.sites)
        return model

    cached = cached_folder(wanted)
    if cached is None:
        return opened(download(wanted, on_download))
    try:
        return opened(cached)
    except ModelLoadError as error:
        try:  # A download by something else may have been broken off.
            again = download(wanted, on_download)
        except ModelLoadError:
            raise error from None
        return opened(again)


def hub_adapter(config: Any, source: str) -> tuple[Any, dict[str, Any]]:
    """Which adapter opens a Hugging Face model, and what to tell it beside the usual.

    The class that the checkpoint was saved from decides; a bare one (``GPT2Model``) goes by what
    its family was trained for.
    """
    from transformers.models.auto.modeling_auto import (
        MODEL_FOR_CAUSAL_LM_MAPPING_NAMES as CAUSAL,
    )
    from transformers.models.auto.modeling_auto import (
        MODEL_FOR_MASKED_LM_MAPPING_NAMES as MASKED,
    )

    if config.is_encoder_decoder:
        from .huggingface import HuggingFaceSeq2Seq

        return HuggingFaceSeq2Seq, {}
    architecture = (getattr(config, "architectures", None) or [""])[0]
    writes = architecture.endswith(("ForCausalLM", "LMHeadModel"))
    if writes or (config.model_type in CAUSAL and config.model_type not in MASKED):
        from .hub_language_model import HuggingFaceLanguageModel

        return HuggingFaceLanguageModel, {}
    if config.model_type in MASKED:
        from .encoder_model import HuggingFaceEncoder

        return HuggingFaceEncoder, {"architecture": architecture}
    raise ModelLoadError(
        f"{source} is a {config.model_type} model ({architecture or 'no class named'}). NeuroX "
        "opens encoder-decoders, language models and text encoders of the transformers library; "
        "for any other network write an adapter (docs/adapters.md)."
    )


def _open_folder(folder: Path, name: str, device: str, chosen: dict[str, Any]) -> TranslationModel:
    config = folder / "config.json"
    checkpoints = [] if config.is_file() else sorted(file.name for file in folder.glob("*.pt"))
    if len(checkpoints) == 1:
        return _open_checkpoint(folder, name, device, chosen)
    if checkpoints:
        raise ModelLoadError(
            f"The folder {folder} has {len(checkpoints)} checkpoints and no config.json; name the "
            f"one to open, such as {folder / checkpoints[-1]}."
        )
    if not config.is_file():
        if (folder / "adapter_config.json").is_file():
            raise ModelLoadError(
                f"The folder {folder} holds an adapter of another model (LoRA and the like), not a "
                "model. Merge it with peft (merge_and_unload), save_pretrained the result and its "
                "tokenizer in a folder, and open that."
            )
        raise ModelLoadError(no_configuration(folder))
    try:
        kind = str(json.loads(config.read_text(encoding="utf-8")).get("model_type", ""))
    except (ValueError, AttributeError) as error:
        why = "it is no object" if isinstance(error, AttributeError) else error
        raise ModelLoadError(
            f"{folder} cannot be opened: {pointed(['config.json'])}."
            if is_pointer(config)
            else f"{config} is not readable JSON: {why}. Copy or download it anew."
        ) from error
    loader = _loader(kind)
    if loader is None:
        return open_hub(folder, name, device, **chosen)
    _nothing_chosen(f"{name} ({kind})", chosen)
    return loader(folder, name, device)


def _open_checkpoint(
    path: Path, name: str, device: str, chosen: dict[str, Any]
) -> TranslationModel:
    from .opennmt import load_opennmt

    _nothing_chosen(name, chosen)
    return load_opennmt(path, name, device)


def _nothing_chosen(what: str, chosen: dict[str, Any]) -> None:
    if chosen:
        # As a person of any of them gives it: in Python, to a command, or behind the name.
        given = {"dtype": "the precision (dtype, --precision)"}
        asked = dict.fromkeys(given.get(key, "the languages") for key in chosen)
        raise InvalidInputError(
            f"{what} runs in float32 and in its own languages; leave out {' and '.join(asked)}."
        )


def _loader(kind: str) -> Loader | None:
    """Our own adapter or a third party's; None for Hugging Face's."""
    if kind == "neurox_recurrent":
        from .recurrent_adapter import RecurrentModel

        return RecurrentModel.load
    if kind == "neurox_recurrent_lm":
        from .recurrent_language_model import RecurrentLanguageModel

        return RecurrentLanguageModel.load
    for entry in entry_points(group=GROUP, name=kind):
        try:
            loader: Loader = entry.load()
        except (ImportError, AttributeError) as error:
            raise ModelLoadError(
                f"The adapter for {kind!r} ({entry.value}) cannot be imported: {error}"
            ) from error
        return loader
    return None
