"""The sentences of an article, found once however many readers of its events ask."""

from __future__ import annotations

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
