"""Scores on corpora that label only some things: nothing counts for or against that they do not speak of."""

from __future__ import annotations

from collections.abc import Iterable, Set

from waqai.evaluation.counts import Counts
from waqai.schema import Document, Entity, Mention


def count_entities(
    gold: Document, predicted: Document, types: Set[str], *, flat: bool, overlapping: bool = False
) -> Counts:
    """Count the entities of a corpus whose labels were mapped to ours.

    Args:
        gold: types joined by ``|`` are one label that any of them meets; a type behind ``?`` is none of ours, and
            what is predicted across such a mention is left out.
        predicted: of all types.
        types: those to count, of both sides.
        flat: the corpus marks no mention inside another, so only the outermost predicted one counts.
        overlapping: it is enough that the spans share a character, as where a corpus marks `باريس` for our
            `مدينة باريس`.
    """
    known = [entity for entity in gold.entities if not types.isdisjoint(entity.type.split("|"))]
    other = [entity for entity in gold.entities if entity.type.startswith("?")]
    said = [e for e in predicted.entities if e.type in types and not any(_overlap(e, o) for o in other)]
    if flat:
        said = _outermost(said)
    free = list(said)
    found = 0
    for entity in known:
        for candidate in free:
            fits = _overlap(entity, candidate) if overlapping else _span(entity) == _span(candidate)
            if fits and candidate.type in entity.type.split("|"):
                free.remove(candidate)
                found += 1
                break
    return Counts(found, len(said), len(known))


def count_triggers_found(gold: Document, predicted: Document) -> Counts:
    """How many of the marked triggers are found with their type; precision is not known, so F1 is recall."""
    found = {trigger.key for trigger in predicted.triggers}
    hits = sum(trigger.key in found for trigger in gold.triggers)
    return Counts(hits, len(gold.triggers), len(gold.triggers))


def count_arguments_found(gold: Document, predicted: Document) -> Counts:
    """How many of the marked arguments are found: trigger and role right, and a tail that overlaps; F1 is recall."""
    hits = sum(
        any(
            mine.head.key == theirs.head.key and mine.type == theirs.type and _overlap(mine.tail, theirs.tail)
            for mine in predicted.arguments
        )
        for theirs in gold.arguments
    )
    return Counts(hits, len(gold.arguments), len(gold.arguments))


def count_kept_free(predicted: Document, denied: str) -> Counts:
    """Whether a text that surely holds no trigger of a type was left without one; F1 is the share of such texts."""
    return Counts(int(not any(trigger.type == denied for trigger in predicted.triggers)), 1, 1)


def _outermost(entities: Iterable[Entity]) -> list[Entity]:
    """The mentions inside no other; of several with one span the surest."""
    kept: list[Entity] = []
    for entity in sorted(entities, key=lambda one: (one.start, -one.end, -one.confidence)):
        if not any(one.start <= entity.start and entity.end <= one.end for one in kept):
            kept.append(entity)
    return kept


def _span(mention: Mention) -> tuple[int, int]:
    return (mention.start, mention.end)


def _overlap(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end
