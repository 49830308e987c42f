"""Whether a sentence speaks of what has been or of what is to come, near a calendar expression.

A weekday alone («الأربعاء») is the last or the next one by the verb that governs it. Without a parser the verb
is found by its marks: the future ``س`` or ``سوف``, the imperfect prefixes, words that announce.
"""

from __future__ import annotations

import re
from typing import Literal

from waqai.events import lexicon
from waqai.events.names import comparable

Reading = Literal["past", "future"]

_ANNOUNCED = re.compile(
    r"\b(?:[وف]?(?:ال|لل)?(?:مقرر|مقرره|منتظر|متوقع|مرتقب|مرتقبه|مزمع|مقبل|مقبله|قادم|قادمه)|[وف]?سوف|[وف]?يعتزم|[وف]?تعتزم|[وف]?ينوي|"
    r"[وف]?يستعد|[وف]?تستعد|[وف]?يتوقع|[وف]?ينتظر|[وف]?يترقب|[وف]?لن)\b"
)
_FUTURE = re.compile(r"[وف]?س[ياتن]\w{3,}")
_IMPERFECT = re.compile(r"[وف]?[يت]\w{3,}")
_NOT_VERBS = lexicon.word_list("not_verbs")
_RELATIVE = frozenset(("الذي", "التي", "الذين", "اللذان", "اللتان", "والذي", "والتي"))
_PAST_SPEECH = re.compile(
    r"[وف]?(?:قال|قالت|اعلن|اعلنت|اكد|اكدت|ذكر|ذكرت|افاد|افادت|صرح|اوضح|اضاف|اضافت|اشار|كشف|كشفت|نشرت|نقلت|ابلغ|"
    r"كان|كانت|شهدت|شهد|قتل|قتلت|قتلوا|اصيب|اصيبت|عقد|عقدت|اجتمع|التقي|بحث|وصل|وصلت|غادر|استقبل|زار|اعتقلت|اعتقل|اوقفت|"
    r"شن|شنت|استهدف|استهدفت|وقع|وقعت|جرت|جري|تم|تمت|لم|قد|لقي|سقط|سيطر|سيطرت|حكمت|قضت|قررت|قرر|دعا|دعت|طالب|طالبت|"
    r"رفض|رفضت|ادان|ادانت|اتهم|اتهمت|هدد|هددت|وافق|وافقت|اطلق|اطلقت|جمعت|جمع|نفذ|نفذت|هاجم|هاجمت|اندلعت|اندلع|انطلق|"
    r"انطلقت|بدا|بدات|انتهت|انتهي|دخل|دخلت|تمكن|تمكنت|توفي|توفيت|تعرض|تعرضت|توصل|توصلت|تلقي|تلقت|تعهد|تعهدت|تراجع|تراجعت|توقف|توقفت|تبني|تبنت|اقتحم|اقتحمت|فجر|فجرت|خرج|تظاهر|احتج|ضبطت|القت|القي|اسفر|اسفرت|ادي|ادت)"
)


def reading_of(before: str, after: str = "") -> Reading | None:
    """How the words around an expression place it.

    Args:
        before: the sentence up to the expression; the nearest verb decides.
        after: the rest of the sentence, asked where nothing stands before.

    Returns:
        ``None`` where no verb is recognised.
    """
    words = comparable(before).split()
    return _nearest(words[::-1] if words else comparable(after).split()[:8])


def _nearest(words: list[str]) -> Reading | None:
    for index, word in enumerate(words):
        if _ANNOUNCED.fullmatch(word) or (_FUTURE.fullmatch(word) and word[:3] not in ("سيا", "ستي", "سنو", "سان")):
            return "future"
        if _PAST_SPEECH.fullmatch(word):
            return "past"
        previous = words[index + 1] if index + 1 < len(words) else ""
        if previous in _RELATIVE and not word.startswith(("ي", "ت", "س", "لا", "ال")):
            return "past"  # «الذي وقعه الرئيس»: what follows the pronoun is a verb, and no imperfect
        if _IMPERFECT.fullmatch(word) and word not in _NOT_VERBS and word.lstrip("وف") not in _NOT_VERBS:
            # «كان يعقد», «لم يعقد»: the word that comes before in the text makes the imperfect a past.
            if _PAST_SPEECH.fullmatch(previous) or words[index + 1 : index + 3] == ["ان", "قبل"]:
                return "past"
            if not word.endswith(("ه", "ات")) and word.lstrip("وف").startswith("ي"):
                return "future"
    return None
