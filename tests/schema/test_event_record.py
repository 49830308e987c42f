"""The record's JSON form."""

from __future__ import annotations

import json
from importlib import resources

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waqai.errors import DataError
from waqai.schema.record import (
    FIELDS,
    Actor,
    Citation,
    ContextLabel,
    DateValue,
    EventMention,
    EventRecord,
    Place,
    RecordSpan,
)

_SCHEMA = json.loads((resources.files("waqai.schema") / "event_record.schema.json").read_text(encoding="utf-8"))
_VALIDATOR = jsonschema.Draft202012Validator(_SCHEMA)

_text = st.text(max_size=8)
_maybe = st.none() | _text
_spans = st.lists(st.builds(RecordSpan, _text, st.integers(0, 99), st.integers(1, 99)), max_size=2).map(tuple)
_country = st.none() | st.sampled_from(["FRA", "IRQ"])
_dates = st.sampled_from(
    [("2016-01-20", "day"), ("2016-W03", "week"), ("2014-22", "season"), ("2014-10/2014-12", "interval"), (None, None),
     ("2016-10-25T18:07Z", "time"), ("2016-01-20", "publication"), ("2014", "year"), ("2016-07-01/2016-07-10", "interval")]
)  # fmt: skip
_actors = st.lists(st.builds(Actor, _text, _text, _country, _maybe, _maybe, _maybe, _spans), max_size=2).map(tuple)
_places = st.none() | st.builds(
    Place,
    _text,
    _text,
    _country,
    _maybe,
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.integers(1),
    st.just("city"),
    _maybe,
    _spans,
)
_records = st.builds(
    EventRecord,
    id=st.text(min_size=1, max_size=5),
    event=_text,
    date=st.none() | _dates.flatmap(lambda pair: st.builds(DateValue, st.just(pair[0]), st.just(pair[1]), _text)),
    enddate=st.none() | st.just("2014-12"),
    mode=_maybe,
    auxiliary=_maybe,
    context=st.lists(st.builds(ContextLabel, _text, st.lists(_text, max_size=2).map(tuple)), max_size=2, unique_by=lambda c: c.name).map(tuple),
    quad_code=st.integers(0, 4),
    event_scale=st.floats(-10, 10),
    actor=_actors,
    recipient=_actors,
    event_loc=_places,
    text=_text,
    event_text=_text,
    mentions=st.lists(st.builds(EventMention, _text, st.integers(0, 99), st.integers(1, 99), _text, _text), min_size=1, max_size=2).map(tuple),
    sources=st.lists(st.builds(Citation, _text, _text, _maybe, _maybe, _maybe, _text, st.lists(_text, max_size=2).map(tuple)), max_size=2).map(tuple),
    confidence=st.floats(0, 1),
    model=_maybe,
)  # fmt: skip


@given(_records)
def test_a_record_survives_json_and_is_as_the_published_schema_says(record: EventRecord) -> None:
    data = json.loads(json.dumps(record.to_dict()))
    _VALIDATOR.validate(data)
    assert EventRecord.from_dict(data) == record


def test_the_schema_names_every_field_and_no_other() -> None:
    jsonschema.Draft202012Validator.check_schema(_SCHEMA)
    assert set(_SCHEMA["properties"]) == set(_SCHEMA["required"]) == set(FIELDS)


def test_the_names_are_the_scheme_s() -> None:
    agreed = (
        "id date enddate event mode auxiliary context quad_code event_scale actor recipient event_loc text event_text "
        "mentions cite_info confidence model"
    )
    assert set(agreed.split()) <= set(FIELDS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": None, "drop": "id"}, "lacks the field 'id'"),
        ({"evnet": 1}, "unknown record field evnet"),
        ({"version": "2.0"}, "version 2.0"),
        ({"date": {"day": 1}}, "not as event_record.schema.json says"),
        ({"actor": ["x"]}, "not as event_record.schema.json says"),
    ],
)
def test_a_broken_record_says_what_is_wrong(change: dict[str, object], message: str) -> None:
    data = EventRecord("1", "AID").to_dict() | {name: value for name, value in change.items() if name != "drop"}
    if "drop" in change:
        del data[str(change["drop"])]
    with pytest.raises(DataError, match=message):
        EventRecord.from_dict(data)


def test_an_interval_has_two_ends() -> None:
    date = DateValue("2014-10/2014-12", "interval")
    assert (date.start, date.end) == ("2014-10", "2014-12")
    assert (DateValue("2014", "year").start, DateValue("2014", "year").end) == ("2014", None)
