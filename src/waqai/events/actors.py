"""Parties of events: one name for all variants, the office held, country and PLOVER sector, a Wikidata id.

What the article says goes first (relations, a nationality inside the mention), then the packaged tables, then
what the head word alone shows. Nothing said and nothing known leaves country or sector open.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

from waqai.events import lexicon
from waqai.events.names import comparable, same_person, strip_clitics, without_article
from waqai.events.places import PlaceContext, resolve_place
from waqai.events.profiles import Profile
from waqai.events.sectors import organisation_in, sector_of
from waqai.schema import Document, Entity, Relation
from waqai.schema.record import Actor, RecordSpan


class ActorResolver:
    """The parties of one document, resolved once so that all its events speak of the same ones.

    Args:
        document: the article with its mentions and relations.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._tails: dict[tuple[int, int, str], list[Relation]] = {}
        self._same: dict[tuple[int, int, str], set[tuple[int, int, str]]] = {}
        for relation in document.relations:
            if relation.type == "same_as":
                self._same.setdefault(relation.head.key, set()).add(relation.tail.key)
                self._same.setdefault(relation.tail.key, set()).add(relation.head.key)
            elif not relation.is_argument:
                self._tails.setdefault(relation.head.key, []).append(relation)
        self._places = PlaceContext.of(document)
        self._home = self._places.home()
        self._tokens = frozenset(word for word in comparable(document.text).split() if len(word) > 2)
        self._surfaces = frozenset(comparable(document.surface(mention)) for mention in document.entities)
        profiles = [self._profile(mention) for mention in document.entities if mention.type in _PARTY_TYPES]
        self._actors = self._unify(profiles)

    def actor(self, mention: Entity) -> Actor:
        """The party that a mention names; mentions of one party give equal names and codes."""
        actor = self._actors.get(mention.key)
        if actor is None:
            text = self._document.surface(mention)
            actor = Actor(text, self._clean(text))
        span = RecordSpan(self._document.id, mention.start, mention.end)
        return replace(actor, text=self._document.surface(mention), mentions=(span,))

    def _clean(self, text: str) -> str:
        return " ".join(strip_clitics(text, lambda reading: self._is_name(reading, text)).split())

    def _is_name(self, reading: str, text: str) -> bool:
        form = comparable(reading)
        if not form:
            return False
        first = without_article(form.split()[0])
        return (
            form in lexicon.organisations()
            or form in lexicon.people()
            or lexicon.country_of_word(form) is not None
            or form in lexicon.places()
            or first in lexicon.office_words()
            # The article itself shows the bare form elsewhere: «ولودريان» beside «لودريان».
            or (reading != text and form in self._surfaces)
            or (text.startswith(("و", "ف")) and reading == text[1:] and form.split()[0] in self._tokens)
        )

    def _profile(self, mention: Entity) -> Profile:
        name = self._clean(self._document.surface(mention))
        form = comparable(name)
        table = lexicon.people() if mention.type == "PERS" else lexicon.organisations()
        known = table.get(form) or (
            lexicon.organisations().get(without_article(form)) if mention.type != "PERS" else None
        )
        office = self._tail(mention, "has_occupation") if mention.type == "PERS" else None
        country, sector = self._country(mention, form, office), self._sector(mention, form, office)
        if known:
            name = known.name
            country = known.country if mention.type != "PERS" and known.sector else country or known.country
            sector = known.sector if mention.type != "PERS" else sector or known.sector
        elif mention.type in ("GPE", "NORP", "LOC") and (code := lexicon.country_of_word(form)):
            if mention.type != "NORP" or lexicon.demonyms().get(without_article(form)):
                name, country = lexicon.countries()[code].name, code
            # «الروسية» beside an act is the state; «الفلسطينيين» are people.
            people = mention.type == "LOC" or (mention.type == "NORP" and form.endswith(("ين", "ون", "ان", "ات")))
            sector = sector or (None if people else "GOV")
        elif mention.type == "GPE":
            place = resolve_place(self._document.surface(mention), context=self._places)
            if place.is_resolved:
                # A capital that acts is its government («واشنطن ترفض»); another city is a place with people.
                name, country = place.name, place.country
        if country is None and known is None and mention.type == "ORG" and sector in _AT_HOME and form.startswith("ال"):
            country = self._home
        return Profile(mention, name, form, known, office, country, sector)

    def _tail(self, mention: Entity, label: str) -> Entity | None:
        return next((relation.tail for relation in self._tails.get(mention.key, ()) if relation.type == label), None)

    def _country(self, mention: Entity, form: str, office: Entity | None) -> str | None:
        for source in filter(None, (mention, office)):
            for label in ("affiliated_with", "member_of", "located_in"):
                for relation in self._tails.get(source.key, ()):
                    if relation.type == label and (code := self._country_of_tail(relation.tail)):
                        return code
        for source in filter(None, (mention, office)):
            if code := self._inner_country(comparable(self._document.surface(source))):
                return code
        return None

    def _country_of_tail(self, tail: Entity, depth: int = 2) -> str | None:
        form = comparable(self._clean(self._document.surface(tail)))
        if tail.type == "ORG" and (known := lexicon.organisations().get(form)):
            return known.country
        if code := lexicon.country_of_word(form) or self._inner_country(form):
            return code
        if tail.type == "GPE":
            return resolve_place(self._document.surface(tail), context=self._places).country
        for relation in self._tails.get(tail.key, ()) if depth else ():
            if relation.type in ("affiliated_with", "located_in") and (
                code := self._country_of_tail(relation.tail, depth - 1)
            ):
                return code
        return None

    @staticmethod
    def _inner_country(form: str) -> str | None:
        words = form.split()
        for length in (2, 1):  # «كوريا الجنوبية» before «كوريا»
            for start in range(len(words) - length + 1):
                piece = " ".join(words[start : start + length])
                if code := lexicon.country_of_word(piece):
                    return code
                if piece[0] in "بل" and (code := lexicon.country_names().get(piece[1:])):
                    return code
        if known := organisation_in(form):
            return known.country
        for before, word in itertools.pairwise(words):
            if before in _LOCATING and (found := lexicon.places().get(word)) and found[0].population >= _WELL_KNOWN:
                return found[0].country  # «شرطة النجدة في بغداد»
        return None

    def _sector(self, mention: Entity, form: str, office: Entity | None) -> str | None:
        if mention.type == "PERS":
            if office is not None:
                return sector_of(comparable(self._office(office)))
            organisation = next((r.tail for r in self._tails.get(mention.key, ()) if r.tail.type == "ORG"), None)
            if organisation is None:
                return None
            organisation_form = comparable(self._clean(self._document.surface(organisation)))
            known = lexicon.organisations().get(organisation_form)
            return known.sector if known else sector_of(organisation_form)
        if inner := organisation_in(form):
            return inner.sector
        for relation in self._tails.get(mention.key, ()):
            if mention.type == "NORP" and relation.tail.type == "ORG":
                known = lexicon.organisations().get(comparable(self._clean(self._document.surface(relation.tail))))
                if known:
                    return known.sector  # «مقاتلو التنظيم» are the organisation's
        return sector_of(form)

    def _unify(self, profiles: Iterable[Profile]) -> dict[tuple[int, int, str], Actor]:
        groups: list[list[Profile]] = []
        for profile in profiles:
            group = next((group for group in groups if any(self._one(profile, other) for other in group)), None)
            if group is None:
                groups.append([profile])
            else:
                group.append(profile)
        groups = self._taken_up(groups)
        actors: dict[tuple[int, int, str], Actor] = {}
        for group in groups:
            known = next((profile.known for profile in group if profile.known), None)
            fullest = max(group, key=Profile.fullness)
            office = next((profile.office for profile in group if profile.office), None)
            actor = Actor(
                text=fullest.name,
                name=fullest.name,
                country=next((profile.country for profile in group if profile.country), None),
                sector=next((profile.sector for profile in group if profile.sector), None),
                identifier=known.identifier if known else None,
                office=self._office(office) if office else self._own_office(fullest),
            )
            actors |= {profile.mention.key: actor for profile in group}
        return actors

    def _taken_up(self, groups: list[list[Profile]]) -> list[list[Profile]]:
        """Put short definite mentions with whom they stand for: «التنظيم», «الوزير الأميركي», «التحالف».

        The nearest party named before (for a headline: after) whose name or office begins with the same noun, and of
        no other country.
        """
        kept = [group for group in groups if not all(profile.is_description for profile in group)]
        for group in groups:
            if group in kept:
                continue
            first = min(group, key=lambda profile: profile.mention.start)
            head = without_article(first.form.split()[0])
            nearest: tuple[int, list[Profile] | None] = (-1, None)
            for candidate in kept:
                if not any(head in self._heads(profile) for profile in candidate):
                    continue
                before = [profile.mention.start for profile in candidate if profile.mention.start < first.mention.start]
                countries = {profile.country for profile in candidate if profile.country}
                if first.country and countries and first.country not in countries:
                    continue
                nearest = max(nearest, (max(before, default=0), candidate), key=lambda pair: pair[0])
            if nearest[1] is None:
                kept.append(group)
            else:
                nearest[1].extend(group)
        return kept

    def _heads(self, profile: Profile) -> set[str]:
        """The nouns a party can be taken up by: of its name, of the table's name for it, of its office."""
        names = [
            profile.form,
            comparable(profile.known.name) if profile.known and profile.mention.type != "PERS" else "",
        ]
        if profile.office:
            names.append(comparable(self._office(profile.office)))
        return {without_article(name.split()[0]) for name in names if name}

    def _office(self, office: Entity) -> str:
        """The words of an office; «نظيره الأميركي» is the office named before, of the other country."""
        name = self._clean(self._document.surface(office))
        head, _, rest = name.partition(" ")
        if comparable(head).removeprefix("ل") not in _COUNTERPART:
            return name
        before = [other for other in self._document.entities if other.type == "OCC" and other.end <= office.start]
        for other in reversed(before):
            words = self._clean(self._document.surface(other)).split()
            if comparable(words[0]).removeprefix("ل") not in _COUNTERPART:
                kept = [word for word in words if lexicon.country_of_word(comparable(word)) is None]
                return " ".join([*kept, rest]).strip()
        return name

    def _own_office(self, profile: Profile) -> str | None:
        return profile.name if profile.mention.type == "OCC" else None

    def _one(self, first: Profile, second: Profile) -> bool:
        if second.mention.key in self._same.get(first.mention.key, ()):
            return first.mention.type == second.mention.type or "ORG" in (first.mention.type, second.mention.type)
        if first.known and second.known:
            return first.known == second.known
        people = first.mention.type == "PERS"
        if people != (second.mention.type == "PERS"):
            return False
        if people:
            return same_person(comparable(first.name), comparable(second.name))
        return first.mention.type == second.mention.type and without_article(comparable(first.name)) == without_article(
            comparable(second.name)
        )


_COUNTERPART = frozenset(("نظيره", "نظيرها", "نظيرته", "نظيرتها", "ونظيره", "نظير"))
_AT_HOME = frozenset(("GOV", "MIL", "COP", "JUD", "LEG", "SPY"))
_LOCATING = lexicon.word_list("locating")
_WELL_KNOWN = 100_000
"""Heads from which a place's bare name is taken to be the place."""


_PARTY_TYPES = frozenset(("PERS", "OCC", "NORP", "ORG", "GPE", "LOC", "FAC", "PRODUCT"))


def person_key(actor: Actor) -> str:
    """What identifies a party across documents: its Wikidata id, else its comparable name without the article."""
    return actor.identifier or without_article(comparable(actor.name))
