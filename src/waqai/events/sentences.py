"""The sentences of an article, found once however many readers of its events ask."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from waqai.schema import Document, Sentence, Span
from waqai.schema.document import Mention
from waqai.text import split_sentences, split_words


@lru_cache(maxsize=8)
def sentences_of(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text, in reading order."""
    return tuple(split_sentences(text, split_words(text)))


def sentence_around(document: Document, mention: Mention) -> Span:
    """The bounds of the sentence that a mention begins in; its own where it stands in none."""
    for sentence in sentences_of(document.text):
        if sentence.start <= mention.start < sentence.end:
            return Span(sentence.start, sentence.end)
    return Span(mention.start, mention.end)


def without(mentions: Iterable[Mention], document: Document, span: Span, filler: str) -> str:
    """The text of a span with each character of the mentions in it written as ``filler``; its length stays."""
    letters = list(document.text[span.start : span.end])
    for mention in mentions:
        if mention.start < span.end and span.start < mention.end:
            inside = slice(max(mention.start - span.start, 0), mention.end - span.start)
            letters[inside] = filler * len(letters[inside])
    return "".join(letters)
