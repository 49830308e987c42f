"""JSON Lines: an annotated article a line, and the plain articles that extraction reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from waqai.errors import DataError
from waqai.schema import Document, Entity, Mention, Relation, Trigger, Word

_M = TypeVar("_M", Entity, Trigger)


def to_json(document: Document) -> dict[str, Any]:
    """The plain form of a document: metadata, text, entities (T1 …), triggers (E1 …), relations by id.

    Words stand in it, as offsets, only where a corpus gave them.
    """
    ids = {entity.key: f"T{number}" for number, entity in enumerate(document.entities, start=1)}
    ids |= {trigger.key: f"E{number}" for number, trigger in enumerate(document.triggers, start=1)}
    plain: dict[str, Any] = {
        **document.metadata(),
        "text": document.text,
        "entities": [
            {
                "id": ids[entity.key],
                "type": entity.type,
                "start": entity.start,
                "end": entity.end,
                "text": document.surface(entity),
                "value": entity.value,
                "confidence": entity.confidence,
            }
            for entity in document.entities
        ],
        "triggers": [
            {
                "id": ids[trigger.key],
                "type": trigger.type,
                "start": trigger.start,
                "end": trigger.end,
                "text": document.surface(trigger),
                "mode": trigger.mode,
                "auxiliary": trigger.auxiliary,
                "confidence": trigger.confidence,
            }
            for trigger in document.triggers
        ],
        "relations": [
            {
                "type": relation.type,
                "head": ids[relation.head.key],
                "tail": ids[relation.tail.key],
                "confidence": relation.confidence,
            }
            for relation in document.relations
        ],
    }
    if document.words:
        plain["words"] = [[word.start, word.end] for word in document.words]
    return plain


def from_json(data: Mapping[str, Any], *, path: object = None, line: int | None = None) -> Document:
    """Read the plain form; a plain article needs only ``text``.

    Args:
        data: the plain form.
        path: the file, for messages; ``line`` its line.

    Raises:
        DataError: a field is missing, of the wrong kind, or names an id that is not there; an offset lies
            outside the text or does not match it; a mention or id occurs twice.
    """
    try:
        return _read(data)
    except DataError as error:
        raise DataError(str(error), path=None if path is None else str(path), line=line) from None
    except KeyError as error:
        message = f"the field {error} is missing"
        raise DataError(message, path=None if path is None else str(path), line=line) from error
    except (TypeError, ValueError, AttributeError) as error:
        message = f"a field is not of its kind: {error}"
        raise DataError(message, path=None if path is None else str(path), line=line) from error


def _read(data: Mapping[str, Any]) -> Document:
    text = data["text"]
    if not isinstance(text, str) or not text.strip():
        raise DataError("«text» is empty or no string")
    identifier = "" if data.get("id") is None else str(data["id"])
    _check_whole(id=identifier, text=text)
    entities = _read_mentions(data.get("entities") or (), text, _entity)
    triggers = _read_mentions(data.get("triggers") or (), text, _trigger)
    mentions: dict[str, Mention] = {**entities, **triggers}
    if len(mentions) < len(entities) + len(triggers):
        raise DataError("an entity and a trigger share an id; ids are unique in an article")
    return Document(
        id=identifier,
        text=text,
        **read_fields(data),
        entities=tuple(entities.values()),
        triggers=tuple(triggers.values()),
        relations=tuple(_read_relation(entry, mentions) for entry in data.get("relations") or ()),
        words=tuple(Word(text[start:end], start, end) for start, end in data.get("words") or ()),
    )


def read_fields(data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields about an article, besides its id and text.

    Raises:
        DataError: one is not of its kind.
    """
    fields = {
        "title": str(data.get("title") or ""),
        "publication_date": _optional(data, "publication_date"),
        "source": _optional(data, "source"),
        "url": _optional(data, "url"),
        "language": _optional(data, "language") or "ar",
    }
    _check_whole(**fields)
    return fields


def _check_whole(**fields: str | None) -> None:
    for name, value in fields.items():
        try:
            (value or "").encode("utf-8")
        except UnicodeEncodeError as error:
            raise DataError(
                f"character {error.start} of the {name} is half a surrogate pair, which no file can hold"
            ) from error


def _entity(entry: Mapping[str, Any]) -> Entity:
    return Entity(entry["type"], entry["start"], entry["end"], _optional(entry, "value"), _sure(entry))


def _trigger(entry: Mapping[str, Any]) -> Trigger:
    mode, auxiliary = _optional(entry, "mode"), _optional(entry, "auxiliary")
    return Trigger(entry["type"], entry["start"], entry["end"], mode, auxiliary, _sure(entry))


def _read_mentions(
    entries: Sequence[Mapping[str, Any]], text: str, make: Callable[[Mapping[str, Any]], _M]
) -> dict[str, _M]:
    mentions: dict[str, _M] = {}
    seen: set[tuple[int, int, str]] = set()
    for entry in entries:
        identifier, kind, start, end = entry["id"], entry["type"], entry["start"], entry["end"]
        if type(start) is not int or type(end) is not int or not isinstance(kind, str):
            raise DataError(f"{identifier}: start and end are whole numbers and type is a string")
        if not 0 <= start < end <= len(text):
            raise DataError(f"{kind} [{start}, {end}) lies outside the text, which has {len(text)} characters")
        if "text" in entry and entry["text"] != text[start:end]:
            raise DataError(f"the text has «{text[start:end]}» at [{start}, {end}), not «{entry['text']}»")
        if identifier in mentions:
            raise DataError(f"the id {identifier} occurs twice; ids are unique in an article")
        if (start, end, kind) in seen:
            raise DataError(f"{kind} [{start}, {end}) is marked twice")
        seen.add((start, end, kind))
        mentions[identifier] = make(entry)
    return mentions


def _read_relation(entry: Mapping[str, Any], mentions: Mapping[str, Mention]) -> Relation:
    for end in ("head", "tail"):
        if entry[end] not in mentions:
            raise DataError(f"relation {entry['type']}: no mention has the id {entry[end]}")
    tail = mentions[entry["tail"]]
    if not isinstance(tail, Entity):
        raise DataError(f"relation {entry['type']}: {entry['tail']} is a trigger; relations end in entities")
    return Relation(str(entry["type"]), mentions[entry["head"]], tail, _sure(entry))


def _sure(entry: Mapping[str, Any]) -> float:
    confidence = entry.get("confidence")
    return 1.0 if confidence is None else float(confidence)


def _optional(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise DataError(f"«{name}» is a string or null, not {value!r}")
    return value


def parse_object(raw: str, *, path: object, line: int) -> dict[str, Any]:
    """Read one line that holds a JSON object.

    Raises:
        DataError: it does not.
    """
    try:
        data = json.loads(raw)
    except json.JSONDecodeError as error:
        raise DataError(f"not JSON: {error.msg} at column {error.colno}", path=str(path), line=line) from error
    except (ValueError, RecursionError) as error:  # a number or a nesting beyond the reader's limits
        raise DataError(f"not JSON that can be read: {error}", path=str(path), line=line) from error
    if not isinstance(data, dict):
        raise DataError("expected a JSON object", path=str(path), line=line)
    return data


def parse_line(raw: str, *, path: object, line: int, name: str = "") -> Document:
    """Read one line of a JSON Lines file; see ``read_row``.

    Raises:
        DataError: the line is not a JSON object, or not an article.
    """
    return read_row(parse_object(raw, path=path, line=line), path=path, line=line, name=name)


def read_row(data: dict[str, Any], *, path: object, line: int, name: str = "") -> Document:
    """Read one article of many in a file; one without id is called after ``name`` and its line.

    Raises:
        DataError: it is not an article.
    """
    if "event" in data and "cite_info" in data:
        raise DataError("this is an event record; expected an article", path=str(path), line=line)
    if data.get("id") in (None, ""):
        data["id"] = f"{name}{line:06d}"
    return from_json(data, path=path, line=line)
