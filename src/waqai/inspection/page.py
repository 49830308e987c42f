"""One page, right to left, with nothing to load: articles with their mentions, event cards, a timeline, a map."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib import resources

from waqai.inspection.maps import render_map
from waqai.inspection.tables import when
from waqai.schema import Document, Entity, Trigger
from waqai.schema.record import Actor, EventMention, EventRecord

_TITLE = "وقائع"


def render_html(documents: Iterable[Document], records: Iterable[EventRecord], *, title: str = _TITLE) -> str:
    """Render articles and their events as one self-contained HTML page.

    Args:
        documents: the articles, with the mentions to highlight.
        records: the events, of one document each or merged; one whose documents are not given gets a card too.
        title: the page's heading.

    Returns:
        A whole HTML document without scripts, fonts or pictures from elsewhere.
    """
    articles, events = (
        list(documents),
        sorted(records, key=lambda record: ((record.date and record.date.start) or "~", record.id)),
    )
    style = (resources.files("waqai") / "inspection" / "page.css").read_text(encoding="utf-8")
    by_trigger: dict[tuple[str, int, int], EventRecord] = {
        (mention.document, mention.start, mention.end): record for record in events for mention in record.mentions
    }
    known = {document.id for document in articles}
    parts = [
        f'<!doctype html>\n<html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{escape(title)}</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{style}</style></head><body>",
        f'<header><h1>{escape(title)}</h1><p class="small">{len(articles)} مقالات، {len(events)} وقائع</p></header>',
        f"<main><div>{''.join(_article(document, by_trigger) for document in articles)}</div>",
        f"<aside><h2>الخط الزمني</h2>{_timeline(events)}",
        f"<h2>الخريطة</h2>{render_map(events)}",
        f"<h2>الوقائع</h2>{''.join(_card(record, known) for record in events)}</aside></main></body></html>\n",
    ]
    return "\n".join(parts)


def _article(document: Document, by_trigger: dict[tuple[str, int, int], EventRecord]) -> str:
    parts = (document.id, document.source, document.publication_date)
    meta = " · ".join(_isolated(part) for part in parts if part)
    body = "".join(_segments(document, by_trigger))
    heading = escape(document.title or document.id)
    return f'<h2 id="{_id(document.id)}">{heading}</h2><p class="meta">{meta}</p><article>{body}</article>'


def _segments(document: Document, by_trigger: dict[tuple[str, int, int], EventRecord]) -> Iterator[str]:
    """The text cut at every mention's ends, so that mentions may nest or cross and the markup stays well-formed."""
    mentions: list[Entity | Trigger] = [*document.entities, *document.triggers]
    cuts = sorted(
        {0, len(document.text), *(mention.start for mention in mentions), *(mention.end for mention in mentions)}
    )
    opening: defaultdict[int, list[Entity | Trigger]] = defaultdict(list)
    for mention in mentions:
        opening[mention.start].append(mention)
    covering: list[Entity | Trigger] = []
    for start, end in itertools.pairwise(cuts):
        covering = [mention for mention in covering if mention.end > start] + opening[start]
        text = escape(document.text[start:end])
        entities = [mention for mention in covering if isinstance(mention, Entity)]
        if entities:
            names = " ".join(dict.fromkeys(mention.type for mention in entities))
            text = f'<span class="m {names}" title="{names}">{text}</span>'
        for trigger in (mention for mention in covering if isinstance(mention, Trigger)):
            text = _mark(document, trigger, text, start == trigger.start, by_trigger)
        yield text


def _mark(
    document: Document, trigger: Trigger, text: str, first: bool, by_trigger: dict[tuple[str, int, int], EventRecord]
) -> str:
    record = by_trigger.get((document.id, trigger.start, trigger.end))
    label = "/".join(part for part in (trigger.type, trigger.mode, trigger.auxiliary) if part)
    anchor = f' id="{_place_of(EventMention(document.id, trigger.start, trigger.end, ""))}"' if first else ""
    inner = f'<a href="#{_id(record.id)}">{text}</a>' if record else text
    return f'<mark class="q{record.quad_code if record else 0}" title="{escape(label)}"{anchor}>{inner}</mark>'


def _timeline(records: Sequence[EventRecord]) -> str:
    by_date: defaultdict[str, list[EventRecord]] = defaultdict(list)
    for record in records:
        by_date[when(record) or "بلا تاريخ"].append(record)
    sections = (
        f"<section><b>{escape(date)}</b>"
        + "".join(
            f'<a href="#{_id(record.id)}"><mark class="q{record.quad_code}">{escape(record.event_text)}</mark></a> '
            for record in found
        )
        + "</section>"
        for date, found in by_date.items()
    )
    return f'<div class="timeline">{"".join(sections)}</div>'


def _card(record: EventRecord, known: set[str]) -> str:
    kind = " · ".join(escape(part) for part in (record.event, record.mode, record.auxiliary) if part)
    rows = [
        (
            "التاريخ",
            _isolated(when(record)) + (f" «{escape(record.date.text)}»" if record.date and record.date.text else ""),
        ),
        ("الفاعل", _parties(record.actor)),
        ("المتلقي", _parties(record.recipient)),
        ("المكان", _place(record)),
        ("السياق", escape("، ".join(label.name for label in record.context))),
        ("المصادر", "، ".join(_isolated(source.source or source.document) for source in record.sources)),
    ]
    body = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows if value)
    links = "".join(
        f'<div class="small">«{escape(mention.sentence)}»'
        + (f' <a href="#{_place_of(mention)}">↩</a>' if mention.document in known else "")
        + "</div>"
        for mention in record.mentions
    )
    scale = f"{record.event_scale:+g}"
    return (
        f'<section class="card c{record.quad_code}" id="{_id(record.id)}"><h3>{kind} '
        f'<span class="small">{scale} · {record.confidence:.2f}</span></h3>'
        f"<b>{escape(record.event_text)}</b><dl>{body}</dl>{links}</section>"
    )


def _parties(actors: Sequence[Actor]) -> str:
    return "، ".join(
        escape(actor.name)
        + (
            f' <span class="small">({escape(actor.office)})</span>'
            if actor.office and actor.office != actor.name
            else ""
        )
        + (f' <span class="small" dir="ltr">[{escape(actor.code)}]</span>' if actor.code else "")
        for actor in actors
    )


def _place(record: EventRecord) -> str:
    place = record.event_loc
    if place is None:
        return ""
    known = ", ".join(part for part in (place.admin1, place.country) if part)
    return (
        escape(place.name) + f' <span class="small" title="{escape(place.reason or "")}">{escape(known or "؟")}</span>'
    )


def _id(name: str) -> str:
    return "x" + "".join(letter if letter.isascii() and letter.isalnum() else f"-{ord(letter):x}-" for letter in name)


def _place_of(mention: EventMention) -> str:
    return f"{_id(mention.document)}-{mention.start}"


def _isolated(text: str) -> str:
    """Text that keeps its own direction inside a right-to-left line: ids and dates read wrongly without."""
    return f"<bdi>{escape(text)}</bdi>"
