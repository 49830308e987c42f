"""What is read from an event's words beside its parties: mode where the model gave none, and contexts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from waqai.events import lexicon
from waqai.events.names import comparable, without_article
from waqai.schema import Scheme
from waqai.schema.record import ContextLabel

_NEAR = 4


def lexical_mode(event: str, trigger: str, after: str, scheme: Scheme) -> str | None:
    """The mode that a trigger and the few words after it show.

    Args:
        event: the event type.
        trigger: the trigger's text.
        after: the sentence from the trigger on; up to four of its words are asked («غارات جوية», «إطلاق النار»).
        scheme: its modes bound the answer.

    Returns:
        ``None`` where no word shows one, or the scheme has no such mode.
    """
    allowed = scheme.trigger_by_name[event].modes if event in scheme.trigger_by_name else {}
    alone, near = comparable(trigger), " ".join([comparable(trigger), *comparable(after).split()[:_NEAR]])
    for text in (alone, near):
        for of_event, mode, words in lexicon.mode_words():
            if of_event == event and mode in allowed and any(contains(text, word) for word in words):
                return mode
    return None


def contexts(sentences: Iterable[str], scheme: Scheme) -> tuple[ContextLabel, ...]:
    """The PLOVER contexts that the sentences of an event show, with the words that show them.

    A context needs one of its words; words are matched with their clitics and article, phrases whole. A word that is
    listed with the article needs it: «الرئيس» is of the executive, «رئيس» may be a club's.
    """
    shown = _shown(comparable(" ".join(sentences)))
    return tuple(label for label in shown if not scheme.contexts or label.name in scheme.contexts)


def contains(text: str, word: str) -> bool:
    """Whether a comparable text holds a word or phrase, with any clitics and article before it and endings after."""
    bare = without_article(word)
    # Most words are not there at all, and looking for letters is far cheaper than matching a pattern.
    return bare in text and _pattern(bare).search(text) is not None


@lru_cache(maxsize=256)  # a sentence tells of several events, one after the other
def _shown(text: str) -> tuple[ContextLabel, ...]:
    found = []
    for name, words in _bare_context_words():
        evidence = tuple(word for word, bare in words if bare in text and _pattern(word).search(text))
        if evidence:
            found.append(ContextLabel(name, evidence))
    return tuple(found)


@lru_cache(maxsize=1)
def _bare_context_words() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Contexts, each with its words as listed and without their article."""
    return tuple(
        (name, tuple((word, without_article(word)) for word in dict.fromkeys(words)))
        for name, words in lexicon.context_words()
    )


@lru_cache(maxsize=4096)
def _pattern(word: str) -> re.Pattern[str]:
    bare = without_article(word)
    article = "(?:[بلك]?(?:ال)?|لل)" if bare == word else "(?:[بك]?ال|لل)"
    return re.compile(rf"\b[وف]?{article}{re.escape(bare)}(?:ه|ي|يه|ين|ون|ات|ا|ت|وا|ها|هم)?\b")
