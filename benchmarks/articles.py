"""The text that the benchmarks read: the project's own articles, repeated under other names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import cycle, islice
from pathlib import Path

from waqai.inference.articles import find_files, read_articles
from waqai.schema import Document
from waqai.text import split_sentences, split_words

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("seeds", "annotations/own/train", "annotations/own/dev")


@cache
def own_articles() -> tuple[Document, ...]:
    """The seeds and the project's own articles, without their annotation."""
    found = read_articles(find_files([str(ROOT / folder) for folder in FOLDERS]))
    return tuple(article for article in found if isinstance(article, Document))


def stream(count: int, most_words: int | None = None) -> Iterator[Document]:
    """So many articles under distinct ids, one at a time; cut after the sentence that reaches ``most_words``."""
    texts = [replace(article, text=_head(article.text, most_words)) for article in own_articles()]
    for number, article in enumerate(islice(cycle(texts), count)):
        yield replace(article, id=f"{number:07d}_{article.id}")


def made_of(count: int) -> list[Document]:
    """So many articles at once."""
    return list(stream(count))


def word_count(articles: Iterable[Document]) -> int:
    """Words by the scheme's own rule, the same for every side."""
    return sum(_words(article.text) for article in articles)


@cache
def _words(text: str) -> int:
    return len(split_words(text))


def write_jsonl(articles: Iterable[Document], path: Path) -> None:
    """Write articles as ``waqai extract`` reads them."""
    with path.open("w", encoding="utf-8") as file:
        for article in articles:
            given = {"text": article.text, **article.metadata()}
            file.write(json.dumps({key: value for key, value in given.items() if value}, ensure_ascii=False) + "\n")


def sentences(article: Document) -> list[list[str]]:
    """The article's sentences as lists of words."""
    words = split_words(article.text)
    found = split_sentences(article.text, words)
    return [[word.text for word in words[sentence.first_word : sentence.last_word]] for sentence in found]


def _head(text: str, most_words: int | None) -> str:
    if most_words is None:
        return text
    words = split_words(text)
    found = split_sentences(text, words)
    end = next((sentence.end for sentence in found if sentence.last_word >= most_words), len(text))
    return text[:end]
