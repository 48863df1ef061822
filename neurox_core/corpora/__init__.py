"""Parallel text: sentences, their references, and labels of their words."""

from .corpus import Corpus, join
from .labels import AnnotatedToken, WordLabels
from .reader import read_corpus

__all__ = ["AnnotatedToken", "Corpus", "WordLabels", "join", "read_corpus"]
