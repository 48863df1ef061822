"""Redundancy: one neuron of each group of neurons that say the same comes first.

What is ranked: first come the neurons that stand for a cluster, the one of the largest cluster
first; their score is the size of the cluster, at least 1. Then come all others, those that are
least like the neuron that stands for them first; their score is 1 - |rho| with it, less than 1. So
the first neurons, one for each cluster, are the set to keep, and the last ones are the nearest
copies. Clusters are of one stack, since encoder and decoder read different texts.

Memory holds a stack's correlation matrix twice. Above `limit` neurons in a stack only those with
the largest variance are clustered, and the others get no score.
"""

from __future__ import annotations

import numpy as np

from ..analysis import Analysis, Parameter, Parameters, Scored
from ..clusters import cluster
from ..correlation import correlate
from ..sample import Sample
from ..source import by_stack


def score(sample: Sample, parameters: Parameters) -> Scored:
    """Sizes of clusters for their representatives, distances from them for all others."""
    threshold, limit = float(parameters["threshold"]), int(parameters["limit"])
    scores = np.full(sample.neurons, np.nan)
    number = np.full(sample.neurons, -1, np.int64)
    similarity = np.full(sample.neurons, np.nan)
    kept: list[int] = []
    clustered = 0
    for source, at in by_stack(sample.source):
        varying = np.flatnonzero(~sample.constant[at])
        deviations = sample.source.spread.deviation[at]
        pool = np.sort(varying[np.argsort(-deviations[varying], kind="stable")[:limit]])
        if not len(pool):
            continue
        every = len(pool) == source.neurons
        found = correlate([source], [(0, 0)], sample.report, None if every else [pool])
        sample.report(source.height, source.height, "Grouping neurons")
        groups = cluster(found.matrices[0, 0], threshold, deviations[pool], found.digits)
        number[at[pool]] = groups.number + len(kept)
        similarity[at[pool]] = groups.similarity
        scores[at[pool]] = 1.0 - np.maximum(groups.similarity, 1e-6)
        scores[at[pool[groups.representatives]]] = groups.sizes
        kept += at[pool[groups.representatives]].tolist()
        clustered += len(pool)
    details = {
        "cluster": number, "similarity": similarity, "representatives": kept,
        "clustered": clustered,
    }  # fmt: skip
    return Scored(scores, details=details)


ANALYSIS = Analysis(
    name="redundancy",
    title="Redundancy",
    summary="Neurons are put into groups that say the same. One neuron for each group comes first, "
    "that of the largest group at the top; then the others, the nearest copies at the very end.",
    formula="size of the cluster for the neuron that stands for it; 1 - |ρ| with that one for all "
    "others. Clusters: 1 - |ρ|, average linkage",
    reference="Dalvi et al. 2020, Analyzing Redundancy in Pretrained Transformer Models",
    score=score,
    slow=True,
    parameters={
        "threshold": Parameter(
            0.5, "largest mean distance 1 - |ρ| at which clusters are still merged", 0.0, 1.0
        ),
        "limit": Parameter(
            6000, "neurons of a stack that are clustered: those that vary most", 2, 50_000
        ),
    },
)
