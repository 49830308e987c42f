"""Scores to annotation: pure functions on arrays, and the annotator that runs an engine over articles."""

from waqai.decoding.annotate import Annotator, DecodingSettings
from waqai.decoding.engine import Engine, TagScores

__all__ = ["Annotator", "DecodingSettings", "Engine", "TagScores"]
