"""What the demo ships: four small translation models and a labelled test corpus.

The data live in the installed package ``neurox_demo`` (in a checkout: the folder ``demo``), so the
demo needs no network. Three LSTMs of one architecture (``lstm-a``, ``lstm-b``, ``lstm-c``) and one
Transformer (``marian``) translate English to French.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import CorpusError, UnknownNameError

if TYPE_CHECKING:
    from .corpora import Corpus

PARTS = ("everyday", "natural")


@cache
def folder() -> Path:
    """Where the demo's data are; CorpusError if the package was installed without them."""
    spec = find_spec("neurox_demo")
    places = list(spec.submodule_search_locations or []) if spec is not None else []
    places.append(str(Path(__file__).resolve().parent.parent / "demo"))
    for place in places:
        if (Path(place) / "corpus").is_dir():
            return Path(place)
    raise CorpusError("The demo's data are not installed: the package neurox_demo is missing.")


def models() -> list[str]:
    """Names of the demo models that are there."""
    root = folder() / "models"
    if not root.is_dir():
        return []
    return sorted(p.name for p in root.iterdir() if (p / "model.safetensors").is_file())


def model_folder(name: str) -> Path:
    """Folder of a demo model; UnknownNameError if there is none of that name."""
    if name not in models():
        raise UnknownNameError("demo model", name, models())
    return folder() / "models" / name


def highlights() -> dict[str, list[dict[str, Any]]]:
    """Neurons worth showing first, as ``python -m neurox_demo.highlights`` found them.

    Returns
    -------
    dict
        ``notes``: neurons that follow something visible (``model``, ``address``, ``note``).
        ``presets``: groups that turn a property of the translation (``model``, ``name``,
        ``turned`` of ``of`` held-out sentences, ``sentences``, ``interventions``).
    """
    path = folder() / "highlights.json"
    if not path.is_file():
        return {"notes": [], "presets": []}
    found: dict[str, list[dict[str, Any]]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def corpus(part: str | None = None) -> Corpus:
    """The shipped test corpus with its word labels.

    Parameters
    ----------
    part : {"everyday", "natural"}, optional
        One part only; both if missing, everyday sentences first, told apart by the column ``part``.
    """
    from .corpora import join, read_corpus

    if part is not None and part not in PARTS:
        raise UnknownNameError("part of the demo corpus", part, PARTS)
    chosen = PARTS if part is None else (part,)
    parts = {name: read_corpus(folder() / "corpus" / f"{name}.test.tsv") for name in chosen}
    return join(parts, name="demo" if part is None else f"demo-{part}", column="part")
