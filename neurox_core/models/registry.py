"""Opening a model by name: a demo model, a folder, a hub name, or a third party's adapter.

Adapters are listed by the entry-point group ``neurox.models``: each entry is a callable
``(folder: Path, name: str, device: str) -> TranslationModel`` whose name is the ``model_type`` of
the ``config.json`` that it opens. Anything else goes to Hugging Face.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

from ..errors import ModelLoadError
from .base import TranslationModel
from .statistics_file import read_statistics

Loader = Callable[[Path, str, str], TranslationModel]
GROUP = "neurox.models"


def load_model(name: str | Path, device: str = "cpu") -> TranslationModel:
    """Open a model.

    Parameters
    ----------
    name : str or Path
        A demo name (see ``neurox_core.demo.models()``), a folder, or ``owner/model`` on a hub.
    device : str
        As torch names it.

    Returns
    -------
    TranslationModel
        With its statistics, if the folder holds ``statistics.safetensors``.

    Raises
    ------
    ModelLoadError
        If there is no such model, or it cannot be opened; the message says what was looked for.
    """
    from .. import demo

    text = str(name)
    folder = demo.model_folder(text) if text in demo.models() else Path(text).expanduser()
    if folder.is_dir():
        model = _open_folder(folder, text if text in demo.models() else folder.name, device)
        model.statistics = read_statistics(folder, model.sites)
        return model
    if _hub_name(text):
        from .huggingface import HuggingFaceSeq2Seq

        return HuggingFaceSeq2Seq.load(text, text.rpartition("/")[2], device, local=False)
    raise ModelLoadError(
        f"There is no model {text!r}: it is neither a demo model ({', '.join(demo.models())}) nor "
        "a folder nor a hub name like 'owner/model'."
    )


def _hub_name(text: str) -> bool:
    parts = text.split("/")
    return len(parts) == 2 and all(
        p and not p.startswith(".") and all(c.isalnum() or c in "-_." for c in p) for p in parts
    )


def _open_folder(folder: Path, name: str, device: str) -> TranslationModel:
    config = folder / "config.json"
    if not config.is_file():
        raise ModelLoadError(f"The folder {folder} is no model: it has no config.json.")
    try:
        kind = str(json.loads(config.read_text(encoding="utf-8")).get("model_type", ""))
    except (ValueError, AttributeError) as error:
        raise ModelLoadError(f"{config} is not readable JSON: {error}") from error
    return _loader(kind)(folder, name, device)


def _loader(kind: str) -> Loader:
    if kind == "neurox_recurrent":
        from .recurrent_adapter import RecurrentModel

        return RecurrentModel.load
    for entry in entry_points(group=GROUP, name=kind):
        loader: Loader = entry.load()
        return loader
    from .huggingface import HuggingFaceSeq2Seq

    return HuggingFaceSeq2Seq.load
