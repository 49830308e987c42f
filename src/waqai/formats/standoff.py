"""Annotation without its text: for articles that may be annotated but not passed on.

A JSON Lines record keeps offsets, labels and the SHA-256 of the article's UTF-8 text; whoever has the corpus
joins them. Mentions carry no words.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from waqai.errors import DataError
from waqai.formats.files import read_lines
from waqai.formats.folders import read_documents
from waqai.formats.jsonl import from_json, parse_object, to_json
from waqai.schema import Document


def text_hash(text: str) -> str:
    """SHA-256 of a text, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def to_standoff(document: Document) -> dict[str, Any]:
    """The record of a document without a word of its text."""
    record = to_json(document)
    del record["text"], record["title"]
    for mention in (*record["entities"], *record["triggers"]):
        del mention["text"], mention["confidence"]
    for relation in record["relations"]:
        del relation["confidence"]
    return {**record, "text_sha256": text_hash(document.text), "text_length": len(document.text)}


def read_annotated(path: Path, form: str | None = None, text: Path | None = None) -> list[Document]:
    """Read annotated articles in any format, those without their text too.

    Args:
        path: a file, or a folder of files of one format.
        form: see ``read_documents``; guessed where ``None``.
        text: where articles annotated without their text find it.

    Raises:
        DataError: see ``read_documents`` and ``read_standoff``.
    """
    return read_standoff(path, text) if is_standoff(path) else read_documents(path, form)


def read_standoff(path: Path, corpus: Path | None) -> list[Document]:
    """Join records with the corpus that holds their texts.

    Args:
        path: JSON Lines of ``to_standoff`` records.
        corpus: a text file (``.xz`` or plain) of articles with a blank line between, or a folder that holds such
            files under the names the records give as their ``source``.

    Raises:
        DataError: the corpus is not there, or does not hold an article.
    """
    records: dict[str, tuple[int, dict[str, Any]]] = {}
    for number, line in enumerate(read_lines(path), start=1):
        if line.strip():
            record = parse_object(line, path=path, line=number)
            if "text_sha256" not in record or "id" not in record:
                raise DataError("expected a record with id and text_sha256", path=path, line=number)
            records[record["text_sha256"]] = (number, record)
    if corpus is None or not corpus.exists():
        where = "data.text=FOLDER" if corpus is None else f"{corpus} (not there)"
        raise DataError(
            f"these articles are annotated without their text; name the corpus that holds it: {where}", path=path
        )
    sources = {str(record.get("source")) for _, record in records.values()}
    texts: dict[str, str] = {}
    for file in _corpus_files(corpus, sources):
        texts |= {digest: text for text in split_articles(file) if (digest := text_hash(text)) in records}
    missing = [record["id"] for digest, (_, record) in records.items() if digest not in texts]
    if missing:
        raise DataError(f"{corpus} lacks the articles {', '.join(missing[:5])} ({len(missing)} in all)", path=path)
    return [
        from_json({**record, "text": texts[digest]}, path=path, line=number)
        for digest, (number, record) in records.items()
    ]


def _corpus_files(corpus: Path, sources: set[str]) -> list[Path]:
    if corpus.is_file():
        return [corpus]
    return [file for source in sorted(sources) for file in sorted(corpus.glob(f"{source}.txt*"))]


def split_articles(corpus: Path) -> Iterator[str]:
    """The articles of a text corpus, a blank line between them.

    Raises:
        DataError: the file is truncated or cannot be read.
    """
    try:
        raw = corpus.read_bytes()
        content = (lzma.decompress(raw) if corpus.suffix == ".xz" else raw).decode("utf-8")
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read the corpus: {error}", path=corpus) from error
    return (article for article in re.split(r"\n\s*\n", content) if article.strip())


def is_standoff(path: Path) -> bool:
    """Whether a file is annotation without its text."""
    return path.name.endswith(".standoff.jsonl")


def write_standoff(documents: Sequence[Document] | Iterable[Document]) -> str:
    """The JSON Lines of ``to_standoff`` records."""
    return "".join(json.dumps(to_standoff(document), ensure_ascii=False) + "\n" for document in documents)
