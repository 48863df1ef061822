"""Corpus scores, their significance, and word differences."""

from .difference import word_diff
from .scores import METRICS, CorpusScore, MetricScore, score_corpus

__all__ = ["METRICS", "CorpusScore", "MetricScore", "score_corpus", "word_diff"]
