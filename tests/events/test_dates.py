"""Calendar expressions read against the day of publication."""

from __future__ import annotations

import pytest

from waqai.events import DateContext, resolve_date, resolve_dates
from waqai.events.periods import read_value
from waqai.events.tense import Reading
from waqai.schema import Document, Entity

_WEDNESDAY = "2016-01-20"

_DATES = [
    # days
    ("الأربعاء", _WEDNESDAY, "2016-01-20", "day"),
    ("يوم الثلاثاء", _WEDNESDAY, "2016-01-19", "day"),
    ("الخميس المقبل", _WEDNESDAY, "2016-01-21", "day"),
    ("الأربعاء الماضي", _WEDNESDAY, "2016-01-13", "day"),
    ("الأربعاء قبل الماضي", _WEDNESDAY, "2016-01-06", "day"),
    ("أمس", _WEDNESDAY, "2016-01-19", "day"),
    ("أمس الاثنين", _WEDNESDAY, "2016-01-18", "day"),  # an article dated a day late
    ("أول من أمس", _WEDNESDAY, "2016-01-18", "day"),
    ("غدا الخميس", _WEDNESDAY, "2016-01-21", "day"),
    ("مساء السبت", _WEDNESDAY, "2016-01-16", "day"),
    ("فجر اليوم", _WEDNESDAY, "2016-01-20", "day"),
    ("قبل خمسة أيام", _WEDNESDAY, "2016-01-15", "day"),
    ("بعد يومين", _WEDNESDAY, "2016-01-22", "day"),
    ("١٨ / ١ / ٢٠١٥", None, "2015-01-18", "day"),
    ("الأحد 2015/01/18", None, "2015-01-18", "day"),
    ("20.01.2016", "2016-03-01", "2016-01-20", "day"),
    ("05.03.2016", "2016-03-01", "2016-03-05", "day"),
    ("5/6/67", "1995-03-12", "1967-06-05", "day"),
    ("5/6/18", "2016-03-12", "2018-06-05", "day"),
    ("2016-10-25 00:00:00", None, "2016-10-25", "day"),
    ("20 يناير/كانون الثاني 2016", None, "2016-01-20", "day"),
    ("الخامس والعشرين من كانون الأول", _WEDNESDAY, "2015-12-25", "day"),
    ("فاتح أكتوبر", "2018-09-20", "2018-10-01", "day"),
    ("متم شتنبر", "2018-09-14", "2018-09-30", "day"),
    ("25 أفريل", "2012-04-24", "2012-04-25", "day"),
    ("15 من الشهر الجاري", _WEDNESDAY, "2016-01-15", "day"),
    ("بيوم غد", _WEDNESDAY, "2016-01-21", "day"),
    ("الأحد الأسبوع المقبل", _WEDNESDAY, "2016-01-24", "day"),  # an Arab week opens on Sunday
    ("الأحد من هذا الأسبوع", _WEDNESDAY, "2016-01-17", "day"),
    ("الأحد الأسبوع الماضي", _WEDNESDAY, "2016-01-10", "day"),
    # weeks, months, seasons, years
    ("بعد ثلاثة أسابيع", _WEDNESDAY, "2016-W06", "week"),
    ("قبل أسبوعين", _WEDNESDAY, "2016-W01", "week"),
    ("الأسبوع الماضي", "2016-01-04", "2015-W53", "week"),
    ("نوفمبر تشرين الثاني", _WEDNESDAY, "2015-11", "month"),
    ("غشت الماضي", "2018-09-14", "2018-08", "month"),
    ("الشهر المقبل", "2015-12-31", "2016-01", "month"),
    ("قبل شهرين", _WEDNESDAY, "2015-11", "month"),
    ("جانفي 2011", None, "2011-01", "month"),
    ("صيف عام 2014", _WEDNESDAY, "2014-22", "season"),
    ("هذا الخريف", "2016-07-19", "2016-23", "season"),
    ("الصيف الماضي", _WEDNESDAY, "2015-22", "season"),
    ("شتاء 1995", None, "1995-24", "season"),
    ("عام 1992", None, "1992", "year"),
    ("العام المقبل", _WEDNESDAY, "2017", "year"),
    # intervals
    ("أوائل هذا الشهر", "2016-07-19", "2016-07-01/2016-07-10", "interval"),
    ("منتصف يوليو", "2016-07-19", "2016-07-11/2016-07-20", "interval"),
    ("أواخر شباط الماضي", "2016-07-19", "2016-02-21/2016-02-29", "interval"),
    ("منتصف 2014", _WEDNESDAY, "2014-05/2014-08", "interval"),
    ("نهاية العام الماضي", "2015-01-18", "2014-10/2014-12", "interval"),
    ("مطلع العام", _WEDNESDAY, "2016-01/2016-03", "interval"),
    ("من 5 إلى 10 مارس", "2016-03-12", "2016-03-05/2016-03-10", "interval"),
    ("5-10 مارس", "2016-03-12", "2016-03-05/2016-03-10", "interval"),
    ("ليلة 5/6 يونيو", "2016-06-12", "2016-06-05/2016-06-06", "interval"),
    ("يومي 11 و12 يوليو", "2018-07-01", "2018-07-11/2018-07-12", "interval"),
    ("5-10/3/2016", None, "2016-03-05/2016-03-10", "interval"),
    ("من 20/1 إلى 25/1/2016", None, "2016-01-20/2016-01-25", "interval"),
    ("من 20/1/2016 إلى 25/1/2016", None, "2016-01-20/2016-01-25", "interval"),
    ("20-1-2016 - 5-2-2016", None, "2016-01-20/2016-02-05", "interval"),
    ("السبت والأحد", _WEDNESDAY, "2016-01-16/2016-01-17", "interval"),
    ("من ليل السبت الأحد إلى ليل الاثنين الثلاثاء", _WEDNESDAY, "2016-01-16/2016-01-19", "interval"),
    ("عامي 2013 و2014", None, "2013/2014", "interval"),
    ("التسعينيات", None, "1990/1999", "interval"),
    ("الربع الأول من 2015", None, "2015-01/2015-03", "interval"),
    # clocks
    ("18:07 تغ", "2016-10-25", "2016-10-25T18:07Z", "time"),
    ("13:46 بتوقيت غرينيتش", "2016-10-25", "2016-10-25T13:46Z", "time"),
    ("السادسة مساء", "2023-03-23", "2023-03-23T18:00", "time"),
    ("20.01.2016 18:07", _WEDNESDAY, "2016-01-20T18:07", "time"),
    ("الساعة 12 ليلا", "2016-01-20", "2016-01-20T00:00", "time"),
    ("الثانية عشرة والنصف ليلا", "2016-01-20", "2016-01-20T00:30", "time"),
    ("الساعة 12 ظهرا", "2016-01-20", "2016-01-20T12:00", "time"),
    ("الساعة 9,15 بالتوقيت المحلي", "2005-10-10", "2005-10-10T09:15", "time"),
    # the Hijri calendar
    ("15 شوال 1436هـ", None, "2015-07-31", "day"),
    ("1436/10/15", None, "2015-07-31", "day"),
    ("غرة رمضان", "2010-08-17", "2010-08-11", "day"),
    ("ربيع الأول من عام 1424هـ", "2004-11-27", "2003-05-02/2003-05-31", "interval"),
]


@pytest.mark.parametrize(("text", "published", "value", "precision"), _DATES)
def test_an_expression_has_its_value(text: str, published: str | None, value: str, precision: str) -> None:
    found = resolve_date(text, published)
    assert found is not None
    assert (found.value, found.precision, found.text) == (value, precision, text)


@pytest.mark.parametrize(
    "text",
    [
        "خمس سنوات",
        "64 عاما",
        "الأشهر القادمة",
        "السنوات الخمس الماضية",
        "كل جمعة",
        "الآن",
        "منذ أشهر",
        "قبل ساعات",
        "ساعة الصفر",  # «صفر» is also a month
        "حاليا",
        "",
    ],
)
def test_durations_ages_and_vague_spans_have_no_value(text: str) -> None:
    assert resolve_date(text, _WEDNESDAY) is None


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("قبل 3000 عام", _WEDNESDAY),
        ("منذ 3000 سنة", _WEDNESDAY),
        ("بعد 9000 سنة", _WEDNESDAY),
        ("قبل 99999999999 يوم", _WEDNESDAY),
        ("مارس 0000", _WEDNESDAY),
        ("أمس", "0001-01-01"),
        ("رمضان", "1920-01-01"),  # before the tables of the Hijri calendar
    ],
)
def test_past_the_ends_of_a_calendar_there_is_no_value(text: str, published: str) -> None:
    assert resolve_date(text, published) is None


def test_since_long_before_the_calendar_has_no_value() -> None:
    assert resolve_date("3000 سنة", _WEDNESDAY, context=DateContext(before="يعود المعبد إلى ما منذ ")) is None


@pytest.mark.parametrize("text", ["الأربعاء", "20 يناير", "5/6/67"])
def test_without_a_publication_date_relative_expressions_stay_open(text: str) -> None:
    assert resolve_date(text, None) is None


def test_days_counted_from_another_event_stay_open() -> None:
    assert resolve_date("بعد اسبوعين", "2015-01-18", context=DateContext(after=" من اعتداءات باريس")) is None


@pytest.mark.parametrize(
    ("before", "value"),
    [
        ("سيجتمع وزير الدفاع ", "2016-07-21"),
        ("ومن المقرر أن يعقد المؤتمر ", "2016-07-21"),
        ("يستضيف الوزيران ", "2016-07-21"),
        ("قال الوزير ", "2016-07-14"),
        ("كان يعقد ", "2016-07-14"),
        ("القمة التي جمعت الرئيسين ", "2016-07-14"),
        ("سلم التقرير وقبل ", "2016-07-21"),
        ("واستقبل ", "2016-07-14"),  # no «قبل»
        ("ناقش الوزير المستقبل ", "2016-07-14"),
        ("", "2016-07-14"),
    ],
)
def test_a_weekday_is_past_or_to_come_by_the_verb_before_it(before: str, value: str) -> None:
    found = resolve_date("الخميس", "2016-07-19", context=DateContext(before=before))
    assert found is not None
    assert found.value == value


def test_since_outside_the_mention_makes_a_few_days_a_day_and_years_a_duration() -> None:
    since = DateContext(before="نصبت السلطات مستشفى منذ ")
    found = resolve_date("يومين", "2017-05-03", context=since)
    assert found is not None
    assert found.value == "2017-05-01"
    assert resolve_date("خمس سنوات", "2017-05-03", context=since) is None


@pytest.mark.parametrize(
    ("text", "name", "type", "value"),
    [
        ("قال المتحدث يحيى سريع الأربعاء", "يحيى سريع", "PERS", "2016-01-20"),
        ("قصف الطيران بلدة يبرود الأربعاء", "بلدة يبرود", "GPE", "2016-01-20"),
        ("قصفت البلدة من قبل الجيش الأربعاء", "الجيش", "ORG", "2016-01-20"),  # «by the army», not «before Wednesday»
        ("سيزور يحيى سريع الأربعاء", "يحيى سريع", "PERS", "2016-01-27"),
    ],
)
def test_names_are_no_verbs(text: str, name: str, type: str, value: str) -> None:
    named = Entity(type, text.index(name), text.index(name) + len(name))
    stated = Entity("DATE", text.index("الأربعاء"), len(text))
    document = Document("a", text, publication_date="2016-01-22", entities=(named, stated))
    assert [found.value for found in resolve_dates(document).values()] == [value]


@pytest.mark.parametrize(("reading", "value"), [("past", "2016-01-20T00:00"), ("future", "2016-01-21T00:00")])
@pytest.mark.parametrize("text", ["منتصف الليل", "الساعة 12 ليلا"])
def test_a_midnight_to_come_ends_its_day(text: str, reading: Reading, value: str) -> None:
    found = resolve_date(text, _WEDNESDAY, context=DateContext(reading=reading))
    assert found is not None
    assert found.value == value


def test_a_document_s_dates_build_on_one_another() -> None:
    text = "وقع ذلك عام 2015 ثم تكرر العام التالي."
    first, second = text.index("عام 2015"), text.index("العام التالي")
    document = Document(
        "a", text, publication_date="2018-01-01",
        entities=(Entity("DATE", first, first + 8), Entity("DATE", second, second + 12)),
    )  # fmt: skip
    assert [found.value for found in resolve_dates(document).values()] == ["2015", "2016"]


def test_a_value_written_by_someone_stands() -> None:
    document = Document("a", "الأربعاء", publication_date=_WEDNESDAY, entities=(Entity("DATE", 0, 8, "2015-W03"),))
    (found,) = resolve_dates(document).values()
    assert (found.value, found.precision) == ("2015-W03", "week")


@pytest.mark.parametrize("value", ["9999-W52", "1" * 30, "2016-01-20/", "الأربعاء", "2016-13", "2016-00"])
def test_what_is_no_value_is_read_as_none(value: str) -> None:
    assert read_value(value) is None
