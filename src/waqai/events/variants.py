"""Which mentions of a document are one party: spellings of a name, a surname alone, a noun that takes one up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from waqai.events import lexicon
from waqai.events.names import comparable, same_person, without_article
from waqai.events.profiles import Profile

Key = tuple[int, int, str]


def parties_of(profiles: Iterable[Profile], same: Mapping[Key, Set[Key]]) -> list[list[Profile]]:
    """Group mentions by the party they name.

    Args:
        profiles: the mentions in reading order.
        same: mentions that the article itself calls one, by key.
    """
    groups: list[list[Profile]] = []
    # A party is named the same way again and again: each way is compared once.
    ways: list[dict[tuple[object, ...], Profile]] = []
    for profile in profiles:
        said = same.get(profile.mention.key, frozenset())
        number = next(
            (
                number
                for number, group in enumerate(groups)
                if any(_are_one(profile, other) for other in ways[number].values())
                or (said and any(_are_said_one(profile, other, said) for other in group))
            ),
            len(groups),
        )
        if number == len(groups):
            groups.append([])
            ways.append({})
        groups[number].append(profile)
        ways[number].setdefault((profile.mention.type, profile.known, profile.name), profile)
    return _taken_up(groups)


def _are_said_one(first: Profile, second: Profile, said: Set[Key]) -> bool:
    types = (first.mention.type, second.mention.type)
    return second.mention.key in said and (types[0] == types[1] or "ORG" in types)


def _are_one(first: Profile, second: Profile) -> bool:
    if first.known and second.known:
        return first.known == second.known
    if first.mention.type != second.mention.type:
        return False
    if first.mention.type == "PERS":
        return same_person(comparable(first.name), comparable(second.name))
    return first.bare == second.bare


def _taken_up(groups: list[list[Profile]]) -> list[list[Profile]]:
    """Put short definite mentions with whom they stand for: «التنظيم», «الوزير الأميركي», «التحالف».

    The nearest party named before (for a headline: after) whose name or office begins with the same noun, and of
    no other country.
    """
    kept = [group for group in groups if not all(profile.is_description for profile in group)]
    for group in groups:
        if group in kept:
            continue
        first = min(group, key=lambda profile: profile.mention.start)
        nearest: tuple[int, list[Profile] | None] = (-1, None)
        for candidate in kept:
            if not any(_takes_up(first, profile) for profile in candidate):
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


def _takes_up(description: Profile, named: Profile) -> bool:
    """Whether a definite noun can stand for a party, by the noun that its name, the table's name or its office has."""
    words = description.form.split()
    if without_article(words[0]) not in named.nouns:
        return False
    # «التنظيم المتشدد» is a known group or a person's office again; «القوات المحلية» are not «القوات العراقية».
    says_which = len(words) > 1 and lexicon.country_of_word(words[1]) is None
    return not says_which or named.known is not None or named.mention.type == "PERS" or len(named.form.split()) == 1
