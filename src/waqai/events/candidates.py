"""Which of the places of one name is meant, with the reason.

Candidates are ranked by what a reader goes by: the country the text puts the place in, the countries and other
places of the article, and how many people live there. Where two candidates stay close, none is chosen; a wrong
coordinate is worse on a map than none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from waqai.events.lexicon import GazetteerPlace

_DWARFED = 30
"""No context makes a reader think of a namesake so many times smaller: «باريس» is not the one in Texas."""
_MARGIN = 0.8
"""How far the best candidate must stand out, in the units of the ranking (one factor of ten in population)."""
_LEAST = 1.0
"""The score below which a place is too small to be meant without a word of its country."""


def choose(
    candidates: Sequence[GazetteerPlace], countries: Mapping[str, int], stated: str | None
) -> tuple[GazetteerPlace | None, str]:
    """The candidate that is meant, and why it or why none.

    Args:
        candidates: at least one place.
        countries: how often the article names each country, by alpha-3.
        stated: the country that the text itself puts the place in.
    """
    near = not_dwarfed(candidates, stated)
    ranked = sorted(((_score(place, countries, stated), place) for place in near), key=lambda pair: -pair[0])
    (best_score, best), second = ranked[0], ranked[1] if len(ranked) > 1 else None
    if second and not _same_spot(best, second[1]) and best_score - second[0] < _MARGIN:
        return None, f"ambiguous: {_named(best)} or {_named(second[1])}"
    if best_score < _LEAST:
        return None, f"{_named(best)} is small and in no country of the article"
    return best, _reason(best, len(near), countries, stated)


def not_dwarfed(candidates: Sequence[GazetteerPlace], stated: str | None = None) -> tuple[GazetteerPlace, ...]:
    """The candidates without those that a far greater namesake overshadows, unless the text puts it where they are."""
    greatest = max(candidate.population for candidate in candidates)
    return tuple(
        candidate
        for candidate in candidates
        if candidate.population * _DWARFED >= greatest or candidate.country == stated
    )


def _score(place: GazetteerPlace, countries: Mapping[str, int], stated: str | None) -> float:
    score = math.log10(place.population + 10) - 2
    if stated:
        score += 6 if place.country == stated else -3
    if countries:
        share = countries.get(place.country, 0) / max(countries.values())
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


def _reason(place: GazetteerPlace, count: int, countries: Mapping[str, int], stated: str | None) -> str:
    if count == 1:
        return "the only place of this name in the gazetteer"
    if stated == place.country:
        return f"the text puts it in {stated}"
    if countries.get(place.country):
        return f"the article names {place.country} {countries[place.country]} times; population {place.population}"
    return f"the most populous of {count} of this name ({place.population})"
