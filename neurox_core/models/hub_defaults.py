"""What a Hugging Face checkpoint's own generation settings mean for NeuroX.

``generation_config.json`` mixes three kinds of settings. What only rules tokens out is part of the
model as its makers meant it, and is applied (:func:`rules_of`, :mod:`.search_rules`), as are the
start token and the language that comes first. How to search (beams, lengths, sampling) is for the
person in front of the screen to say. And what gives tokens other scores than the network's own is
not applied, because every number that NeuroX shows is a probability that the network gave. Both of
the latter are named (:func:`not_applied`), so that nobody wonders about another output.
"""

from __future__ import annotations

from typing import Any

from .search_rules import Rules

_SEARCH = {
    "do_sample": False, "num_beams": 1, "length_penalty": 1.0, "early_stopping": False,
    "max_length": 20, "max_new_tokens": None, "max_time": None, "stop_strings": None,
    "num_beam_groups": 1, "penalty_alpha": None, "prompt_lookup_num_tokens": None,
}  # fmt: skip
"""How to search, with what stands for "not said"."""
_SCORES = {
    "repetition_penalty": 1.0, "encoder_repetition_penalty": 1.0, "sequence_bias": None,
    "exponential_decay_length_penalty": None, "guidance_scale": 1.0, "diversity_penalty": 0.0,
    "renormalize_logits": False, "watermarking_config": None,
}  # fmt: skip
"""What changes scores."""
FOLLOWED = (
    "suppress_tokens", "begin_suppress_tokens", "bad_words_ids",
    "no_repeat_ngram_size", "min_length", "min_new_tokens",
)  # fmt: skip
"""What is applied as it stands."""
_CHOSEN = "NeuroX searches as you tell it to: greedily or with the beams and limits that you give"
_OWN = "NeuroX shows and uses the network's own probabilities"
_OTHERS = {
    "encoder_no_repeat_ngram_size": "NeuroX does not keep the output from repeating the source",
    "forced_eos_token_id": "an output that reaches the length limit is marked as cut instead",
}


def ends_of(generation: Any, otherwise: Any) -> tuple[int, ...]:
    """Every token that ends a text; a setting may be one id or a list."""
    found = generation.eos_token_id if generation.eos_token_id is not None else otherwise
    if found is None:
        return ()
    return (int(found),) if isinstance(found, int) else tuple(int(i) for i in found)


def suppressed_ids(generation: Any) -> list[int]:
    """Ids that ``generate`` never produces."""
    words = {int(w[0]) for w in generation.bad_words_ids or [] if len(w) == 1}
    return sorted(words | {int(i) for i in generation.suppress_tokens or []})


def rules_of(generation: Any, ends: tuple[int, ...], forced_start: bool) -> Rules:
    """The settings that rule tokens out.

    Parameters
    ----------
    generation : GenerationConfig
    ends : tuple of int
        As :func:`ends_of` gives them.
    forced_start : bool
        Whether the model forces the first token; what is ruled out "at the beginning" is then
        ruled out after it.
    """
    return Rules(
        ends=ends,
        ngram=int(generation.no_repeat_ngram_size or 0),
        phrases=tuple(
            tuple(int(i) for i in words)
            for words in generation.bad_words_ids or []
            if len(words) > 1
        ),
        first=tuple(int(i) for i in generation.begin_suppress_tokens or []),
        first_at=int(forced_start),
        least=int(generation.min_new_tokens or 0),
        # New tokens take precedence where both are given, as in `generate`.
        least_in_all=0 if generation.min_new_tokens else int(generation.min_length or 0),
    )


def not_applied(generation: Any, continues: bool) -> dict[str, str]:
    """Settings that are not taken over, such as ``num_beams = 4``, with the reason.

    `continues` is true of a language model, whose first token is never forced.
    """
    found: dict[str, str] = {}
    for names, reason in ((_SEARCH, _CHOSEN), (_SCORES, _OWN)):
        for name, neutral in names.items():
            value = getattr(generation, name, None)
            if value is not None and value != neutral:
                found[f"{name} = {_short(value)}"] = reason
    others = dict(_OTHERS)
    if continues:
        others["forced_bos_token_id"] = "a continuation begins with what the model says"
    for name, reason in others.items():
        if value := getattr(generation, name, None):
            found[f"{name} = {_short(value)}"] = reason
    return found


def applied(rules: Rules) -> list[str]:
    """The settings that are followed, as words."""
    said = {
        f"no_repeat_ngram_size = {rules.ngram}": rules.ngram,
        f"bad_words_ids with {len(rules.phrases)} phrases": rules.phrases,
        f"begin_suppress_tokens = {_short(rules.first)}": rules.first,
        f"min_new_tokens = {rules.least}": rules.least,
        f"min_length = {rules.least_in_all}": rules.least_in_all,
        f"{len(rules.ends)} end tokens": len(rules.ends) > 1,
    }
    return [words for words, there in said.items() if there]


def _short(value: Any) -> str:
    text = str(list(value) if isinstance(value, tuple) else value)
    return text if len(text) <= 60 else text[:60] + " ..."
