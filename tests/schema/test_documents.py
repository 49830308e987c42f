"""Documents compare by what is marked in them; the scheme says what may be."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from small_articles import PARIS
from waqai.errors import ConfigError, DataError
from waqai.schema import Document, Entity, Scheme, Span, default_scheme

CONFIG = Path(__file__).parents[2] / "configs" / "scheme" / "waqai.yaml"


@given(st.permutations(PARIS.entities), st.permutations(PARIS.relations))
def test_the_order_of_annotation_makes_no_difference(entities, relations):
    assert PARIS.with_annotation(tuple(entities), PARIS.triggers, tuple(relations)) == PARIS


def test_confidence_is_no_part_of_what_is_marked():
    assert Entity("GPE", 0, 5, confidence=0.4) == Entity("GPE", 0, 5)
    assert replace(PARIS, entities=tuple(replace(e, confidence=0.1) for e in PARIS.entities)) == PARIS


def test_a_document_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        PARIS.text = ""  # type: ignore[misc]


def test_arguments_are_the_relations_of_triggers():
    assert {relation.type for relation in PARIS.arguments} == {"ACTOR", "RECIPIENT", "LOCATION", "DATE"}
    assert len(PARIS.arguments) == 8


def test_mentions_know_their_words():
    assert PARIS.surface(PARIS.triggers[0]) == "التقى"
    assert [PARIS.surface(mention) for mention in PARIS.mentions if mention.type == "DATE"] == ["الأربعاء"]


@pytest.mark.parametrize(
    ("one", "other", "touch"),
    [((0, 3), (2, 5), True), ((0, 3), (3, 5), False), ((0, 9), (2, 3), True), ((4, 5), (0, 4), False)],
)
def test_spans_are_half_open(one, other, touch):
    assert Span(*one).overlaps(Span(*other)) is touch
    assert Span(*other).overlaps(Span(*one)) is touch


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (DataError("what", path="a.bio", line=3), "a.bio:3: what"),
        (DataError("what", path="a.bio"), "a.bio: what"),
        (DataError("what"), "what"),
    ],
)
def test_an_error_says_where(error, shown):
    assert str(error) == shown


def test_the_default_scheme_is_the_contract():
    scheme = default_scheme()
    assert (len(scheme.entities), len(scheme.triggers)) == (21, 16)
    assert scheme.auxiliaries == ("historical", "future", "hypothetical", "negation")
    assert [role.name for role in scheme.roles] == ["ACTOR", "RECIPIENT", "LOCATION", "DATE"]
    assert all(-10 <= one.scale(mode) <= 10 for one in scheme.triggers for mode in (None, *one.modes))
    assert {one.quad_code for one in scheme.triggers} == {1, 2, 3, 4}


def test_the_packaged_scheme_is_the_configured_one():
    assert Scheme.read(CONFIG) == default_scheme()


def test_a_scheme_survives_its_plain_form():
    assert Scheme.from_dict(default_scheme().to_dict()) == default_scheme()


def test_a_mode_without_a_scale_of_its_own_has_its_events():
    scheme = default_scheme()
    assault = scheme.trigger_by_name["ASSAULT"]
    assert assault.scale("aerial") == -9.5
    assert assault.scale(None) == assault.scale("no such mode") == -9.0


@pytest.mark.parametrize(
    ("head", "label", "tail", "allowed"),
    [
        ("ASSAULT", "ACTOR", "ORG", True),
        ("ASSAULT", "ACTOR", "DATE", False),
        ("ASSAULT", "DATE", "TIME", True),
        ("ORG", "ACTOR", "ORG", False),
        ("PERS", "has_occupation", "OCC", True),
        ("OCC", "has_occupation", "PERS", False),
    ],
)
def test_what_may_be_joined(head, label, tail, allowed):
    assert default_scheme().pair_by_name[label].allows(head, tail) is allowed


def _scheme(**changes: object) -> dict[str, object]:
    return {
        "entities": ["PERS", "GPE"],
        "triggers": {"MEET": {"quad_code": 1, "event_scale": 2}},
        "roles": {"WHO": {"tails": ["PERS"]}},
        "relations": {"lives_in": {"heads": ["PERS"], "tails": ["GPE"]}},
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"entities": None}, "the scheme lacks or misspells"),
        ({"triggers": {"MEET": {"quad_code": 1}}}, "the scheme lacks or misspells 'event_scale'"),
        ({"triggers": {"MEET": {"quad_code": "x", "event_scale": 1}}}, "the scheme lacks or misspells"),
        ({"roles": {"WHO": {"heads": ["PERS"]}}}, "the scheme lacks or misspells 'tails'"),
        ({"roles": {"WHO": {"tails": ["ORG"]}}}, "relation WHO names undeclared entity types: ORG"),
        ({"entities": ["PERS", "GPE", "GPE"]}, "entities and triggers declare GPE twice"),
        ({"entities": ["PERS", "GPE", "MEET"]}, "entities and triggers declare MEET twice"),
        ({"relations": {"WHO": {"heads": ["PERS"], "tails": ["GPE"]}}}, "roles and relations declare WHO twice"),
    ],
)
def test_a_scheme_that_contradicts_itself(changes, message):
    with pytest.raises(ConfigError, match=message):
        Scheme.from_dict(_scheme(**changes))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[", "is not YAML"),
        (b"- a", "holds no mapping"),
        (b"\xff\xfe", "is not YAML"),
        (None, "cannot read the scheme"),
    ],
)
def test_a_scheme_file_that_is_none(tmp_path, content, message):
    path = tmp_path / "scheme.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        Scheme.read(path)


def test_a_scheme_of_ones_own(tmp_path):
    path = tmp_path / "scheme.yaml"
    path.write_text(yaml.safe_dump(_scheme(name="mine"), allow_unicode=True), encoding="utf-8")
    scheme = Scheme.read(path)
    assert (scheme.name, scheme.entities, scheme.trigger_names) == ("mine", ("PERS", "GPE"), ("MEET",))
    assert Document("a", "خبر").language == "ar"
