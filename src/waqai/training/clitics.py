"""Clitics that a corpus split off, joined again: our words are those of the text."""

from __future__ import annotations

from dataclasses import replace

from waqai.schema import Document, Word

PROCLITICS = frozenset("وفبلك")
ENCLITICS = frozenset({"ه", "ها", "هم", "هما", "هن"})
_BEFORE_ENCLITIC = {"ة": "ت", "ى": "ي"}


def join_clitics(document: Document) -> Document:
    """The document with its lone clitics written onto the words they belong to; mentions then cover whole words.

    `و قال رئيس ها` becomes `وقال رئيسها`, with the two letters that change inside a word: ة to ت and ى to ي
    (`علي` for على + ه; a few nouns, as مستوى, should keep an alif), and ل before the article (`ل المدينة`, للمدينة).

    Args:
        document: one that gives its own words, joined by single spaces.
    """
    surfaces: list[str] = []
    place: list[int] = []  # of each old word among the new
    open_clitic = False
    for word in document.words:
        if open_clitic:
            surfaces[-1] = _attach(surfaces[-1], word.text)
        elif surfaces and word.text in ENCLITICS and surfaces[-1][-1].isalpha():
            stem = surfaces[-1]
            surfaces[-1] = stem[:-1] + _BEFORE_ENCLITIC.get(stem[-1], stem[-1]) + word.text
        else:
            surfaces.append(word.text)
        place.append(len(surfaces) - 1)
        open_clitic = word.text in PROCLITICS
    words: list[Word] = []
    for surface in surfaces:
        start = words[-1].end + 1 if words else 0
        words.append(Word(surface, start, start + len(surface)))
    starts = {word.start: words[place[index]].start for index, word in enumerate(document.words)}
    ends = {word.end: words[place[index]].end for index, word in enumerate(document.words)}
    entities = tuple(replace(entity, start=starts[entity.start], end=ends[entity.end]) for entity in document.entities)
    return replace(document, text=" ".join(surfaces), words=tuple(words), entities=entities)


def _attach(clitic: str, word: str) -> str:
    if clitic[-1:] == "ل" and word.startswith("ال") and len(word) > 3:
        return clitic + word[1:]
    return clitic + word
