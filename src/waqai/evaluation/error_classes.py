"""What goes wrong, by kind: every difference between gold and prediction put into one named class.

Scores say how much is wrong; classes say what to mend. A missed and a spurious mention that overlap are one
error (of boundary or of type), not two.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from waqai.evaluation.documents import SYMMETRIC, pair_documents
from waqai.schema import Document, Entity, Mention, Relation, Span, Trigger
from waqai.text import split_sentences, split_words

_M = TypeVar("_M", Entity, Trigger)


@dataclass(frozen=True, slots=True)
class Example:
    """One error: where it stands, and what gold and prediction say there (empty where one says nothing)."""

    document: str
    span: Span
    gold: str
    predicted: str


class ErrorClass(NamedTuple):
    """A kind of error, such as ``entity missed inside another: NORP``."""

    name: str
    size: int
    examples: tuple[Example, ...]


def error_classes(gold: Sequence[Document], predicted: Sequence[Document], *, examples: int = 5) -> list[ErrorClass]:
    """Every class of error there is, the largest first.

    Mentions: missed, missed inside or around another, spurious, wrong boundary, wrong type, both. Attributes of
    triggers found: wrong mode, wrong auxiliary. Arguments and relations: lost with their trigger or entity,
    attached to another trigger of the event type, wrong label, missed, missed across sentences, spurious.

    Args:
        gold: articles as they should be.
        predicted: the same articles as a model reads them.
        examples: how many to keep of each class, from as many articles as there are.

    Raises:
        DataError: the two sides are not the same articles.
    """
    found: defaultdict[str, list[Example]] = defaultdict(list)
    for theirs, ours in pair_documents(gold, predicted):
        for name, example in document_errors(theirs, ours):
            found[name].append(example)
    ordered = sorted(found.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    return [ErrorClass(name, len(errors), _spread(errors, examples)) for name, errors in ordered]


def document_errors(gold: Document, predicted: Document) -> Iterator[tuple[str, Example]]:
    """The errors of one article, each with the name of its class."""
    yield from _mention_errors("entity", gold, gold.entities, predicted.entities)
    yield from _mention_errors("trigger", gold, gold.triggers, predicted.triggers)
    yield from _attribute_errors(gold, predicted)
    yield from _relation_errors(gold, predicted)


def _spread(errors: Sequence[Example], count: int) -> tuple[Example, ...]:
    """The first examples of each article in turn."""
    seen: Counter[str] = Counter()
    ranked = []
    for number, error in enumerate(errors):
        ranked.append((seen[error.document], number, error))
        seen[error.document] += 1
    return tuple(error for _, _, error in sorted(ranked, key=lambda entry: entry[:2])[:count])


def _mention_errors(
    layer: str, document: Document, gold: Sequence[_M], predicted: Sequence[_M]
) -> Iterator[tuple[str, Example]]:
    right = {mention.key for mention in gold} & {mention.key for mention in predicted}
    missed = [mention for mention in gold if mention.key not in right]
    spurious = [mention for mention in predicted if mention.key not in right]
    for mine, yours in _align(missed, spurious):
        missed.remove(mine)
        spurious.remove(yours)
        if (mine.start, mine.end) == (yours.start, yours.end):
            name = f"{layer} of wrong type: {mine.type} → {yours.type}"
        elif mine.type == yours.type:
            name = f"{layer} with wrong boundary: {mine.type}"
        else:
            name = f"{layer} with wrong boundary and type: {mine.type} → {yours.type}"
        yield name, _example(document, mine, yours)
    for mention in missed:
        yield f"{layer} missed{_nesting(mention, gold, right)}: {mention.type}", _example(document, mention, None)
    for mention in spurious:
        yield f"{layer} spurious: {mention.type}", _example(document, None, mention)


def _align(missed: Sequence[_M], spurious: Sequence[_M]) -> list[tuple[_M, _M]]:
    """Missed and spurious mentions that overlap, one to one: equal spans, then equal types, then most shared."""
    scored = sorted(
        (
            (
                (mine.start, mine.end) == (yours.start, yours.end),
                mine.type == yours.type,
                min(mine.end, yours.end) - max(mine.start, yours.start),
                -mine.start,
                -yours.start,
            ),
            i,
            j,
        )
        for i, mine in enumerate(missed)
        for j, yours in enumerate(spurious)
        if _overlap(mine, yours)
    )
    pairs: list[tuple[_M, _M]] = []
    taken: tuple[set[int], set[int]] = (set(), set())
    for _, i, j in reversed(scored):
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            pairs.append((missed[i], spurious[j]))
    return pairs


def _nesting(mention: Mention, gold: Iterable[Mention], right: set[tuple[int, int, str]]) -> str:
    """How a missed mention stands to the mentions that were found."""
    for other in gold:
        if other.key in right and _overlap(mention, other):
            inside = other.start <= mention.start and mention.end <= other.end
            return " inside another" if inside else " around another"
    return ""


def _attribute_errors(gold: Document, predicted: Document) -> Iterator[tuple[str, Example]]:
    ours = {trigger.key: trigger for trigger in predicted.triggers}
    for trigger in gold.triggers:
        if not (found := ours.get(trigger.key)):
            continue
        for name in ("mode", "auxiliary"):
            right, said = getattr(trigger, name) or "none", getattr(found, name) or "none"
            if right != said:
                kind = f"{trigger.type} " if name == "mode" else ""
                yield f"wrong {name}: {kind}{right} → {said}", _example(gold, trigger, found, right, said)


def _relation_errors(gold: Document, predicted: Document) -> Iterator[tuple[str, Example]]:
    starts = _sentence_starts(gold)
    found = {mention.key for mention in predicted.mentions}
    real = {mention.key for mention in gold.mentions}
    wanted = {_key(relation): relation for relation in gold.relations}
    said = {_key(relation): relation for relation in predicted.relations}
    ends_said = {(r.head.key, r.tail.key): r for key, r in said.items() if key not in wanted}
    ends_wanted = {(r.head.key, r.tail.key) for key, r in wanted.items() if key not in said}
    by_role = {(r.type, r.head.type, r.tail.key): r for key, r in said.items() if key not in wanted}
    explained: set[object] = set()  # spurious relations that an error above accounts for
    for key, relation in wanted.items():
        if key in said:
            continue
        noun, label = _noun(relation), relation.type
        other = ends_said.get((relation.head.key, relation.tail.key))
        if other is not None:
            explained.add(_key(other))
            name = f"{noun} of wrong label: {label} → {other.type}"
        elif relation.head.key not in found:
            name = f"{noun} lost with its {'trigger' if relation.is_argument else 'head'}: {label}"
        elif relation.tail.key not in found:
            name = f"{noun} lost with its {'entity' if relation.is_argument else 'tail'}: {label}"
        elif relation.is_argument and (label, relation.head.type, relation.tail.key) in by_role:
            other = by_role[label, relation.head.type, relation.tail.key]
            explained.add(_key(other))
            name = f"{noun} attached to another trigger: {label}"
        else:
            apart = bisect_right(starts, relation.head.start) != bisect_right(starts, relation.tail.start)
            name = f"{noun} missed{' across sentences' if apart else ''}: {label}"
        yield name, _relation_example(gold, relation, other)
    for key, relation in said.items():
        if key in wanted or key in explained or (relation.head.key, relation.tail.key) in ends_wanted:
            continue
        sound = relation.head.key in real and relation.tail.key in real
        name = f"{_noun(relation)} spurious{'' if sound else ' with its mention'}: {relation.type}"
        yield name, _relation_example(gold, None, relation)


def _sentence_starts(document: Document) -> list[int]:
    words = document.words or split_words(document.text)
    return [sentence.start for sentence in split_sentences(document.text, words)]


def _key(relation: Relation) -> object:
    ends = (relation.head.key, relation.tail.key)
    return (relation.type, *(sorted(ends) if relation.type in SYMMETRIC else ends))


def _noun(relation: Relation) -> str:
    return "argument" if relation.is_argument else "relation"


def _overlap(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end


def _example(
    document: Document, gold: Mention | None, predicted: Mention | None, right: str = "", said: str = ""
) -> Example:
    mentions = [mention for mention in (gold, predicted) if mention]
    span = Span(min(mention.start for mention in mentions), max(mention.end for mention in mentions))
    return Example(document.id, span, _shown(document, gold, right), _shown(document, predicted, said))


def _shown(document: Document, mention: Mention | None, attribute: str = "") -> str:
    if mention is None:
        return ""
    return f"{mention.type} «{document.surface(mention)}»" + (f" {attribute}" if attribute else "")


def _relation_example(document: Document, gold: Relation | None, predicted: Relation | None) -> Example:
    relations = [relation for relation in (gold, predicted) if relation]
    starts = [end.start for relation in relations for end in (relation.head, relation.tail)]
    ends = [end.end for relation in relations for end in (relation.head, relation.tail)]

    def shown(relation: Relation | None) -> str:
        if relation is None:
            return ""
        return f"{_shown(document, relation.head)} {relation.type} {_shown(document, relation.tail)}"

    return Example(document.id, Span(min(starts), max(ends)), shown(gold), shown(predicted))
