"""Annotation sheets: an article and its annotation as plain lines, for a person with any text editor.

    # id: 001_paris                     metadata, before the first sentence (id, title, source, …)
    T عنوان المقال                      the title, a sentence of its own
    P                                   a new paragraph (only where the sheet is to make the text)
    S التقى وزير الدفاع الفرنسي نظيره    a sentence as it stands in the text
    e1 OCC وزير الدفاع الفرنسي          an entity: id, type, its words; ``@2`` for their second occurrence
    e2 DATE الأربعاء =2016-01-20        ``=`` gives a DATE or TIME its ISO 8601 value
    t1 CONSULT التقى /visit !future     a trigger; ``/`` its mode, ``!`` its auxiliary
    > t1 ACTOR e1 e2                    arguments and relations: head, label, tails
    // a note to the next reader        ignored

Ids are the sheet's own; mentions are looked up in the sentence above them, relations anywhere in the article.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from waqai.errors import DataError
from waqai.schema import Document, Entity, Mention, Relation, Sentence, Trigger, Word
from waqai.text import running_sentences, split_sentences, split_words

_METADATA = ("id", "title", "source", "publication_date", "url", "language")
_TYPED = r"\w*)\s+(?P<type>[A-Za-z][\w-]*)\s+(?P<words>.+?)(?:\s+@(?P<nth>\d+))?"
_ENTITY = re.compile(rf"(?P<id>e{_TYPED}(?:\s+=(?P<value>\S+))?")
_TRIGGER = re.compile(rf"(?P<id>t{_TYPED}(?:\s+/(?P<mode>[\w-]+))?(?:\s+!(?P<auxiliary>[\w-]+))?")
_MARKED_END = re.compile(r".*\s[@=/!]\S+")
_PAIR = re.compile(r">\s*(?P<head>[et]\w*)\s+(?P<label>\w+)\s+(?P<tails>.+)")


@dataclass
class _Reading:
    path: Path | str
    text: str | None
    metadata: dict[str, str] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    start: int = 0
    end: int = 0
    starts: frozenset[int] | None = None  # of the text's running sentences
    gap: str = ""
    mentions: dict[str, Mention] = field(default_factory=dict)
    pairs: list[tuple[int, str, str, list[str]]] = field(default_factory=list)

    def fail(self, message: str, line: int) -> DataError:
        return DataError(message, path=self.path, line=line)


def read_sheet(source: str, path: Path | str = "sheet", text: str | None = None) -> Document:
    """Read one sheet.

    Args:
        source: the sheet's content.
        path: its name in error messages.
        text: the article, where there is one already; each ``T`` and ``S`` line must stand in it, in order.
            Without it the text is made of the title, the paragraphs and their sentences.

    Raises:
        DataError: a line is of no known form, or names words, ids or sentences that are not there.
    """
    reading = _Reading(path, text)
    for number, raw in enumerate(source.split("\n"), start=1):
        line = raw.strip()
        if not line or line.startswith("//"):
            continue
        if line.startswith("#"):
            name, _, value = line[1:].partition(":")
            reading.metadata[name.strip()] = value.strip()
        elif line == "P":
            reading.gap = "\n\n"
        elif line[:2] in ("S ", "T "):
            _read_sentence(reading, line[0], line[2:].strip(), number)
        elif line.startswith(">"):
            if not (pair := _PAIR.fullmatch(line)):
                raise reading.fail("expected '> head LABEL tail …'", number)
            reading.pairs.append((number, pair["head"], pair["label"], pair["tails"].split()))
        else:
            _read_mention(reading, line, number)
    return _assemble(reading)


def _read_sentence(reading: _Reading, kind: str, sentence: str, number: int) -> None:
    if reading.text is not None:
        start = _place(reading, sentence)
        if start < 0:
            raise reading.fail(
                f"this sentence does not stand in the text after the one before: {sentence[:60]}", number
            )
        reading.start, reading.end = start, start + len(sentence)
        return
    if reading.pieces:
        reading.pieces.append(reading.gap or " ")
        reading.end += len(reading.pieces[-1])
    reading.pieces.append(sentence)
    reading.start, reading.end = reading.end, reading.end + len(sentence)
    reading.gap = "\n\n" if kind == "T" else ""
    if kind == "T":
        reading.metadata.setdefault("title", sentence)


def _place(reading: _Reading, sentence: str) -> int:
    """Where the next such sentence starts: first looked for among the running sentences, then anywhere."""
    text = reading.text or ""
    if reading.starts is None:
        words = split_words(text)
        running = running_sentences(text, words, split_sentences(text, words))
        reading.starts = frozenset(one.start for one in running)
    hit = text.find(sentence, reading.end)
    while hit >= 0 and hit not in reading.starts:
        hit = text.find(sentence, hit + 1)
    return hit if hit >= 0 else text.find(sentence, reading.end)


def _read_mention(reading: _Reading, line: str, number: int) -> None:
    match = (_ENTITY if line[0] == "e" else _TRIGGER).fullmatch(line)
    if not match:
        raise reading.fail(f"expected a sentence, mention, relation or note, found: {line[:60]}", number)
    text = reading.text if reading.text is not None else "".join(reading.pieces)
    if not text:
        raise reading.fail("a mention stands below its sentence; there is none yet", number)
    words, nth = match["words"], int(match["nth"] or 1)
    # Whole words only: a boundary is where a word of the scheme starts or ends.
    sentence_words = split_words(text[reading.start : reading.end])
    starts, ends = {word.start for word in sentence_words}, {word.end for word in sentence_words}
    found = [
        hit.start()
        for hit in re.finditer(f"(?={re.escape(words)})", text[reading.start : reading.end])
        if hit.start() in starts and hit.start() + len(words) in ends
    ]
    if not 1 <= nth <= len(found):
        raise reading.fail(f"«{words}» stands {len(found)} times in its sentence as whole words, not {nth}", number)
    if match["id"] in reading.mentions:
        raise reading.fail(f"id {match['id']} is taken; ids are unique in an article", number)
    start = reading.start + found[nth - 1]
    end = start + len(words)
    if match["id"].startswith("e"):
        reading.mentions[match["id"]] = Entity(match["type"], start, end, match["value"])
    else:
        reading.mentions[match["id"]] = Trigger(match["type"], start, end, match["mode"], match["auxiliary"])


def _assemble(reading: _Reading) -> Document:
    relations: dict[tuple[object, ...], Relation] = {}
    for number, head_id, label, tail_ids in reading.pairs:
        for identifier in (head_id, *tail_ids):
            if identifier not in reading.mentions:
                raise reading.fail(f"no mention has the id {identifier}", number)
        for tail_id in tail_ids:
            tail = reading.mentions[tail_id]
            if not isinstance(tail, Entity):
                raise reading.fail(f"{tail_id} is a trigger; relations end in entities", number)
            relation = Relation(label, reading.mentions[head_id], tail)
            relations[relation.key] = relation
    unknown = set(reading.metadata) - set(_METADATA)
    if unknown or "id" not in reading.metadata:
        problem = f"unknown metadata {', '.join(sorted(unknown))}" if unknown else "no '# id: …' line"
        raise DataError(f"{problem}; known are {', '.join(_METADATA)}", path=reading.path)
    mentions = reading.mentions.values()
    return Document(
        id=reading.metadata["id"],
        text=reading.text if reading.text is not None else "".join(reading.pieces) + "\n",
        title=reading.metadata.get("title", ""),
        publication_date=reading.metadata.get("publication_date") or None,
        source=reading.metadata.get("source") or None,
        url=reading.metadata.get("url") or None,
        language=reading.metadata.get("language", "ar"),
        entities=tuple(mention for mention in mentions if isinstance(mention, Entity)),
        triggers=tuple(mention for mention in mentions if isinstance(mention, Trigger)),
        relations=tuple(relations.values()),
    )


def write_sheet(document: Document) -> str:
    """The sheet of a document: its running sentences, each with its mentions and the relations they head.

    Reading it back with the document's text gives the same document.

    Raises:
        DataError: a mention stands in no running sentence or does not cover whole words, or a metadata field
            holds a line break.
    """
    words = split_words(document.text)
    sentences = running_sentences(document.text, words, split_sentences(document.text, words))
    lines = []
    for name, value in document.metadata().items():
        if value and "\n" in value:
            raise DataError(f"{name} holds a line break, for which a sheet has no room", path=document.id)
        if value:
            lines.append(f"# {name}: {value}")
    ids = {entity.key: f"e{number}" for number, entity in enumerate(document.entities, start=1)}
    ids |= {trigger.key: f"t{number}" for number, trigger in enumerate(document.triggers, start=1)}
    written: set[tuple[int, int, str]] = set()
    for sentence in sentences:
        lines += ["", f"S {document.surface(sentence)}"]
        inside = [m for m in document.mentions if sentence.start <= m.start and m.end <= sentence.end]
        lines += [_mention_line(document, sentence, words, mention, ids[mention.key]) for mention in inside]
        keys = {mention.key for mention in inside}
        written |= keys
        for relation in document.relations:
            if relation.head.key in keys:
                lines.append(f"> {ids[relation.head.key]} {relation.type} {ids[relation.tail.key]}")
    for mention in document.mentions:
        if mention.key not in written:
            shown = f"{mention.type} «{document.surface(mention)}»"
            raise DataError(f"{shown} stands in no running sentence; a sheet has no place for it", path=document.id)
    return "\n".join(lines) + "\n"


def _mention_line(
    document: Document, sentence: Sentence, words: tuple[Word, ...], mention: Mention, identifier: str
) -> str:
    surface = document.surface(mention)
    inside = words[sentence.first_word : sentence.last_word]
    starts, ends = {word.start for word in inside}, {word.end for word in inside}
    if mention.start not in starts or mention.end not in ends:
        raise DataError(f"{mention.type} «{surface}» does not cover whole words", path=document.id)
    before = sum(
        1
        for start in range(sentence.start, mention.start)
        if start in starts and start + len(surface) in ends and document.text.startswith(surface, start)
    )
    # Words that look like the marks of a mention are told apart by the first mark, which then is always written.
    numbered = before > 0 or _MARKED_END.fullmatch(surface)
    line = f"{identifier} {mention.type} {surface}" + (f" @{before + 1}" if numbered else "")
    if isinstance(mention, Entity):
        return line + (f" ={mention.value}" if mention.value else "")
    return (
        line + (f" /{mention.mode}" if mention.mode else "") + (f" !{mention.auxiliary}" if mention.auxiliary else "")
    )
