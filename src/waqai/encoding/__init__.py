"""Documents as arrays: subwords, windows, label numbers, candidate pairs. numpy and tokenizers only."""

from waqai.encoding.labels import (
    BEGIN,
    DENIED,
    IGNORED,
    INSIDE,
    NOT_OUTSIDE,
    OUTSIDE,
    LabelSpace,
    candidate_pairs,
)
from waqai.encoding.subwords import SubwordTokenizer
from waqai.encoding.windows import Batch, EncodedDocument, Window, encode_documents, make_batch

__all__ = [
    "BEGIN",
    "DENIED",
    "IGNORED",
    "INSIDE",
    "NOT_OUTSIDE",
    "OUTSIDE",
    "Batch",
    "EncodedDocument",
    "LabelSpace",
    "SubwordTokenizer",
    "Window",
    "candidate_pairs",
    "encode_documents",
    "make_batch",
]
