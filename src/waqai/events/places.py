"""Location mentions to places: a country, a city with its province and coordinates, or nothing.

Candidates are ranked by what a reader goes by: the country the text puts the place in, the countries and other
places of the article, and how many people live there. Where two candidates stay close, the place is left
unresolved; a wrong coordinate is worse on a map than none.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from waqai.events import lexicon
from waqai.events.lexicon import GazetteerPlace
from waqai.events.names import comparable, strip_clitics, without_article, without_clitics
from waqai.schema import Document, Entity
from waqai.schema.record import Place, RecordSpan

_CLASS_WORDS = {
    word: feature for feature in ("city", "province", "country") for word in lexicon.word_list(f"{feature}_words")
}
_DIRECTIONS = lexicon.word_list("directions")
_DWARFED = 30
"""No context makes a reader think of a namesake so many times smaller: «باريس» is not the one in Texas."""
_MARGIN = 0.8
"""How far the best candidate must stand out, in the units of the ranking (one factor of ten in population)."""


@dataclass(frozen=True, slots=True)
class PlaceContext:
    """What an article says about where it is: how often each country is named, itself or through a place in it."""

    countries: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document) -> PlaceContext:
        """Count the countries that the mentions of a document name, and those of its unambiguous places."""
        counts: Counter[str] = Counter()
        for mention in document.entities:
            if mention.type not in ("GPE", "LOC", "NORP", "FAC"):
                continue
            name = place_name(document.surface(mention))
            form = comparable(name)
            if code := lexicon.country_of_word(form):
                counts[code] += 1
            else:
                in_countries = {place.country for place in lexicon.places().get(form, ())}
                if len(in_countries) == 1:
                    counts[in_countries.pop()] += 1
        return cls(counts)

    def dominant(self, share: float, count: int) -> str | None:
        """The country with at least this share of the article's mentions of countries, and so many of them."""
        most = max(self.countries, key=self.countries.__getitem__, default=None)
        if most is None or self.countries[most] < max(count, share * sum(self.countries.values())):
            return None
        return most


def place_name(text: str) -> str:
    """A place mention without clitics and class word: «لمدينة الموصل» → «الموصل»."""
    name = strip_clitics(text, _is_known)
    if _is_name(comparable(name)):
        return name
    words = name.split()
    while len(words) > 1 and (
        without_article(comparable(words[0])) in _CLASS_WORDS or comparable(words[0]) in _DIRECTIONS
    ):
        words = words[1:]
        if _is_name(comparable(" ".join(words))):
            break
    inner = strip_clitics(" ".join(words), _is_known)
    # «قاعدة عسكرية» is no «عسكرية»: the class word goes only from a name that stands alone.
    return inner if _is_name(comparable(inner)) else name


def resolve_place(
    text: str,
    *,
    context: PlaceContext | None = None,
    stated_country: str | None = None,
    mentions: tuple[RecordSpan, ...] = (),
) -> Place:
    """The place that a mention names.

    Args:
        text: the mention as it stands.
        context: the countries of the article.
        stated_country: alpha-3 of the country that the text itself puts the place in («الموصل العراقية»).
        mentions: where it stands.

    Returns:
        Always a place; unresolved (no country) where the name is unknown or ambiguous, with the reason.
    """
    name = place_name(text)
    form = comparable(name)
    if code := lexicon.country_names().get(form):
        country = lexicon.countries()[code]
        return Place(
            text,
            country.name,
            code,
            None,
            country.lat,
            country.lon,
            country.geonameid,
            "country",
            "a country's name",
            mentions,
        )
    if is_anaphoric(text):
        return Place(text, name, reason="stands for a place named elsewhere", mentions=mentions)
    candidates = lexicon.places().get(form) or lexicon.places().get(without_article(form)) or _with_inner_country(form)
    named_after = ""
    if not candidates and (named_after := _named_after(form)):
        candidates = lexicon.places()[named_after]
    if not candidates:
        if stated_country:
            return Place(text, name, stated_country, reason="only the country it is put in is known", mentions=mentions)
        return Place(text, name, reason="not in the gazetteer", mentions=mentions)
    candidates = _not_dwarfed(candidates, stated_country)
    ranked = sorted(
        ((_score(place, context, stated_country), place) for place in candidates), key=lambda pair: -pair[0]
    )
    (best_score, best), second = ranked[0], ranked[1] if len(ranked) > 1 else None
    near = second and _same_spot(best, second[1])
    if second and not near and best_score - second[0] < _MARGIN:
        return Place(text, name, reason=f"ambiguous: {_named(best)} or {_named(second[1])}", mentions=mentions)
    if best_score < 1.0:
        return Place(text, name, reason=f"{_named(best)} is small and in no country of the article", mentions=mentions)
    word = _CLASS_WORDS.get(without_article(comparable(text.split()[0])), "")
    reason = _reason(best, len(candidates), context, stated_country)
    feature = "province" if word == "province" and best.feature == "city" and best.admin1 else best.feature
    return Place(
        text, name, best.country, best.admin1, best.lat, best.lon, best.geonameid, feature,
        (f"named after {best.name}: " if named_after else "") + reason, mentions,
    )  # fmt: skip


def place_key(place: Place) -> str:
    """What identifies a place: a city by its spot (a hall in London is in London), else id or comparable name."""
    if place.feature == "city" and place.lat is not None and place.lon is not None:
        return f"{place.lat:.2f},{place.lon:.2f}"
    return f"geonames:{place.geonameid}" if place.geonameid else comparable(place.name)


def is_anaphoric(text: str) -> bool:
    """Whether a mention is a class word alone («المدينة», «البلاد»), which takes up a place named before."""
    return anaphoric_feature(text) is not None


def anaphoric_feature(text: str) -> str | None:
    """What a class word alone stands for: ``city``, ``province``, ``country``; ``None`` for any other mention."""
    for reading in without_clitics(comparable(text)):
        if reading.startswith("ال") and " " not in reading and (feature := _CLASS_WORDS.get(without_article(reading))):
            return feature
    return None


def stated_country(document: Document, mention: Entity) -> str | None:
    """The country that relations or a nationality beside it put a place in."""
    tails = [
        relation.tail for relation in document.relations if (relation.type, relation.head) == ("located_in", mention)
    ]
    for tail in tails:
        if code := lexicon.country_of_word(comparable(place_name(document.surface(tail)))):
            return code
    following = document.text[mention.end : mention.end + 24].split()
    if following and document.text[mention.end : mention.end + 1] == " ":
        return lexicon.demonyms().get(without_article(comparable(following[0])))
    return None


def _is_known(name: str) -> bool:
    form = comparable(name)
    first = without_article(form.split()[0]) if form else ""
    return _is_name(form) or (first in _CLASS_WORDS and " " in form)


def _is_name(form: str) -> bool:
    return form in lexicon.country_names() or form in lexicon.places()


def _with_inner_country(form: str) -> tuple[GazetteerPlace, ...]:
    """«الموصل العراقية», «شمال سوريا» in one mention: the name is the part before the nationality."""
    words = form.split()
    if len(words) > 1 and (code := lexicon.demonyms().get(without_article(words[-1]))):
        return tuple(place for place in lexicon.places().get(" ".join(words[:-1]), ()) if place.country == code)
    return ()


def _named_after(form: str) -> str:
    """The place in «مطار أربيل الدولي», a known name after a class word; empty where there is none."""
    words = form.split()
    if len(words) < 2 or without_article(words[0]) not in _CLASS_WORDS:
        return ""
    return next((name for name in (" ".join(words[1:3]), words[1]) if name in lexicon.places()), "")


def _not_dwarfed(candidates: tuple[GazetteerPlace, ...], stated: str | None) -> tuple[GazetteerPlace, ...]:
    """The candidates without those that a far greater namesake overshadows, unless the text puts it where they are."""
    greatest = max(candidate.population for candidate in candidates)
    return tuple(
        candidate
        for candidate in candidates
        if candidate.population * _DWARFED >= greatest or candidate.country == stated
    )


def _score(place: GazetteerPlace, context: PlaceContext | None, stated: str | None) -> float:
    score = math.log10(place.population + 10) - 2
    if stated:
        score += 6 if place.country == stated else -3
    if context and context.countries:
        share = context.countries.get(place.country, 0) / max(context.countries.values())
        score += 2 * share + (0.5 if share else 0)
    return score


def _same_spot(one: GazetteerPlace, other: GazetteerPlace) -> bool:
    """Whether two entries are one place to a reader: a town and its suburb or district, within about 50 km."""
    if one.country != other.country:
        return False
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return one.admin1 == other.admin1
    return math.hypot(one.lat - other.lat, (one.lon - other.lon) * math.cos(math.radians(one.lat))) < 0.5


def _named(place: GazetteerPlace) -> str:
    return ", ".join(part for part in (place.name, place.admin1, place.country) if part)


def _reason(place: GazetteerPlace, count: int, context: PlaceContext | None, stated: str | None) -> str:
    if count == 1:
        return "the only place of this name in the gazetteer"
    if stated == place.country:
        return f"the text puts it in {stated}"
    if context and context.countries.get(place.country):
        return (
            f"the article names {place.country} {context.countries[place.country]} times; population {place.population}"
        )
    return f"the most populous of {count} of this name ({place.population})"


__all__ = ["PlaceContext", "place_name", "resolve_place", "stated_country", "without_clitics"]
