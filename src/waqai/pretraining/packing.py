"""Corpus preparation: cleaned, deduplicated articles packed into one binary of token ids, with a manifest.

The binary is a flat stream of little-endian 16-bit ids, ``[SEP]`` after every article; rows of any length
are cut from it
when training reads it, so one file serves sequence length 128 and 512.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from datasketch import MinHash
from tokenizers import Tokenizer

from waqai.errors import DataError, OutputError
from waqai.pretraining.cleaning import Cleaner, CleaningRules, read_articles
from waqai.pretraining.duplicates import DuplicateFilter, DuplicateRules, signature
from waqai.pretraining.tokenizer import SEP, token_id

TokenIds = npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class FileCount:
    """What became of one corpus file: articles and words read and kept, and the hash."""

    name: str
    sha256: str
    articles_read: int
    articles_kept: int
    words_read: int
    words_kept: int
    exact_duplicates: int
    near_duplicates: int


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def prepare_articles(
    files: Iterable[Path],
    target: Path,
    cleaning: CleaningRules,
    duplicates: DuplicateRules,
    workers: int = 2,
) -> list[FileCount]:
    """Clean and deduplicate the corpus files into one text file, a blank line between articles.

    Deterministic: files in the given order, and of near duplicates the first stays. ``workers`` changes only
        the speed.

    Raises:
        DataError: a corpus file is missing or damaged; nothing is left at ``target``.
        OutputError: the target cannot be written (disk full, no right).
    """
    paths = list(files)
    for path in paths:
        if not path.is_file():
            raise DataError(
                f"corpus file {path} does not exist; set `corpora` to the folder that holds `text/{path.name}`"
            )
    cleaner, seen = Cleaner(cleaning), DuplicateFilter(duplicates)
    counts = []
    partial_file = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with (
            partial_file.open("w", encoding="utf-8") as out,
            ProcessPoolExecutor(workers) as pool,
        ):
            for path in paths:
                counts.append(_prepare_file(path, out, cleaner, seen, pool))
        os.replace(partial_file, target)
    except OSError as error:
        _discard(partial_file)
        raise OutputError(
            f"cannot write {target}: {error.strerror}; free some space or choose another `work`"
        ) from error
    except DataError:
        _discard(partial_file)
        raise
    return counts


def _discard(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def _prepare_file(
    path: Path,
    out: Any,
    cleaner: Cleaner,
    seen: DuplicateFilter,
    pool: ProcessPoolExecutor,
) -> FileCount:
    articles = words = kept = kept_words = 0
    exact, near = seen.exact, seen.near
    stream = read_articles(path)
    while batch := list(islice(stream, 4096)):
        articles += len(batch)
        words += sum(len(article.split()) for article in batch)
        texts = [text for article in batch if (text := cleaner.clean(article)) and not seen.is_exact(text)]
        sketches: Iterable[MinHash | None] = [None] * len(texts)
        if seen.rules.near:
            sketches = pool.map(partial(signature, rules=seen.rules), texts, chunksize=256)
        for text, sketch in zip(texts, sketches, strict=True):
            if sketch is not None and seen.is_near(sketch):
                continue
            out.write(text + "\n\n")
            kept += 1
            kept_words += len(text.split())
    return FileCount(
        path.name,
        sha256_of(path),
        articles,
        kept,
        words,
        kept_words,
        seen.exact - exact,
        seen.near - near,
    )


def encode_articles(articles: Iterable[str], tokenizer: Tokenizer) -> Iterator[TokenIds]:
    """Yield each article's ids, ``[SEP]`` at its end.

    Each distinct run of non-space characters is encoded once and remembered: subwords never cross white
    space, so this
    equals encoding the article and is some twenty times faster.
    """
    separator = token_id(tokenizer, SEP)
    known: dict[str, list[int]] = {}
    for article in articles:
        chunks = article.split()
        fresh = list(dict.fromkeys(chunk for chunk in chunks if chunk not in known))
        for chunk, encoding in zip(
            fresh,
            tokenizer.encode_batch_fast(fresh, add_special_tokens=False),
            strict=True,
        ):
            known[chunk] = encoding.ids
        ids = [index for chunk in chunks for index in known[chunk]]
        ids.append(separator)
        yield np.array(ids, dtype="<u2")


def pack(
    articles: Path,
    tokenizer: Tokenizer,
    target: Path,
    counts: list[FileCount],
    recipe: dict[str, Any],
) -> dict[str, Any]:
    """Write the id stream to ``target`` and its manifest beside it; return the manifest.

    Raises:
        OutputError: the target cannot be written; an older complete file stays as it was.
    """
    partial_file = target.with_name(target.name + ".part")
    total = 0
    number = 0
    try:
        with partial_file.open("wb") as out:
            for ids in encode_articles(read_articles(articles), tokenizer):
                out.write(ids.tobytes())
                total += len(ids)
                number += 1
        os.replace(partial_file, target)
        manifest = {
            "articles": number,
            "words": sum(count.words_kept for count in counts),
            "subwords": total,
            "sha256": sha256_of(target),
            "tokenizer_sha256": hashlib.sha256(tokenizer.to_str().encode("utf-8")).hexdigest(),
            "recipe": recipe,
            "files": [asdict(count) for count in counts],
        }
        target.with_suffix(".json").write_text(
            json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    except OSError as error:
        _discard(partial_file)
        raise OutputError(
            f"cannot write {target}: {error.strerror}; free some space or choose another `work`"
        ) from error
    return manifest


def load_stream(path: Path) -> TokenIds:
    """Open a packed binary without reading it into memory.

    Returns:
        Ids, shape ``(subwords,)``.

    Raises:
        DataError: the file or its manifest is missing, or their sizes disagree.
    """
    try:
        manifest = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        stream: TokenIds = np.memmap(path, dtype="<u2", mode="r")
    except (OSError, ValueError) as error:
        raise DataError(f"packed corpus {path} cannot be read ({error}); run scripts/prepare_corpus.py") from error
    if len(stream) != manifest["subwords"]:
        raise DataError(
            f"packed corpus {path} holds {len(stream)} ids, its manifest says {manifest['subwords']}; pack it again"
        )
    return stream


def row_count(stream: TokenIds, length: int) -> int:
    """Return how many rows of ``length`` subwords, two of them special, the stream gives."""
    return len(stream) // (length - 2)


def read_rows(
    stream: TokenIds, indices: npt.NDArray[np.int64], length: int, cls: int, sep: int
) -> npt.NDArray[np.int64]:
    """Cut rows from the stream.

    Args:
        stream: ids, shape ``(subwords,)``.
        indices: row numbers, shape ``(B,)``.
        length: subwords in a row, ``[CLS]`` and ``[SEP]`` included.

    Returns:
        Ids, shape ``(B, length)``.
    """
    body = length - 2
    rows = np.full((len(indices), length), sep, dtype=np.int64)
    rows[:, 0] = cls
    for place, index in enumerate(indices):
        rows[place, 1:-1] = stream[index * body : (index + 1) * body]
    return rows
