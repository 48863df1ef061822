"""Endpoints of the corpus: slices, sentences that come out otherwise, nearest states."""

from __future__ import annotations

from ..contracts import (
    CounterpartsRequest,
    CounterpartsResult,
    NearestRequest,
    NearestResult,
    SliceSentences,
    SliceSentencesRequest,
    SlicesRequest,
    SlicesResult,
)
from ..routes import Operation
from ..services import Services


def score_slices(services: Services, project: str, body: SlicesRequest) -> SlicesResult:
    """Score each slice; 409 with a job if the corpus has to be translated first."""
    return services.slices.slices(services.projects[project], body)


def slice_sentences(
    services: Services, project: str, body: SliceSentencesRequest
) -> SliceSentences:
    """Sentences of a slice."""
    return services.slices.sentences(services.projects[project], body)


def find_counterparts(
    services: Services, project: str, body: CounterpartsRequest
) -> CounterpartsResult:
    """The most similar sentences that come out otherwise."""
    return services.counterparts.find(services.projects[project], body)


def find_nearest(services: Services, project: str, body: NearestRequest) -> NearestResult:
    """The tokens of the corpus in the nearest states."""
    return services.nearest.find(services.projects[project], body)


OPERATIONS = (
    Operation(
        "POST", "/projects/<project>/slices", score_slices, "Scores of slices of the corpus",
        {200: SlicesResult}, body=SlicesRequest,
    ),
    Operation(
        "POST", "/projects/<project>/slices/sentences", slice_sentences, "Sentences of a slice",
        {200: SliceSentences}, body=SliceSentencesRequest,
    ),
    Operation(
        "POST", "/projects/<project>/counterparts", find_counterparts,
        "Similar sentences that come out otherwise", {200: CounterpartsResult},
        body=CounterpartsRequest,
    ),
    Operation(
        "POST", "/projects/<project>/nearest", find_nearest, "Tokens in the nearest states",
        {200: NearestResult}, body=NearestRequest,
    ),
)  # fmt: skip
