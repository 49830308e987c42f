"""What many tests share. The fixtures of models stand in model_fixtures.py."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from waqai.schema import Document, Entity, Relation, Scheme, Trigger, default_scheme

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # before any library reads it: no test touches a network
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

pytest_plugins = ["model_fixtures"]

# The same examples every time, and no clock: a test fails because of the code, not because of the machine's load.
settings.register_profile("waqai", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("waqai")


@pytest.fixture(scope="session")
def scheme() -> Scheme:
    """The default scheme."""
    return default_scheme()


def _span(text, surface, nth=1):
    start = -1
    for _ in range(nth):
        start = text.index(surface, start + 1)
    return start, start + len(surface)


@pytest.fixture(scope="session")
def make_article():
    """Makes an article: entities (type, words[, which]), triggers (type, words[, which, mode, auxiliary]),
    relations (label, head's words, tail's words)."""

    def make(text, entities=(), triggers=(), relations=(), id="article", **metadata):
        marked = {words: Entity(kind, *_span(text, words, *rest)) for kind, words, *rest in entities}
        found = {words: Trigger(kind, *_span(text, words, *rest[:1]), *rest[1:]) for kind, words, *rest in triggers}
        joined = [Relation(label, found.get(head) or marked[head], marked[tail]) for label, head, tail in relations]
        return Document(
            id=id,
            text=text,
            entities=tuple(marked.values()),
            triggers=tuple(found.values()),
            relations=tuple(joined),
            **metadata,
        )

    return make


@pytest.fixture(scope="session")
def paris(make_article):
    """A short article with nesting, an alias, arguments, modes and an auxiliary."""
    text = (
        "التقى وزير الدفاع الفرنسي جون إيف لودريان نظيره الأميركي في باريس الأربعاء.\n"
        'وقال إن فرنسا ستقصف تنظيم الدولة الإسلامية "داعش" في الرقة بسوريا.'
    )
    return make_article(
        text,
        [
            ("OCC", "وزير الدفاع الفرنسي"),
            ("NORP", "الفرنسي"),
            ("PERS", "جون إيف لودريان"),
            ("OCC", "نظيره الأميركي"),
            ("NORP", "الأميركي"),
            ("GPE", "باريس"),
            ("DATE", "الأربعاء"),
            ("GPE", "فرنسا"),
            ("ORG", "تنظيم الدولة الإسلامية"),
            ("ORG", "داعش"),
            ("GPE", "الرقة"),
            ("GPE", "بسوريا"),
        ],
        [("CONSULT", "التقى", 1, "visit", None), ("ASSAULT", "ستقصف", 1, "aerial", "future")],
        [
            ("ACTOR", "التقى", "جون إيف لودريان"),
            ("ACTOR", "التقى", "نظيره الأميركي"),
            ("LOCATION", "التقى", "باريس"),
            ("DATE", "التقى", "الأربعاء"),
            ("ACTOR", "ستقصف", "فرنسا"),
            ("RECIPIENT", "ستقصف", "تنظيم الدولة الإسلامية"),
            ("LOCATION", "ستقصف", "الرقة"),
            ("has_occupation", "جون إيف لودريان", "وزير الدفاع الفرنسي"),
            ("affiliated_with", "وزير الدفاع الفرنسي", "الفرنسي"),
            ("affiliated_with", "نظيره الأميركي", "الأميركي"),
            ("same_as", "تنظيم الدولة الإسلامية", "داعش"),
            ("located_in", "الرقة", "بسوريا"),
        ],
        id="paris",
        publication_date="2016-01-20",
    )
