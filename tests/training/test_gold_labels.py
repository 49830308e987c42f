"""Gold that a scheme or a window cannot hold is named before a training, not left out in silence."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from waqai.encoding import LabelSpace
from waqai.errors import DataError
from waqai.schema import Document, Entity, Relation, Scheme, Trigger
from waqai.training.corpora import refuse_unknown_labels, scheme_from
from waqai.training.features import FeatureBuilder
from waqai.training.mapping import Coverage

TEXT = "زار وزير الدفاع بغداد"


def _article(kind: str = "OCC", event: str = "CONSULT", **said: str) -> Document:
    minister, visit = Entity(kind, 4, 15), Trigger(event, 0, 3, **said)
    return Document(
        id="a", text=TEXT, entities=(minister,), triggers=(visit,), relations=(Relation("ACTOR", visit, minister),)
    )


@pytest.mark.parametrize(
    ("article", "said"),
    [
        (_article(kind="TITLE"), "entity type TITLE (2 times, first in a)"),
        (_article(event="MEET"), "event type MEET"),
        (_article(mode="telepathy"), "mode telepathy"),
        (_article(auxiliary="maybe"), "auxiliary maybe"),
        (
            replace(_article(), relations=(Relation("VISITOR", _article().triggers[0], _article().entities[0]),)),
            "VISITOR",
        ),
    ],
)
def test_labels_that_the_scheme_lacks_stop_the_training(article: Document, said: str, scheme: Scheme) -> None:
    with pytest.raises(DataError) as caught:
        refuse_unknown_labels([article, article], scheme)
    assert said in str(caught.value)
    assert "scheme=FILE" in str(caught.value)


def test_what_the_scheme_knows_passes_and_layers_it_leaves_out_do_not_matter(scheme: Scheme) -> None:
    refuse_unknown_labels([_article()], scheme)
    refuse_unknown_labels([_article(event="MEET")], scheme_from([_article()]))


def test_mentions_that_cut_words_are_counted(scheme: Scheme, subwords: Any, caplog: pytest.LogCaptureFixture) -> None:
    cut = replace(_article(), entities=(Entity("GPE", 17, 21),), triggers=(), relations=())
    with caplog.at_level(logging.WARNING):
        FeatureBuilder(LabelSpace(scheme), subwords("wordpiece"), 64).build([cut, _article()], Coverage.full(scheme))
    assert "1 mentions do not cover whole words" in caplog.text
