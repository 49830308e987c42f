"""Event records: what an analyst or a database takes, in PLOVER's JSON names (scheme, section 5).

Beyond PLOVER a record carries the spans it was read from, every source that reports it, the words behind each
context, its confidence and the model that read it. ``event_record.schema.json`` is the published form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from waqai.errors import DataError

RECORD_VERSION = "1.0"
"""Version of the record's form; the first number changes when a reader of the old form would break."""

PRECISIONS = ("time", "day", "week", "month", "season", "year", "interval", "publication")
"""What a date is exact to; ``publication`` means no date is stated and the article's own date stands in."""

_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class DateValue:
    """A resolved calendar expression.

    ``value`` is ISO 8601, or EDTF for a season (``2014-22``) and for an interval of any precision
    (``2014-10/2014-12``); ``None`` where the words do not say. ``text`` are the words as they stand.
    """

    value: str | None
    precision: str | None
    text: str = ""

    @property
    def start(self) -> str | None:
        """The value, or the first part of an interval."""
        return self.value.split("/")[0] if self.value else None

    @property
    def end(self) -> str | None:
        """The last part of an interval; ``None`` where the value is no interval."""
        return self.value.split("/")[1] if self.value and "/" in self.value else None


@dataclass(frozen=True, slots=True)
class RecordSpan:
    """Where in which document something stands: half-open, in code points of the original text."""

    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EventMention:
    """A trigger of the event, its text as it stands, and the sentence it stands in."""

    document: str
    start: int
    end: int
    sentence: str
    text: str = ""

    @property
    def span(self) -> RecordSpan:
        """The trigger alone."""
        return RecordSpan(self.document, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Actor:
    """One party of an event.

    ``text`` is the mention as it stands and ``name`` its clitic-free name, the same for all variants; ``country``
    is ISO 3166-1 alpha-3, ``sector`` PLOVER's, ``identifier`` a Wikidata id, ``office`` the position held.
    """

    text: str
    name: str
    country: str | None = None
    sector: str | None = None
    identifier: str | None = None
    office: str | None = None
    mentions: tuple[RecordSpan, ...] = ()

    @property
    def code(self) -> str:
        """Country and sector as PLOVER writes them, ``FRA GOV``; empty where neither is known."""
        return " ".join(part for part in (self.country, self.sector) if part)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event takes place; coordinates in degrees (WGS 84), ``None`` where nothing certain is known.

    ``feature`` says what the coordinates stand for (``city``, ``province``, ``country``) and ``reason`` why this
    place was chosen, or why none was.
    """

    text: str
    name: str
    country: str | None = None
    admin1: str | None = None
    lat: float | None = None
    lon: float | None = None
    geonameid: int | None = None
    feature: str | None = None
    reason: str | None = None
    mentions: tuple[RecordSpan, ...] = ()

    @property
    def is_resolved(self) -> bool:
        """Whether at least the country is known."""
        return self.country is not None


@dataclass(frozen=True, slots=True)
class Citation:
    """An article that reports the event; ``copies`` are the ids of its near-duplicates (wire copies)."""

    document: str
    title: str = ""
    source: str | None = None
    publication_date: str | None = None
    url: str | None = None
    language: str = "ar"
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContextLabel:
    """A PLOVER context and the words of the text that show it."""

    name: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One real-world event, as one document or a collection reports it."""

    id: str
    event: str
    date: DateValue | None = None
    enddate: str | None = None
    mode: str | None = None
    auxiliary: str | None = None
    context: tuple[ContextLabel, ...] = ()
    quad_code: int = 0
    event_scale: float = 0.0
    actor: tuple[Actor, ...] = ()
    recipient: tuple[Actor, ...] = ()
    event_loc: Place | None = None
    text: str = ""
    event_text: str = ""
    mentions: tuple[EventMention, ...] = ()
    sources: tuple[Citation, ...] = ()
    confidence: float = 1.0
    model: str | None = None

    @property
    def cite_info(self) -> Citation | None:
        """The first source: the one whose article the spans and sentences are quoted from first."""
        return self.sources[0] if self.sources else None

    @property
    def is_actual(self) -> bool:
        """Whether the event is asserted to have happened or to be happening."""
        return self.auxiliary in (None, "historical")

    def to_dict(self) -> dict[str, Any]:
        """The JSON form: scheme.md's names, lists for tuples, ``null`` for what is not known."""
        plain: dict[str, Any] = _plain(self)
        plain["context"] = [label.name for label in self.context]
        plain["context_evidence"] = {label.name: list(label.evidence) for label in self.context}
        plain["cite_info"] = _plain(self.cite_info)
        plain["version"] = RECORD_VERSION
        return {name: plain[name] for name in FIELDS}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> EventRecord:
        """Read the JSON form.

        Raises:
            DataError: a field is missing, unknown or of the wrong kind, or the form is of a later version.
        """
        version = str(data.get("version", RECORD_VERSION))
        if version.split(".")[0] != RECORD_VERSION.split(".")[0]:
            raise DataError(f"record version {version} is not readable by this release, which reads {RECORD_VERSION}")
        unknown = set(data) - set(FIELDS)
        if unknown:
            raise DataError(f"unknown record field {', '.join(sorted(unknown))}; known are {', '.join(FIELDS)}")
        try:
            evidence = data.get("context_evidence") or {}
            return cls(
                id=str(data["id"]),
                event=str(data["event"]),
                date=_read(DateValue, data.get("date")),
                enddate=data.get("enddate"),
                mode=data.get("mode"),
                auxiliary=data.get("auxiliary"),
                context=tuple(ContextLabel(name, tuple(evidence.get(name, ()))) for name in data.get("context") or ()),
                quad_code=int(data.get("quad_code", 0)),
                event_scale=float(data.get("event_scale", 0.0)),
                actor=tuple(_read_spanned(Actor, entry) for entry in data.get("actor") or ()),
                recipient=tuple(_read_spanned(Actor, entry) for entry in data.get("recipient") or ()),
                event_loc=_read_spanned(Place, data["event_loc"]) if data.get("event_loc") else None,
                text=str(data.get("text", "")),
                event_text=str(data.get("event_text", "")),
                mentions=tuple(EventMention(**entry) for entry in data.get("mentions") or ()),
                sources=tuple(
                    Citation(**{**entry, "copies": tuple(entry.get("copies") or ())})
                    for entry in data.get("sources") or ()
                ),
                confidence=float(data.get("confidence", 1.0)),
                model=data.get("model"),
            )
        except KeyError as error:
            raise DataError(f"the record lacks the field {error}") from error
        except (TypeError, ValueError, AttributeError) as error:
            raise DataError(f"the record is not as event_record.schema.json says: {error}") from error


FIELDS = (
    "id", "date", "enddate", "event", "mode", "auxiliary", "context", "context_evidence", "quad_code", "event_scale",
    "actor", "recipient", "event_loc", "text", "event_text", "mentions", "cite_info", "sources", "confidence", "model",
    "version",
)  # fmt: skip
"""The names of the JSON form, in the order they are written."""


_LEAVES = (str, int, float, bool, type(None))


def _plain(value: Any) -> Any:
    if isinstance(value, _LEAVES):
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    # dataclasses.asdict would copy every leaf, which is most of what writing a record cost
    return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}


def _read(kind: type[_Part], entry: Mapping[str, Any] | None) -> _Part | None:
    return None if entry is None else kind(**entry)


def _read_spanned(kind: type[_Part], entry: Mapping[str, Any]) -> _Part:
    spans = tuple(RecordSpan(**span) for span in entry.get("mentions") or ())
    return kind(**{**entry, "mentions": spans})
