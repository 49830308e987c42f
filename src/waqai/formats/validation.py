"""Check annotated articles against their text and the scheme."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from waqai.schema import Document, Mention, Relation, Scheme, Trigger
from waqai.schema.scheme import CALENDAR_TYPES, MAX_SENTENCES_BACK
from waqai.text import find_residue, running_sentences, split_sentences, split_words


def check_document(document: Document, scheme: Scheme) -> Iterator[str]:
    """Everything in a document that breaks the scheme, one sentence each.

    Sentences are counted in the running text, as a model counts them: residue between two is no distance.
    """
    words = document.words or split_words(document.text)
    starts, ends = {word.start for word in words}, {word.end for word in words}
    residue = find_residue(document.text)
    for mention in document.mentions:
        if mention.start not in starts or mention.end not in ends:
            yield f"{_named(document, mention)} does not cover whole words"
        if any(span.start < mention.end and mention.start < span.end for span in residue):
            yield f"{_named(document, mention)} stands in web residue, which is not annotated"
    yield from _check_labels(document, scheme)
    yield from _check_overlaps(document, document.entities)
    yield from _check_overlaps(document, document.triggers)
    sentences = running_sentences(document.text, words, split_sentences(document.text, words))
    number_at = {
        word.start: number
        for number, sentence in enumerate(sentences)
        for word in words[sentence.first_word : sentence.last_word]
    }
    marked = {mention.key for mention in document.mentions}
    for relation in document.relations:
        if relation.head.key not in marked or relation.tail.key not in marked:
            yield f"{relation.type} joins a mention that is not marked"
        yield from _check_relation(document, relation, scheme, number_at)


def _check_labels(document: Document, scheme: Scheme) -> Iterator[str]:
    for entity in document.entities:
        if entity.type not in scheme.entities:
            yield f"{_named(document, entity)}: the scheme has no entity type {entity.type}"
        if entity.value and entity.type not in CALENDAR_TYPES:
            yield f"{_named(document, entity)} carries a date value, but is no {' or '.join(CALENDAR_TYPES)}"
    for trigger in document.triggers:
        if not (kind := scheme.trigger_by_name.get(trigger.type)):
            yield f"{_named(document, trigger)}: the scheme has no event type {trigger.type}"
        elif trigger.mode and trigger.mode not in kind.modes:
            known = ", ".join(kind.modes) or "none"
            yield f"{_named(document, trigger)}: {trigger.type} has no mode {trigger.mode}; it has {known}"
        if trigger.auxiliary and trigger.auxiliary not in scheme.auxiliaries:
            yield f"{_named(document, trigger)}: no auxiliary is called {trigger.auxiliary}"


def _check_overlaps(document: Document, mentions: Sequence[Mention]) -> Iterator[str]:
    # All triggers are one layer; entities are a layer a type.
    for one, other in combinations(mentions, 2):
        if other.start >= one.end:
            continue
        if one.type == other.type or isinstance(one, Trigger):
            yield f"{_named(document, one)} and {_named(document, other)} overlap in one layer"


def _check_relation(document: Document, relation: Relation, scheme: Scheme, number_at: dict[int, int]) -> Iterator[str]:
    shown = f"{relation.type} of {_named(document, relation.head)} to {_named(document, relation.tail)}"
    kind = scheme.pair_by_name.get(relation.type)
    if kind is None or relation.is_argument != (kind in scheme.roles):
        yield f"{shown}: the scheme has no such {'role' if relation.is_argument else 'relation'}"
        return
    if not kind.allows(relation.head.type, relation.tail.type):
        yield f"{shown}: not allowed between {relation.head.type} and {relation.tail.type}"
    if relation.is_argument:
        head, tail = number_at.get(relation.head.start), number_at.get(relation.tail.start)
        back = 0 if head is None or tail is None else head - tail
        if back < 0:
            yield f"{shown}: an argument is never taken from a later sentence"
        elif back > MAX_SENTENCES_BACK:
            yield f"{shown}: the argument stands {back} sentences before its trigger; at most {MAX_SENTENCES_BACK}"


def _named(document: Document, mention: Mention) -> str:
    return f"{mention.type} «{document.surface(mention)}» [{mention.start}, {mention.end})"
