"""What a model computes on a corpus: extraction, the store on disk, and what can be said of it."""

from .budget import Estimate, estimate
from .contexts import Context, contexts
from .extraction import default_layers, extract
from .formats import export_activations, import_activations, import_size
from .statistics import LayerStatistics
from .store import ActivationStore, open_store
from .tables import TokenTable, WordTable, aggregate, word_ranges
from .top_words import TopWords, WordScore

__all__ = [
    "ActivationStore", "Context", "Estimate", "LayerStatistics", "TokenTable", "TopWords",
    "WordScore", "WordTable", "aggregate", "contexts", "default_layers", "estimate",
    "export_activations", "extract", "import_activations", "import_size", "open_store",
    "word_ranges",
]  # fmt: skip
