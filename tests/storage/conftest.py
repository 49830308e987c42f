"""Records to write."""

from __future__ import annotations

import pytest

from waqai.schema.record import Actor, Citation, ContextLabel, DateValue, EventMention, EventRecord, Place


@pytest.fixture
def records() -> tuple[EventRecord, ...]:
    """A full record and a bare one."""
    full = EventRecord(
        id="e1",
        event="CONSULT",
        date=DateValue("2016-01-20", "day", "الأربعاء"),
        mode="multilateral",
        context=(ContextLabel("military", ("وزير الدفاع",)), ContextLabel("diplomatic", ("قمه",))),
        quad_code=1,
        event_scale=4.0,
        actor=(
            Actor("جون إيف لودريان", "جان إيف لودريان", "FRA", "GOV", None, "وزير الدفاع الفرنسي"),
            Actor("باراك أوباما", "باراك أوباما", "USA", "GOV", "Q76"),
        ),
        recipient=(Actor("داعش", "تنظيم الدولة الإسلامية", None, "IMG", "Q2429253"),),
        event_loc=Place("بباريس", "باريس", "FRA", "Ile-de-France", 48.8534, 2.3488, 2988507, "city", "the only one"),
        text="اجتمع الوزراء.\nثم مضوا.",
        event_text="اجتمع",
        mentions=(EventMention("d1", 0, 5, "اجتمع الوزراء.", "اجتمع"),),
        sources=(
            Citation("d1", "عنوان", "وكالة", "2016-01-20"),
            Citation("d2", "", "صحيفة", None, None, "ar", ("d3",)),
        ),
        confidence=0.875,
        model="test 1",
    )
    bare = EventRecord(id="e2", event="ASSAULT", mentions=(EventMention("d1", 9, 12, "قصف", "قصف"),))
    return full, bare
