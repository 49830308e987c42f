"""Places: resolved with a reason, or left open."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from waqai.events import PlaceContext, PlaceResolver, assemble, resolve_place
from waqai.events.places import has_spot, place_name
from waqai.schema import Document
from waqai.schema.record import Place


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


@pytest.mark.parametrize(
    ("text", "geonameid"), [("القدس الغربية", 281184), ("مطار أربيل", None), ("سجن بغداد المركزي", None)]
)
def test_a_part_is_its_city_and_a_site_is_not(text: str, geonameid: int | None) -> None:
    place = resolve_place(text, context=PlaceContext({"IRQ": 3, "ISR": 1}))
    assert place.is_resolved
    assert place.geonameid == geonameid


def test_a_village_is_not_taken_for_the_beginning_of_another_name() -> None:
    assert not resolve_place("بلدة دير سنبل", context=PlaceContext({"SYR": 9})).is_resolved


def test_a_capital_with_a_country_s_name_is_what_the_article_speaks_of() -> None:
    assert resolve_place("عمان", context=PlaceContext({"JOR": 2})).geonameid == 250441
    assert resolve_place("عمان", context=PlaceContext({"OMN": 2})).feature == "country"


def _places(document: Document) -> dict[str, tuple[str, str | None, int | None]]:
    resolver = PlaceResolver(document)
    return {
        document.surface(mention): (place.name, place.country, place.geonameid)
        for mention in document.entities
        for place in [resolver.place(mention)]
    }


def test_a_conjunction_goes_from_an_unknown_place_that_follows_another(article: Callable[..., Document]) -> None:
    document = article("S حررت منبج ودابقستان من المسلحين.\ne1 GPE منبج\ne2 GPE ودابقستان\n")
    assert _places(document)["ودابقستان"][0] == "دابقستان"


_ABOUT_IRAQ = "S في العراق حرب.\ne1 GPE العراق\nS وفي بغداد هدوء.\ne2 GPE بغداد\nS والعراق باق.\ne3 GPE والعراق\n"


@pytest.mark.parametrize(
    ("words", "kind", "expected"),
    [
        ("ثكناته", "FAC", ("ثكناته", "IRQ", None)),  # somewhere in the country the article is about
        ("العاصمة", "GPE", ("بغداد", "IRQ", 98182)),
        ("البلاد", "GPE", ("العراق", "IRQ", 99237)),
        ("دول الجوار", "GPE", ("دول الجوار", None, None)),
        ("باقي العالم", "LOC", ("باقي العالم", None, None)),
    ],
)
def test_the_article_s_country_helps_what_is_in_it(
    article: Callable[..., Document], words: str, kind: str, expected: tuple[str, str | None, int | None]
) -> None:
    assert _places(article(f"{_ABOUT_IRAQ}S هاجموا {words} أمس.\ne9 {kind} {words}\n"))[words] == expected


@pytest.mark.parametrize(
    ("words", "country"),
    [("المعسكر الفرنسي", "FRA"), ("الطريق الصحراوي", "IRQ"), ("المسرح الروماني", "IRQ"), ("مصنع الألبان", "IRQ")],
)
def test_an_adjective_that_is_no_nationality_puts_a_site_nowhere(
    article: Callable[..., Document], words: str, country: str
) -> None:
    assert _places(article(f"{_ABOUT_IRAQ}S هاجموا {words} أمس.\ne9 FAC {words}\n"))[words] == (words, country, None)


def test_a_site_is_where_its_sentence_is(article: Callable[..., Document]) -> None:
    document = article(f"{_ABOUT_IRAQ}S وقع في باريس انفجار في مقر الحزب.\ne8 GPE باريس\ne9 FAC مقر الحزب\n")
    assert _places(document)["مقر الحزب"] == ("مقر الحزب", "FRA", None)


def test_a_name_inside_another_is_not_taken_up(article: Callable[..., Document]) -> None:
    document = article(
        "S في مالي انسحبت البعثة بعد اتفاق الجزائر من البلاد.\ne1 GPE مالي\ne2 LAW اتفاق الجزائر\n"
        "e3 GPE الجزائر\ne4 GPE البلاد\n"
    )
    assert _places(document)["البلاد"][1] == "MLI"


def test_only_a_country_is_no_key_over_articles() -> None:
    place = Place("ثكناته", "ثكناته", "IRQ")
    assert place.is_resolved
    assert not has_spot(place)


def test_a_nationality_inside_a_mention_says_the_country() -> None:
    assert resolve_place("مدينة الموصل العراقية").geonameid == 99072
    assert resolve_place("طرابلس اللبنانية").country == "LBN"


def test_a_class_word_alone_is_no_town() -> None:
    assert not resolve_place("مدينة", context=PlaceContext({"SAU": 5})).is_resolved


def test_two_places_that_hang_on_each_other_stay_open(article: Callable[..., Document]) -> None:
    document = article("S وصلوا إلى دابقستان في المدينة.\ne1 GPE دابقستان\ne2 GPE المدينة\n> e1 located_in e2\n")
    assert {found[1:] for found in _places(document).values()} == {(None, None)}
