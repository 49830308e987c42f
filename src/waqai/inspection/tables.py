"""Event records as text for a terminal: a table, a timeline, and who acts on whom."""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from waqai.schema.record import Actor, EventRecord

_WIDTH = 160
_UNDATED = "9999"


def render_table(records: Iterable[EventRecord], *, width: int = _WIDTH) -> str:
    """One line an event, in the order of dates: date, type and mode, who, whom, where, sources.

    Args:
        records: the events.
        width: characters a line may take; long cells are cut with an ellipsis.
    """
    rows = [
        (
            when(record),
            kind(record),
            record.event_text,
            _parties(record.actor),
            _parties(record.recipient),
            _place(record),
            str(len(record.sources)),
            f"{record.confidence:.2f}",
        )
        for record in sorted(records, key=_order)
    ]
    headings = ("date", "event", "trigger", "actors", "recipients", "place", "sources", "conf.")
    return _columns(headings, rows, width)


def render_timeline(records: Iterable[EventRecord]) -> str:
    """The dated events by day, month or year as their dates allow, each with its type, trigger and place."""
    by_date: defaultdict[str, list[EventRecord]] = defaultdict(list)
    for record in sorted(records, key=_order):
        by_date[when(record)].append(record)
    lines: list[str] = []
    for date, found in by_date.items():
        lines.append(f"{date or 'no date'}  {'▪' * min(len(found), 60)} {len(found)}")
        for record in found:
            place = f" @ {_place(record)}" if record.event_loc else ""
            lines.append(f"    {kind(record)}: {record.event_text}{place}  [{record.id[:8]}]")
    return "\n".join(lines) + "\n" if lines else "no events\n"


def actor_pairs(records: Iterable[EventRecord]) -> list[tuple[str, str, Counter[str], float]]:
    """Who acts on whom, the most frequent first.

    Returns:
        (actor, recipient, event counts by type, mean event scale) for each pair; the parties of a two-sided event
        without a recipient are paired with each other.
    """
    types: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    scales: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for record in records:
        names = [_label(actor) for actor in record.actor]
        targets = [_label(actor) for actor in record.recipient]
        pairs = (
            [(one, other) for one in names for other in targets if one != other]
            if targets
            else [(one, other) for index, one in enumerate(names) for other in names[index + 1 :]]
        )
        for pair in dict.fromkeys(pairs):
            types[pair][record.event] += 1
            scales[pair].append(record.event_scale)
    ranked = sorted(types, key=lambda pair: (-types[pair].total(), pair))
    return [(one, other, types[one, other], sum(scales[one, other]) / len(scales[one, other])) for one, other in ranked]


def render_actor_pairs(records: Iterable[EventRecord], *, limit: int = 30, width: int = _WIDTH) -> str:
    """The most frequent actor pairs as a table."""
    rows = [
        (
            one,
            other,
            str(types.total()),
            ", ".join(f"{name} {count}" for name, count in types.most_common(4)),
            f"{scale:+.1f}",
        )
        for one, other, types, scale in actor_pairs(records)[:limit]
    ]
    return _columns(("actor", "recipient", "events", "types", "mean scale"), rows, width)


def when(record: EventRecord) -> str:
    """A record's date as it is shown: ``~`` before one that only the article's own date gives."""
    date = record.date
    if date is None or not date.value:
        return ""
    return ("~" if date.precision == "publication" else "") + date.value


def kind(record: EventRecord) -> str:
    """Type, mode and auxiliary: ``CONSULT/multilateral (future)``."""
    name = f"{record.event}/{record.mode}" if record.mode else record.event
    return f"{name} ({record.auxiliary})" if record.auxiliary else name


def _order(record: EventRecord) -> tuple[str, str]:
    start = record.date.start if record.date else None
    return (start or _UNDATED, record.id)


def _parties(actors: Sequence[Actor]) -> str:
    return ", ".join(_label(actor) for actor in actors)


def _label(actor: Actor) -> str:
    return f"{actor.name} [{actor.code}]" if actor.code else actor.name


def _place(record: EventRecord) -> str:
    place = record.event_loc
    if place is None:
        return ""
    return f"{place.name}, {place.country}" if place.country and place.feature != "country" else place.name


def _columns(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    if not rows:
        return "no events\n"
    table = Table(*headings, box=SIMPLE, pad_edge=False)
    for row in rows:
        table.add_row(*(cell.replace("[", r"\[") for cell in row))
    for column in table.columns:
        column.overflow = "fold"
    stream = io.StringIO()
    Console(file=stream, width=width, color_system=None, legacy_windows=False).print(table)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"
