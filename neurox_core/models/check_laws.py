"""The laws of DESIGN.md section 5, each as a function of a model and a few sentences.

Every law is stated over what a model answers with (:class:`.check_case.Case`). Equality is bitwise
where nothing may change, and within the noise of the precision where a batch or a cache computes
the same in another order.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from ..errors import UnknownAddressError
from ..interventions.intervention import Intervention
from . import check_case
from .base import Interventions, TranslationModel
from .check_case import Case, LawBrokenError, NotJudged, as_text
from .hub_defaults import FOLLOWED
from .tokens import Tokens


def every_site(case: Case) -> str:
    """Each listed site is visited and has its width."""
    found = case.captured([0], list(case.model.sites))
    for layer, width in case.model.sites.items():
        if layer not in found:
            raise LawBrokenError(f"{layer} was not visited.")
        if found[layer].shape[-1] != width:
            raise LawBrokenError(f"{layer} has {found[layer].shape[-1]} units, not {width}.")
        if not torch.isfinite(found[layer]).all():
            raise LawBrokenError(f"{layer} has values that are no finite numbers.")
    return f"{len(found)} sites"


def every_site_matters(case: Case) -> str:
    """A change of any site reaches the answer."""
    clean = case.answer([0])[0]
    for layer, width in case.model.sites.items():
        held = Intervention([f"{layer}[{unit}]" for unit in range(width)], "set", 3.0)
        if torch.equal(case.answer([0], [[held]])[0], clean):
            raise LawBrokenError(f"Holding all of {layer} at 3 changes nothing.")
    return f"{len(case.model.sites)} sites"


def changes_nothing(case: Case) -> str:
    """No edit, scale(1), add(0), no neurons and no positions are bitwise the clean run."""
    clean = case.answer()
    nothing: dict[str, list[Intervention]] = {
        "no intervention": [],
        "an empty list of neurons": [Intervention([], "zero")],
        "scale by 1": case.units("scale", 1.0),
        "add 0": case.units("add", 0.0),
        "an empty list of positions": case.units("zero", positions=[]),
    }
    for name, edits in nothing.items():
        _same(case.answer(None, [edits] * len(clean)), clean, 0.0, name)
    return "bitwise"


def own_values(case: Case) -> str:
    """Putting a neuron's own value in its place (a patch from itself) changes nothing."""
    clean = case.answer([0])
    value = float(case.captured([0], [case.site])[case.site][0, 0, 0])
    put = Intervention([f"{case.site}[0]"], "set", value, positions=[0])
    _same(case.answer([0], [[put]]), clean, case.noise, f"{case.site}[0] held at its own value")
    return f"{case.site}[0]"


def at_positions(case: Case) -> str:
    """A captured site shows the edited value, at the named positions and rows only."""
    rows = list(range(len(case.sources)))
    put = Intervention([f"{case.site}[0]"], "set", -4.0, positions=[1])
    edits: list[Interventions] = [[put], *([] for _ in rows[1:])]
    clean = case.captured(rows, [case.site])[case.site]
    changed = case.captured(rows, [case.site], edits)[case.site]
    if not bool((changed[0, 1, 0] == -4.0).all()):
        raise LawBrokenError(f"{case.site}[0] shows {changed[0, 1, 0].item()} where -4 was put.")
    others = torch.ones_like(clean, dtype=torch.bool)
    others[0, 1:] = False
    if not torch.equal(changed[others], clean[others]):
        raise LawBrokenError("Another row, or an earlier position, changed too.")
    return "row 0, position 1"


def rows_alone(case: Case) -> str:
    """A batch with another intervention in each row equals each row alone; padding is unseen."""
    rows = range(len(case.sources))
    edits: list[Interventions] = [case.units("set", float(r)) if r else [] for r in rows]
    together = case.answer(None, edits)
    worst = 0.0
    for row in rows:
        alone = case.answer([row], [edits[row]])
        worst = max(worst, _same([together[row]], alone, case.noise, f"row {row}"))
    return f"largest difference {worst:.1e}"


def no_look_ahead(case: Case) -> str:
    """Decoder position t has read tokens up to t only: no off-by-one."""
    if not case.writes:
        raise NotJudged("an encoder reads the whole text at once")
    layers = [s for s in case.model.sites if s.startswith("decoder.")]
    text = case.sources[-1] if case.targets is None else case.targets[-1]
    # What the decoder consumes at position t: the text's token t, or the target's token t - 1.
    place = len(text.ids) // 2
    reads = place if case.targets is None else place + 1
    ids = list(text.ids)
    ids[place] = next(
        i for i in range(3, case.model.vocabulary_size)
        if i not in (ids[place], case.model.eos_id, case.model.pad_id)
    )  # fmt: skip
    other = replace(text, ids=ids)
    found = []
    for version in (text, other):
        if case.targets is None:
            found.append(case.model.forward([version], capture=layers).activations)
        else:
            forced = case.model.forward([case.sources[-1]], [version], layers)
            found.append(forced.activations)
    for layer in layers:
        a, b = found[0][layer][0], found[1][layer][0]
        if not torch.allclose(a[:reads].float(), b[:reads].float(), atol=case.noise):
            raise LawBrokenError(f"{layer} knows token {place} before position {reads}.")
        if reads < len(a) and torch.equal(a[reads:], b[reads:]):
            raise LawBrokenError(f"{layer} never notices that token {place} is another one.")
    return f"token {place} is first seen at position {reads}"


def cached_equals_uncached(case: Case) -> str:
    """A decoded sequence's score is its teacher-forced score, under edits, greedy and beams."""
    if not case.writes:
        raise NotJudged("it writes no text")
    edits: list[Interventions] = [case.units("set", 1.0)] * len(case.sources)
    worst = 0.0
    for beams in (1, 3):
        found = case.decode(case.sources, edits, beams)
        for source, edit, (ids, score) in zip(case.sources, edits, found, strict=True):
            forced = case.model.forward([source], [as_text(ids)], (), [edit], logprobs=True)
            assert forced.logprobs is not None
            apart = abs(float(forced.logprobs.sum()) / len(ids) - score)
            worst = max(worst, apart)
            if apart > case.noise:
                raise LawBrokenError(
                    f"With {beams} beam{'s' * (beams > 1)} the score of {source.text[:40]!r} is "
                    f"{score:.4f} decoded and {apart:.4f} away from that when forced."
                )
    return f"largest difference {worst:.1e}"


def equals_generate(case: Case) -> str:
    """The search gives what the library's own ``generate`` gives."""
    network: Any = case.model.module
    if not case.writes or not hasattr(network, "generate"):
        raise NotJudged("there is no generate to compare with")
    if case.model.dtype is not torch.float32:
        raise NotJudged("half precision breaks ties between tokens")
    for beams in (1, 2):
        for source in case.sources:
            ours = case.decode([source], [[]], beams)[0][0]
            theirs = generated(case.model, source, beams)
            if ours != theirs[: len(ours)]:
                raise LawBrokenError(
                    f"With {beams} beams {source.text[:40]!r} gives {ours}, generate {theirs}."
                )
    return f"{len(case.sources)} texts, 1 and 2 beams"


def generated(model: TranslationModel, source: Tokens, beams: int) -> list[int]:
    """Ids that the library's ``generate`` produces, without start token or prompt."""
    ids, mask = model.batch([source.ids])
    # `generate` fills what is not said with the network's own settings, so a network with the
    # same weights and others is asked; the model itself may be at work in another thread.
    network: Any = copy.copy(model.module)
    own = network.generation_config
    settings = type(own)(
        num_beams=beams, max_new_tokens=check_case.LENGTH, pad_token_id=model.pad_id,
        disable_compile=True, eos_token_id=list(model.rules.ends) or model.eos_id,
        **{name: getattr(own, name) for name in FOLLOWED},
    )  # fmt: skip
    if model.task == "translation":
        settings.decoder_start_token_id = model.start_id
        settings.forced_bos_token_id = next(iter(model.forced_start), None)
    network.generation_config = settings
    with torch.inference_mode():
        found = network.generate(
            input_ids=ids, attention_mask=mask.long(), generation_config=settings
        )
    start = 1 if model.task == "translation" else len(source.ids)
    return [int(i) for i in found[0, start:]]


def threads_apart(case: Case) -> str:
    """Two threads with different interventions never see each other's."""
    wanted: list[tuple[list[Interventions], list[Tensor]]] = []
    for value in (None, 5.0):
        edits = [[] if value is None else case.units("set", value)] * len(case.sources)
        wanted.append((list(edits), case.answer(None, list(edits))))
    wrong: list[str] = []

    def work(edits: list[Interventions], expected: list[Tensor]) -> None:
        try:
            for _ in range(3):
                _same(case.answer(None, edits), expected, 0.0, "a thread")
        except Exception as error:  # A thread's error would be lost.
            wrong.append(str(error))

    threads = [threading.Thread(target=work, args=pair) for pair in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise LawBrokenError(wrong[0])
    return "2 threads"


def clean_after_failure(case: Case) -> str:
    """A run that fails leaves the model as it was."""
    clean = case.answer([0])
    try:
        case.answer([0], [[Intervention([f"{case.site}[99999]"], "zero")]])
    except UnknownAddressError:
        pass
    else:
        raise LawBrokenError(f"{case.site}[99999] was accepted.")
    case.answer([0], [case.units("set", 9.0)])
    _same(case.answer([0]), clean, 0.0, "the run after a failed one")
    return "bitwise"


def tokens_fit(case: Case) -> str:
    """Every token has a piece and, unless special, characters of the text; words are covered."""
    words = 0
    for source in case.sources:
        lengths = {len(source.ids), len(source.pieces), len(source.spans), len(source.word_ids)}
        if len(lengths) != 1:
            raise LawBrokenError(f"Lists of different lengths for {source.text!r}.")
        for span in source.spans:
            if span is not None and not 0 <= span[0] <= span[1] <= len(source.text):
                raise LawBrokenError(f"The span {span} is not in {source.text!r}.")
        lost = set(range(len(source.words))) - set(source.word_ids)
        spanned = [
            w for w in lost
            if not any(s and s[0] <= source.words[w][0] < s[1] for s in source.spans)
        ]  # fmt: skip
        if spanned:
            a, b = source.words[spanned[0]]
            raise LawBrokenError(f"No token covers the word {source.text[a:b]!r}.")
        words += len(source.words)
    return f"{words} words"


LAWS: dict[str, Callable[[Case], str]] = {
    "tokens cover the words": tokens_fit,
    "every site is visited": every_site,
    "every site reaches the output": every_site_matters,
    "an edit that changes nothing is the clean run": changes_nothing,
    "a neuron's own value changes nothing": own_values,
    "an edit holds where it was asked for": at_positions,
    "a row in a batch equals the row alone": rows_alone,
    "no position has read a later token": no_look_ahead,
    "cached decoding equals one pass": cached_equals_uncached,
    "the search equals the library's generate": equals_generate,
    "threads do not see each other's edits": threads_apart,
    "a failed run leaves the model clean": clean_after_failure,
}


def _same(found: Sequence[Tensor], wanted: Sequence[Tensor], within: float, what: str) -> float:
    """Largest difference; LawBrokenError if it is more than allowed."""
    worst = 0.0
    for a, b in zip(found, wanted, strict=True):
        if a.shape != b.shape:
            raise LawBrokenError(f"{what}: shapes {tuple(a.shape)} and {tuple(b.shape)}.")
        apart = float((a.float() - b.float()).abs().max()) if a.numel() else 0.0
        scale = max(1.0, float(b.float().abs().max())) if b.numel() else 1.0
        if not apart <= within * scale:
            raise LawBrokenError(f"{what}: {apart:.2e} away from the clean run.")
        worst = max(worst, apart)
    return worst
