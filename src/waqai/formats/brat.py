"""brat standoff: ``ID.txt`` and ``ID.ann`` (scheme, section 6; https://brat.nlplab.org/standoff.html).

brat has no place for an article's metadata; a ``metadata.jsonl`` beside the articles keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import replace
from pathlib import Path

from waqai.errors import DataError
from waqai.formats.files import read_lines, read_text
from waqai.schema import Document, Entity, Mention, Relation, Trigger

_TEXT_BOUND = re.compile(r"(T\S+)\t(\S+) (\d+) (\d+)\t(.*)")
_EVENT = re.compile(r"(E\S+)\t(\S+?):(T\S+)((?: \S+?:[TE]\S+)*)\s*")
_RELATION = re.compile(r"(R\S+)\t(\S+) Arg1:(T\S+) Arg2:(T\S+)\s*")
_ATTRIBUTE = re.compile(r"[AM]\S+\t(Mode|Auxiliary) ([ET]\S+) (\S+)\s*")
_VALUE_NOTE = re.compile(r"#\S*\tAnnotatorNotes (T\S+)\tvalue (\S+)\s*")


def format_ann(document: Document) -> str:
    """The ``.ann`` content of a document; ids number the mentions in the order of the text."""
    ids: dict[tuple[int, int, str], str] = {}
    lines = []
    for mention in sorted(document.mentions, key=lambda mention: mention.key):
        ids[mention.key] = identifier = f"T{len(ids) + 1}"
        surface = re.sub(r"[\r\n]", " ", document.surface(mention))
        lines.append(f"{identifier}\t{mention.type} {mention.start} {mention.end}\t{surface}")
    attributes: list[str] = []
    for number, trigger in enumerate(document.triggers, start=1):
        roles: dict[str, int] = {}
        parts = []
        for relation in document.arguments:
            if relation.head.key == trigger.key:
                roles[relation.type] = count = roles.get(relation.type, 0) + 1
                parts.append(f" {relation.type}{count if count > 1 else ''}:{ids[relation.tail.key]}")
        lines.append(f"E{number}\t{trigger.type}:{ids[trigger.key]}{''.join(parts)}")
        for name, value in (("Mode", trigger.mode), ("Auxiliary", trigger.auxiliary)):
            if value:
                attributes.append(f"A{len(attributes) + 1}\t{name} E{number} {value}")
    relations = [relation for relation in document.relations if not relation.is_argument]
    for number, relation in enumerate(relations, start=1):
        lines.append(f"R{number}\t{relation.type} Arg1:{ids[relation.head.key]} Arg2:{ids[relation.tail.key]}")
    valued = [entity for entity in document.entities if entity.value]
    notes = [f"#{n}\tAnnotatorNotes {ids[e.key]}\tvalue {e.value}" for n, e in enumerate(valued, start=1)]
    return "".join(f"{line}\n" for line in (*lines, *attributes, *notes))


def read_brat(path: Path, encoding: str = "utf-8") -> Document:
    """Read ``ID.ann`` with the ``ID.txt`` beside it.

    Raises:
        DataError: a line is malformed, spans do not match the text, or an id is nowhere declared.
    """
    text = read_text(path.with_suffix(".txt"), encoding)
    # brat gives an article without annotation an empty .ann
    lines = read_lines(path, encoding) if not path.is_file() or path.read_bytes().strip() else []
    entries = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    _refuse_twice(path, entries)
    mentions: dict[str, Entity] = {}
    for number, line in entries:
        if line.startswith("T"):
            mentions[line.split("\t", 1)[0]] = _read_text_bound(path, number, line, text)
    triggers: dict[str, Trigger] = {}  # by the id of their text-bound annotation
    events: dict[str, str] = {}
    arguments: list[tuple[int, str, str, str]] = []
    roles_said = {part.partition(":")[0] for _, line in entries if line[0] == "E" for part in line.split()[2:]}
    for number, line in entries:
        if line.startswith("E"):
            if not (match := _EVENT.fullmatch(line)):
                raise DataError("expected an event: E1<tab>TYPE:T1 ROLE:T2 …", path=path, line=number)
            identifier, kind, trigger_id, roles = match.groups()
            bound = _declared(path, number, mentions, trigger_id)
            if kind != bound.type:
                raise DataError(f"{trigger_id} is a {bound.type}, not the {kind} of the event", path=path, line=number)
            triggers[trigger_id] = Trigger(kind, bound.start, bound.end)
            events[identifier] = trigger_id
            for part in roles.split():
                role, _, tail = part.partition(":")
                arguments.append((number, trigger_id, _unnumbered(role, roles_said), tail))
    relations: list[tuple[int, str, str, str]] = []
    for number, line in entries:
        if match := _ATTRIBUTE.fullmatch(line):
            name, target, value = match.groups()
            trigger_id = events.get(target, target)
            if trigger_id not in triggers:
                raise DataError(f"{name} is set on {target}, which is no event here", path=path, line=number)
            triggers[trigger_id] = (
                replace(triggers[trigger_id], mode=value)
                if name == "Mode"
                else replace(triggers[trigger_id], auxiliary=value)
            )
        elif match := _VALUE_NOTE.fullmatch(line):
            mentions[match[1]] = replace(_declared(path, number, mentions, match[1]), value=match[2])
        elif line.startswith("R"):
            if not (match := _RELATION.fullmatch(line)):
                raise DataError("expected a relation: R1<tab>TYPE Arg1:T1 Arg2:T2", path=path, line=number)
            relations.append((number, match[3], match[2], match[4]))
        elif line[0] in "AM":
            raise DataError("expected an attribute: A1<tab>Mode (or Auxiliary) E1 value", path=path, line=number)
        elif line[0] not in "TE#":
            hint = "; mark an alias as a same_as relation" if line[0] == "*" else ""
            raise DataError(
                f"a brat line that starts with «{line[0]}» has no meaning here{hint}", path=path, line=number
            )
    entities = {identifier: mention for identifier, mention in mentions.items() if identifier not in triggers}
    built: dict[object, Relation] = {}
    for number, head_id, kind, tail_id in (*arguments, *relations):
        head: Mention = triggers.get(head_id) or _declared(path, number, entities, head_id)
        relation = Relation(kind, head, _declared(path, number, entities, tail_id))
        built[relation.key] = relation
    return Document(
        id=path.stem,
        text=text,
        entities=tuple({entity.key: entity for entity in entities.values()}.values()),
        triggers=tuple({trigger.key: trigger for trigger in triggers.values()}.values()),
        relations=tuple(built.values()),
    )


def _refuse_twice(path: Path, entries: list[tuple[int, str]]) -> None:
    seen: set[str] = set()
    for number, line in entries:
        identifier = line.split("\t", 1)[0]
        if identifier in seen and line[0] not in "#*":
            raise DataError(f"the id {identifier} occurs twice", path=path, line=number)
        seen.add(identifier)


def _unnumbered(role: str, roles: Container[str]) -> str:
    """A repeated role's name without its number; a role whose own name ends in a digit (ARG1) keeps it."""
    match = re.fullmatch(r"(.*?\D)(\d+)", role)
    return match[1] if match and match[1] in roles else role


def _read_text_bound(path: Path, number: int, line: str, text: str) -> Entity:
    match = _TEXT_BOUND.fullmatch(line)
    if not match:
        hint = "; discontinuous spans are not read" if re.match(r"T\S+\t\S+ [\d ]+;", line) else ""
        raise DataError(f"expected T1<tab>TYPE start end<tab>words{hint}", path=path, line=number)
    start, end = int(match[3]), int(match[4])
    if not 0 <= start < end <= len(text) or re.sub(r"[\r\n]", " ", text[start:end]) != match[5]:
        raise DataError(
            f"the text has «{text[start:end]}» at [{start}, {end}), not «{match[5]}»", path=path, line=number
        )
    return Entity(match[2], start, end)


def _declared(path: Path, number: int, mentions: dict[str, Entity], identifier: str) -> Entity:
    if identifier not in mentions:
        raise DataError(f"{identifier} is not an entity declared here", path=path, line=number)
    return mentions[identifier]
