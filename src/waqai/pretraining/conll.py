"""Named-entity corpora for the probe: a word and its tags on a line, an empty line between sentences."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from waqai.errors import DataError


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
    """Read a corpus.

    Args:
        path: UTF-8 text, columns split by white space.
        nested: a word may carry several tags; each entity type becomes a layer of its own, in alphabetical
            order.

    Raises:
        DataError: the file is missing, or a line has no tag; the message names file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise DataError(
            "corpus file does not exist; set `corpora` to the folder that holds `ner/`",
            path=path,
        ) from error
    sentences: list[list[tuple[str, list[str]]]] = [[]]
    for number, line in enumerate(lines, start=1):
        fields = line.split()
        if not fields:
            sentences.append([])
        elif len(fields) < 2:
            raise DataError("a word without a tag; expected `word TAG`", path=path, line=number)
        else:
            sentences[-1].append((fields[0], fields[1:]))
    filled = [sentence for sentence in sentences if sentence]
    if not nested:
        return [
            TaggedSentence(
                tuple(word for word, _ in sentence),
                (_repair([tags[0] for _, tags in sentence]),),
            )
            for sentence in filled
        ]
    kinds = sorted({tag[2:] for sentence in filled for _, tags in sentence for tag in tags if tag != "O"})
    return [split_layers(sentence, kinds) for sentence in filled]


def split_layers(sentence: list[tuple[str, list[str]]], kinds: list[str]) -> TaggedSentence:
    """Give every entity type a layer of its own; a type's first tag on a word wins."""
    layers = []
    for kind in kinds:
        layers.append(_repair([next((tag for tag in tags if tag[2:] == kind), "O") for _, tags in sentence]))
    return TaggedSentence(tuple(word for word, _ in sentence), tuple(layers))


def _repair(tags: list[str]) -> tuple[str, ...]:
    """Turn an ``I-`` that continues nothing into ``B-``, so that strict scoring counts every entity."""
    repaired: list[str] = []
    for tag in tags:
        previous = repaired[-1] if repaired else "O"
        broken = tag.startswith("I-") and previous[2:] != tag[2:]
        repaired.append("B-" + tag[2:] if broken else tag)
    return tuple(repaired)


def split_tail(sentences: list[TaggedSentence], share: float) -> tuple[list[TaggedSentence], list[TaggedSentence]]:
    """Split off the last ``share`` of the sentences as development data."""
    cut = len(sentences) - round(len(sentences) * share)
    return sentences[:cut], sentences[cut:]
