"""Measured comparisons; each module is a command that prints one table.

    python -m benchmarks.extraction       extraction against a bare forward pass
    python -m benchmarks.reading          one neuron, one sentence, of a large store (12 GB of disk)
    python -m benchmarks.growth           memory of an extraction as the corpus grows
    python -m benchmarks.decoding         decoding under an intervention against a clean decode
    python -m benchmarks.slider           from a slider's event to the changed text
    python -m benchmarks.page             first paint, size of the client, recolouring
    python -m benchmarks.memory           the server at rest
    python -m benchmarks.run_all          all of them

Ratios come from one run, in which the two things compared take turns, so that a machine that slows
down slows both. Every table names the machine and gives the spread beside the median.
"""
