"""Whatever a model marks, records come out whole and as the published schema says."""

from __future__ import annotations

import json
from importlib import resources
from itertools import pairwise

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from waqai.events import assemble, merge
from waqai.inspection import render_html, render_table
from waqai.schema import Document, Entity, Relation, Trigger, default_scheme
from waqai.storage import polecat_row
from waqai.text import split_words

_TEXT = (
    "قال وزير الدفاع الفرنسي جان إيف لودريان الأربعاء في باريس إن التحالف سيقصف داعش في مدينة الموصل العراقية. "
    "ودعا الوزير إلى اجتماع في 20 يناير 2016 الساعة 18:07 تغ، بعد أسبوعين من الهجوم على المدينة."
)
_WORDS = split_words(_TEXT)
_SCHEME = default_scheme()
_VALIDATOR = jsonschema.Draft202012Validator(
    json.loads((resources.files("waqai.schema") / "event_record.schema.json").read_text(encoding="utf-8"))
)

_spans = st.lists(st.integers(0, len(_WORDS)), min_size=2, max_size=2, unique=True).map(sorted)
_confidence = st.floats(0, 1)


@st.composite
def _documents(draw: st.DrawFn) -> Document:
    entities = tuple(
        {
            entity.key: entity
            for entity in (
                Entity(
                    draw(st.sampled_from(_SCHEME.entities)),
                    _WORDS[first].start,
                    _WORDS[last - 1].end,
                    None,
                    draw(_confidence),
                )
                for first, last in draw(st.lists(_spans, max_size=8))
            )
        }.values()
    )
    triggers = tuple(
        {
            trigger.key: trigger
            for trigger in (
                Trigger(
                    draw(st.sampled_from(_SCHEME.trigger_names)), _WORDS[first].start, _WORDS[last - 1].end, None,
                    draw(st.sampled_from([None, *_SCHEME.auxiliaries])), draw(_confidence),
                )
                for first, last in draw(st.lists(_spans, max_size=6))
            )
        }.values()
    )  # fmt: skip
    relations = []
    for head, tail in pairwise(draw(st.permutations([*triggers, *entities]))):
        names = [
            pair.name for pair in _SCHEME.pair_types if isinstance(tail, Entity) and pair.allows(head.type, tail.type)
        ]
        if names and isinstance(tail, Entity):
            relations.append(Relation(draw(st.sampled_from(names)), head, tail, draw(_confidence)))
    published = draw(st.sampled_from([None, "2016-01-20", "2016-01-20T10:00:00", "2016", "gestern"]))
    return Document(
        "d", _TEXT, publication_date=published, entities=entities, triggers=triggers, relations=tuple(relations)
    )


@settings(deadline=None, max_examples=40)
@given(_documents())
def test_any_annotation_makes_valid_records(document: Document) -> None:
    records = assemble(document)
    assert sum(len(record.mentions) for record in records) == len(document.triggers)
    assert len({record.id for record in records}) == len(records)
    for record in records:
        _VALIDATOR.validate(json.loads(json.dumps(record.to_dict())))
        polecat_row(record)
    assert len(merge(records, [document])) == len(records)  # one article's events are apart already
    render_table(records)
    render_html([document], records)
