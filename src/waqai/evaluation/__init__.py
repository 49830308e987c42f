"""Scores and errors of predicted articles against gold; no tensors, no windows, no model."""

from waqai.evaluation.counts import Counts
from waqai.evaluation.error_analysis import error_analysis
from waqai.evaluation.error_classes import ErrorClass, error_classes
from waqai.evaluation.report import Report, Score, evaluate

__all__ = ["Counts", "ErrorClass", "Report", "Score", "error_analysis", "error_classes", "evaluate"]
