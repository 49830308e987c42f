"""Location mentions to places: a country, a city with its province and coordinates, or nothing.

Which of several places of one name is meant is decided in ``waqai.events.candidates``; a mention that is no name in
the gazetteer, or stands for one named elsewhere, is read with its article (``waqai.events.locations``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from waqai.events import lexicon
from waqai.events.candidates import choose, not_dwarfed
from waqai.events.names import comparable, strip_clitics, without_article, without_clitics
from waqai.schema import Document, Entity
from waqai.schema.record import Place, RecordSpan

_CLASS_WORDS = {
    word: feature for feature in ("city", "province", "country") for word in lexicon.word_list(f"{feature}_words")
}
_FACILITIES = lexicon.word_list("facility_words")
_DIRECTIONS = lexicon.word_list("directions")
_HOME_COUNT, _HOME_LEAD = 3, 2
"""How often an article names the country it is about, and how much more often than the next one."""


@dataclass(frozen=True, slots=True)
class PlaceContext:
    """What an article says about where it is: how often each country is named, itself or through a place in it."""

    countries: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document) -> PlaceContext:
        """Count the countries that the mentions of a document name, and those of its unambiguous places."""
        return cls.of_mentions(document, document.entities)

    @classmethod
    def of_mentions(cls, document: Document, mentions: Iterable[Entity]) -> PlaceContext:
        """Count over some mentions of a document alone, as those of one sentence."""
        counts: Counter[str] = Counter()
        for mention in mentions:
            if mention.type not in ("GPE", "LOC", "NORP", "FAC"):
                continue
            form = comparable(place_name(document.surface(mention)))
            if _capital_of_other(form):
                continue
            if code := lexicon.country_of_word(form):
                counts[code] += 1
            elif mention.type != "NORP" and (candidates := lexicon.places().get(form)):
                # A village without inhabitants on record is no rival of a city, and alone says little.
                in_countries = {place.country for place in not_dwarfed(candidates) if place.population}
                if len(in_countries) == 1:
                    counts[in_countries.pop()] += 1
        return cls(counts)

    @property
    def only(self) -> str | None:
        """The country named, where no other is."""
        return next(iter(self.countries)) if len(self.countries) == 1 else None

    def home(self) -> str | None:
        """The country an article is about: named three times and twice as often as any other, or alone named twice."""
        (first, most), (_, next_most) = (*Counter(self.countries).most_common(2), ("", 0), ("", 0))[:2]
        if (most >= _HOME_COUNT and most >= _HOME_LEAD * next_most) or (most > 1 and not next_most):
            return first
        return None


@lru_cache(maxsize=16384)
def place_name(text: str) -> str:
    """A place mention without clitics and class word: «لمدينة الموصل» → «الموصل»."""
    name = strip_clitics(text, _is_known)
    if _is_name(comparable(name)):
        return name
    words = name.split()
    if len(words) > 1 and comparable(words[-1]) in _DIRECTIONS and _is_name(comparable(" ".join(words[:-1]))):
        return " ".join(words[:-1])  # «القدس الغربية»
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
    rest, _, last = name.rpartition(" ")
    if rest and form not in lexicon.places() and (said := lexicon.demonyms().get(without_article(comparable(last)))):
        inner = resolve_place(rest, context=context, stated_country=said, mentions=mentions)  # «الموصل العراقية»
        if inner.country == said and has_spot(inner):
            return replace(inner, text=text)
    if code := _country_named(form, context):
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
    if is_anaphoric(text) or form in _CLASS_WORDS:
        return Place(text, name, reason="stands for a place named elsewhere", mentions=mentions)
    candidates = lexicon.places().get(form) or lexicon.places().get(without_article(form))
    named_after = ""
    if not candidates and (named_after := _named_after(form)):
        candidates = lexicon.places()[named_after]
    if not candidates:
        if stated_country:
            return Place(text, name, stated_country, reason="only the country it is put in is known", mentions=mentions)
        return Place(text, name, reason="not in the gazetteer", mentions=mentions)
    best, reason = choose(candidates, context.countries if context else {}, stated_country)
    if best is None:
        return Place(text, name, reason=reason, mentions=mentions)
    word = _CLASS_WORDS.get(without_article(comparable(text.split()[0])), "")
    feature = "province" if word == "province" and best.feature == "city" and best.admin1 else best.feature
    is_site = bool(named_after) or (" " in text and _is_site(comparable(text)))
    return Place(
        text, name, best.country, best.admin1, best.lat, best.lon, None if is_site else best.geonameid, feature,
        (f"named after {best.name}: " if is_site else "") + reason, mentions,
    )  # fmt: skip


def capital_of(country: str) -> Place | None:
    """A country's capital by alpha-3; ``None`` where the gazetteer lacks it."""
    found = lexicon.capitals().get(country)
    if found is None:
        return None
    return Place(
        found.name,
        found.name,
        country,
        found.admin1,
        found.lat,
        found.lon,
        found.geonameid,
        "city",
        f"capital of {country}",
    )


def place_key(place: Place) -> str:
    """What identifies a place: a city by its spot (a hall in London is in London), else its id, else name and country.

    A place of which only the country is known has a key that holds within its article alone: ``has_spot`` tells.
    """
    if place.feature == "city" and place.lat is not None and place.lon is not None:
        return f"{place.lat:.2f},{place.lon:.2f}"
    return f"geonames:{place.geonameid}" if place.geonameid else f"{place.country}:{comparable(place.name)}"


def has_spot(place: Place) -> bool:
    """Whether more than the country is known of a place, so that its key means the same in every article."""
    return place.is_resolved and place.feature is not None


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


def _country_named(form: str, context: PlaceContext | None) -> str | None:
    """The country of this name, unless it is also another's capital («عمان») and the article speaks of that one."""
    code = lexicon.country_names().get(form)
    rival = _capital_of_other(form) if code else None
    countries = context.countries if context else {}
    return None if code and rival and countries.get(rival, 0) > countries.get(code, 0) else code


def _capital_of_other(form: str) -> str | None:
    """The country whose capital has the name of another country."""
    code = lexicon.country_names().get(form)
    for place in lexicon.places().get(form, ()) if code else ():
        capital = lexicon.capitals().get(place.country)
        if place.country != code and capital and capital.geonameid == place.geonameid:
            return place.country
    return None


def _named_after(form: str) -> str:
    """The place in «مطار أربيل الدولي», a known name after a word for a site and before adjectives; else empty."""
    words = form.split()
    if len(words) < 2 or not _is_site(form):
        return ""
    return next(
        (
            name
            for end in (3, 2)
            if (name := " ".join(words[1:end])) in lexicon.places()
            and all(word.startswith("ال") for word in words[end:])
        ),
        "",
    )


def _is_site(form: str) -> bool:
    """Whether a comparable name is that of an airport, a prison, a strait: named after a town, and not the town."""
    return any(without_article(reading.split()[0]) in _FACILITIES for reading in without_clitics(form))
