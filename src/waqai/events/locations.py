"""The places of one document, resolved once, so that all its events speak of the same ones.

A mention is read by itself first (``waqai.events.places``); what the article says elsewhere helps where that
is not enough: the place named before («المدينة»), the place it is said to be in («لانكستر هاوس في لندن»), the
country that the sentence or the whole article is about. The last two give a country and no spot on the map.
"""

from __future__ import annotations

from dataclasses import replace

from waqai.events import lexicon
from waqai.events.names import comparable, without_article
from waqai.events.places import (
    PlaceContext,
    anaphoric_feature,
    capital_of,
    is_anaphoric,
    place_name,
    resolve_place,
    stated_country,
)
from waqai.events.sentences import sentence_around
from waqai.schema import Document, Entity
from waqai.schema.record import Place, RecordSpan

_SETS = lexicon.word_list("sets_of_states")
_BEYOND = lexicon.word_list("beyond_countries")
_CAPITAL = comparable("عاصمة")
_DIRECTIONS = lexicon.word_list("directions")


class PlaceResolver:
    """The places of one document.

    Args:
        document: the article with its mentions and relations.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._context = PlaceContext.of(document)
        self._home = self._context.home()
        self._tokens = frozenset(comparable(document.text).split())
        self._named = tuple(mention for mention in document.entities if mention.type in ("GPE", "LOC"))
        self._parties = frozenset(
            relation.tail.key for relation in document.arguments if relation.type in ("ACTOR", "RECIPIENT")
        )
        self._places: dict[tuple[int, int, str], Place] = {}
        self._open: set[tuple[int, int, str]] = set()

    def place(self, mention: Entity) -> Place:
        """The place a mention names; unresolved, with the reason, where the article does not tell."""
        if mention.key in self._open:  # its place hangs on one that hangs on its own: the name alone must do
            return resolve_place(self._document.surface(mention), context=self._context)
        if mention.key not in self._places:
            self._open.add(mention.key)
            self._places[mention.key] = self._resolved(mention)
            self._open.remove(mention.key)
        return self._places[mention.key]

    def _resolved(self, mention: Entity) -> Place:
        text = self._document.surface(mention)
        span = RecordSpan(self._document.id, mention.start, mention.end)
        feature = anaphoric_feature(text)
        found = self._capital(mention) or (self._place_before(mention, feature) if feature else None)
        if found:
            return replace(found, text=text, mentions=(span,), reason=f"takes up {found.name}")
        stated = stated_country(self._document, mention)
        bare = text[1:].lstrip() if self._is_joined(mention) else text
        place = replace(resolve_place(bare, context=self._context, stated_country=stated, mentions=(span,)), text=text)
        if place.is_resolved:
            return place
        place = self._contained(mention, place)
        return place if place.is_resolved else self._in_country(mention, place)

    def _capital(self, mention: Entity) -> Place | None:
        """«العاصمة» is the capital of the country whose nationality follows, else of the one the article is about."""
        words = place_name(self._document.surface(mention)).split()
        if not 0 < len(words) <= 2 or without_article(comparable(words[0])) != _CAPITAL:
            return None
        said = lexicon.country_of_word(comparable(words[1])) if len(words) == 2 else None
        code = said or stated_country(self._document, mention) or (self._home if len(words) == 1 else None)
        return capital_of(code) if code else None

    def _is_joined(self, mention: Entity) -> bool:
        """Whether «وتساليت» begins with a conjunction: the article has «تساليت», or a place stands before it."""
        text = self._document.surface(mention)
        if not text.startswith("و") or len(text) < 4 or resolve_place(text, context=self._context).is_resolved:
            return False
        before = any(other.end == mention.start - 1 for other in self._named)
        return before or comparable(text[1:]).split()[0] in self._tokens

    def _contained(self, mention: Entity, place: Place) -> Place:
        """An unknown place with the coordinates of the known one that the article puts it in."""
        for relation in self._document.relations:
            if relation.type == "located_in" and relation.head == mention and relation.tail.key != mention.key:
                around = self.place(relation.tail) if relation.tail.start > mention.start else None
                around = (
                    around
                    or self._places.get(relation.tail.key)
                    or resolve_place(self._document.surface(relation.tail), context=self._context)
                )
                if around.is_resolved:
                    return _inside(place, around)
        feature = anaphoric_feature(place.text.split()[-1])  # «مطار المدينة»
        if feature and " " in place.text and (around := self._place_before(mention, feature)):
            return _inside(place, around)
        return place

    def _in_country(self, mention: Entity, place: Place) -> Place:
        """An unknown place with the country that its own words, its sentence or the article put it in, and no spot."""
        words = [without_article(word) for word in comparable(place.name).split()]
        if not words or (_SETS | _BEYOND) & set(words) or is_anaphoric(place.text):
            return place
        for word in words[1:]:
            if code := lexicon.country_inside(word):
                return replace(place, country=code, reason=f"its own words say {code}")
        region = mention.type == "LOC" and not (len(words) == 1 and comparable(place.name) in _DIRECTIONS)
        if region:
            return place  # a front, a border, a gulf: not of one country
        if mention.type == "FAC" and (near := self._nearest(mention)):
            return replace(place, country=near.country, reason=f"near {near.name} in the sentence")
        if self._home:
            return replace(place, country=self._home, reason=f"the article is about {self._home}")
        return place

    def _nearest(self, mention: Entity) -> Place | None:
        """The place named last before a mention in its sentence, where the sentence has named one country's alone."""
        start = sentence_around(self._document, mention).start
        before = [
            self.place(other)
            for other in self._named
            if start <= other.start and other.end <= mention.start and other.key not in self._parties
        ]
        resolved = [place for place in before if place.is_resolved]
        return resolved[-1] if len({place.country for place in resolved}) == 1 else None

    def _place_before(self, mention: Entity, feature: str) -> Place | None:
        """The last place of a kind named before: what «المدينة» or «البلاد» stands for.

        «البلاد» is the country that the sentence names, else the one that the article is about. A name inside a
        longer one («اتفاق الجزائر») is taken up by nothing.
        """
        start = sentence_around(self._document, mention).start
        home = lexicon.countries().get(self._home or "") if feature == "country" else None
        for other in reversed(self._named):
            if other.end > mention.start or other.type != "GPE" or is_anaphoric(self._document.surface(other)):
                continue
            if home and other.start < start:
                return resolve_place(home.name)
            if any(
                around.start <= other.start and other.end <= around.end and around.type in ("EVENT", "LAW", "ORG")
                for around in self._document.entities
            ):
                continue
            place = self.place(other)
            if place.feature == feature:
                return place
        return None


def _inside(place: Place, around: Place) -> Place:
    """A place with the spot of the one around it, and its own name."""
    return replace(
        around, text=place.text, name=place.name, mentions=place.mentions, geonameid=None, reason=f"in {around.name}"
    )
