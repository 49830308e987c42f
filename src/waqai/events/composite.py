"""Expressions made of others: «أوائل هذا الشهر», «الربع الأول من 2015», «من 5 إلى 10 مارس»."""

from __future__ import annotations

import re
from datetime import timedelta

from waqai.events import calendar, dated, periods, relative
from waqai.events.expression import DAY_NUMBER, Expression, Rule, day_number
from waqai.events.periods import Period

_PARTS = {"early": calendar.EARLY, "middle": calendar.MIDDLE, "late": calendar.LATE}
_PART = re.compile(
    "(?:"
    + "|".join(f"(?P<{name}>{calendar.alternatives(words)})" for name, words in _PARTS.items())
    + r")(?: من)? (?P<of>.+)"
)
_HALF = re.compile(
    r"(?:ال)?(?P<kind>نصف|ربع|ثلاثي) (?:ال)?(?P<which>اول|ثاني|ثان|ثالث|رابع|اخير)(?:(?: من)? (?P<of>.+))?"
)
_BARE_UNIT = re.compile(r"ال(?P<unit>اسبوع|شهر|عام|سنه)")
_NTH_DAY = re.compile(rf"(?:لل|ل|في )(?:ال)?يوم (?:ال)?(?:{calendar.alternatives(calendar.ORDINALS)})(?: علي التوالي)?")
_NTH_OF = re.compile(rf"(?:ال)?(?:(?P<unit>يوم|اسبوع) )?{DAY_NUMBER} من (?P<of>.+)")
_YEARS = re.compile(
    r"(?:من |بين |ما بين )?(?:عامي |اعوام |سنوات |العامين |عام |سنه |السنوات |موسم )?"
    r"(?P<first>\d{4}) ?(?:-|/|و|الي|حتي|الي عام|حتي عام|وعام) ?(?P<second>\d{4}|\d{2})"
)
_RANGE_OPENING = re.compile(r"(?:في |خلال )?(?:الفتره )?(?:الممتده )?(?:من |بين |ما بين |يومي |ايام |ليله? )?")
_BETWEEN = re.compile(r" (?:الي|حتي) | و ?(?=\d|ال)")
_BARE_DAY = re.compile(rf"(?:يوم )?{DAY_NUMBER}")


def part_of_period(expression: Expression) -> Period | None:
    """«أوائل هذا الشهر», «منتصف 2014», «نهاية العام الماضي», «الربع الأول من 2015», «نهاية الأسبوع»."""

    def whole(form: str) -> Period | None:
        return _whole(expression.of(form))

    if match := _HALF.fullmatch(expression.form):
        of = whole(match["of"] or "العام")
        return _fraction(of, match["kind"], match["which"]) if of and of.precision == "year" else None
    match = _PART.fullmatch(expression.form)
    if not match or not (of := whole(match["of"])):
        return None
    which = next(name for name in _PARTS if match[name])
    return periods.part(of, which) or (of if of.precision in ("week", "season") else None)


def _whole(expression: Expression) -> Period | None:
    rules = (
        dated.month_of_year,
        relative.turned_unit,
        dated.season_of_year,
        dated.year_alone,
        dated.hijri,
        _this_bare_unit,
    )
    return _first_of(rules, expression)


def _first_of(rules: tuple[Rule, ...], expression: Expression) -> Period | None:
    return next((found for rule in rules if (found := rule(expression))), None)


def nth_of_period(expression: Expression) -> Period | None:
    """«15 من الشهر الجاري», «اليوم الأول من العام», «الأسبوع الأول من يناير».

    «لليوم السابع» of something that goes on is the day of the report.
    """
    if _NTH_DAY.fullmatch(expression.form):
        return periods.day(expression.today) if expression.today else None
    match = _NTH_OF.fullmatch(expression.form)
    if not match or not (of := _whole(expression.of(match["of"]))):
        return None
    number = day_number(match)
    if number is None or of.precision not in ("month", "year"):
        return None
    if match["unit"] == "اسبوع":
        first = of.first + timedelta(weeks=number - 1)
        return periods.interval(periods.day(first), periods.day(min(first + timedelta(days=6), of.last)))
    found = of.first + timedelta(days=number - 1)
    return periods.day(found) if found <= of.last and (match["unit"] or of.precision == "month") else None


def day_range(expression: Expression) -> Period | None:
    """«من 5 إلى 10 مارس», «5-10 مارس», «السبت والأحد», «من يناير إلى مارس 2015»."""
    if match := _YEARS.fullmatch(expression.form):
        first, second = int(match["first"]), match["second"]
        last = int(second) if len(second) == 4 else first // 100 * 100 + int(second)
        return periods.interval(periods.year(first), periods.year(last)) if 1000 < first < last < 2200 else None
    rules = (dated.day_of_month, relative.weekday, relative.named_day, dated.month_of_year)
    return _range(expression.of(expression.form.replace("/", "-")), rules)  # «ليلة 5/6 يونيو»


def numeric_range(expression: Expression) -> Period | None:
    """«من 20/1/2016 إلى 25/1/2016», «5-10/3/2016»; asked before ``dated.numeric``, which reads one date of the two."""
    return _range(expression, (dated.numeric,))


def _range(expression: Expression, rules: tuple[Rule, ...]) -> Period | None:
    """From one date to another, both as the rules read them."""
    ends = _ends(_RANGE_OPENING.sub("", expression.form, count=1))
    if ends is None or (end := _first_of(rules, expression.of(ends[1]))) is None:
        return None
    bare = _BARE_DAY.fullmatch(ends[0])
    if bare and end.precision == "day":
        number = day_number(bare)
        start = periods.day_at(end.first.year, end.first.month, number) if number else None
    else:
        near = Expression(ends[0], end.first, "past")  # «من ديسمبر إلى مارس 2015»: the December before
        start = _first_of(rules, near)
    if start is None or start.precision != end.precision or start.first >= end.first:
        return None
    return periods.interval(start, end)


def _ends(form: str) -> tuple[str, str] | None:
    """The words on the two sides of «إلى», or of the middle dash: dates may have dashes of their own, as many each."""
    if between := _BETWEEN.search(form):
        return form[: between.start()], form[between.end() :]
    pieces = form.split("-")
    half = len(pieces) // 2
    return None if len(pieces) % 2 else ("-".join(pieces[:half]).strip(), "-".join(pieces[half:]).strip())


def _this_bare_unit(expression: Expression) -> Period | None:
    if expression.form in ("الجاري", "الحالي") and expression.today:
        return periods.shift(expression.today, "month", 0)  # «التاسع والعشرين من الجاري»
    match = _BARE_UNIT.fullmatch(expression.form)
    return periods.shift(expression.today, calendar.SINGULARS[match["unit"]], 0) if match and expression.today else None


def _fraction(of: Period, kind: str, which: str) -> Period | None:
    count = 2 if kind == "نصف" else 4
    index = {"اول": 0, "ثاني": 1, "ثان": 1, "ثالث": 2, "رابع": 3, "اخير": count - 1}[which]
    if index >= count:
        return None
    length = 12 // count
    year, first = of.first.year, index * length + 1
    return periods.interval(periods.month(year, first), periods.month(year, first + length - 1))
