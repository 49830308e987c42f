"""Which mentions of a document are one party: spellings of a name, a surname alone, a noun that takes one up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set

from waqai.events import lexicon
from waqai.events.lexicon import Known
from waqai.events.names import comparable, same_person, without_article
from waqai.events.profiles import Profile

Key = tuple[int, int, str]


def parties_of(profiles: Iterable[Profile], same: Mapping[Key, Set[Key]]) -> list[list[Profile]]:
    """Group mentions by the party they name.

    Args:
        profiles: the mentions in reading order.
        same: mentions that the article itself calls one, by key.
    """
    parties = _Parties()
    for profile in profiles:
        parties.add(profile, same.get(profile.mention.key, frozenset()))
    return _taken_up(parties.groups)


class _Parties:
    """Parties in the order they are first named; a mention joins the first of them that it can be.

    A party is named the same way again and again, so each way is looked up, or for people compared, once.
    """

    def __init__(self) -> None:
        self.groups: list[list[Profile]] = []
        self._known: dict[Known, int] = {}
        self._bare: dict[tuple[str, str, bool], int] = {}
        self._people: set[tuple[int, str, bool]] = set()
        self._said: dict[Key, tuple[int, Profile]] = {}

    def add(self, profile: Profile, said: Set[Key]) -> None:
        """Put a mention where it belongs; ``said``: the mentions that the article calls the same."""
        number = min(self._fitting(profile, said), default=len(self.groups))
        if number == len(self.groups):
            self.groups.append([])
        self.groups[number].append(profile)
        self._said[profile.mention.key] = number, profile
        if profile.known:
            self._known[profile.known] = min(number, self._known.get(profile.known, number))
        if profile.mention.type == "PERS":
            self._people.add((number, comparable(profile.name), profile.known is not None))
        else:
            way = (profile.mention.type, profile.bare, profile.known is not None)
            self._bare[way] = min(number, self._bare.get(way, number))

    def _fitting(self, profile: Profile, said: Set[Key]) -> Iterator[int]:
        """The numbers of the parties it can be; of two that the tables know, only the table decides."""
        if profile.known and profile.known in self._known:
            yield self._known[profile.known]
        open_ways = (False,) if profile.known else (False, True)
        if profile.mention.type == "PERS":
            name = comparable(profile.name)
            for number, other, is_known in self._people:
                if is_known in open_ways and same_person(name, other):
                    yield number
        else:
            ways = ((profile.mention.type, profile.bare, is_known) for is_known in open_ways)
            yield from (self._bare[way] for way in ways if way in self._bare)
        for key in said & self._said.keys():
            number, other_profile = self._said[key]
            types = (profile.mention.type, other_profile.mention.type)
            if types[0] == types[1] or "ORG" in types:
                yield number


def _taken_up(groups: list[list[Profile]]) -> list[list[Profile]]:
    """Put short definite mentions with whom they stand for: «التنظيم», «الوزير الأميركي», «التحالف».

    The nearest party named before (for a headline: after) whose name or office begins with the same noun, and of
    no other country.
    """
    kept: list[list[Profile]] = []
    descriptions: list[list[Profile]] = []
    for group in groups:
        only_described = all(profile.is_description for profile in group)
        (descriptions if only_described else kept).append(group)
    for group in descriptions:
        first = min(group, key=lambda profile: profile.mention.start)
        is_meant = _taker_up(first)
        nearest: tuple[int, list[Profile] | None] = (-1, None)
        for candidate in kept:
            if not any(map(is_meant, candidate)):
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


def _taker_up(description: Profile) -> Callable[[Profile], bool]:
    """Whether a definite noun can stand for a party, by the noun that its name, the table's name or its office has."""
    words = description.form.split()
    noun = without_article(words[0])
    # «التنظيم المتشدد» is a known group or a person's office again; «القوات المحلية» are not «القوات العراقية».
    says_which = len(words) > 1 and lexicon.country_of_word(words[1]) is None

    def is_meant(named: Profile) -> bool:
        return noun in named.nouns and (
            not says_which or named.known is not None or named.mention.type == "PERS" or " " not in named.form
        )

    return is_meant
