"""Core values as contracts: the only place that knows both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

from neurox_core.addresses import LayerAddress
from neurox_core.engine.live import Item, LiveModel, Rendering
from neurox_core.errors import UnknownNameError
from neurox_core.evaluation.metrics import chosen, metrics
from neurox_core.interventions import Intervention
from neurox_core.interventions.where import asked_forms, asked_labels
from neurox_core.models.card import ModelCard
from neurox_core.models.tokens import Tokens

from .contracts import (
    InterventionBody,
    LayerInfo,
    ModelInfo,
    Output,
    TextView,
    TranslatedItem,
)

if TYPE_CHECKING:
    from .projects import Project

_RIGHT_TO_LEFT = {
    "ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi",
    # In the three letters of newer Marian models and their like.
    "acm", "aeb", "apc", "ara", "arb", "arq", "ary", "arz", "ayl", "azb", "div", "fas", "heb",
    "kas", "pes", "pnb", "prs", "pus", "snd", "uig", "urd", "ydd", "yid",
}  # fmt: skip
_SCRIPTS = {"Adlm", "Arab", "Hebr", "Nkoo", "Syrc", "Thaa"}


def direction_of(language: str) -> Literal["ltr", "rtl", "auto"]:
    """How a language is written: by its script (``arb_Arab``), its code (``ar_AR``), or unknown."""
    code, _, rest = language.replace("-", "_").partition("_")
    if code in ("", "und"):
        return "auto"  # Each text by its own first letters.
    script = next((part for part in rest.split("_") if len(part) == 4 and part.isalpha()), "")
    return "rtl" if script in _SCRIPTS or (not script and code in _RIGHT_TO_LEFT) else "ltr"


def text_view(tokens: Tokens) -> TextView:
    """A tokenised text."""
    return TextView(
        text=tokens.text,
        words=tokens.word_texts,
        spaces=tokens.spaces,
        pieces=tokens.pieces,
        piece_words=tokens.word_ids,
    )


def output(rendering: Rendering) -> Output:
    """A translation."""
    return Output(
        view=text_view(rendering.tokens),
        score=rendering.score,
        changed=rendering.changed,
        truncated=rendering.truncated,
    )


def translated(item: Item, sentence: int | None) -> TranslatedItem:
    """A text with all its translations."""
    return TranslatedItem(
        sentence=sentence,
        source=text_view(item.source),
        warnings=item.warnings,
        baseline=output(item.baseline),
        outputs=[output(o) for o in item.outputs],
    )


def interventions(bodies: Sequence[InterventionBody]) -> list[Intervention]:
    """What to change, checked by the core."""
    return [Intervention.from_dict(body.model_dump()) for body in bodies]


def check_labels(project: Project, edits: Sequence[Intervention], stack: str) -> None:
    """UnknownNameError if a label by which interventions are limited is none of the corpus.

    ``stack`` is the one that reads the source; the other's neurons go by what is written.
    """
    for what, asked in (("source", asked_labels(edits, stack)),
                        ("output", asked_forms(edits, stack))):  # fmt: skip
        if not asked:
            continue
        labels = project.source_labels if what == "source" else project.output_forms
        if missing := [name for name in asked if name not in labels.names]:
            raise UnknownNameError(f"label of {what} words", missing[0][:80], list(labels.names))


def check_edits(
    project: Project, live: LiveModel, settings: Sequence[Sequence[Intervention]]
) -> None:
    """Refuse what a job could not do: at once, not minutes later.

    Raises
    ------
    InvalidInputError, UnknownAddressError, UnknownNameError, MissingStatisticsError
    """
    live.check(settings)
    edits = [edit for setting in settings for edit in setting]
    check_labels(project, edits, live.model.source_stack)


def layer_info(address: str, width: int) -> LayerInfo:
    """A layer address, its width, and the scopes that an edit of it may have."""
    layer = LayerAddress.parse(address)
    scopes = {"rnn_hidden": ["output", "recurrence"], "rnn_cell": ["recurrence"]}
    return LayerInfo.model_validate(
        {
            "address": address, "stack": layer.stack, "layer": layer.layer, "site": layer.site,
            "width": width, "scopes": scopes.get(layer.site, ["output"]),
        }
    )  # fmt: skip


def model_info(
    model: ModelCard, name: str, title: str, extracted: list[str], prunable: tuple[list[str], str]
) -> ModelInfo:
    """A model, described for the page; `prunable` as :meth:`.projects.Project.prunable` has it."""
    return ModelInfo(
        name=name,
        title=title,
        family=model.family,
        task=cast(Any, model.task),
        source_language=model.source_language,
        target_language=model.target_language,
        source_direction=direction_of(model.source_language),
        target_direction=direction_of(model.target_language),
        parameters=model.parameters,
        max_tokens=model.max_tokens,
        layers=[layer_info(address, width) for address, width in model.sites.items()],
        extracted=extracted,
        metrics=metrics(model.task),
        usual_metrics=chosen(model.task, None) if model.task != "encoding" else [],
        prunable=cast(Any, prunable[0]),
        unprunable=prunable[1],
    )
