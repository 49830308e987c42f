"""The packaged tables: countries and nationalities, organisations, people, offices, places, contexts, modes.

Each is read once, on first use; keys are comparable forms (``waqai.events.names.comparable``).
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources

from waqai.events.names import comparable, without_article

_PLURALS = ("", "ه", "ون", "ين", "ان", "ات", "و", "ا")


@dataclass(frozen=True, slots=True)
class Country:
    """A country: ISO 3166-1 alpha-3, its Arabic name, a point inside (degrees), its GeoNames id and its capital's."""

    alpha3: str
    name: str
    lat: float | None
    lon: float | None
    geonameid: int | None
    capital: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """An organisation or a person that the packaged table knows."""

    name: str
    country: str | None
    sector: str | None
    identifier: str | None


@dataclass(frozen=True, slots=True)
class GazetteerPlace:
    """A populated place or province; coordinates in degrees, population in heads (0 where not known)."""

    geonameid: int | None
    name: str
    country: str
    admin1: str | None
    lat: float | None
    lon: float | None
    population: int
    feature: str = "city"


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a packaged tab-separated table, by column name; ``.gz`` is unpacked."""
    data = (resources.files("waqai") / "events" / "resources" / name).read_bytes()
    lines = (gzip.decompress(data) if name.endswith(".gz") else data).decode().splitlines()
    columns = lines[0].split("\t")
    for line in lines[1:]:
        yield dict(zip(columns, line.split("\t"), strict=False))


@lru_cache(maxsize=1)
def _word_lists() -> Mapping[str, frozenset[str]]:
    return {row["list"]: frozenset(comparable(word) for word in row["words"].split("|")) for row in rows("words.tsv")}


def word_list(name: str) -> frozenset[str]:
    """The comparable words of one list of ``words.tsv``."""
    return _word_lists()[name]


@lru_cache(maxsize=1)
def countries() -> Mapping[str, Country]:
    """Countries by alpha-3."""
    known = {
        row["alpha3"]: Country(
            row["alpha3"],
            row["arabic"] or row["name"],
            float(row["lat"]) if row["lat"] else None,
            float(row["lon"]) if row["lon"] else None,
            int(row["geonameid"]) if row["geonameid"] else None,
            int(row["capital"]) if row.get("capital") else None,
        )
        for row in rows("countries.tsv")
    }
    for row in rows("demonyms.tsv"):  # the name the news uses comes first in the hand-written table
        old = known.get(row["alpha3"], Country(row["alpha3"], "", None, None, None))
        name = row["names"].split("|")[0]
        known[row["alpha3"]] = replace(old, name=name)
    return known


@lru_cache(maxsize=1)
def country_names() -> Mapping[str, str]:
    """Alpha-3 by the comparable form of every country name."""
    names = {comparable(country.name): code for code, country in countries().items() if country.name}
    for row in rows("countries.tsv"):
        names.setdefault(comparable(row["arabic"]), row["alpha3"])
    for row in rows("demonyms.tsv"):
        names |= {comparable(name): row["alpha3"] for name in row["names"].split("|")}
    names.pop("", None)
    return names


@lru_cache(maxsize=1)
def demonyms() -> Mapping[str, str]:
    """Alpha-3 by nationality word, in every gender and number, without the article.

    Countries outside the hand-written table follow the rule: the name without article and final vowel, with ي.
    """
    words: dict[str, str] = {}
    listed = set()
    for row in rows("demonyms.tsv"):
        listed.add(row["alpha3"])
        for adjective in filter(None, row["adjectives"].split("|")):
            words |= dict.fromkeys(_inflected(comparable(adjective)), row["alpha3"])
    for code, country in countries().items():
        stem = without_article(comparable(country.name))
        if code not in listed and " " not in stem and len(stem) > 3:
            stem = stem[:-1] if stem.endswith(("ا", "ه")) else stem
            for form in _inflected(stem.removesuffix("ي") + "ي"):
                words.setdefault(form, code)
    return words


def _inflected(adjective: str) -> Iterator[str]:
    first, *rest = adjective.split()
    for ending in _PLURALS if first.endswith("ي") else ("",):
        yield " ".join([first + ending, *(word + ending for word in rest)])
        if rest:  # both words with the article: «الكوريين الجنوبيين»
            yield " ".join([first + ending, *(f"ال{word}{ending}" for word in rest)])


@lru_cache(maxsize=1)
def organisations() -> Mapping[str, Known]:
    """Known organisations by every variant of their names."""
    return _known("organisations.tsv")


@lru_cache(maxsize=1)
def people() -> Mapping[str, Known]:
    """Known people by every variant of their names."""
    return _known("people.tsv")


def _known(table: str) -> Mapping[str, Known]:
    found: dict[str, Known] = {}
    for row in rows(table):
        known = Known(row["name"], row["country"] or None, row["sector"] or None, row["wikidata"] or None)
        for name in (row["name"], *row.get("variants", "").split("|")):
            if name:
                found.setdefault(comparable(name), known)
    return found


@lru_cache(maxsize=1)
def office_words() -> Mapping[str, tuple[str, str | None]]:
    """PLOVER sector and English office by the word that shows it, without the article."""
    return {
        without_article(comparable(row["word"])): (row["sector"], row.get("office") or None)
        for row in rows("offices.tsv")
    }


def _gazetteer_place(row: Mapping[str, str]) -> GazetteerPlace:
    return GazetteerPlace(
        int(row["geonameid"]),
        row["name"],
        row["country"],
        row["admin1"] or None,
        float(row["lat"]),
        float(row["lon"]),
        int(row["population"]),
    )


@lru_cache(maxsize=1)
def places() -> Mapping[str, tuple[GazetteerPlace, ...]]:
    """Populated places and provinces by the comparable form of their Arabic names, the most populous first."""
    found: defaultdict[str, list[GazetteerPlace]] = defaultdict(list)
    for row in rows("places.tsv.gz"):
        place = _gazetteer_place(row)
        for name in {comparable(name) for name in row["arabic"].split("|")}:
            found[name].append(place)
    by_id = {place.geonameid: place for listed in found.values() for place in listed}
    for row in rows("place_aliases.tsv"):  # spellings of the news that GeoNames lacks, or means a village by
        if alias := by_id.get(int(row["geonameid"])):
            found[comparable(row["alias"])] = [alias]
    for row in rows("provinces.tsv"):
        seats = found.get(comparable(row["seat"]), []) if row.get("seat") else []
        seat = next((place for place in seats if place.country == row["country"]), None)
        # A province's coordinates are its seat's, where it has one; no id of its own is in the extract.
        province = GazetteerPlace(
            None, row["admin1"] or row["name"], row["country"], row["admin1"] or None,
            seat.lat if seat else None, seat.lon if seat else None, 1_000_000, "province",
        )  # fmt: skip
        found[comparable(row["name"])].insert(0, province)
    return {name: tuple(listed) for name, listed in found.items()}


@lru_cache(maxsize=1)
def capitals() -> Mapping[str, GazetteerPlace]:
    """The capitals by alpha-3, each under the name the news uses: its alias, else the gazetteer's first Arabic name."""
    aliases = {int(row["geonameid"]): row["alias"] for row in reversed(list(rows("place_aliases.tsv")))}
    wanted = {country.capital: code for code, country in countries().items() if country.capital}
    found: dict[str, GazetteerPlace] = {}
    for row in rows("places.tsv.gz"):
        if code := wanted.get(id := int(row["geonameid"])):
            found[code] = replace(_gazetteer_place(row), name=aliases.get(id, row["arabic"].split("|")[0]))
    return found


@lru_cache(maxsize=1)
def context_words() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """PLOVER contexts, each with the comparable words that show it."""
    return tuple(
        (row["context"], tuple(comparable(word) for word in row["words"].split("|"))) for row in rows("contexts.tsv")
    )


@lru_cache(maxsize=1)
def mode_words() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """(event type, mode, comparable words that show it), in the order they are tried."""
    return tuple(
        (row["event"], row["mode"], tuple(comparable(word) for word in row["words"].split("|")))
        for row in rows("modes.tsv")
    )


def country_of_word(word: str) -> str | None:
    """Alpha-3 of a comparable country name or nationality word, with or without the article."""
    return country_names().get(word) or demonyms().get(word) or demonyms().get(without_article(word))


def country_inside(word: str) -> str | None:
    """Alpha-3 of a comparable word inside a name that is not of people.

    There «صحراوي», «روماني», «ألبان» and «مالي» are of the desert, of Rome, dairy and of money.
    """
    mostly_none = {word, without_article(word)} & word_list("nationalities_of_people_alone")
    return None if mostly_none else country_of_word(word)
