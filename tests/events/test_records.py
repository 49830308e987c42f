"""From mentions to records, in one article and over several."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waqai.events import assemble, assemble_all, merge
from waqai.schema import Document, Trigger
from waqai.schema.record import Actor, Citation, DateValue, EventMention, EventRecord, Place

merging = import_module("waqai.events.merge")  # the module; the package's ``merge`` is its function


def test_the_mentions_of_one_event_make_one_record(paris: Document) -> None:
    records = assemble(paris, model="test 1")
    meeting = records[0]
    assert [record.event for record in records] == ["CONSULT", "ASSAULT", "REQUEST", "ASSAULT", "CONSULT"]
    assert [mention.text for mention in meeting.mentions] == ["يجتمع", "اجتمع"]
    assert meeting.mode == "multilateral"
    assert meeting.quad_code == 1
    assert meeting.event_scale == 4
    assert meeting.date == DateValue("2016-01-20", "day", "الأربعاء")
    assert meeting.event_loc is not None
    assert meeting.event_loc.geonameid == 2988507
    assert {actor.code for actor in meeting.actor} == {"FRA GOV", "USA GOV", ""}
    assert meeting.cite_info == Citation("paris", "التحالف يجتمع في باريس", "وكالة", "2016-01-20")
    assert meeting.model == "test 1"
    for mention in meeting.mentions:
        assert paris.text[mention.start : mention.end] == mention.text


def test_another_meeting_stays_another_record(paris: Document) -> None:
    coming = assemble(paris)[-1]
    assert (coming.auxiliary, coming.date and coming.date.value) == ("future", "2016-W06")
    assert coming.event_loc is not None
    assert coming.event_loc.country == "BEL"


def test_only_actual_leaves_out_what_is_planned_wished_or_denied(paris: Document) -> None:
    assert [record.event for record in assemble(paris, only_actual=True)] == ["CONSULT", "ASSAULT", "REQUEST"]


def test_contexts_name_their_evidence(paris: Document) -> None:
    contexts = {label.name: label.evidence for label in assemble(paris)[1].context}
    assert "تنظيم الدوله" in contexts["terrorism"]
    assert "military" in contexts


def test_a_mode_that_the_model_left_open_is_read_from_the_words(article: Callable[..., Document]) -> None:
    document = article(
        "S شن الطيران غارات جوية، وأطلق الجيش النار، وخرجت تظاهرة.\nt1 ASSAULT غارات\nt2 PROTEST تظاهرة\n"
    )
    assert [record.mode for record in assemble(document)] == ["aerial", "demo"]


def test_an_unstated_date_is_the_article_s_and_says_so(article: Callable[..., Document]) -> None:
    happened, planned = assemble(
        article("S قصف الجيش المدينة، وسيقصف القرية.\nt1 ASSAULT قصف\nt2 ASSAULT وسيقصف !future\n")
    )
    assert happened.date == DateValue("2016-01-20", "publication")
    assert planned.date is None


def test_words_for_a_date_that_do_not_resolve_are_kept(article: Callable[..., Document]) -> None:
    document = article("S قصف الجيش القرية منذ أشهر.\ne1 DATE أشهر\nt1 ASSAULT قصف\n> t1 DATE e1\n")
    assert assemble(document)[0].date == DateValue(None, None, "أشهر")


def test_an_article_without_triggers_or_date_is_no_trouble(article: Callable[..., Document]) -> None:
    assert assemble(article("S لا شيء هنا.\n")) == ()
    document = replace(
        article("S قصف الجيش القرية الأربعاء.\ne1 DATE الأربعاء\nt1 ASSAULT قصف\n> t1 DATE e1\n"), publication_date=None
    )
    (record,) = assemble(document)
    assert record.date == DateValue(None, None, "الأربعاء")


def test_one_event_over_articles_is_one_record_with_both_sources(
    paris: Document, later: Document, other: Document
) -> None:
    documents = (other, later, paris)
    merged = merge(assemble_all(documents), documents)
    meetings = [record for record in merged if record.event == "CONSULT" and record.auxiliary is None]
    assert sorted(sorted(source.document for source in record.sources) for record in meetings) == [
        ["later", "paris"],
        ["other"],
    ]
    joined = next(record for record in meetings if len(record.sources) == 2)
    assert joined.id == assemble(paris)[0].id  # the earliest report names the event
    assert joined.date is not None
    assert joined.date.value == "2016-01-20"
    assert len(joined.mentions) == 4
    assert len({actor.name for actor in joined.actor}) == 3


def test_merging_twice_changes_nothing(paris: Document, later: Document, other: Document) -> None:
    once = merge(assemble_all((paris, later, other)))
    assert merge(once) == once


def test_records_that_come_later_change_no_id(paris: Document, later: Document, other: Document) -> None:
    before = {record.id for record in merge(assemble_all((paris, other)))}
    after = {record.id for record in merge(assemble_all((paris, other, later)))}
    assert before <= after


def test_wire_copies_count_as_one_source(article: Callable[..., Document]) -> None:
    body = "S " + " ".join(f"كلمة{number}" for number in range(80)) + " قصف الجيش الروسي حلب الثلاثاء.\n"
    marks = "e1 ORG الجيش الروسي\ne2 GPE حلب\ne3 DATE الثلاثاء\nt1 ASSAULT قصف\n> t1 ACTOR e1\n> t1 LOCATION e2\n> t1 DATE e3\n"
    agency, copy = (article(body + marks, id=name) for name in ("agency", "copy"))
    (record,) = merge(assemble_all((agency, copy)), (agency, copy))
    assert [(source.document, source.copies) for source in record.sources] == [("agency", ("copy",))]


def test_other_actors_make_another_strike(article: Callable[..., Document]) -> None:
    def strike(name: str, actor: str) -> Document:
        return article(
            f"S قصف {actor} حلب الثلاثاء.\ne1 ORG {actor}\ne2 GPE حلب\ne3 DATE الثلاثاء\nt1 ASSAULT قصف\n"
            "> t1 ACTOR e1\n> t1 LOCATION e2\n> t1 DATE e3\n",
            id=name,
        )

    documents = (strike("a", "الجيش الروسي"), strike("b", "الجيش التركي"), strike("c", "الجيش الروسي"))
    merged = merge(assemble_all(documents))
    assert sorted(len(record.sources) for record in merged) == [1, 2]


@pytest.mark.parametrize(
    ("countries", "identifier", "sources"),
    [
        (("EGY", "TUN"), None, [["d0"], ["d1"]]),
        (("EGY", "EGY"), None, [["d0", "d1"]]),
        (("EGY", None), None, [["d0", "d1"]]),
        (("EGY", None, "TUN"), None, [["d0", "d1"], ["d2"]]),
        (("EGY", "TUN"), "Q1", [["d0", "d1"]]),
    ],
)
def test_the_armies_of_two_countries_are_two_parties(
    countries: tuple[str | None, ...], identifier: str | None, sources: list[list[str]]
) -> None:
    killings = [
        EventRecord(
            id=f"d{n}", event="ASSAULT", date=DateValue(f"2016-01-2{n}", "publication"), event_text="قتل",
            actor=(Actor("الجيش", "الجيش", country, "MIL", identifier),), recipient=(Actor("مسلحين", "مسلحين"),),
            mentions=(EventMention(f"d{n}", 0, 3, "قتل", "قتل"),),
            sources=(Citation(f"d{n}", publication_date=f"2016-01-2{n}"),),
        )
        for n, country in enumerate(countries)
    ]  # fmt: skip
    assert [[source.document for source in record.sources] for record in merge(killings)] == sources


def test_a_meeting_of_two_armies_has_both() -> None:
    meetings = [replace(_meeting(f"d{n}", 20, "p", "الجيش"), event_text="لقاء") for n in range(2)]
    other = replace(meetings[1].actor[0], country="EGY")
    (merged,) = merge([meetings[0], replace(meetings[1], actor=(other,))])
    assert [(actor.name, actor.country) for actor in merged.actor] == [("الجيش", "USA"), ("الجيش", "EGY")]


@given(st.permutations(["paris", "later", "other"]))
def test_the_order_of_articles_does_not_matter(order: list[str]) -> None:
    made = {
        name: _meeting(name, day, place)
        for name, day, place in (("paris", 20, "p"), ("later", 20, "p"), ("other", 25, "p"))
    }
    merged = merge([made[name] for name in order])
    assert {frozenset(source.document for source in record.sources) for record in merged} == {
        frozenset(("paris", "later")), frozenset(("other",)),
    }  # fmt: skip


def _meeting(document: str, day: int, place: str, name: str = "كارتر") -> EventRecord:
    date = f"2016-01-{day:02d}"
    return EventRecord(
        id=document, event="CONSULT", date=DateValue(date, "day"), actor=(Actor(name, name, "USA", "GOV"),),
        event_loc=Place(place, place, "FRA", feature="city"), event_text="اجتماع", mentions=(EventMention(document, 0, 6, "اجتماع", "اجتماع"),),
        sources=(Citation(document, publication_date=date),),
    )  # fmt: skip


def test_of_two_events_it_may_be_a_report_is_of_the_one_told_of_last() -> None:
    strikes = [
        replace(_meeting(f"d{n}", 20, "حلب", name), event="ASSAULT", event_text="قصف")
        for n, name in enumerate(("روسيا", "تركيا"))
    ]
    unnamed = replace(strikes[0], id="d2", actor=(), sources=(Citation("d2", publication_date="2016-01-20"),))
    merged = merge([*strikes, unnamed])
    assert [[source.document for source in record.sources] for record in merged] == [["d0"], ["d1", "d2"]]


def test_a_place_that_everything_happens_at_costs_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    most = 0
    link = merging._link
    seen: dict[str, int] = {}

    def counting(record: merging._Identity, cluster: merging._Cluster) -> float:
        nonlocal most
        seen[record.record.id] = seen.get(record.record.id, 0) + 1
        most = max(most, seen[record.record.id])
        return link(record, cluster)

    monkeypatch.setattr(merging, "_link", counting)
    merge(replace(_meeting(f"d{n}", 20, "حلب", f"name {n}"), event="ASSAULT") for n in range(1000))
    assert 1 < most <= 3 * 2 * merging._BLOCK


def test_comparisons_grow_no_faster_than_the_collection(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    link = merging._link

    def counting(record: merging._Identity, cluster: merging._Cluster) -> float:
        nonlocal compared
        compared += 1
        return link(record, cluster)

    monkeypatch.setattr(merging, "_link", counting)
    counts = []
    for size in (400, 1600):
        compared = 0
        merge(
            _meeting(f"d{n}", n % 28 + 1, f"place {n % (size // 20)}", f"name {n % (size // 8)}") for n in range(size)
        )
        counts.append(compared / size)
    assert counts[1] < 2 * counts[0] + 1


def test_a_record_keeps_its_id_over_runs_and_models(paris: Document) -> None:
    first = [record.id for record in assemble(paris, model="one")]
    assert first == [record.id for record in assemble(paris, model="two")]
    assert len(set(first)) == len(first)


def test_a_scheme_s_unknown_type_is_kept_without_a_class(paris: Document) -> None:
    document = paris.with_annotation((), (Trigger("INAUGURATE", 0, 7),), ())
    (record,) = assemble(document)
    assert (record.event, record.quad_code, record.event_scale) == ("INAUGURATE", 0, 0.0)


def test_the_records_of_an_article_are_as_they_were(paris: Document) -> None:
    """A change here is a change of what users get: look at it, then write the file anew."""
    golden = Path(__file__).parent / "golden" / "paris.json"
    made = [record.to_dict() for record in assemble(paris)]
    assert made == json.loads(golden.read_text(encoding="utf-8"))
