"""Whatever a calendar expression says: full dates in every convention, weekdays, and counts past the calendar's ends."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from waqai.events import DateContext, resolve_date
from waqai.events.calendar import (
    DAY_PARTS,
    EARLY,
    FOLLOWING,
    HIJRI_MONTHS,
    LAST,
    LATE,
    MONTHS,
    NEXT,
    NUMBERS,
    SEASONS,
    UNITS,
    WEEKDAYS,
)
from waqai.events.periods import read_value


@given(day=st.dates(date(1950, 1, 1), date(2099, 12, 31)), month=st.sampled_from(sorted(MONTHS)))
def test_a_full_date_is_read_in_every_convention_of_months(day: date, month: str) -> None:
    day = day.replace(month=MONTHS[month], day=min(day.day, 28))
    found = resolve_date(f"{day.day} {month} {day.year}", None)
    assert found is not None
    assert found.value == day.isoformat()


@given(published=st.dates(date(1950, 1, 1), date(2099, 1, 1)), weekday=st.sampled_from(sorted(WEEKDAYS)))
def test_a_weekday_is_within_a_week_and_is_that_weekday(published: date, weekday: str) -> None:
    found = resolve_date(f"ال{weekday}", published)
    assert found is not None
    assert found.value is not None
    day = date.fromisoformat(found.value)
    assert day.weekday() == WEEKDAYS[weekday]
    assert timedelta(0) <= published - day < timedelta(7)


_NUMBER = st.integers(1, 31) | st.integers(0, 99) | st.integers(1300, 2100) | st.integers(0, 10**12)
_SHAPES = """
قبل {number} {unit}|بعد {number} {unit}|منذ {count} {unit}|{number} {unit}|{number} {unit} قبل ذلك|بعد ذلك ب{count} {unit}
{number} {month} {other}|{month} {other}|{month} {turn}|{part} {month} {turn}|{other}-{number} {month}|الربع الأول من {number}
{season} {number}|{season} {turn}|عام {number}|{part} العام {turn}|{number} من الشهر {turn}|عامي {number} و{other}
ال{weekday}|ال{weekday} الأسبوع {turn}|{hour} ال{weekday}|ليل ال{weekday} ال{weekday}|أمس|غدا|اليوم التالي|ال{unit} {turn}
{number}/{other}/{year}|{number}.{other}.{year}|{year}-{number}|{number}:{other} ال{weekday}|الساعة {number} {hour}|منتصف الليل
{hijri}|{number} {hijri} {other}|{hijri} {turn}|غرة {hijri}|السنة {number}هـ
"""
_EXPRESSION = st.builds(
    str.format,
    st.sampled_from(_SHAPES.strip().replace("\n", "|").split("|")),
    number=_NUMBER,
    other=_NUMBER,
    year=_NUMBER,
    count=st.sampled_from(sorted(NUMBERS)),
    unit=st.sampled_from(sorted(UNITS)),
    month=st.sampled_from(sorted(MONTHS)),
    hijri=st.sampled_from(sorted(HIJRI_MONTHS)),
    season=st.sampled_from(sorted(SEASONS)),
    weekday=st.sampled_from(sorted(WEEKDAYS)),
    turn=st.sampled_from(NEXT + LAST + FOLLOWING),
    part=st.sampled_from(EARLY + LATE),
    hour=st.sampled_from(DAY_PARTS),
)


@given(
    text=st.lists(_EXPRESSION, min_size=1, max_size=2).map(" إلى ".join),
    published=st.none() | st.dates(),
    before=st.sampled_from(("", "منذ ", "حتى ", "سيجتمعون ")),
    anchor=st.none() | st.dates().map(str),
)
def test_any_expression_gives_a_well_formed_value_or_none(
    text: str, published: date | None, before: str, anchor: str | None
) -> None:
    found = resolve_date(text, published, context=DateContext(before=before, anchor=anchor))
    assert found is None or (found.value is not None and read_value(found.value) is not None)
