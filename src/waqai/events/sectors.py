"""What the words of a name show of its bearer: a PLOVER sector, a known organisation."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from waqai.events import lexicon
from waqai.events.lexicon import Known
from waqai.events.names import without_article

_WEAK = lexicon.word_list("weak_sector_words")
_ENDINGS = ("ا", "ي", "و", "ه", "ها", "هم", "هما", "ين", "ون", "ان", "يه", "يها", "يهم", "اته", "اتها", "اتهم")
_AMBIGUOUS = lexicon.word_list("ambiguous_organisations")


def sector_of(form: str) -> str | None:
    """The PLOVER sector that the words of a comparable name show, the first word that shows one deciding.

    Words for anyone's people («عناصر», «رجال», «مدير») give way to a later word that says whose.

    >>> sector_of(comparable("وزير الدفاع الفرنسي"))
    'GOV'
    >>> sector_of(comparable("عناصر الشرطة"))
    'COP'
    """
    weak: str | None = None
    for word in form.split():
        sector = _sector_of_word(word)
        if sector and without_article(word) not in _WEAK:
            return sector
        weak = sector or weak
    return weak


@lru_cache(maxsize=16384)
def _sector_of_word(word: str) -> str | None:
    words = lexicon.office_words()
    for reading in (without_article(word), word.removeprefix("لل").removeprefix("ب")):
        if reading in words:
            return words[reading][0] or None
        # «جنودا», «مسلحو», «عناصره», «حكومته», «مواطنيه»: case, number and possessive endings
        for ending in _ENDINGS:
            stem = reading.removesuffix(ending)
            if stem == reading or len(stem) < 3:
                continue
            for noun in _nouns(stem, ending):
                if noun in words:
                    return words[noun][0] or None
    return None


def _nouns(stem: str, ending: str) -> tuple[str, ...]:
    """The nouns that a stem can be of; «ـيه» is possessive on a plural («مواطنيه»), else an adjective («شعبية»)."""
    if ending.startswith("يه"):
        return (stem,) if stem.endswith("ا") or stem + "ين" in lexicon.office_words() else ()
    return (stem, stem[:-1] + "ه") if stem.endswith("ت") else (stem,)


@lru_cache(maxsize=16384)  # the same names stand in article after article
def organisation_in(form: str, *, of_office: bool = False) -> Known | None:
    """The known organisation that a comparable name speaks of: «احد عناصر كتائب القسام», the longest match.

    Args:
        form: the name.
        of_office: whether it is an office, whose organisation may stand behind a preposition («الأمين العام للجامعة
            العربية»); in other names that is somebody else («موالون للكرملين»).
    """
    words = form.split()
    for length in range(min(6, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            piece = " ".join(words[start : start + length])
            if length == 1 and (piece in _AMBIGUOUS or len(piece) < 4):
                continue
            for reading in _governed(piece) if of_office else (piece,):
                if known := lexicon.organisations().get(reading):
                    return known
    return None


def _governed(piece: str) -> Iterator[str]:
    yield piece
    if piece.startswith("لل"):
        yield "ال" + piece[2:]
    elif piece.startswith(("ل", "ب")):
        yield piece[1:]
