"""The error analysis as one self-contained page: gold beside predicted, sentence by sentence, right to left."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from waqai.evaluation.documents import pair_documents
from waqai.evaluation.error_classes import Example, error_classes
from waqai.evaluation.error_page import LEGEND, PAGE, colour_rules
from waqai.schema import Document, Mention, Relation, Sentence, Trigger
from waqai.text import running_sentences, split_sentences, split_words

LARGEST = 10
"""How many classes of error the page shows open; the others are folded."""


def error_analysis(gold: Sequence[Document], predicted: Sequence[Document], *, title: str = "Error analysis") -> str:
    """An HTML page to look at: the classes of error with examples, then every sentence in two columns.

    Nothing is loaded from elsewhere and nothing is scripted; sentences without an error can be hidden, and each
    example links to its sentence.

    Args:
        gold: articles as they should be.
        predicted: the same articles as a model reads them.
        title: the page's heading.

    Returns:
        The page; write it as UTF-8.

    Raises:
        DataError: the two sides are not the same articles.
    """
    pairs = pair_documents(gold, predicted)
    anchors = {document.id: number for number, (document, _) in enumerate(pairs)}
    types = sorted({entity.type for pair in pairs for document in pair for entity in document.entities})
    return PAGE.format(
        title=escape(title),
        colours=colour_rules(types),
        legend=LEGEND,
        classes=_classes(gold, predicted, anchors, {document.id: document for document, _ in pairs}),
        articles="".join(_article(number, *pair) for number, pair in enumerate(pairs)),
    )


@dataclass(frozen=True)
class _Side:
    """One column: its mentions and relations, and the keys of those that the other column has too."""

    document: Document
    is_gold: bool
    shared: frozenset[object]
    other_spans: frozenset[tuple[int, int]]
    other: tuple[Mention, ...]

    def status(self, mention: Mention) -> str:
        """The mark of a mention: right, of wrong type or boundary, or what this side alone has."""
        if mention.key in self.shared:
            return "right"
        if (mention.start, mention.end) in self.other_spans:
            return "wrong-type"
        if any(one.start < mention.end and mention.start < one.end and one.type == mention.type for one in self.other):
            return "boundary"
        return "missed" if self.is_gold else "spurious"


def _sides(gold: Document, predicted: Document) -> tuple[_Side, _Side]:
    def keys(document: Document) -> set[object]:
        attributes = {_attribute_key(trigger) for trigger in document.triggers}
        return {*(one.key for one in document.mentions), *(one.key for one in document.relations), *attributes}

    shared = frozenset(keys(gold) & keys(predicted))

    def side(document: Document, other: Document, is_gold: bool) -> _Side:
        lone = [mention for mention in other.mentions if mention.key not in shared]
        return _Side(document, is_gold, shared, frozenset((m.start, m.end) for m in lone), tuple(lone))

    return side(gold, predicted, True), side(predicted, gold, False)


def _article(number: int, gold: Document, predicted: Document) -> str:
    sides = _sides(gold, predicted)
    rows = "".join(_row(f"d{number}s{place}", sentence, sides) for place, sentence in enumerate(_sentences(gold)))
    heading = escape(gold.title or gold.id)
    return f'<section><h2>{heading} <bdi class="id">{escape(gold.id)}</bdi></h2>{rows}</section>\n'


def _sentences(document: Document) -> tuple[Sentence, ...]:
    words = document.words or split_words(document.text)
    sentences = split_sentences(document.text, words)
    return sentences if document.words else running_sentences(document.text, words, sentences)


def _row(anchor: str, sentence: Sentence, sides: tuple[_Side, _Side]) -> str:
    cells = [_cell(side, sentence) for side in sides]
    wrong = any(is_wrong for _, is_wrong in cells)
    columns = "".join(f'<div class="cell">{cell}</div>' for cell, _ in cells)
    return f'<div class="row{"" if wrong else " clean"}" id="{anchor}">{columns}</div>\n'


def _cell(side: _Side, sentence: Sentence) -> tuple[str, bool]:
    """A column's half of a sentence, and whether anything in it is wrong."""
    document = side.document
    here = [m for m in document.mentions if m.start < sentence.end and sentence.start < m.end]
    keys = {mention.key for mention in here}
    relations = [relation for relation in document.relations if relation.head.key in keys]
    triggers = [mention for mention in here if isinstance(mention, Trigger)]
    items = [_attributes(side, trigger) for trigger in triggers]
    items += [_relation(side, relation) for relation in relations]
    listed = f"<ul>{''.join(items)}</ul>" if any(items) else ""
    compared = [*keys, *(relation.key for relation in relations), *map(_attribute_key, triggers)]
    wrong = any(key not in side.shared for key in compared)
    return f"<p>{marked(document, sentence, here, side)}</p>{listed}", wrong


def marked(document: Document, sentence: Sentence, mentions: Iterable[Mention], side: _Side) -> str:
    """The sentence's text with its mentions as nested elements; where two cross, the inner one is cut in two."""
    mentions = sorted(mentions, key=lambda mention: (mention.start, -mention.end, mention.type))
    borders = {sentence.start, sentence.end}
    for mention in mentions:
        borders |= {max(mention.start, sentence.start), min(mention.end, sentence.end)}
    places = sorted(borders)
    pieces: list[str] = []
    opened: list[Mention] = []
    for start, end in zip(places, [*places[1:], sentence.end], strict=True):
        closing = [place for place, mention in enumerate(opened) if mention.end <= start]
        if closing:
            resumed = [mention for mention in opened[closing[0] :] if mention.end > start]
            pieces += [_close(mention, ends=mention.end <= start) for mention in reversed(opened[closing[0] :])]
            opened = opened[: closing[0]]
            for mention in resumed:
                pieces.append(_open(mention, side))
                opened.append(mention)
        for mention in mentions:
            if max(mention.start, sentence.start) == start and mention not in opened and mention.end > start:
                pieces.append(_open(mention, side))
                opened.append(mention)
        pieces.append(escape(document.text[start:end]))
    pieces += [_close(mention, ends=True) for mention in reversed(opened)]
    return "".join(pieces)


def _open(mention: Mention, side: _Side) -> str:
    kind = "t" if isinstance(mention, Trigger) else f"e k-{escape(mention.type)}"
    return f'<span class="{kind} {side.status(mention)}">'


def _close(mention: Mention, *, ends: bool) -> str:
    return f"<sub>{escape(mention.type)}</sub></span>" if ends else "</span>"


def _attribute_key(trigger: Trigger) -> object:
    return (trigger.key, trigger.mode, trigger.auxiliary)


def _attributes(side: _Side, trigger: Trigger) -> str:
    """A line for the mode and auxiliary of a trigger, or nothing where it has none and should have none."""
    differs = trigger.key in side.shared and _attribute_key(trigger) not in side.shared
    values = [f"{name} {value}" for name, value in (("mode", trigger.mode), ("aux", trigger.auxiliary)) if value]
    if not values and not differs:
        return ""
    shown = escape(" · ".join(values) or "no mode, no auxiliary")
    status = "differs" if differs else side.status(trigger)
    return f'<li class="{status}"><b>{escape(side.document.surface(trigger))}</b> <bdi class="k">{shown}</bdi></li>'


def _relation(side: _Side, relation: Relation) -> str:
    document = side.document
    status = "right" if relation.key in side.shared else "missed" if side.is_gold else "spurious"
    head, tail = (escape(document.surface(end)) for end in (relation.head, relation.tail))
    return f'<li class="{status}"><b>{head}</b> <bdi class="k">{escape(relation.type)}</bdi> {tail}</li>'


def _classes(
    gold: Sequence[Document], predicted: Sequence[Document], anchors: dict[str, int], documents: dict[str, Document]
) -> str:
    starts = {name: [sentence.start for sentence in _sentences(document)] for name, document in documents.items()}
    folds = []
    for number, (name, size, examples) in enumerate(error_classes(gold, predicted)):
        items = "".join(f"<li>{_example(example, anchors, starts)}</li>" for example in examples)
        state = " open" if number < LARGEST else ""
        summary = f'<summary><bdi dir="ltr">{escape(name)}</bdi> <b>{size}</b></summary>'
        folds.append(f"<details{state}>{summary}<ol>{items}</ol></details>")
    return "\n".join(folds) or "<p>No errors.</p>"


def _example(example: Example, anchors: dict[str, int], starts: dict[str, list[int]]) -> str:
    place = max(bisect_right(starts[example.document], example.span.end - 1) - 1, 0)
    target = f"#d{anchors[example.document]}s{place}"
    parts = _said((("gold", example.gold), ("predicted", example.predicted)))
    return f'{" ".join(parts)} <a href="{target}"><bdi>{escape(example.document)}</bdi></a>'


def _said(sides: Iterable[tuple[str, str]]) -> Iterator[str]:
    for side, words in sides:
        if words:
            yield f'<span class="said"><i>{side}</i> {escape(words)}</span>'


__all__ = ["error_analysis", "error_classes"]
