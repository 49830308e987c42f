"""The project's own format: a BIO file an article, relations and attributes in a TSV beside it.

``ID.bio`` holds the metadata and a line a word: word, start_char, end_char, entity tags, trigger tag. Nested
mentions put several entity tags on a word, joined by ``|``. ``ID.tsv`` holds arguments, relations and attributes,
naming mentions by span and type. The text itself is another file, named in the header. annotations/README.md
specifies both field by field.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from waqai.errors import DataError
from waqai.formats.files import read_lines, read_text, writing
from waqai.schema import Document, Entity, Mention, Relation, Trigger, Word
from waqai.text import split_sentences, split_words

_METADATA = ("id", "title", "source", "publication_date", "url", "language")
TSV_COLUMNS = ("kind", "label", "start", "end", "type", "tail_start", "tail_end", "tail_type", "value")
_NONE = "-"
_TAG = re.compile(r"([BI])-([^\s|]+)")
_Key = tuple[int, int, str]
_M = TypeVar("_M", Entity, Trigger)


def write_bio(document: Document, path: Path, text_path: Path, *, overwrite: bool = False) -> None:
    """Write ``path`` (``….bio``) and the TSV beside it; the text itself is not copied.

    Raises:
        DataError: a mention does not cover whole words, two mentions of a type overlap, or a metadata field
            holds a line break.
        OutputError: a file exists and ``overwrite`` is off, or cannot be written.
    """
    words = document.words or split_words(document.text)
    layers = [
        _encode_layer(document, words, [entity for entity in document.entities if entity.type == kind])
        for kind in sorted({entity.type for entity in document.entities})
    ]
    triggers = _encode_layer(document, words, document.triggers)
    with writing(path, overwrite=overwrite) as stream:
        for name, value in document.metadata().items():
            if value and re.search(r"[\r\n]", value):
                raise DataError(f"{name} holds a line break, for which a BIO header has no room", path=document.id)
            if value:
                stream.write(f"# {name} = {value}\n")
        stream.write(f"# text = {os.path.relpath(text_path, path.parent)}\n")
        for sentence in split_sentences(document.text, words):
            stream.write("\n")
            for index in range(sentence.first_word, sentence.last_word):
                word = words[index]
                tags = [layer[index] for layer in layers if layer[index] != "O"]
                columns = (word.text, str(word.start), str(word.end), "|".join(tags) or "O", triggers[index])
                stream.write("\t".join(columns) + "\n")
    with writing(path.with_suffix(".tsv"), overwrite=overwrite) as stream:
        for row in (TSV_COLUMNS, *_rows(document)):
            stream.write("\t".join(map(str, row)) + "\n")


def _encode_layer(document: Document, words: Sequence[Word], mentions: Iterable[Mention]) -> list[str]:
    starts = {word.start: index for index, word in enumerate(words)}
    ends = {word.end: index for index, word in enumerate(words)}
    tags = ["O"] * len(words)
    for mention in mentions:
        first, last = starts.get(mention.start), ends.get(mention.end)
        if first is None or last is None:
            raise DataError(
                f"{mention.type} «{document.surface(mention)}» does not cover whole words", path=document.id
            )
        if any(tag != "O" for tag in tags[first : last + 1]):
            raise DataError(f"{mention.type} «{document.surface(mention)}» overlaps one of its kind", path=document.id)
        tags[first : last + 1] = [f"B-{mention.type}"] + [f"I-{mention.type}"] * (last - first)
    return tags


def _rows(document: Document) -> Iterable[tuple[object, ...]]:
    blank = (_NONE, _NONE, _NONE)
    for entity in document.entities:
        if entity.value:
            yield ("attribute", "Value", *entity.key, *blank, entity.value)
    for trigger in document.triggers:
        if trigger.mode:
            yield ("attribute", "Mode", *trigger.key, *blank, trigger.mode)
        if trigger.auxiliary:
            yield ("attribute", "Auxiliary", *trigger.key, *blank, trigger.auxiliary)
    for relation in document.relations:
        kind = "argument" if relation.is_argument else "relation"
        yield (kind, relation.type, *relation.head.key, *relation.tail.key, _NONE)


def read_bio(path: Path, encoding: str = "utf-8") -> Document:
    """Read an article, its TSV (where there is one) and its text.

    Words that the scheme's own rule would not make are kept as the document's words.

    Raises:
        DataError: a line is malformed, an offset does not match the text, a tag breaks the BIO rules, or a
            TSV row names a mention that is not tagged.
    """
    metadata, lines = _split_header(path, read_lines(path, encoding))
    text_path = (path.parent / metadata.pop("text")) if "text" in metadata else path.with_suffix(".txt")
    text = read_text(text_path, encoding)
    entities: list[Entity] = []
    triggers: list[Trigger] = []
    open_entities: dict[str, int] = {}
    open_trigger: dict[str, int] = {}
    words: list[Word] = []
    for number, line in lines:
        word, tags, trigger_tag = _parse_word(path, number, line, text, words[-1].end if words else 0)
        words.append(word)
        _advance(path, number, tags, word, open_entities, entities, Entity)
        trigger_tags = [] if trigger_tag == "O" else [trigger_tag]
        _advance(path, number, trigger_tags, word, open_trigger, triggers, Trigger)
    document = Document(
        id=metadata.get("id", path.stem),
        text=text,
        title=metadata.get("title", ""),
        source=metadata.get("source"),
        publication_date=metadata.get("publication_date"),
        url=metadata.get("url"),
        language=metadata.get("language", "ar"),
        entities=tuple(entities),
        triggers=tuple(triggers),
        words=() if set(words) <= set(split_words(text)) else tuple(words),
    )
    tsv = path.with_suffix(".tsv")
    return _read_tsv(document, tsv, encoding) if tsv.exists() else document


def _split_header(path: Path, content: Iterable[str]) -> tuple[dict[str, str], list[tuple[int, str]]]:
    metadata: dict[str, str] = {}
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(content, start=1):
        name, separator, value = line[1:].partition("=")
        if line.startswith("# ") and separator and not lines:
            if name.strip() not in (*_METADATA, "text"):
                known = ", ".join((*_METADATA, "text"))
                raise DataError(f"unknown metadata «{name.strip()}»; known are {known}", path=path, line=number)
            metadata[name.strip()] = value.strip()
        elif line.strip():
            lines.append((number, line))
    return metadata, lines


def _parse_word(path: Path, number: int, line: str, text: str, previous_end: int) -> tuple[Word, list[str], str]:
    columns = line.split("\t")
    if len(columns) != 5:
        expected = "5 tab-separated columns (word, start_char, end_char, entity tags, trigger tag)"
        raise DataError(f"expected {expected}, found {len(columns)}", path=path, line=number)
    surface, raw_start, raw_end, entity_tags, trigger_tag = columns
    if not (raw_start.isdecimal() and raw_end.isdecimal()):
        raise DataError(f"start_char and end_char are numbers, found {raw_start} and {raw_end}", path=path, line=number)
    word = Word(surface, int(raw_start), int(raw_end))
    if not surface or text[word.start : word.end] != surface:
        found = text[word.start : word.end]
        raise DataError(
            f"the text has «{found}» at [{word.start}, {word.end}), not «{surface}»", path=path, line=number
        )
    if word.start < previous_end:
        raise DataError("words stand in the order of the text and do not overlap", path=path, line=number)
    return word, [] if entity_tags == "O" else entity_tags.split("|"), trigger_tag


def _advance(
    path: Path,
    number: int,
    tags: list[str],
    word: Word,
    running: dict[str, int],
    mentions: list[_M],
    make: type[_M],
) -> None:
    """Take one word's tags: ``running`` maps a type to the index of its mention still going on."""
    continued: dict[str, int] = {}
    for tag in tags:
        if not (match := _TAG.fullmatch(tag)):
            raise DataError(f"«{tag}» is not B-TYPE, I-TYPE or O", path=path, line=number)
        prefix, kind = match.groups()
        if kind in continued:
            raise DataError(f"two {kind} tags on a word; mentions of a type do not nest", path=path, line=number)
        if prefix == "B":
            continued[kind] = len(mentions)
            mentions.append(make(kind, word.start, word.end))
        elif kind in running:
            continued[kind] = running[kind]
            mentions[running[kind]] = replace(mentions[running[kind]], end=word.end)
        else:
            raise DataError(f"I-{kind} follows no B-{kind} or I-{kind}", path=path, line=number)
    running.clear()
    running.update(continued)


def _read_tsv(document: Document, path: Path, encoding: str) -> Document:
    mentions: dict[_Key, Mention] = {mention.key: mention for mention in document.mentions}
    pairs: dict[tuple[str, _Key, _Key], int] = {}
    header, *lines = read_lines(path, encoding)
    if tuple(header.split("\t")) != TSV_COLUMNS:
        raise DataError(f"expected the header {' '.join(TSV_COLUMNS)}, tabs between", path=path, line=1)
    for number, line in enumerate(lines, start=2):
        if not line.strip():
            continue
        row = line.split("\t")
        if len(row) != len(TSV_COLUMNS):
            raise DataError(f"expected {len(TSV_COLUMNS)} columns, found {len(row)}", path=path, line=number)
        kind, label, *rest = row
        head = _mention_key(path, number, rest[0:3], mentions)
        if kind == "attribute":
            mentions[head] = _with_attribute(path, number, mentions[head], label, rest[6])
        elif kind in ("argument", "relation"):
            if isinstance(mentions[head], Trigger) != (kind == "argument"):
                raise DataError("an argument starts at a trigger, a relation at an entity", path=path, line=number)
            pair = (label, head, _mention_key(path, number, rest[3:6], mentions))
            if pair in pairs:
                raise DataError(f"this {kind} is there twice", path=path, line=number)
            pairs[pair] = number
        else:
            raise DataError(f"kind is argument, relation or attribute, not «{kind}»", path=path, line=number)
    relations = []
    for (label, head, tail_key), number in pairs.items():
        tail = mentions[tail_key]
        if not isinstance(tail, Entity):
            raise DataError("relations and arguments end in entities", path=path, line=number)
        relations.append(Relation(label, mentions[head], tail))
    return document.with_annotation(
        tuple(mention for mention in mentions.values() if isinstance(mention, Entity)),
        tuple(mention for mention in mentions.values() if isinstance(mention, Trigger)),
        tuple(relations),
    )


def _mention_key(path: Path, number: int, columns: list[str], mentions: dict[_Key, Mention]) -> _Key:
    start, end, kind = columns
    if start.isdecimal() and end.isdecimal() and (key := (int(start), int(end), kind)) in mentions:
        return key
    raise DataError(f"no mention {kind} [{start}, {end}) is tagged in the BIO file", path=path, line=number)


def _with_attribute(path: Path, number: int, mention: Mention, label: str, value: str) -> Mention:
    if isinstance(mention, Entity) and label == "Value":
        return replace(mention, value=value)
    if isinstance(mention, Trigger) and label == "Mode":
        return replace(mention, mode=value)
    if isinstance(mention, Trigger) and label == "Auxiliary":
        return replace(mention, auxiliary=value)
    noun = "an entity" if isinstance(mention, Entity) else "a trigger"
    raise DataError(f"{noun} has no attribute «{label}»", path=path, line=number)
