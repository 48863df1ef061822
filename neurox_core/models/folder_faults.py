"""What a model's folder lacks, in words: for a folder that could not be opened.

Libraries say of half a download "header too small", and of a missing file "expected str, not
NoneType". Nothing here is asked of a folder that opens: what the libraries read from it, and under
which names, is theirs to decide.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .hub_cache import WEIGHTS

_AGAIN = "Copy or download that anew from where the model comes from."
_MODEL = "A model is a folder with config.json, weights and tokenizer; copy all of them."
_POINTER = b"version https://git-lfs.github.com/spec/"
_OTHERS = ("*.h5", "*.msgpack", "*.gguf", "*.onnx", "*.ot", "*.ckpt")
"""Weights as other libraries keep them."""
_OPTIONAL = ("tokenizer_config.json", "target_vocab.json")
_TOKENIZERS = ("tokenizer.json", "tokenizer.model", "tekken.json")
_LONGEST = 100_000_000
"""Bytes of a safetensors header, at most, as its format has it."""
_NAMED = 3


def no_configuration(folder: Path) -> str:
    """Why a folder without ``config.json`` is no model."""
    found = sorted(file.name for file in folder.iterdir() if not file.name.startswith("."))
    if not found:
        return f"The folder {folder} is empty. {_MODEL}"
    inner = [name for name in found if (folder / name / "config.json").is_file()]
    if inner:
        return (
            f"The folder {folder} is no model: it has no config.json. There is one in "
            f"{folder / inner[0]}: name that folder."
        )
    weights = [name for name in found if name.endswith((".safetensors", ".bin"))]
    has = f"weights ({weights[0]}) but no config.json" if weights else "no config.json"
    return f"The folder {folder} is no model: it has {has}. {_MODEL}"


def is_pointer(file: Path) -> bool:
    """Whether Git left a file's name and size in its place (Git LFS)."""
    try:
        with file.open("rb") as stream:
            return stream.read(len(_POINTER)) == _POINTER
    except OSError:
        return False


def pointed(names: Iterable[str]) -> str:
    """What is said of files that are only pointers."""
    some = list(names)
    what = "a pointer" if len(some) == 1 else "pointers"
    return (
        f"{_listed(some)} {'is' if len(some) == 1 else 'are'} only {what} of Git LFS, not the "
        f"file{'s' * (len(some) > 1)}: run 'git lfs pull' in the folder, or download "
        f"{'it' if len(some) == 1 else 'them'}"
    )


def faults(
    folder: Path, tokenizer: Iterable[str] = (), weights: Iterable[str] = WEIGHTS
) -> str | None:
    """All that a folder lacks of weights and tokenizer, and the way out.

    Parameters
    ----------
    folder : Path
    tokenizer : iterable of str
        Names of the files that the model's kind of tokenizer is read from, if it is known.
    weights : iterable of str
        Names that weights may have.

    Returns
    -------
    str or None
        None if nothing is missing, cut off or damaged as far as that can be seen here.
    """
    names = [*dict.fromkeys([*tokenizer, *_TOKENIZERS])]
    told, files = _weights(folder, list(weights))
    lost = [name for name in (*files, *names) if is_pointer(folder / name)]
    if lost:
        return f"{pointed(lost)}."
    found = [told] if told else _cut(folder, files)
    found += _tokenizer(folder, list(tokenizer), names)
    return f"{'; '.join(found)}. {_AGAIN}" if found else None


def _weights(folder: Path, names: list[str]) -> tuple[str | None, list[str]]:
    """What is missing of the weights, and the files that hold them."""
    first = next((name for name in names if (folder / name).is_file()), None)
    if first is None:
        others = sorted(file.name for kind in _OTHERS for file in folder.glob(kind))
        has = f"; {others[0]} is for another library" if others else ""
        what = f"no {names[0]}" if len(names) == 1 else f"none of {', '.join(names)}"
        return f"it has no weights ({what}{has})", []
    if not first.endswith(".index.json"):
        return None, [first]
    parts = _parts(folder / first)
    if parts is None:
        return None if is_pointer(folder / first) else f"{first} lists no files of weights", [first]
    gone = [name for name in parts if not (folder / name).is_file()]
    if gone:
        return (
            f"of the {len(parts)} files with weights that {first} lists, it lacks {_listed(gone)}",
            [],
        )
    return None, parts


def _parts(index: Path) -> list[str] | None:
    """The files that an index lists."""
    try:
        return sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _cut(folder: Path, files: list[str]) -> list[str]:
    """What is said of weights in safetensors that are not whole."""
    told = [(name, _shortened(folder / name)) for name in files if name.endswith(".safetensors")]
    return [f"its weights are not whole: {name} {why}" for name, why in told if why][:_NAMED]


def _shortened(file: Path) -> str | None:
    """How much of a file is there, if not all; its header says where its last weight ends."""
    here = file.stat().st_size
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if here >= 8 and length > _LONGEST:
            return "is no file of safetensors"
        if here < 8 + length or not length:
            return f"ends after {here:,} bytes, within its table of contents"
        try:
            header: dict[str, Any] = json.loads(stream.read(length))
            ends = [v["data_offsets"][1] for k, v in header.items() if k != "__metadata__"]
            whole = 8 + length + max(ends, default=0)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            return "is no file of safetensors"
    return None if here >= whole else f"has {here:,} of its {whole:,} bytes"


def _tokenizer(folder: Path, wanted: list[str], names: list[str]) -> list[str]:
    """What is missing of the tokenizer's files, or damaged."""
    there = [name for name in names if (folder / name).is_file()]
    if whole := [name for name in there if name in _TOKENIZERS]:
        there = whole  # which stands for all others
    else:
        needed = [name for name in wanted if name not in (*_OPTIONAL, *_TOKENIZERS)]
        gone = [name for name in needed if name not in there]
        others = [name for name in wanted if name in _TOKENIZERS]
        others = others if others or needed else list(_TOKENIZERS)
        if gone or not needed:
            either = [_listed(gone)] * bool(gone) + others
            return [f"it has no tokenizer (no {', nor '.join(either)})"]
    told = [(name, _unreadable(folder / name)) for name in there]
    return [f"{name} of its tokenizer is damaged ({why})" for name, why in told if why]


def _unreadable(file: Path) -> str | None:
    """Why a file of a tokenizer cannot be read."""
    import sentencepiece as spm  # late: who only lists models need not wait for it

    try:
        if file.suffix == ".json":
            json.loads(file.read_text(encoding="utf-8"))
        elif file.suffix in (".spm", ".model"):
            spm.SentencePieceProcessor(model_file=str(file))
    except ValueError as error:
        return f"it is no JSON: {error}"
    except (OSError, RuntimeError):
        return "it is no SentencePiece model"
    return None


def _listed(names: list[str]) -> str:
    """Some names, and how many more there are."""
    shown = names[:_NAMED]
    if len(names) > _NAMED:
        return f"{', '.join(shown)} and {len(names) - _NAMED} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]
