"""What the words of a name show of its bearer: a PLOVER sector, a known organisation."""

from __future__ import annotations

from waqai.events import lexicon
from waqai.events.lexicon import Known
from waqai.events.names import without_article

_WEAK = lexicon.word_list("weak_sector_words")
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
        weak = weak or sector
    return weak


def _sector_of_word(word: str) -> str | None:
    words = lexicon.office_words()
    for reading in (without_article(word), word.removeprefix("لل").removeprefix("ب")):
        if reading in words:
            return words[reading][0] or None
        # «جنودا», «مسلحو», «عناصره»: case and possessive endings
        for ending in ("ا", "ي", "و", "ه", "ها", "هم", "ين", "ون"):
            if reading.endswith(ending) and len(reading) - len(ending) > 2 and reading.removesuffix(ending) in words:
                return words[reading.removesuffix(ending)][0] or None
    return None


def organisation_in(form: str) -> Known | None:
    """The known organisation that a comparable name speaks of: «احد عناصر كتائب القسام», the longest match."""
    words = form.split()
    for length in range(min(6, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            piece = " ".join(words[start : start + length])
            if length == 1 and (piece in _AMBIGUOUS or len(piece) < 4):
                continue
            if known := lexicon.organisations().get(piece):
                return known
    return None
