"""What an article says of a party: the country it is of, by relations and words, and its sector.

Relations go before words, and a party's own words before those of its office. Of two countries side by side
(«القوات الاميركية والعراقية») the first is taken, as annotators of event data do.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import lru_cache

from waqai.events import lexicon
from waqai.events.names import comparable, without_article
from waqai.events.places import PlaceContext, resolve_place
from waqai.events.sectors import organisation_in, sector_of
from waqai.schema import Document, Entity, Relation

_LOCATING = lexicon.word_list("locating")
_WELL_KNOWN = 100_000
"""Heads from which a place's bare name is taken to be the place."""
_OF_STATES = frozenset(("IGO", "UNO", "EUR"))
"""Sectors of organisations of states, whose officers are theirs."""


class Affiliations:
    """The relations of one document's parties.

    Args:
        document: the article with its mentions and relations.
        places: the countries it speaks of.
        clean: gives a mention's text without its clitics.
    """

    def __init__(self, document: Document, places: PlaceContext, clean: Callable[[Entity], str]) -> None:
        self._document, self._places, self._clean = document, places, clean
        self._tails: dict[tuple[int, int, str], list[Relation]] = {}
        self._with_members: set[tuple[int, int, str]] = set()
        for relation in document.relations:
            if not relation.is_argument and relation.type != "same_as":
                self._tails.setdefault(relation.head.key, []).append(relation)
                if relation.type == "member_of" and relation.head.type == "GPE":
                    self._with_members.add(relation.tail.key)

    def tail(self, mention: Entity, label: str) -> Entity | None:
        """The first mention that a relation leads to."""
        return next((relation.tail for relation in self._tails.get(mention.key, ()) if relation.type == label), None)

    def country(self, mention: Entity, office: Entity | None) -> str | None:
        """Alpha-3 by relations and the words of the mention and its office."""
        sources = list(filter(None, (mention, office)))
        for source in sources:
            for label in ("affiliated_with", "member_of", "located_in"):
                for relation in self._tails.get(source.key, ()):
                    if relation.type == label and (code := self._country_of_tail(relation.tail)):
                        return code
        for source in sources:
            if code := self._country_inside(source):
                return code
        return None

    def sector(self, mention: Entity, form: str, office: str | None, country: str | None) -> str | None:
        """PLOVER sector by the office, the organisation, the words.

        Args:
            mention: the party.
            form: its comparable name.
            office: the words of the office it holds.
            country: its country; an officer without one may be of an organisation of states.
        """
        if mention.type == "PERS":
            return self._sector_of_person(mention, office, country)
        if inner := organisation_in(form):
            return inner.sector
        for relation in self._tails.get(mention.key, ()):
            if mention.type == "NORP" and relation.tail.type == "ORG":
                known = lexicon.organisations().get(self._form(relation.tail))
                if known:
                    return known.sector  # «مقاتلو التنظيم» are the organisation's
        if found := sector_of(form):
            return found
        return "IGO" if mention.type == "ORG" and mention.key in self._with_members else None

    def _sector_of_person(self, mention: Entity, office: str | None, country: str | None) -> str | None:
        if office is not None:
            form = comparable(office)
            organisation = organisation_in(form, of_office=True)
            if organisation and organisation.sector in _OF_STATES and country is None:
                return organisation.sector
            return sector_of(form)
        tail = next((r.tail for r in self._tails.get(mention.key, ()) if r.tail.type == "ORG"), None)
        if tail is None:
            return None
        known = lexicon.organisations().get(self._form(tail))
        return known.sector if known else sector_of(self._form(tail))

    def _country_inside(self, mention: Entity) -> str | None:
        """What a mention's own words say; those of a person's name say nothing («جورجيا ميلوني», «تركي المالكي»)."""
        form = comparable(self._document.surface(mention))
        return None if mention.type == "PERS" else inner_country(form, of_people=mention.type == "NORP")

    def _form(self, mention: Entity) -> str:
        return comparable(self._clean(mention))

    def _country_of_tail(self, tail: Entity, depth: int = 2) -> str | None:
        form = self._form(tail)
        if tail.type == "ORG" and (known := lexicon.organisations().get(form)):
            return known.country
        if code := lexicon.country_of_word(form) or inner_country(form, of_people=tail.type == "NORP"):
            return code
        if tail.type == "GPE":
            return resolve_place(self._document.surface(tail), context=self._places).country
        for relation in self._tails.get(tail.key, ()) if depth else ():
            if relation.type in ("affiliated_with", "located_in") and (
                code := self._country_of_tail(relation.tail, depth - 1)
            ):
                return code
        return None


@lru_cache(maxsize=16384)
def inner_country(form: str, *, of_people: bool) -> str | None:
    """The country that the words of a comparable name speak of: a country, a nationality, an organisation, a city."""
    country = lexicon.country_of_word if of_people else lexicon.country_inside
    words = form.split()
    for length in (2, 1):  # «كوريا الجنوبية» before «كوريا»
        for start in range(len(words) - length + 1):
            piece = " ".join(words[start : start + length])
            if code := country(piece):
                return code
            if piece[0] in "بل" and (code := lexicon.country_names().get(piece[1:])):
                return code
    if known := organisation_in(form):
        return known.country
    for before, word in itertools.pairwise(words):
        if before in _LOCATING and (found := lexicon.places().get(word)) and found[0].population >= _WELL_KNOWN:
            return found[0].country  # «شرطة النجدة في بغداد»
    return None


def is_of_one_country(form: str) -> bool:
    """Whether a comparable name can be a party inside one country: no set of states, nothing Arab or international."""
    return not {without_article(word) for word in form.split()} & (
        lexicon.word_list("sets_of_states") | lexicon.word_list("over_countries")
    )
