"""Parallel text: sentences, their references, and labels of their words."""

from .annotation import Annotator, annotators, label_names, label_sources, label_words
from .concept_bank import concepts
from .corpus import Corpus, join
from .holding import Holding
from .label_sets import LabelSet, read_labels
from .labels import AnnotatedToken, WordLabels
from .reader import read_corpus
from .words import Words

__all__ = [
    "AnnotatedToken", "Annotator", "Corpus", "Holding", "LabelSet", "WordLabels", "Words",
    "annotators", "concepts", "join", "label_names", "label_sources", "label_words", "read_corpus",
    "read_labels",
]  # fmt: skip
