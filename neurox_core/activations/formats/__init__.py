"""Activations from and for other tools: one module a format (see :mod:`.content`).

===========  ==============  =====================================================
name         suffixes        what it is
===========  ==============  =====================================================
hdf5         .hdf5 .h5       NeuroX: a dataset (layers, tokens, size) a sentence
json         .json .jsonl    NeuroX: a JSON object a sentence
pt           .pt             NeuroX of 2019, OpenNMT: nested lists; read only
npz          .npz            numpy: an array (tokens, units) a layer
npy          .npy            numpy: a matrix (tokens, all neurons)
safetensors  .safetensors    a tensor (tokens, units) a layer
parquet      .parquet        a row a token, a column a layer
===========  ==============  =====================================================

NeuroX counts neurons through all layers, ``layer * size + unit``; that is the number of a column
of ``npy``, and the index of a neuron in a ranking of an imported store.
"""

from .exporting import export_activations
from .importing import import_activations, import_size
from .kinds import FORMATS

__all__ = ["FORMATS", "export_activations", "import_activations", "import_size"]
