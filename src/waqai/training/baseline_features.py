"""What the baseline's CRFs see of a word: its form, its affixes, its shape, its neighbours."""

from __future__ import annotations

import re
from collections.abc import Sequence

from waqai.schema import Word

Features = list[list[str]]
"""A sentence's features: for each word the names of those that hold."""

CONTEXT = 2
"""How many words on each side a word's features look at."""

_AFFIX = 4
_MARKS = re.compile(r"[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]")
_SAME_LETTER = str.maketrans("أإآٱىةؤئ", "اااايهوي")  # spellings that news writers exchange
_ARTICLE = re.compile(r"(?:[وف]?[بك]?ال|[وف]?لل)(?=\w{2})")


def word_features(sentence: Sequence[Word]) -> Features:
    """The features of each word of a sentence."""
    own = [_own_features(word.text) for word in sentence]
    forms = [comparable_form(word.text) for word in sentence]
    shapes = [_shape(word.text) for word in sentence]
    rows: Features = []
    for index, features in enumerate(own):
        row = ["bias", *features]
        for step in (*range(-CONTEXT, 0), *range(1, CONTEXT + 1)):
            if 0 <= (place := index + step) < len(sentence):
                row += [f"{step:+d}:form={forms[place]}", f"{step:+d}:shape={shapes[place]}"]
                if abs(step) == 1:
                    row += [f"{step:+d}:stem={_stem(forms[place])}", f"{step:+d}:suffix={forms[place][-2:]}"]
            else:
                row.append(f"{step:+d}:edge")
        if index:
            row.append(f"-1,0:form={forms[index - 1]} {forms[index]}")
        if index + 1 < len(sentence):
            row.append(f"0,+1:form={forms[index]} {forms[index + 1]}")
        rows.append(row)
    return rows


def comparable_form(surface: str) -> str:
    """A word without diacritics and tatweel, with letters that writers exchange made one."""
    return _MARKS.sub("", surface).translate(_SAME_LETTER).lower()


def _own_features(surface: str) -> list[str]:
    form = comparable_form(surface)
    stem = _stem(form)
    features = [f"form={form}", f"stem={stem}", f"shape={_shape(surface)}", f"length={min(len(form), 8)}"]
    if stem != form:
        features.append("definite")
    for size in range(1, min(_AFFIX, len(form) - 1) + 1):
        features += [f"prefix={form[:size]}", f"suffix={form[-size:]}"]
    if len(stem) > 3:
        features += [f"stem prefix={stem[:3]}", f"stem suffix={stem[-3:]}"]
    return features


def _stem(form: str) -> str:
    """The word without the article and the conjunction or preposition before it, where two letters remain."""
    match = _ARTICLE.match(form)
    return form[match.end() :] if match else form


def _shape(surface: str) -> str:
    if surface.isdecimal():
        return f"digits{min(len(surface), 5)}"
    if any(character.isdigit() for character in surface):
        return "mixed"
    if not any(character.isalpha() for character in surface):
        return f"sign {surface[:1]}"
    return "latin" if surface.isascii() else "arabic"
