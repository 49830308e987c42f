"""Words and sentences of an article, with offsets into the text as it stands (scheme, section 1)."""

from __future__ import annotations

import re

from waqai.schema import Sentence, Word

# Signs without a shape of their own: direction and joining controls, variation selectors, control characters.
_INVISIBLE = (
    "\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u061c\u180e"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
)
_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u08d3-\u08ff\u200c\u200d"
# A run of letters, digits and marks, with separators kept between two digits; or one other visible sign.
_WORD = re.compile(rf"(?:[^\W_]|[{_MARKS}]|(?<=\d)[./:,٫٬-](?=\d))+|[^\s{_INVISIBLE}]")

_TERMINATORS = frozenset(".!?؟…۔")
_DOTS = frozenset(".…")
_CLOSERS = frozenset("\"'”’»)]}›")
_LINE_BREAK = re.compile(r"[\n\r\u2028\u2029]")


def split_words(text: str) -> tuple[Word, ...]:
    """Split a text into words: letters and digits together, punctuation and symbols one by one."""
    return tuple(Word(match.group(), match.start(), match.end()) for match in _WORD.finditer(text))


def split_sentences(text: str, words: tuple[Word, ...]) -> tuple[Sentence, ...]:
    """Group words into sentences: a line break ends one, and so does a full stop before a space.

    A stop after a single letter (an initial) or inside an ellipsis ends nothing; closing quotes and
    brackets stay with the sentence they close. Every word falls into exactly one sentence.

    Args:
        text: the text the words were split from.
        words: all of them, in order.
    """
    sentences: list[Sentence] = []
    first = 0
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else None
        if following is not None and not _ends_sentence(text, words, first, index, following):
            continue
        sentences.append(Sentence(words[first].start, word.end, first, index + 1))
        first = index + 1
    return tuple(sentences)


def _ends_sentence(text: str, words: tuple[Word, ...], first: int, index: int, following: Word) -> bool:
    gap = text[words[index].end : following.start]
    if _LINE_BREAK.search(gap):
        return True
    last = index
    while last > first and words[last].text in _CLOSERS:
        last -= 1
    if words[last].text not in _TERMINATORS or not gap or following.text in _CLOSERS:
        return False
    before = words[last - 1] if last > first else None
    if before is None or (words[last].text in _DOTS and before.text in _DOTS):
        return False
    is_initial = words[last].text == "." and len(before.text) == 1 and before.end == words[last].start
    return not is_initial or not before.text.isalpha()
