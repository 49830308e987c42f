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
    for profile in profiles:
        group = next((group for group in groups if any(_are_one(profile, other, same) for other in group)), None)
        if group is None:
            groups.append([profile])
        else:
            group.append(profile)
    return _taken_up(groups)


def _are_one(first: Profile, second: Profile, same: Mapping[Key, Set[Key]]) -> bool:
    if second.mention.key in same.get(first.mention.key, ()):
        return first.mention.type == second.mention.type or "ORG" in (first.mention.type, second.mention.type)
    if first.known and second.known:
        return first.known == second.known
    people = first.mention.type == "PERS"
    if people != (second.mention.type == "PERS"):
        return False
    if people:
        return same_person(comparable(first.name), comparable(second.name))
    return first.mention.type == second.mention.type and first.bare == second.bare


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
    names = [named.form, comparable(named.known.name) if named.known and named.mention.type != "PERS" else ""]
    if named.office:
        names.append(comparable(named.office))
    if without_article(words[0]) not in {without_article(name.split()[0]) for name in names if name}:
        return False
    # «التنظيم المتشدد» is a known group or a person's office again; «القوات المحلية» are not «القوات العراقية».
    says_which = len(words) > 1 and lexicon.country_of_word(words[1]) is None
    return not says_which or named.known is not None or named.mention.type == "PERS" or len(named.form.split()) == 1
