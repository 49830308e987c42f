"""Arabic names as they are compared: letters made one, clitics taken off, variants recognised.

Nothing here touches an article; a comparable form is never shown to a reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from rapidfuzz import fuzz

_MARKS = re.compile(
    r"[\u0640\u064b-\u065f\u0670\u0610-\u061a\u06d6-\u06ed\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_LETTERS = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ة": "ه", "ۃ": "ه", "ؤ": "و", "ئ": "ي", "ک": "ك",
     "گ": "غ", "پ": "ب", "چ": "ج", "ڤ": "ف", "ژ": "ج", "ھ": "ه", "ء": ""}
)  # fmt: skip
_DIGITS = {ord(digit): str(index % 10) for index, digit in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
_NOT_WORD = re.compile(r"[^\w\s]|_")
_CONJUNCTIONS = ("و", "ف")
_PREPOSITIONS = ("ب", "ل", "ك")
_PERSON_THRESHOLD = 84.0
_JOINED = re.compile(r"\b(عبد|ابو|ابي|بو|ال|لو|ابن|بن|دو|دي)\s+")


@lru_cache(maxsize=65536)
def comparable(text: str) -> str:
    """The form in which two spellings of one name are equal: one alef, no marks, no punctuation, Latin digits.

    >>> comparable("جان-إيف لودريان") == comparable("جان ايف لودريان")
    True
    """
    text = _MARKS.sub("", text).translate(_LETTERS).translate(_DIGITS).lower()
    return " ".join(_NOT_WORD.sub(" ", text).split())


def without_clitics(word: str) -> Iterator[str]:
    """The readings of a name without the clitics of its first word, the word as it stands first.

    Reading by reading: whether ``و`` of «واشنطن» is a conjunction is not for letters to say; the caller takes
    the first reading that it knows.
    """
    yield word
    readings = [word]
    if word.startswith(_CONJUNCTIONS) and len(word) > 3:
        readings.append(word[1:].lstrip())  # some writers leave a space after the conjunction
        yield readings[-1]
    for reading in readings:
        if reading.startswith("لل") and len(reading) > 4:
            yield "ال" + reading[2:]
            yield reading[2:]
            yield reading[1:]
        elif reading.startswith(_PREPOSITIONS) and len(reading) > 3:
            yield reading[1:]


def strip_clitics(name: str, is_known: Callable[[str], bool], *, common: bool = False) -> str:
    """The name without proclitics: the first reading that is known, or what grammar alone allows.

    Args:
        name: a mention as it stands, of any number of words.
        is_known: whether a reading is a name, a nationality or an office that the lexicon or the article holds.
        common: whether it is a common noun; names of people and places begin with «فال» and «كال» themselves
            («فالح», «كاليفورنيا»).
    """
    name = name.strip(" \t\n\"'«»“”()[]،,.:؛-–")
    for reading in without_clitics(name):
        if is_known(reading):
            return reading
    # «والجيش», «بالجيش», «للجيش»: before the article a single letter is a clitic; words that begin so are known.
    for prefix in ("وبال", "فبال", "وال", "بال", *(("فال", "كال") if common else ())):
        if name.startswith(prefix) and len(name) > len(prefix) + 2:
            return name[len(prefix) - 2 :]
    for prefix in ("ولل", "لل"):
        if name.startswith(prefix) and len(name) > len(prefix) + 2:
            return "ال" + name[len(prefix) :]
    return name


def without_article(form: str) -> str:
    """A comparable form without the definite article of its first word."""
    return form[2:] if form.startswith("ال") and len(form) > 4 else form


def same_person(first: str, second: str) -> bool:
    """Whether two comparable forms can be one person's name: equal surnames, and first names alike or left out.

    >>> same_person(comparable("جون إيف لودريان"), comparable("جان إيف لو دريان"))
    True
    """
    if first == second:
        return True
    one, other = _joined(first).split(), _joined(second).split()
    if not one or not other:
        return False
    if len(one) > len(other):
        one, other = other, one
    if len(one) == 1:  # a surname alone, or rarely a first name that stands for a ruler
        return len(one[0]) > 2 and fuzz.ratio(without_article(one[0]), without_article(other[-1])) >= 90
    if fuzz.ratio(without_article(one[-1]), without_article(other[-1])) < 80:
        return False
    return fuzz.ratio(" ".join(one), " ".join(other)) >= _PERSON_THRESHOLD or (
        set(one) <= set(other) or fuzz.token_set_ratio(" ".join(one), " ".join(other)) >= 95
    )


def similarity(first: str, second: str) -> float:
    """How alike two comparable forms are, 0 … 100, whatever the order and number of their words."""
    return float(fuzz.token_sort_ratio(first, second))


def _joined(form: str) -> str:
    """Name parts that writers join or part at will are joined: «لو دريان», «عبد الله»."""
    return _JOINED.sub(r"\1", form)
