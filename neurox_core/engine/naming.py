"""What neurons are, and which neurons marked words have: the two short ways from text to neurons.

Names of neurons are made once for a stack, by a job, and kept as a file: one ``.npz`` of plain
arrays with JSON beside them (see :mod:`neurox_core.rankings.files`).
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..activations import ActivationStore, open_store
from ..corpora import Words, concepts
from ..errors import InvalidInputError, StoreError, TooFewError, nth
from ..rankings import Ranking
from ..rankings.concepts import Identified, identify
from ..rankings.marking import marked
from ..replacing import replacing
from .ranking import without_partial
from .sources import open_corpus
from .tasks import Parameters, Reporter

ARRAYS = ("best", "auc", "direction", "average_precision", "p", "q", "found", "shares", "words")
SHORT = (
    "The corpus is too short to say: no concept holds for enough of its words to be looked for in "
    "one half of the sentences and tested in the other."
)
QUOTED = 4
"""Different words named in the title of a ranking of marked words."""

Span = tuple[int, int, int]


def concepts_task(parameters: Parameters, reporter: Reporter) -> dict[str, Any]:
    """Name the neurons of a stack by the concepts that they answer to.

    Parameters
    ----------
    parameters : mapping
        ``store`` and ``path`` of the result, ``corpus`` (see :mod:`.sources`), and ``side``:
        ``source`` for the encoder, ``reference`` for the decoder. ``before``, if given, is the
        path of what was found with fewer labels: it holds as it is if the labels that were added
        since make no concept, as those of a few words do.
    """
    path = Path(parameters["path"])
    if not path.is_file():
        reporter.progress(0, 1, "making the bank of concepts")
        store = open_store(parameters["store"], verify=False)
        words = Words.of(store, parameters["side"])
        bank = concepts(words, open_corpus(parameters["corpus"]), parameters["side"])
        before = parameters.get("before")
        if before is not None and _bank(Path(before)) == set(bank):
            with replacing(path, ".npz") as partial:
                shutil.copyfile(before, partial)
            return {"path": str(path)}
        try:
            found = identify(
                store, bank, stack=words.stack, on_progress=without_partial(reporter),
                cancelled=reporter.cancelled,
            )  # fmt: skip
        except TooFewError:
            # A short text is no failure, and trying again would end in the same way.
            save_note(SHORT, path)
        else:
            save_names(found, path)
    return {"path": str(path)}


def save_names(found: Identified, path: Path) -> None:
    """Write what was found; a file that is there is replaced at once."""
    meta = {"concepts": list(found.concepts), "left_out": list(found.left_out),
            "layers": found.layers, "signature": found.signature}  # fmt: skip
    _write(meta, {name: np.asarray(getattr(found, name)) for name in ARRAYS}, path)


def save_note(note: str, path: Path) -> None:
    """Write why nothing could be found."""
    _write({"concepts": [], "layers": [], "signature": "", "note": note}, {}, path)


def _write(meta: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], path: Path) -> None:
    text = np.frombuffer(json.dumps(meta, ensure_ascii=False).encode(), np.uint8)
    with replacing(path, ".npz") as partial:
        np.savez(partial, allow_pickle=False, meta=text, **arrays)


def _bank(path: Path) -> set[str] | None:
    """The concepts that were in the bank; None if that cannot be said."""
    try:
        meta, _ = load_names(path)
    except StoreError:
        return None
    return {*meta["concepts"], *meta["left_out"]} if meta.get("left_out") is not None else None


def load_names(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """``concepts``, ``left_out``, ``layers``, ``signature``; the arrays of :class:`.Identified`.

    Without arrays there is a ``note`` that says why nothing could be found.

    Raises
    ------
    StoreError
        If the file is damaged.
    """
    try:
        # Opened here: of a damaged file np.load leaves its own handle open.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            meta = json.loads(file["meta"].tobytes())
            return meta, {} if meta.get("note") else {name: file[name] for name in ARRAYS}
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise StoreError(
            f"{path} is damaged; delete the file and have the neurons named again."
        ) from error


def rank_marked(
    store: ActivationStore, side: str, spans: Sequence[Span], layers: list[str] | None
) -> tuple[Ranking, list[str]]:
    """Order neurons by how well they tell marked words from all others.

    Parameters
    ----------
    side : {"source", "reference"}
    spans : sequence of (sentence, first word, last word)
        Words are counted from 0, both ends are marked.
    layers : list of str, optional
        Of the stack of that side.

    Returns
    -------
    Ranking
    list of str
        A few of the marked words, for a title.

    Raises
    ------
    InvalidInputError
        If a word is not in the corpus.
    """
    words = Words.of(store, side)
    chosen = np.zeros(len(words), np.bool_)
    for sentence, first, last in spans:
        at = np.flatnonzero(words.sentence == sentence)
        if not 0 <= first <= last < len(at):
            raise InvalidInputError(
                f"{nth(sentence, 'Sentence')} has {len(at)} words; words {first + 1} to {last + 1} "
                "are not there."
            )
        chosen[at[first] : at[last] + 1] = True
    forms = words.forms
    quoted = list(dict.fromkeys(forms[i] for i in np.flatnonzero(chosen).tolist()))
    return marked(store, chosen, stack=words.stack, layers=layers), quoted[:QUOTED]
