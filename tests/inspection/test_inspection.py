"""Events to look at."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from waqai.events import assemble
from waqai.formats.sheet import read_sheet
from waqai.inspection import actor_pairs, render_actor_pairs, render_html, render_table, render_timeline
from waqai.schema import Document
from waqai.schema.record import EventRecord

_SHEET = """\
# id: مقال <1>
# publication_date: 2016-01-20
# source: وكالة & صحيفة
S قصفت الطائرات الروسية <حلب> الثلاثاء.
e1 ORG الطائرات الروسية
e2 NORP الروسية
e3 GPE حلب
e4 DATE الثلاثاء
t1 ASSAULT قصفت /aerial
> t1 ACTOR e1
> t1 LOCATION e3
> t1 DATE e4
S وأدانت فرنسا القصف.
e5 GPE فرنسا
t2 ACCUSE وأدانت
t3 ASSAULT القصف
> t2 ACTOR e5
> t2 RECIPIENT e1
> t3 ACTOR e1
"""


class _Page(HTMLParser):
    """Checks that tags close as they open, and gathers ids, links, text and what is loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag not in ("meta", "line", "circle", "br"):
            self.open.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag == "a":
            self.links.append(named["href"] or "")
        self.loaded += [value for name, value in attrs if name in ("src", "data") and value]
        if tag in ("script", "link", "iframe"):
            self.loaded.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("line", "circle"):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture
def document() -> Document:
    return read_sheet(_SHEET)


@pytest.fixture
def records(document: Document) -> tuple[EventRecord, ...]:
    return assemble(document)


def _read(page: str) -> _Page:
    parser = _Page()
    parser.feed(page)
    assert parser.open == []
    return parser


def test_the_page_is_well_formed_and_needs_nothing_else(document: Document, records: tuple[EventRecord, ...]) -> None:
    html = render_html([document], records)
    page = _read(html)
    assert page.loaded == []
    assert "http" not in html
    assert "url(" not in html
    assert '<html lang="ar" dir="rtl">' in html
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)


def test_the_page_shows_the_whole_article_as_it_stands(document: Document, records: tuple[EventRecord, ...]) -> None:
    article = re.search(r"<article>(.*?)</article>", render_html([document], records), re.DOTALL)
    assert article is not None
    assert "".join(_read(article[1]).text) == document.text


def test_mentions_cards_and_sentences_are_joined(document: Document, records: tuple[EventRecord, ...]) -> None:
    html = render_html([document], records)
    assert 'class="m ORG NORP"' in html  # nested mentions share their words
    assert html.count('<section class="card') == len(records) == 2
    assert "RUS MIL" in html
    assert "FRA GOV" in html
    assert "<svg" in html
    assert "2016-01-19" in html


def test_a_page_of_nothing_is_a_page(document: Document) -> None:
    assert "لا إحداثيات" in render_html([], [])
    _read(render_html([document], []))


def test_records_of_unknown_articles_have_cards_without_links(records: tuple[EventRecord, ...]) -> None:
    page = _read(render_html([], records))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)


def test_the_table_has_a_line_an_event(records: tuple[EventRecord, ...]) -> None:
    table = render_table(records, width=200)
    assert "ASSAULT/aerial" in table
    assert "[RUS MIL]" in table
    assert "حلب, SYR" in table
    assert "~2016-01-20" in table
    assert render_table([]) == "no events\n"


def test_the_timeline_goes_by_date(records: tuple[EventRecord, ...]) -> None:
    timeline = render_timeline(records)
    assert timeline.index("2016-01-19") < timeline.index("~2016-01-20")
    assert render_timeline([]) == "no events\n"


def test_actor_pairs_count_who_acts_on_whom(records: tuple[EventRecord, ...]) -> None:
    ((actor, recipient, types, scale),) = actor_pairs(records)
    assert (actor, recipient, dict(types), scale) == (
        "فرنسا [FRA GOV]",
        "الطائرات الروسية [RUS MIL]",
        {"ACCUSE": 1},
        -2.0,
    )
    assert "ACCUSE 1" in render_actor_pairs(records)
