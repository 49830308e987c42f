"""Parties of events: one name for all variants, the office held, country and PLOVER sector, a Wikidata id.

What the article says goes first (relations, a nationality inside the mention), then the packaged tables, then
what the head word alone shows. A party inside one country («الحكومة», «الأهالي») of which nothing is said is of the
only country of its sentence, else of the one the article is about. Nothing said and nothing known leaves country
or sector open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from waqai.events import lexicon
from waqai.events.affiliations import Affiliations, is_of_one_country
from waqai.events.lexicon import Known
from waqai.events.names import comparable, strip_clitics, without_article
from waqai.events.places import PlaceContext, resolve_place
from waqai.events.profiles import Profile
from waqai.events.sentences import sentence_around
from waqai.events.variants import Key, parties_of
from waqai.schema import Document, Entity
from waqai.schema.record import Actor, RecordSpan

_COUNTERPART = frozenset(("نظيره", "نظيرها", "نظيرته", "نظيرتها", "ونظيره", "نظير"))
_INSIDE = frozenset(("AGR", "COP", "CVL", "EDU", "GOV", "JUD", "LAB", "LEG", "MED", "MIL", "OPP", "PTY", "SOC", "SPY"))
"""Sectors whose parties are of one country, and mostly of the one that is spoken of."""
_OVER_COUNTRIES = frozenset(("EUR", "IGO", "UNO"))
_PARTY_TYPES = frozenset(("PERS", "OCC", "NORP", "ORG", "GPE", "LOC", "FAC", "PRODUCT"))
_POSSESSED = re.compile(r"(?P<stem>\w{3,}?)(?P<owner>ها|هم|هما|ه)$")
_OWN_COUNTRY = frozenset(comparable(word) for word in ("بلاد", "بلد", "دولة"))
_PEOPLE = ("ين", "ون", "ان", "ات")


class ActorResolver:
    """The parties of one document, resolved once so that all its events speak of the same ones.

    Args:
        document: the article with its mentions and relations.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._same: dict[Key, set[Key]] = {}
        for relation in document.relations:
            if relation.type == "same_as":
                self._same.setdefault(relation.head.key, set()).add(relation.tail.key)
                self._same.setdefault(relation.tail.key, set()).add(relation.head.key)
        self._places = PlaceContext.of(document)
        self._affiliations = Affiliations(document, self._places, self._clean)
        self._tokens = frozenset(word for word in comparable(document.text).split() if len(word) > 2)
        self._surfaces = frozenset(comparable(document.surface(mention)) for mention in document.entities)
        self._profiles: dict[Key, Profile] = {}
        for mention in document.entities:
            if mention.type in _PARTY_TYPES:
                self._profiles[mention.key] = self._profile(mention)
        self._actors = self._unify(self._profiles.values())
        self._made: dict[Key, Actor] = {}

    def actor(self, mention: Entity) -> Actor:
        """The party that a mention names; mentions of one party give equal names and codes."""
        made = self._made.get(mention.key)
        if made is None:
            made = self._made[mention.key] = self._actor(mention)
        return made

    def _actor(self, mention: Entity) -> Actor:
        actor = self._actors.get(mention.key)
        if actor is None:
            actor = Actor(self._document.surface(mention), self._clean(mention))
        span = RecordSpan(self._document.id, mention.start, mention.end)
        return replace(actor, text=self._document.surface(mention), mentions=(span,))

    def _clean(self, mention: Entity) -> str:
        text = self._document.surface(mention)
        common = mention.type not in ("PERS", "GPE")
        return " ".join(strip_clitics(text, lambda reading: self._is_name(reading, text), common=common).split())

    def _is_name(self, reading: str, text: str) -> bool:
        form = comparable(reading)
        if not form:
            return False
        first = without_article(form.split()[0])
        return (
            form.split()[0] in lexicon.word_list("no_clitics")
            or form in lexicon.organisations()
            or form in lexicon.people()
            or lexicon.country_of_word(form) is not None
            or form in lexicon.places()
            or first in lexicon.office_words()
            # The article itself shows the bare form elsewhere: «ولودريان» beside «لودريان».
            or (reading != text and form in self._surfaces)
            or (text.startswith(("و", "ف")) and reading == text[1:] and form.split()[0] in self._tokens)
        )

    def _profile(self, mention: Entity) -> Profile:
        name = self._clean(mention)
        form = comparable(name)
        known = self._known(mention, form)
        holds = self._affiliations.tail(mention, "has_occupation") if mention.type == "PERS" else None
        office = self._office(holds) if holds else None
        country = self._affiliations.country(mention, holds)
        sector = self._affiliations.sector(mention, form, office, country)
        if known:
            name = known.name
            country = known.country if known.sector else country or known.country
            sector = known.sector if mention.type != "PERS" else sector or known.sector
        elif mention.type in ("GPE", "NORP", "LOC") and (code := lexicon.country_of_word(form)):
            country = code
            if mention.type == "NORP" and self._are_people(mention, form):
                pass  # «السوريين» are people; «الروسية» beside an act is the state
            else:
                if mention.type != "NORP" or lexicon.demonyms().get(without_article(form)):
                    name = lexicon.countries()[code].name
                sector = sector or (None if mention.type == "LOC" else "GOV")
        elif mention.type == "GPE":
            name, country, sector = self._of_place(mention, name, country, sector)
        if country is None and known is None and (owner := self._owner(mention, form)):
            country = owner.country
            if comparable(form).removesuffix("ها").removesuffix("ه") in _OWN_COUNTRY and country:
                name, sector = lexicon.countries()[country].name, "GOV"
        return Profile(mention, name, form, known, office, country, sector)

    def _known(self, mention: Entity, form: str) -> Known | None:
        if mention.type == "PERS":
            return lexicon.people().get(form)
        known = lexicon.organisations().get(form) or lexicon.organisations().get(without_article(form))
        if known and form in lexicon.word_list("needs_full_name"):
            said = {lexicon.organisations().get(other) for other in self._surfaces - {form}}
            return known if known in said else None
        return known

    def _of_place(
        self, mention: Entity, name: str, country: str | None, sector: str | None
    ) -> tuple[str, str | None, str | None]:
        """A city or a set of states: a capital that acts is its government («واشنطن ترفض»), as states are."""
        words = {without_article(word) for word in comparable(name).split()}
        if words & lexicon.word_list("sets_of_states"):
            return name, country, "GOV"
        place = resolve_place(self._document.surface(mention), context=self._places)
        if not place.is_resolved or place.country is None:
            return name, country, sector
        capital = lexicon.capitals().get(place.country)
        is_capital = capital is not None and capital.geonameid == place.geonameid
        return place.name, place.country, "GOV" if is_capital else sector

    def _are_people(self, mention: Entity, form: str) -> bool:
        """Whether a nationality stands for people: a plural, or a singular that is counted («300 فرنسي»)."""
        if form.endswith(_PEOPLE):
            return True
        return any(other.type == "CARDINAL" and 0 < mention.start - other.end <= 1 for other in self._document.entities)

    def _owner(self, mention: Entity, form: str) -> Profile | None:
        """Whose «حكومته», «قواتها», «بلاده» it is: the last party before it in the sentence that is of a country."""
        found = _POSSESSED.match(form.split()[0]) if form else None
        if not found or self._document.surface(mention).split()[0].endswith("ة"):
            return None
        stem = found["stem"]
        stem = stem.removesuffix("ت") + "ه" if stem.endswith("ت") and stem not in lexicon.office_words() else stem
        if stem not in lexicon.office_words() and stem not in _OWN_COUNTRY:
            return None
        start = sentence_around(self._document, mention).start
        return next(
            (
                profile
                for profile in reversed(self._profiles.values())
                if profile.country
                and profile.mention.type in ("PERS", "GPE", "ORG", "OCC")
                and start <= profile.mention.start
                and profile.mention.end <= mention.start
            ),
            None,
        )

    def _spoken_of(self, mention: Entity) -> str | None:
        """The only country of a mention's sentence, else the one the article is about."""
        around = sentence_around(self._document, mention)
        inside = [e for e in self._document.entities if around.start <= e.start and e.end <= around.end]
        return self._places.home() or PlaceContext.of_mentions(self._document, inside).only

    def _unify(self, profiles: Iterable[Profile]) -> dict[Key, Actor]:
        actors: dict[Key, Actor] = {}
        for group in parties_of(profiles, self._same):
            known = next((profile.known for profile in group if profile.known), None)
            fullest = max(group, key=Profile.fullness)
            sector = next((profile.sector for profile in group if profile.sector), None)
            country = next((profile.country for profile in group if profile.country), None)
            if (known and known.sector) or sector in _OVER_COUNTRIES:
                country = known.country if known else None
            if country is None and known is None and sector in _INSIDE and self._is_inside(fullest):
                country = self._spoken_of(fullest.mention)
            actor = Actor(
                text=fullest.name,
                name=fullest.name,
                country=country,
                sector=sector,
                identifier=known.identifier if known else None,
                office=next((profile.office for profile in group if profile.office), None) or _own_office(fullest),
            )
            actors |= {profile.mention.key: actor for profile in group}
        return actors

    @staticmethod
    def _is_inside(profile: Profile) -> bool:
        """Whether a party can be of the country spoken of: «الحكومة», «متظاهرون», not «ممثلون» or «وزراء دول»."""
        if profile.mention.type not in ("PERS", "OCC", "NORP", "ORG"):
            return False
        definite = any(word.startswith("ال") for word in profile.form.split())
        says_which = definite or profile.mention.type == "PERS" or profile.sector != "GOV"
        return says_which and is_of_one_country(" ".join((profile.form, comparable(profile.office or ""))))

    def _office(self, office: Entity) -> str:
        """The words of an office; «نظيره الأميركي» is the office named before, of the other country."""
        name = self._clean(office)
        head, _, rest = name.partition(" ")
        if comparable(head).removeprefix("ل") not in _COUNTERPART:
            return name
        before = [other for other in self._document.entities if other.type == "OCC" and other.end <= office.start]
        for other in reversed(before):
            words = self._clean(other).split()
            if comparable(words[0]).removeprefix("ل") not in _COUNTERPART:
                kept = [word for word in words if lexicon.country_of_word(comparable(word)) is None]
                return " ".join([*kept, rest]).strip()
        return name


def _own_office(profile: Profile) -> str | None:
    return profile.name if profile.mention.type == "OCC" else None


def person_key(actor: Actor) -> str:
    """What identifies a party across documents: its Wikidata id, else its comparable name without the article."""
    return actor.identifier or _bare(actor.name)


@lru_cache(maxsize=65536)
def _bare(name: str) -> str:
    return without_article(comparable(name))
