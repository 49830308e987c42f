"""From an engine's scores to annotated articles, with engines whose answers are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from waqai.decoding import Annotator, DecodingSettings, TagScores
from waqai.decoding.tags import log_softmax
from waqai.encoding import Batch, LabelSpace, SubwordTokenizer, encode_documents
from waqai.schema import Document, Entity, Scheme, Trigger

Subwords = Callable[[str], SubwordTokenizer]
SIZE = 5


@dataclass
class Scripted:
    """An engine that reads its answers from tables: the same scores for every word, unless told otherwise."""

    labels: LabelSpace
    entity: dict[tuple[int, str], int] = field(default_factory=dict)  # (word, type) -> tag
    trigger: dict[int, tuple[str, tuple[str, str] | None, str | None]] = field(default_factory=dict)
    pair_logits: np.ndarray | None = None
    batches: list[Batch] = field(default_factory=list)
    asked: list[np.ndarray] = field(default_factory=list)

    def tag(self, batch: Batch) -> TagScores:
        self.batches.append(batch)
        count = int(batch.word_count.sum())
        labels = self.labels
        entities = np.zeros((count, len(labels.entity_types), 3), np.float32)
        entities[..., 0] = 5.0
        triggers = np.zeros((count, labels.trigger_tags), np.float32)
        triggers[:, 0] = 5.0
        modes = np.zeros((count, len(labels.modes)), np.float32)
        auxiliaries = np.zeros((count, len(labels.auxiliaries)), np.float32)
        for (word, kind), tag in self.entity.items():
            entities[word, labels.entity_types.index(kind), tag] = 10.0
        for word, (kind, mode, auxiliary) in self.trigger.items():
            triggers[word, 2 * labels.scheme.trigger_names.index(kind) + 1] = 10.0
            modes[word, labels.modes.index(mode)] = 10.0
            auxiliaries[word, labels.auxiliaries.index(auxiliary)] = 10.0
        return TagScores(entities, triggers, modes, auxiliaries, np.zeros((count, SIZE), np.float32))

    def relate(self, states: np.ndarray, spans: np.ndarray, pairs: np.ndarray) -> np.ndarray:
        self.asked.append(pairs)
        logits = np.full((len(pairs), len(self.labels.pair_names)), -5.0, np.float32)
        if self.pair_logits is not None:
            logits[:] = self.pair_logits
        return logits


TEXT = "قصف الجيش الرقة أمس"  # ASSAULT, ORG, GPE, DATE


SOFT = {"entities": 3.0, "triggers": 3.0, "pairs": 3.0}
"""Temperatures that take much of every head's certainty."""


@pytest.fixture
def engine(scheme: Scheme) -> Scripted:
    labels = LabelSpace(scheme)
    tags = {(1, "ORG"): 1, (2, "GPE"): 1, (3, "DATE"): 1}
    return Scripted(labels, tags, {0: ("ASSAULT", ("ASSAULT", "aerial"), "negation")})


def _logits(labels: LabelSpace, **values: float) -> np.ndarray:
    return np.array([values.get(name, -9.0) for name in labels.pair_names], np.float32)


def _annotate(engine: Scripted, subwords: Subwords, settings: DecodingSettings | None = None) -> Document:
    annotator = Annotator(engine, subwords("wordpiece"), engine.labels, settings or DecodingSettings())
    [document] = annotator.annotate([Document("a", TEXT)])
    return document


def test_mentions_carry_offsets_attributes_and_confidence(engine: Scripted, subwords: Subwords) -> None:
    document = _annotate(engine, subwords)
    assert [(document.surface(e), e.type) for e in document.entities] == [
        ("الجيش", "ORG"),
        ("الرقة", "GPE"),
        ("أمس", "DATE"),
    ]
    assert document.triggers == (Trigger("ASSAULT", 0, 3, "aerial", "negation"),)
    assert all(0.9 < mention.confidence < 1.0 for mention in document.mentions)


def test_a_model_is_never_as_sure_as_an_annotator(engine: Scripted, subwords: Subwords) -> None:
    engine.pair_logits = _logits(engine.labels, LOCATION=30.0)
    document = _annotate(engine, subwords, DecodingSettings(temperatures={"entities": 0.1, "triggers": 0.1}))
    assert {mention.confidence for mention in document.mentions} == {0.9999}
    assert {relation.confidence for relation in document.relations} == {0.9999}


def test_a_mode_is_always_one_of_its_type(engine: Scripted, subwords: Subwords) -> None:
    engine.trigger[0] = ("ASSAULT", ("CONSULT", "visit"), None)
    # CONSULT's mode scores highest, but cannot be ASSAULT's: none and all of ASSAULT's tie, the first is none
    assert _annotate(engine, subwords).triggers[0].mode is None


def test_a_pair_gets_its_likeliest_label_that_fits_and_passes(engine: Scripted, subwords: Subwords) -> None:
    def labels_of(settings: DecodingSettings | None = None, **values: float) -> set[tuple[str, str, str]]:
        engine.pair_logits = _logits(engine.labels, **values)
        document = _annotate(engine, subwords, settings)
        return {(document.surface(r.head), r.type, document.surface(r.tail)) for r in document.relations}

    assert labels_of() == set()
    # DATE fits the date alone; ACTOR fits army and city, and is likelier than LOCATION
    assert labels_of(ACTOR=2.0, LOCATION=1.0, DATE=0.5) == {
        ("قصف", "ACTOR", "الجيش"),
        ("قصف", "ACTOR", "الرقة"),
        ("قصف", "DATE", "أمس"),
    }
    assert labels_of(LOCATION=1.0) == {("قصف", "LOCATION", "الرقة")}
    assert labels_of(DecodingSettings(argument_threshold=0.8), LOCATION=1.0) == set()  # sigmoid(1) is 0.73
    assert labels_of(DecodingSettings(argument_threshold=0.7), LOCATION=1.0) == {("قصف", "LOCATION", "الرقة")}
    # the two thresholds are each other's business
    strict = DecodingSettings(relation_threshold=0.9)
    assert labels_of(strict, located_in=1.0, LOCATION=1.0) == {("قصف", "LOCATION", "الرقة")}
    assert ("الجيش", "located_in", "الرقة") in labels_of(DecodingSettings(argument_threshold=0.9), located_in=1.0)


def test_temperatures_change_confidence_and_no_decision(engine: Scripted, subwords: Subwords) -> None:
    engine.pair_logits = _logits(engine.labels, LOCATION=2.0)
    plain = _annotate(engine, subwords, DecodingSettings(argument_threshold=0.1))
    soft = _annotate(engine, subwords, DecodingSettings(argument_threshold=0.1, temperatures=SOFT))
    assert soft == plain  # confidence takes no part in equality
    for mine, theirs in zip(soft.mentions, plain.mentions, strict=True):
        assert mine.confidence < theirs.confidence


def test_a_relation_is_as_sure_as_its_label_and_both_its_mentions(engine: Scripted, subwords: Subwords) -> None:
    engine.pair_logits = _logits(engine.labels, LOCATION=2.0)
    [relation] = _annotate(engine, subwords, DecodingSettings(argument_threshold=0.1, temperatures=SOFT)).relations
    of_label = 1 / (1 + np.exp(-2 / 3))
    assert relation.head.confidence < 0.99
    expected = of_label * relation.head.confidence * relation.tail.confidence
    assert relation.confidence == pytest.approx(expected, abs=2e-4)


def test_doubtful_mentions_make_no_relation(engine: Scripted, subwords: Subwords) -> None:
    engine.pair_logits = _logits(engine.labels, LOCATION=3.0)
    assert len(_annotate(engine, subwords, DecodingSettings(argument_threshold=0.9)).relations) == 1
    soft = DecodingSettings(argument_threshold=0.9, temperatures={"entities": 3.0})
    assert _annotate(engine, subwords, soft).relations == ()


@pytest.mark.parametrize("logit", [20.0, 90.0])
def test_a_pair_has_one_label_however_sure(engine: Scripted, subwords: Subwords, logit: float) -> None:
    engine.pair_logits = _logits(engine.labels, ACTOR=logit + 1, LOCATION=logit)
    labels = [relation.type for relation in _annotate(engine, subwords).relations]
    assert set(labels) == {"ACTOR"}


def test_nothing_to_relate_asks_nothing(engine: Scripted, subwords: Subwords) -> None:
    engine.trigger, engine.entity = {}, {(1, "DATE"): 1}
    assert _annotate(engine, subwords).relations == ()
    assert engine.asked == []


def test_old_annotation_gives_way_and_articles_without_words_come_back_empty(
    engine: Scripted, subwords: Subwords
) -> None:
    annotator = Annotator(engine, subwords("wordpiece"), engine.labels)
    documents = [
        Document("a", TEXT, entities=(Entity("PERS", 0, 3),)),
        Document("b", "1234", entities=(Entity("PERS", 0, 4),)),
    ]
    first, second = annotator.annotate(documents)
    assert [entity.type for entity in first.entities] == ["ORG", "GPE", "DATE"]
    assert (second.id, second.entities) == ("b", ())


def test_articles_keep_their_order_and_batches_their_budget(
    scheme: Scheme, subwords: Subwords, gold: list[Document]
) -> None:
    engine = Scripted(LabelSpace(scheme))
    articles = [replace(gold[n % 2], id=str(n), text=gold[n % 2].text[: 20 + 37 * (n % 7)]) for n in range(25)]
    annotator = Annotator(engine, subwords("wordpiece"), engine.labels, max_subwords=48, subword_budget=100, chunk=10)
    assert [document.id for document in annotator.annotate(iter(articles))] == [str(n) for n in range(25)]
    assert all(batch.input_ids.size <= 100 for batch in engine.batches)
    assert max(len(batch.input_ids) for batch in engine.batches) > 1


def test_each_word_is_scored_by_the_window_that_owns_it(
    scheme: Scheme, subwords: Subwords, gold: list[Document]
) -> None:
    tokenizer = subwords("wordpiece")

    class Places(Scripted):
        """Word states that say where in its window a word stood."""

        def tag(self, batch: Batch) -> TagScores:
            scores = super().tag(batch)
            place = np.concatenate([np.arange(count) for count in batch.word_count])
            return replace(scores, states=place[:, None].astype(np.float32))

    long = replace(gold[0], text=gold[0].text + "\n" + gold[1].text)
    annotator = Annotator(Places(LabelSpace(scheme)), tokenizer, LabelSpace(scheme), max_subwords=32)
    [(encoded, scores)] = annotator.score([long])
    assert scores is not None
    assert len(encoded.windows) > 3
    assert scores.states[:, 0].tolist() == encoded.owners()[1].tolist()
    [again] = encode_documents([long], tokenizer, 32)
    assert again.windows == encoded.windows


def test_probabilities_come_from_the_package_itself() -> None:
    assert np.exp(log_softmax(np.zeros((1, 4), np.float32))).tolist() == [[0.25] * 4]
