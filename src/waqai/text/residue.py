"""Web residue: lines of a page that are not the article's running text.

Share counts, captions repeated, comment forms and captions in another script stay in the text, so that
offsets stand, but are not annotated and not extracted from (scheme, section 1).
"""

from __future__ import annotations

import re

from waqai.schema import Sentence, Span, Word

_COUNT = re.compile(r"[\d\s.,٫٬KkMم+|·•-]+")
_LETTER = re.compile(r"[^\W\d_]")
_ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")
_DATE = re.compile(r"\d{1,4}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{1,4}")
_FURNITURE = re.compile(
    r"[\s\-–|•*]*(?:"
    r"(?:إ|ا|أ)ضاف?ة? تعليق.*|(?:أ|ا)ضف تعليق.*|اترك (?:تعليق|رد).*|التعليقات[\W\d]*|تعليق(?:ات)?\s*\d*"
    r"|لن يتم نشر (?:عنوان )?بريدك.*|الحقول الإلزامية.*"
    r"|شارك(?:ها|نا)?\s*(?:على|هذا|المقال|الخبر)?\s*(?:فيسبوك|تويتر|واتساب)?"
    r"|مشاركة|طباعة|(?:إ|ا)رسال|نسخ الرابط|(?:إ|ا)قرأ (?:أ|ا)يضا.*|مواضيع (?:ذات صلة|مشابهة)"
    r"|في\s?(?:أ|ا)خبار\s.*|(?:أ|ا)خبار العراق الان|عاجل|المزيد|الرئيسية"
    r")[\s:.]*"
)
_LONGEST_FURNITURE = 15
"""Words; a longer line that begins like furniture («في أخبار أخرى …») is a paragraph."""

_SIGN_OFF = re.compile(r"انتهى\s*/\s*\w{1,3}\s*\.?\s*$")


def find_residue(text: str) -> tuple[Span, ...]:
    """The spans of a text that are residue, whole lines but for an agency's sign-off, in order."""
    spans: list[Span] = []
    seen: set[str] = set()
    for match in re.finditer(r"[^\n\r\u2028\u2029]+", text):
        line = match.group().strip()
        if not line:
            continue
        if line in seen or _is_residue(line):
            spans.append(Span(match.start(), match.end()))
        elif sign_off := _SIGN_OFF.search(match.group()):
            spans.append(Span(match.start() + sign_off.start(), match.end()))
        seen.add(line)
    return tuple(spans)


def running_sentences(text: str, words: tuple[Word, ...], sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
    """The sentences that belong to the running text, a sign-off cut off; word indices are kept."""
    residue = find_residue(text)
    kept: list[Sentence] = []
    for sentence in sentences:
        last = sentence.last_word
        while last > sentence.first_word and _inside(words[last - 1], residue):
            last -= 1
        if last > sentence.first_word:
            kept.append(Sentence(sentence.start, words[last - 1].end, sentence.first_word, last))
    return tuple(kept)


def _inside(word: Word, residue: tuple[Span, ...]) -> bool:
    return any(span.start <= word.start and word.end <= span.end for span in residue)


def _is_residue(line: str) -> bool:
    if _FURNITURE.fullmatch(line) and len(line.split()) <= _LONGEST_FURNITURE:
        return True
    if _COUNT.fullmatch(line) and any(sign.isdigit() for sign in line) and not _DATE.search(line):
        return True
    # A caption left in another script: letters, many, and hardly an Arabic one among them.
    letters = len(_LETTER.findall(line))
    return letters >= 20 and len(_ARABIC.findall(line)) < 0.1 * letters
