"""Small articles, annotated by hand, for the tests of event records."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from waqai.formats.sheet import read_sheet
from waqai.schema import Document

_PARIS = """\
# id: paris
# publication_date: 2016-01-20
# source: وكالة
T التحالف يجتمع في باريس
e1 ORG التحالف
e2 GPE باريس
t1 CONSULT يجتمع /multilateral
> t1 ACTOR e1
> t1 LOCATION e2
P
S اجتمع وزير الدفاع الفرنسي جون إيف لودريان ونظيره الأميركي آشتون كارتر الأربعاء في باريس لبحث الحرب على تنظيم الدولة الإسلامية.
e3 OCC وزير الدفاع الفرنسي
e4 NORP الفرنسي
e5 PERS جون إيف لودريان
e6 OCC ونظيره الأميركي
e7 NORP الأميركي
e8 PERS آشتون كارتر
e9 DATE الأربعاء
e10 GPE باريس
e11 ORG تنظيم الدولة الإسلامية
t2 CONSULT اجتمع /multilateral
t3 ASSAULT الحرب
> t2 ACTOR e5 e8
> t2 LOCATION e10
> t2 DATE e9
> t3 RECIPIENT e11
> e5 has_occupation e3
> e3 affiliated_with e4
> e8 has_occupation e6
> e6 affiliated_with e7
S ودعا لودريان إلى طرد داعش من مدينة الموصل.
e12 PERS لودريان
e13 ORG داعش
e14 GPE مدينة الموصل
t4 REQUEST ودعا
t5 ASSAULT طرد !hypothetical
> t4 ACTOR e12
> t5 RECIPIENT e13
> t5 LOCATION e14
S وسيعقد اجتماع آخر في بروكسل بعد ثلاثة أسابيع.
e15 GPE بروكسل
e16 DATE بعد ثلاثة أسابيع
t6 CONSULT اجتماع !future
> t6 LOCATION e15
> t6 DATE e16
"""

_LATER = """\
# id: later
# publication_date: 2016-01-21
T مباحثات باريس
e1 GPE باريس
t1 CONSULT مباحثات /multilateral
> t1 LOCATION e1
P
S بحث كارتر وجان إيف لو دريان أمس الأربعاء في باريس الحملة على داعش.
e2 PERS كارتر
e3 PERS وجان إيف لو دريان
e4 DATE أمس الأربعاء
e5 GPE باريس
e6 ORG داعش
t2 CONSULT بحث /multilateral
t3 ASSAULT الحملة
> t2 ACTOR e2 e3
> t2 LOCATION e5
> t2 DATE e4
> t3 RECIPIENT e6
"""

_OTHER = """\
# id: other
# publication_date: 2016-10-25
T اجتماع في باريس
e1 GPE باريس
t1 CONSULT اجتماع /multilateral
> t1 LOCATION e1
P
S اجتمع كارتر ولودريان الثلاثاء في باريس.
e2 PERS كارتر
e3 PERS ولودريان
e4 DATE الثلاثاء
e5 GPE باريس
t2 CONSULT اجتمع /multilateral
> t2 ACTOR e2 e3
> t2 LOCATION e5
> t2 DATE e4
"""


@pytest.fixture
def paris() -> Document:
    """An article of the day of a meeting."""
    return read_sheet(_PARIS)


@pytest.fixture
def later() -> Document:
    """Another paper's article about the same meeting, a day later, with names spelt otherwise."""
    return read_sheet(_LATER)


@pytest.fixture
def other() -> Document:
    """A meeting of the same two in the same city, months later."""
    return read_sheet(_OTHER)


@pytest.fixture
def article() -> Callable[[str], Document]:
    """Makes a document of the lines of a sheet."""

    def make(lines: str, *, id: str = "a", date: str = "2016-01-20") -> Document:
        return read_sheet(f"# id: {id}\n# publication_date: {date}\n{lines}")

    return make
