"""Articles for tests of files and scores, made from words instead of offsets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from waqai.schema import Document, Entity, Relation, Trigger


def make_article(
    text: str,
    entities: Sequence[tuple[Any, ...]] = (),
    triggers: Sequence[tuple[Any, ...]] = (),
    relations: Sequence[tuple[str, str, str]] = (),
    **metadata: Any,
) -> Document:
    """Make a document.

    Args:
        text: the article.
        entities: (type, words), then which occurrence of the words it is, then the value.
        triggers: (type, words), then which occurrence, mode and auxiliary.
        relations: (label, head's words, tail's words); words that name several mentions mean the first given.
        metadata: fields of the document; the id is ``article`` where none is given.
    """
    entity_of: dict[str, Entity] = {}
    trigger_of: dict[str, Trigger] = {}
    all_entities, all_triggers = [], []
    for kind, words, *rest in entities:
        start = _find(text, words, *rest[:1])
        all_entities.append(Entity(kind, start, start + len(words), *rest[1:]))
        entity_of.setdefault(words, all_entities[-1])
    for kind, words, *rest in triggers:
        start = _find(text, words, *rest[:1])
        all_triggers.append(Trigger(kind, start, start + len(words), *rest[1:]))
        trigger_of.setdefault(words, all_triggers[-1])
    return Document(
        **{"id": "article", **metadata},
        text=text,
        entities=tuple(all_entities),
        triggers=tuple(all_triggers),
        relations=tuple(
            Relation(label, trigger_of.get(head) or entity_of[head], entity_of[tail]) for label, head, tail in relations
        ),
    )


def _find(text: str, words: str, nth: int = 1) -> int:
    place = -1
    for _ in range(nth):
        place = text.index(words, place + 1)
    return place


PARIS = make_article(
    "التقى وزير الدفاع الفرنسي جون إيف لودريان نظراءه في باريس الأربعاء.\n"
    "وقال لودريان إن فرنسا ستقصف تنظيم الدولة الإسلامية «داعش» في الرقة بسوريا.\n",
    entities=[
        ("OCC", "وزير الدفاع الفرنسي"),
        ("NORP", "الفرنسي"),
        ("PERS", "جون إيف لودريان"),
        ("GPE", "باريس"),
        ("DATE", "الأربعاء", 1, "2016-01-20"),
        ("PERS", "لودريان", 2),
        ("GPE", "فرنسا"),
        ("ORG", "تنظيم الدولة الإسلامية"),
        ("ORG", "داعش"),
        ("GPE", "الرقة"),
        ("GPE", "بسوريا"),
    ],
    triggers=[("CONSULT", "التقى", 1, "multilateral", None), ("ASSAULT", "ستقصف", 1, "aerial", "future")],
    relations=[
        ("ACTOR", "التقى", "جون إيف لودريان"),
        ("LOCATION", "التقى", "باريس"),
        ("DATE", "التقى", "الأربعاء"),
        ("ACTOR", "ستقصف", "فرنسا"),
        ("RECIPIENT", "ستقصف", "تنظيم الدولة الإسلامية"),
        ("LOCATION", "ستقصف", "الرقة"),
        ("LOCATION", "ستقصف", "بسوريا"),
        ("DATE", "ستقصف", "الأربعاء"),
        ("has_occupation", "جون إيف لودريان", "وزير الدفاع الفرنسي"),
        ("affiliated_with", "وزير الدفاع الفرنسي", "الفرنسي"),
        ("same_as", "تنظيم الدولة الإسلامية", "داعش"),
        ("located_in", "الرقة", "بسوريا"),
    ],
    id="paris",
    title="اجتماع باريس",
    source="الدولية",
    publication_date="2016-01-20",
)
"""Nested mentions, an alias, a role twice, and an argument that stands in the sentence before its trigger."""
