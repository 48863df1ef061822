"""Corpus scores, their significance, and word differences."""

from .difference import word_diff
from .repeated import RepeatedScores
from .scores import METRICS, CorpusScore, MetricScore, score_corpus

__all__ = ["METRICS", "CorpusScore", "MetricScore", "RepeatedScores", "score_corpus", "word_diff"]
