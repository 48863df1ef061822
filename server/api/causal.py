"""Endpoints of cause and effect: ablation curves, their translations, who made a word."""

from __future__ import annotations

from neurox_core.interventions import attribute, compare_runs, patch_from

from ..contracts import (
    AblationRequest,
    AttributionRequest,
    AttributionResult,
    CompareRequest,
    CompareResult,
    FindRequest,
    Job,
    KeptQuery,
    KeptTranslations,
    PatchRequest,
    PatchResult,
    PresetEdit,
)
from ..routes import Operation
from ..services import Services


def start_ablation(services: Services, project: str, body: AblationRequest) -> tuple[Job, int]:
    """Draw ablation curves: 202 with the job."""
    return services.causal.ablate(services.projects[project], body), 202


def kept_translations(services: Services, project: str, query: KeptQuery) -> KeptTranslations:
    """What the model made of some sentences at a point of a curve."""
    return services.causal.kept(services.projects[project], query)


def attribute_word(services: Services, project: str, body: AttributionRequest) -> AttributionResult:
    """Estimate every neuron's effect on a word, and check the largest by real runs."""
    live = services.stores.live(services.projects[project], body.model)
    live.checked(body.text)
    with live.exclusively():
        target = body.target
        if target is None:
            target = live.model.translate([body.text], beams=body.beams)[0].text
        found = attribute(
            live.model, body.text, target, body.word, body.alternative,
            baseline=body.baseline, counterfactual=body.counterfactual, scope=body.scope,
            verify=body.verify,
        )  # fmt: skip
    return AttributionResult.model_validate(found.to_dict(body.count))


def find(services: Services, project: str, body: FindRequest) -> tuple[Job, int]:
    """Search for the neurons that would make a word: 202 with the job."""
    return services.causal.find(services.projects[project], body), 202


def compare(services: Services, project: str, body: CompareRequest) -> CompareResult:
    """Where the difference between two sentences' translations comes from."""
    live = services.stores.live(services.projects[project], body.model)
    live.checked(body.text)
    live.checked(body.counterfactual)
    with live.exclusively():
        found = compare_runs(
            live.model, body.text, body.counterfactual, neurons=body.neurons, beams=body.beams
        )
    return CompareResult.model_validate(found.to_dict())


def patch(services: Services, project: str, body: PatchRequest) -> PatchResult:
    """Some cells of a comparison as interventions, tried on its sentence."""
    live = services.stores.live(services.projects[project], body.model)
    live.checked(body.text)
    live.checked(body.counterfactual)
    cells = [(cell.address, cell.position) for cell in body.cells]
    with live.exclusively():
        found = patch_from(live.model, body.text, body.counterfactual, cells, beams=body.beams)
    return PatchResult(
        interventions=[PresetEdit.model_validate(i.to_dict()) for i in found.interventions],
        recovered=found.recovered, before=found.before, after=found.after, warnings=found.warnings,
    )  # fmt: skip


OPERATIONS = (
    Operation(
        "POST", "/projects/<project>/ablate", start_ablation, "Draw ablation curves", {202: Job},
        body=AblationRequest,
    ),
    Operation(
        "GET", "/projects/<project>/kept", kept_translations,
        "Translations of a point of a curve", {200: KeptTranslations}, query=KeptQuery,
    ),
    Operation(
        "POST", "/projects/<project>/attribute", attribute_word, "Which neurons made a word",
        {200: AttributionResult}, body=AttributionRequest,
    ),
    Operation(
        "POST", "/projects/<project>/find", find, "Which neurons would make a word", {202: Job},
        body=FindRequest,
    ),
    Operation(
        "POST", "/projects/<project>/compare", compare, "Patch one run into another",
        {200: CompareResult}, body=CompareRequest,
    ),
    Operation(
        "POST", "/projects/<project>/patch", patch, "Keep cells of a comparison",
        {200: PatchResult}, body=PatchRequest,
    ),
)  # fmt: skip
