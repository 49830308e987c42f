"""An article and what is marked in it: frozen, without tensors, comparable.

Every span is half-open and counts Unicode code points of the original text. A relation refers to its
mentions themselves, so a dangling reference cannot be built.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from waqai.schema.record import EventRecord


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open code point range ``[start, end)`` of a text."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a code point."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the article (scheme, section 1), not a model's subword."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A run of words; ``first_word`` and ``last_word`` index the article's words, half-open."""

    start: int
    end: int
    first_word: int
    last_word: int


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity mention.

    ``value`` is the ISO 8601 value of a DATE or TIME where it is known; ``confidence`` is the model's
    calibrated probability and takes no part in equality.
    """

    type: str
    start: int
    end: int
    value: str | None = None
    confidence: float = field(default=1.0, compare=False)

    @property
    def key(self) -> tuple[int, int, str]:
        """What identifies the mention in its document."""
        return (self.start, self.end, self.type)


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event trigger with its PLOVER mode and auxiliary mode, ``None`` where there is none."""

    type: str
    start: int
    end: int
    mode: str | None = None
    auxiliary: str | None = None
    confidence: float = field(default=1.0, compare=False)

    @property
    def key(self) -> tuple[int, int, str]:
        """What identifies the trigger in its document."""
        return (self.start, self.end, self.type)


Mention = Entity | Trigger


@dataclass(frozen=True, slots=True)
class Relation:
    """A directed relation; an event argument where the head is a trigger."""

    type: str
    head: Mention
    tail: Entity
    confidence: float = field(default=1.0, compare=False)

    @property
    def is_argument(self) -> bool:
        """Whether the head is a trigger."""
        return isinstance(self.head, Trigger)

    @property
    def key(self) -> tuple[tuple[int, int, str], tuple[int, int, str], str]:
        """What identifies the relation in its document."""
        return (self.head.key, self.tail.key, self.type)


@dataclass(frozen=True, slots=True)
class Document:
    """An article with its mentions, in canonical order, so that equal annotation compares equal."""

    id: str
    text: str
    title: str = ""
    publication_date: str | None = None
    source: str | None = None
    url: str | None = None
    language: str = "ar"
    entities: tuple[Entity, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    relations: tuple[Relation, ...] = ()
    words: tuple[Word, ...] = ()
    """Words as a corpus gives them, already split; empty where the scheme's own rule splits the text."""

    events: tuple[EventRecord, ...] = field(default=(), compare=False)
    """The event records an extractor made of the mentions; they follow from them, so they do not count in equality."""

    def __post_init__(self) -> None:
        put = object.__setattr__  # frozen: the canonical order is set once, here
        put(self, "entities", tuple(sorted(self.entities, key=lambda mention: mention.key)))
        put(self, "triggers", tuple(sorted(self.triggers, key=lambda mention: mention.key)))
        put(self, "relations", tuple(sorted(self.relations, key=lambda relation: relation.key)))

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """The entities, then the triggers."""
        return (*self.entities, *self.triggers)

    @property
    def arguments(self) -> tuple[Relation, ...]:
        """The relations whose head is a trigger."""
        return tuple(relation for relation in self.relations if relation.is_argument)

    def surface(self, mention: Mention | Span | Sentence) -> str:
        """The text a mention covers, as it stands."""
        return self.text[mention.start : mention.end]

    def with_annotation(
        self,
        entities: tuple[Entity, ...],
        triggers: tuple[Trigger, ...],
        relations: tuple[Relation, ...],
    ) -> Document:
        """The same article with other mentions."""
        return replace(self, entities=entities, triggers=triggers, relations=relations, events=())

    def metadata(self) -> dict[str, Any]:
        """The fields about the article, without text and mentions."""
        return {name: getattr(self, name) for name in ("id", "title", "source", "publication_date", "url", "language")}
