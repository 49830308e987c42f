"""Reading and writing annotated articles: one file a format, every one lossless."""

from waqai.formats.folders import READABLE, WRITABLE, read_documents, with_words, write_documents
from waqai.formats.jsonl import from_json, parse_line, to_json
from waqai.formats.validation import check_document

__all__ = [
    "READABLE",
    "WRITABLE",
    "check_document",
    "from_json",
    "parse_line",
    "read_documents",
    "to_json",
    "with_words",
    "write_documents",
]
