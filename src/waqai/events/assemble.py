"""From a document's mentions to its event records: one for each real-world event the article tells of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import prod, sqrt

from waqai.events.actors import ActorResolver, person_key
from waqai.events.attributes import contexts, lexical_mode
from waqai.events.auxiliaries import read_auxiliaries
from waqai.events.dates import as_day, resolve_dates
from waqai.events.locations import PlaceResolver
from waqai.events.mentions import EventSign, cluster_mentions
from waqai.events.sentences import sentences_of
from waqai.schema import Document, Entity, Relation, Scheme, Sentence, Trigger, default_scheme
from waqai.schema.record import Actor, Citation, DateValue, EventMention, EventRecord, Place

_STRENGTH = ("day", "time", "week", "month", "interval", "season", "year")


def assemble(
    document: Document, scheme: Scheme | None = None, *, only_actual: bool = False, model: str | None = None
) -> tuple[EventRecord, ...]:
    """Make the event records of one document.

    Args:
        document: an article with entities, triggers and relations, gold or predicted.
        scheme: labels with quad classes, event scales and modes; the default scheme where none is given.
        only_actual: leave out events that are planned, hypothetical or denied.
        model: name and version of what read the article, kept on every record.

    Returns:
        The records in the order in which the article first speaks of them.
    """
    return with_events(document, scheme, only_actual=only_actual, model=model).events


def with_events(
    document: Document, scheme: Scheme | None = None, *, only_actual: bool = False, model: str | None = None
) -> Document:
    """The document with its event records and with its triggers' auxiliaries as in them; see ``assemble``."""
    if not document.triggers:
        return replace(document, events=())
    assembler = _Assembler(document, scheme or default_scheme(), model)
    records = tuple(assembler.record(group) for group in assembler.groups())
    read = {trigger.key: trigger for trigger in assembler.triggers}
    return replace(
        document,
        triggers=assembler.triggers,
        relations=tuple(_with_head(found, read.get(found.head.key)) for found in document.relations),
        events=tuple(record for record in records if record.is_actual) if only_actual else records,
    )


def assemble_all(
    documents: Iterable[Document], scheme: Scheme | None = None, *, only_actual: bool = False, model: str | None = None
) -> tuple[EventRecord, ...]:
    """The records of many documents, one after the other, before any merging over the collection."""
    return tuple(
        record for document in documents for record in assemble(document, scheme, only_actual=only_actual, model=model)
    )


class _Assembler:
    def __init__(self, document: Document, scheme: Scheme, model: str | None) -> None:
        self.document, self.scheme, self.model = document, scheme, model
        self.sentences = sentences_of(document.text)
        self.dates = resolve_dates(document)
        self.triggers, self.coming = read_auxiliaries(document, self.dates)
        self.actors = ActorResolver(document)
        self.places = PlaceResolver(document)
        self.arguments: dict[tuple[int, int, str], dict[str, list[tuple[Entity, float]]]] = {}
        for relation in document.arguments:
            roles = self.arguments.setdefault(relation.head.key, {})
            roles.setdefault(relation.type, []).append((relation.tail, relation.confidence))

    def groups(self) -> tuple[tuple[Trigger, ...], ...]:
        signs = [self._sign(trigger) for trigger in self.triggers]
        return tuple(tuple(sign.trigger for sign in group) for group in cluster_mentions(signs))

    def record(self, triggers: Sequence[Trigger]) -> EventRecord:
        document, first = self.document, triggers[0]
        mode = next((trigger.mode for trigger in triggers if trigger.mode), None) or self._lexical_mode(triggers)
        auxiliary = self._auxiliary(triggers)
        mentions = tuple(self._mention(trigger) for trigger in triggers)
        kind = self.scheme.trigger_by_name.get(first.type)
        date = self._date(triggers, auxiliary)
        return EventRecord(
            id=record_id(document.id, first),
            event=first.type,
            date=date,
            enddate=date.end if date else None,
            mode=mode,
            auxiliary=auxiliary,
            context=contexts(dict.fromkeys(mention.sentence for mention in mentions), self.scheme),
            quad_code=kind.quad_code if kind else 0,
            event_scale=kind.scale(mode) if kind else 0.0,
            actor=self._parties(triggers, "ACTOR"),
            recipient=self._parties(triggers, "RECIPIENT"),
            event_loc=self._location(triggers),
            text=mentions[0].sentence,
            event_text=document.surface(first),
            mentions=mentions,
            sources=(citation_of(document),),
            confidence=round(self._confidence(triggers), 4),
            model=self.model,
        )

    def _sentence(self, mention: Entity | Trigger) -> tuple[int, Sentence | None]:
        for index, sentence in enumerate(self.sentences):
            if sentence.start <= mention.start < sentence.end:
                return index, sentence
        return -1, None

    def _mention(self, trigger: Trigger) -> EventMention:
        _, sentence = self._sentence(trigger)
        text = self.document.surface(sentence) if sentence else self.document.surface(trigger)
        return EventMention(
            self.document.id, trigger.start, trigger.end, " ".join(text.split()), self.document.surface(trigger)
        )

    def _arguments(self, trigger: Trigger, role: str) -> list[Entity]:
        return [tail for tail, _ in self.arguments.get(trigger.key, {}).get(role, ())]

    def _sign(self, trigger: Trigger) -> EventSign:
        places = [self.places.place(mention) for mention in self._arguments(trigger, "LOCATION")]
        values = [
            self.dates[mention.key].value for mention in self._arguments(trigger, "DATE") if mention.key in self.dates
        ]
        return EventSign(
            trigger=trigger,
            text=self.document.surface(trigger),
            sentence=self._sentence(trigger)[0],
            actors=frozenset(person_key(self.actors.actor(mention)) for mention in self._arguments(trigger, "ACTOR")),
            recipients=frozenset(
                person_key(self.actors.actor(mention)) for mention in self._arguments(trigger, "RECIPIENT")
            ),
            places=tuple(places),
            date=min((value for value in values if value), key=len, default=None),
        )

    def _lexical_mode(self, triggers: Sequence[Trigger]) -> str | None:
        for trigger in triggers:
            _, sentence = self._sentence(trigger)
            after = self.document.text[trigger.end : sentence.end] if sentence else ""
            if mode := lexical_mode(trigger.type, self.document.surface(trigger), after, self.scheme):
                return mode
        return None

    def _auxiliary(self, triggers: Sequence[Trigger]) -> str | None:
        """The auxiliary all mentions share; an event planned here and held there is held, unless its day is to come."""
        found = {trigger.auxiliary for trigger in triggers}
        if found == {None, "future"} and any(trigger.key in self.coming for trigger in triggers):
            return "future"
        return found.pop() if len(found) == 1 else None

    def _date(self, triggers: Sequence[Trigger], auxiliary: str | None) -> DateValue | None:
        mentions = [mention for trigger in triggers for mention in self._arguments(trigger, "DATE")]
        resolved = [self.dates[mention.key] for mention in mentions if mention.key in self.dates]
        if resolved:
            return min(
                resolved, key=lambda value: _STRENGTH.index(value.precision) if value.precision in _STRENGTH else 9
            )
        if mentions:
            return DateValue(None, None, self.document.surface(mentions[0]))
        published = as_day(self.document.publication_date)
        if auxiliary is None and published:
            return DateValue(published.isoformat(), "publication")
        return None

    def _parties(self, triggers: Sequence[Trigger], role: str) -> tuple[Actor, ...]:
        parties: dict[str, Actor] = {}
        for trigger in triggers:
            for mention in self._arguments(trigger, role):
                actor = self.actors.actor(mention)
                key = person_key(actor)
                if key in parties:
                    old = parties[key]
                    spans = tuple(dict.fromkeys((*old.mentions, *actor.mentions)))
                    actor = Actor(old.text, old.name, old.country, old.sector, old.identifier, old.office, spans)
                parties[key] = actor
        return tuple(parties.values())

    def _location(self, triggers: Sequence[Trigger]) -> Place | None:
        """The most exact place the mentions name: a resolved city before a country before an unresolved name."""
        places = [
            self.places.place(mention) for trigger in triggers for mention in self._arguments(trigger, "LOCATION")
        ]
        return max(places, key=_exactness, default=None)

    def _confidence(self, triggers: Sequence[Trigger]) -> float:
        """That the event is there: the geometric mean of its surest trigger's and its arguments' confidences."""
        trigger = max(trigger.confidence for trigger in triggers)
        doubts = [
            confidence
            for head in triggers
            for listed in self.arguments.get(head.key, {}).values()
            for _, confidence in listed
        ]
        return trigger if not doubts else sqrt(trigger * prod(doubts) ** (1 / len(doubts)))


def _with_head(relation: Relation, head: Trigger | None) -> Relation:
    return relation if head is None or head == relation.head else replace(relation, head=head)


def record_id(document: str, first: Trigger) -> str:
    """A stable id: of the document, the type and where the event is first told; a second run gives the same."""
    identity = f"{document}\0{first.type}\0{first.start}\0{first.end}"
    return hashlib.sha256(identity.encode()).hexdigest()[:20]


def citation_of(document: Document) -> Citation:
    """The document as a source."""
    return Citation(
        document.id, document.title, document.source, document.publication_date, document.url, document.language
    )


def _exactness(place: Place) -> int:
    return {"city": 3, "province": 2, "country": 1}.get(place.feature or "", 0) + (2 if place.is_resolved else 0)
