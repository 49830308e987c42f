"""Named-entity corpora for the probe: sentences as layers of IOB2 tags, as seqeval scores them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from waqai.errors import DataError
from waqai.formats import conll
from waqai.schema import Document, Entity


@dataclass(frozen=True, slots=True)
class TaggedSentence:
    """Words with one IOB2 tag a layer.

    Attributes:
        words: the words.
        layers: for each layer a tag a word; flat corpora have one layer, nested ones a layer for each entity
            type.
    """

    words: tuple[str, ...]
    layers: tuple[tuple[str, ...], ...]


def read_conll(path: Path, nested: bool = False) -> list[TaggedSentence]:
    """Read a corpus; ``I-`` that continues nothing begins an entity.

    Args:
        path: UTF-8 text, columns split by white space.
        nested: a word may carry several tags; each entity type becomes a layer of its own, in alphabetical
            order.

    Raises:
        DataError: the file is missing, or a line has no tag; the message names file and line.
    """
    if not path.is_file():
        raise DataError("corpus file does not exist; set `corpora` to the folder that holds `ner/`", path=path)
    sentences = list(conll.read_conll(path, layered=nested))
    if not nested:
        return [_tagged(sentence, [sentence.entities]) for sentence in sentences]
    kinds = sorted({entity.type for sentence in sentences for entity in sentence.entities})
    return [
        _tagged(sentence, ([one for one in sentence.entities if one.type == kind] for kind in kinds))
        for sentence in sentences
    ]


def _tagged(sentence: Document, layers: Iterable[Iterable[Entity]]) -> TaggedSentence:
    starts = {word.start: index for index, word in enumerate(sentence.words)}
    ends = {word.end: index for index, word in enumerate(sentence.words)}
    tagged = []
    for entities in layers:
        tags = ["O"] * len(sentence.words)
        for entity in entities:
            first, last = starts[entity.start], ends[entity.end]
            tags[first] = f"B-{entity.type}"
            tags[first + 1 : last + 1] = [f"I-{entity.type}"] * (last - first)
        tagged.append(tuple(tags))
    return TaggedSentence(tuple(word.text for word in sentence.words), tuple(tagged))


def split_tail(sentences: list[TaggedSentence], share: float) -> tuple[list[TaggedSentence], list[TaggedSentence]]:
    """Split off the last ``share`` of the sentences as development data."""
    cut = len(sentences) - round(len(sentences) * share)
    return sentences[:cut], sentences[cut:]
