"""JSON Lines: an annotated article a line, and the plain articles that extraction reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from waqai.errors import DataError
from waqai.schema import Document, Entity, Relation, Trigger


def to_json(document: Document) -> dict[str, Any]:
    """The plain form of a document: metadata, text, entities (T1 …), triggers (E1 …), relations by id."""
    ids = {entity.key: f"T{number}" for number, entity in enumerate(document.entities, start=1)}
    ids |= {trigger.key: f"E{number}" for number, trigger in enumerate(document.triggers, start=1)}
    return {
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


def from_json(data: Mapping[str, Any], *, path: object = None, line: int | None = None) -> Document:
    """Read the plain form; a plain article needs only ``text``.

    Raises:
        DataError: a field is missing, of the wrong kind, or names an id that is not there.
    """
    where = None if path is None else str(path)
    try:
        entities = {
            entry["id"]: Entity(
                entry["type"], entry["start"], entry["end"], entry.get("value"), float(entry.get("confidence", 1.0))
            )
            for entry in data.get("entities") or ()
        }
        triggers = {
            entry["id"]: Trigger(
                entry["type"],
                entry["start"],
                entry["end"],
                entry.get("mode"),
                entry.get("auxiliary"),
                float(entry.get("confidence", 1.0)),
            )
            for entry in data.get("triggers") or ()
        }
        mentions = entities | triggers
        relations = tuple(
            Relation(
                entry["type"], mentions[entry["head"]], entities[entry["tail"]], float(entry.get("confidence", 1.0))
            )
            for entry in data.get("relations") or ()
        )
        text = data["text"]
        identifier = data.get("id")
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"a field is missing or wrong: {error}", path=where, line=line) from error
    if not isinstance(text, str) or not text.strip():
        raise DataError("«text» is empty or no string", path=where, line=line)
    for mention in mentions.values():
        if not 0 <= mention.start < mention.end <= len(text):
            raise DataError(f"{mention.type} [{mention.start}, {mention.end}) lies outside the text", path=where, line=line)
    return Document(
        id=str(identifier) if identifier is not None else "",
        text=text,
        title=str(data.get("title") or ""),
        publication_date=data.get("publication_date"),
        source=data.get("source"),
        url=data.get("url"),
        language=data.get("language") or "ar",
        entities=tuple(entities.values()),
        triggers=tuple(triggers.values()),
        relations=relations,
    )


def parse_line(raw: str, *, path: object, line: int) -> Document:
    """Read one line of a JSON Lines file; an article without id is called after its line.

    Raises:
        DataError: the line is not a JSON object, or not an article.
    """
    try:
        data = json.loads(raw)
    except json.JSONDecodeError as error:
        raise DataError(f"not JSON: {error.msg} at column {error.colno}", path=str(path), line=line) from error
    if not isinstance(data, dict):
        raise DataError("expected a JSON object", path=str(path), line=line)
    data.setdefault("id", f"{line:06d}")
    return from_json(data, path=path, line=line)
