"""Places: resolved with a reason, or left open."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from waqai.events import PlaceContext, assemble, resolve_place
from waqai.events.places import place_name
from waqai.schema import Document


@pytest.mark.parametrize(
    ("text", "name", "country", "geonameid"),
    [
        ("باريس", "باريس", "FRA", 2988507),
        ("بباريس", "باريس", "FRA", 2988507),
        ("لمدينة الموصل", "الموصل", "IRQ", 99072),
        ("والرقة", "الرقة", "SYR", 172955),
        ("واشنطن", "واشنطن", "USA", 4140963),
        ("بروكسيل", "بروكسيل", "BEL", 2800866),
        ("سورية", "سوريا", "SYR", 163843),
        ("وأستراليا", "أستراليا", "AUS", 2077456),
        ("محافظة الأنبار", "الأنبار", "IRQ", None),
    ],
)
def test_a_place_is_found_under_clitics_and_class_words(
    text: str, name: str, country: str, geonameid: int | None
) -> None:
    place = resolve_place(text, context=PlaceContext({"SYR": 2, "IRQ": 3}))
    assert (place.name, place.country, place.geonameid) == (name, country, geonameid)
    assert place.reason
    assert (place.lat is None) == (place.lon is None)


@pytest.mark.parametrize("text", ["لانكستر هاوس", "دول الخليج", "قاعدة عسكرية", "المدينة", "سرقوسطة العليا"])
def test_what_is_unknown_stays_unresolved_with_a_reason(text: str) -> None:
    place = resolve_place(text, context=PlaceContext({"SYR": 1}))
    assert not place.is_resolved
    assert place.lat is None
    assert place.geonameid is None
    assert place.reason


def test_an_ambiguous_place_waits_for_its_country() -> None:
    assert not resolve_place("طرابلس").is_resolved
    assert resolve_place("طرابلس", context=PlaceContext({"LBN": 4})).country == "LBN"
    assert resolve_place("طرابلس", context=PlaceContext({"LBY": 4})).country == "LBY"
    assert resolve_place("طرابلس", context=PlaceContext({"LBY": 4}), stated_country="LBN").country == "LBN"


def test_no_context_makes_paris_the_one_in_texas() -> None:
    assert resolve_place("باريس", context=PlaceContext({"USA": 50})).country == "FRA"


def test_the_text_puts_a_place_in_a_country(article: Callable[..., Document]) -> None:
    document = article(
        "S قصفت الطائرات طرابلس اللبنانية.\ne1 GPE طرابلس\ne2 NORP اللبنانية\nt1 ASSAULT قصفت\n> t1 LOCATION e1\n"
    )
    (record,) = assemble(document)
    assert record.event_loc is not None
    assert record.event_loc.country == "LBN"


def test_a_class_word_alone_takes_up_the_place_named_before(article: Callable[..., Document]) -> None:
    document = article(
        "S دخل الجيش الموصل.\ne1 GPE الموصل\nS وقصف الطيران المدينة.\ne2 GPE المدينة\nt1 ASSAULT وقصف\n> t1 LOCATION e2\n"
    )
    (record,) = assemble(document)
    assert record.event_loc is not None
    assert (record.event_loc.geonameid, record.event_loc.text) == (99072, "المدينة")


def test_a_name_loses_its_class_word_only_where_it_stands_alone() -> None:
    assert place_name("مدينة الرقة") == "الرقة"
    assert place_name("قاعدة عسكرية") == "قاعدة عسكرية"


def test_an_unknown_place_stands_where_the_text_puts_it(article: Callable[..., Document]) -> None:
    document = article(
        "S اجتمعوا في لانكستر هاوس في لندن.\ne1 FAC لانكستر هاوس\ne2 GPE لندن\nt1 CONSULT اجتمعوا\n"
        "> t1 LOCATION e1\n> e1 located_in e2\n"
    )
    place = assemble(document)[0].event_loc
    assert place is not None
    assert (place.name, place.country, place.lat, place.geonameid) == ("لانكستر هاوس", "GBR", 51.5085, None)


@pytest.mark.parametrize(("text", "country"), [("مطار أربيل الدولي", "IRQ"), ("قاعدة القيارة الجوية", "IRQ")])
def test_a_site_named_after_a_place_is_there(text: str, country: str) -> None:
    place = resolve_place(text, context=PlaceContext({"IRQ": 3}))
    assert place.country == country
    assert place.reason is not None
    assert place.reason.startswith("named after")
