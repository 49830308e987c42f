"""What an event's words show of it: its contexts."""

from __future__ import annotations

import pytest

from waqai.events.attributes import contexts
from waqai.schema import Scheme


@pytest.mark.parametrize(
    ("context", "shows", "shows_not"),
    [
        ("religion_ethnicity", "قادة أهل السنة والأكراد", "السنة الماضية وسنة 2014"),
        ("religion_ethnicity", "العشائر السنية", "ثلاث سنوات"),
        ("terrorism", "زعيم تنظيم القاعدة", "القاعدة الجوية قرب قاعدة انجرليك"),
        ("terrorism", "القيادي في القاعدة", "استخدام القاعدة"),
        ("disasters", "ضحايا السيول الجارفة", "وافقت سيول على نقص السيولة"),
        ("health", "ووزير الصحة", "نفى صحة الأنباء"),
        ("health", "لمنظمة الصحة العالمية", "عار عن الصحة"),
        ("executive", "للرئيس التونسي", "رئيس الشركة"),
        ("environment", "تغير المناخ", "مناخ الثقة"),
    ],
)
def test_a_word_shows_its_context_and_not_what_is_only_written_alike(
    scheme: Scheme, context: str, shows: str, shows_not: str
) -> None:
    assert context in {label.name for label in contexts([f"تحدث عن {shows} أمس."], scheme)}
    assert context not in {label.name for label in contexts([f"تحدث عن {shows_not} أمس."], scheme)}
