"""Gold to label arrays and back: what the features say, perfect scores turn into the same gold again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_fixtures import mark
from waqai.decoding import Annotator, TagScores
from waqai.encoding import (
    BEGIN,
    DENIED,
    IGNORED,
    INSIDE,
    NOT_OUTSIDE,
    OUTSIDE,
    Batch,
    LabelSpace,
    SubwordTokenizer,
    make_batch,
)
from waqai.formats import read_documents
from waqai.schema import Document, Entity, Relation, Scheme, Trigger
from waqai.text import split_sentences, split_words
from waqai.training.features import FeatureBuilder, WindowFeatures
from waqai.training.mapping import Coverage

Subwords = Callable[[str], SubwordTokenizer]


class Oracle:
    """An engine that answers what the features of the same windows say."""

    def __init__(self, features: Sequence[WindowFeatures], tokenizer: SubwordTokenizer, labels: LabelSpace) -> None:
        self.labels = labels
        self.windows: dict[bytes, WindowFeatures] = {}
        self.related: dict[tuple[int, tuple[int, ...], tuple[int, ...]], np.ndarray] = {}
        self.documents: dict[str, int] = {}
        for feature in features:
            batch = make_batch([(feature.encoded, feature.window)], tokenizer)
            self.windows[batch.input_ids[0].tobytes()] = feature
            document = self.documents.setdefault(feature.encoded.document.id, len(self.documents))
            shift = np.array([feature.window.first, feature.window.first, 0])
            for (head, tail, *_), found in zip(feature.pairs.tolist(), feature.pair_labels, strict=True):
                spans = feature.spans + shift
                self.related[document, (*spans[head].tolist(),), (*spans[tail].tolist(),)] = found

    def tag(self, batch: Batch) -> TagScores:
        parts: list[list[np.ndarray]] = []
        for ids, mask in zip(batch.input_ids, batch.attention_mask, strict=True):
            feature = self.windows[ids[mask == 1].tobytes()]
            words = np.arange(feature.window.first, feature.window.last)
            document = self.documents[feature.encoded.document.id]
            parts.append(
                [
                    _scores(feature.entities, 3),
                    _scores(feature.triggers, self.labels.trigger_tags),
                    _scores(feature.modes, len(self.labels.modes)),
                    _scores(feature.auxiliaries, len(self.labels.auxiliaries)),
                    np.stack([np.full(len(words), document), words], axis=1).astype(np.float32),
                ]
            )
        return TagScores(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def relate(self, states: np.ndarray, spans: np.ndarray, pairs: np.ndarray) -> np.ndarray:
        document, word = int(states[0, 0]), states[:, 1].astype(int)
        absolute = [(int(word[first]), int(word[last]), kind) for first, last, kind in spans.tolist()]
        nothing = np.zeros(len(self.labels.pair_names), np.float32)
        found = [
            self.related.get((document, absolute[head], absolute[tail]), nothing) for head, tail, *_ in pairs.tolist()
        ]
        return np.stack(found) * 20 - 10


def _scores(labels: np.ndarray, classes: int) -> np.ndarray:
    return np.eye(classes, dtype=np.float32)[np.maximum(labels, 0)] * 10


def _round_trip(documents: list[Document], tokenizer: SubwordTokenizer, scheme: Scheme, size: int) -> list[Document]:
    labels = LabelSpace(scheme)
    features = FeatureBuilder(labels, tokenizer, size).build(documents, Coverage.full(scheme))
    return list(
        Annotator(Oracle(features, tokenizer, labels), tokenizer, labels, max_subwords=size).annotate(documents)
    )


@pytest.mark.parametrize("kind", ["wordpiece", "bpe", "unigram"])
@pytest.mark.parametrize("size", [96, 500])
def test_the_two_articles_come_back(
    gold: list[Document], subwords: Subwords, scheme: Scheme, kind: str, size: int
) -> None:
    assert _round_trip(gold, subwords(kind), scheme, size) == gold


@pytest.fixture(scope="module")
def seeds() -> list[Document]:
    return read_documents(Path(__file__).parents[2] / "annotations" / "seeds")


def _keys(items: Sequence[Entity] | Sequence[Trigger] | Sequence[Relation]) -> set[object]:
    return {item.key for item in items}  # without the values of dates, which no head predicts


@pytest.mark.parametrize(("size", "reachable"), [(128, 0.8), (2000, 1.0)])
def test_the_seeds_come_back_but_for_arguments_out_of_reach(
    seeds: list[Document], subwords: Subwords, scheme: Scheme, size: int, reachable: float
) -> None:
    kept = wanted = 0
    for theirs, mine in zip(seeds, _round_trip(seeds, subwords("unigram"), scheme, size), strict=True):
        assert _keys(mine.entities) == _keys(theirs.entities)
        assert mine.triggers == theirs.triggers
        assert _keys(mine.relations) <= _keys(theirs.relations)
        kept, wanted = kept + len(mine.relations), wanted + len(theirs.relations)
    assert kept >= reachable * wanted  # the rest stands too far off for a small window


_WORDS = ("وزير", "الدفاع", "باريس", "قصف", "\u0627\u064b", "وبريطانيا", "http")


@st.composite
def annotated(draw: st.DrawFn, scheme: Scheme) -> Document:
    """Articles of short sentences with nested mentions and every relation the scheme allows, one a pair."""
    lengths = draw(st.lists(st.integers(1, 8), min_size=1, max_size=6))
    numbers = iter(range(100))  # no two words alike: the oracle knows a window by its subwords
    text = "\n".join(" ".join(f"{_WORDS[n % 7]}{n}" for n in islice(numbers, length)) for length in lengths)
    words = split_words(text)
    entities: list[Entity] = []
    triggers: list[Trigger] = []
    place: dict[object, int] = {}
    for number, sentence in enumerate(split_sentences(text, words)):
        for kind in draw(st.lists(st.sampled_from(scheme.entities), max_size=3, unique=True)):
            first = draw(st.integers(sentence.first_word, sentence.last_word - 1))
            last = draw(st.integers(first, sentence.last_word - 1))
            entities.append(Entity(kind, words[first].start, words[last].end))
            place[entities[-1]] = number
        for word in draw(st.lists(st.integers(sentence.first_word, sentence.last_word - 1), max_size=2, unique=True)):
            kind = draw(st.sampled_from(scheme.triggers))
            mode = draw(st.sampled_from([None, *kind.modes]))
            auxiliary = draw(st.sampled_from([None, *scheme.auxiliaries]))
            triggers.append(Trigger(kind.name, words[word].start, words[word].end, mode, auxiliary))
            place[triggers[-1]] = number
    relations = []
    for head in (*entities, *triggers):
        for tail in entities:
            back = place[head] - place[tail]
            reachable = 0 <= back <= 2 if isinstance(head, Trigger) else back == 0 and head != tail
            kinds = scheme.roles if isinstance(head, Trigger) else scheme.relations
            fitting = [kind.name for kind in kinds if kind.allows(head.type, tail.type)]
            if reachable and fitting and draw(st.booleans()):
                relations.append(Relation(draw(st.sampled_from(fitting)), head, tail))
    return Document("random", text, entities=tuple(entities), triggers=tuple(triggers), relations=tuple(relations))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_article_comes_back(data: st.DataObject, subwords: Subwords, scheme: Scheme) -> None:
    article = data.draw(annotated(scheme))
    assert _round_trip([article], subwords("bpe"), scheme, 1000) == [article]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_small_windows_lose_no_mention(data: st.DataObject, subwords: Subwords, scheme: Scheme) -> None:
    article = data.draw(annotated(scheme))
    [found] = _round_trip([article], subwords("bpe"), scheme, 40)
    assert (found.entities, found.triggers) == (article.entities, article.triggers)
    assert set(found.relations) <= set(article.relations)


COARSE = Coverage(frozenset({"PERS", "ORG"}), (("FAC", "GPE", "LOC"),), flat=True, unknown=frozenset({"MISC"}))


def _column(scheme: Scheme, feature: WindowFeatures, kind: str) -> list[int]:
    return feature.entities[:, scheme.entities.index(kind)].tolist()


def test_what_a_corpus_does_not_speak_of_is_unknown_never_negative(subwords: Subwords, scheme: Scheme) -> None:
    text = "جون لودريان في باريس"
    document = mark("a", text, {"john": ("PERS", "جون لودريان"), "paris": ("FAC|GPE|LOC", "باريس")})
    builder = FeatureBuilder(LabelSpace(scheme), subwords("wordpiece"), 64, COARSE.unions)
    [feature] = builder.build([document], COARSE)
    assert _column(scheme, feature, "DATE") == [IGNORED] * 4  # it marks no dates
    assert _column(scheme, feature, "PERS") == [BEGIN, INSIDE, OUTSIDE, OUTSIDE]
    assert _column(scheme, feature, "ORG") == [IGNORED, IGNORED, OUTSIDE, IGNORED]  # flat: inside a mention, who knows
    assert _column(scheme, feature, "GPE") == [IGNORED] * 4  # its group is known, not which of the group
    assert feature.unions[:, 0].tolist() == [IGNORED, IGNORED, OUTSIDE, BEGIN]
    assert set(feature.triggers.tolist()) == {IGNORED}
    assert len(feature.pairs) == len(feature.spans) == 0
    assert builder.union_members == [[scheme.entities.index(kind) for kind in ("FAC", "GPE", "LOC")]]


def test_an_unknown_label_leaves_its_words_unknown(subwords: Subwords, scheme: Scheme) -> None:
    document = mark("a", "كأس العالم في باريس", {"cup": ("?MISC", "كأس العالم")})
    [feature] = FeatureBuilder(LabelSpace(scheme), subwords("wordpiece"), 64, COARSE.unions).build([document], COARSE)
    assert _column(scheme, feature, "PERS") == [IGNORED, IGNORED, OUTSIDE, OUTSIDE]
    assert feature.unions[:, 0].tolist() == [IGNORED, IGNORED, OUTSIDE, OUTSIDE]


def test_a_corpus_of_bare_names_says_neither_where_a_mention_begins_nor_what_is_none(
    subwords: Subwords, scheme: Scheme
) -> None:
    text = "وصل جون إلى مدينة باريس الجميلة"
    document = mark("a", text, {"john": ("PERS", "جون"), "paris": ("FAC|GPE|LOC", "باريس الجميلة")})
    coverage = replace(COARSE, exact=frozenset({"PERS"}), names=frozenset({"ORG", "GPE", "LOC", "FAC"}))
    [feature] = FeatureBuilder(LabelSpace(scheme), subwords("wordpiece"), 64, coverage.unions).build(
        [document], coverage
    )
    assert _column(scheme, feature, "PERS") == [OUTSIDE, BEGIN, OUTSIDE, OUTSIDE, OUTSIDE, IGNORED]
    assert _column(scheme, feature, "ORG") == [IGNORED] * 6
    assert feature.unions[:, 0].tolist() == [IGNORED] * 4 + [NOT_OUTSIDE, INSIDE]


def test_marked_arguments_are_known_and_all_else_of_events_is_not(subwords: Subwords, scheme: Scheme) -> None:
    document = mark(
        "a",
        "خطف مسلحون مهندسين وقتلوا حارسا",
        {"took": ("ASSAULT", "خطف"), "gunmen": ("ORG", "مسلحون"), "engineers": ("NORP", "مهندسين")},
        [("took", "ACTOR", "gunmen"), ("took", "RECIPIENT", "engineers")],
    )
    labels = LabelSpace(scheme)
    coverage = Coverage(frozenset(), roles=frozenset({"ACTOR", "RECIPIENT"}))
    [feature] = FeatureBuilder(labels, subwords("wordpiece"), 64).build([document], coverage)
    assault = scheme.trigger_names.index("ASSAULT")
    assert feature.triggers.tolist() == [2 * assault + 1] + [IGNORED] * 4
    assert set(feature.modes) == set(feature.auxiliaries) == {IGNORED}
    assert set(feature.entities.ravel().tolist()) == {IGNORED}  # the ends of arguments are no entities to learn from
    roles = [labels.pair_names.index(name) for name in ("ACTOR", "RECIPIENT")]
    said = {
        (int(head), int(tail)): row[roles].tolist()
        for (head, tail, *_), row in zip(feature.pairs, feature.pair_labels, strict=True)
        if (row != IGNORED).any()
    }
    trigger = feature.spans[:, 2].argmax()
    assert said == {(trigger, 0): [1.0, 0.0], (trigger, 1): [0.0, 1.0]}
    assert (np.delete(feature.pair_labels, roles, axis=1) == IGNORED).all()


def test_a_sentence_judged_to_hold_no_such_event_denies_that_type_alone(subwords: Subwords, scheme: Scheme) -> None:
    coverage = Coverage(frozenset(), roles=frozenset({"ACTOR"}), denied={"a": "PROTEST"})
    builder = FeatureBuilder(LabelSpace(scheme), subwords("wordpiece"), 64)
    [denied, unknown] = builder.build([Document("a", "سارت المسيرة السلمية"), Document("b", "خرجوا")], coverage)
    assert denied.triggers.tolist() == [DENIED - scheme.trigger_names.index("PROTEST")] * 3
    assert unknown.triggers.tolist() == [IGNORED]


def test_attributes_are_known_where_a_trigger_begins_and_nowhere_else(
    gold: list[Document], subwords: Subwords, scheme: Scheme
) -> None:
    labels = LabelSpace(scheme)
    [feature] = FeatureBuilder(labels, subwords("wordpiece"), 500).build(gold[1:], Coverage.full(scheme))
    begins = (feature.triggers % 2 == 1) & (feature.triggers > 0)
    assert ((feature.modes != IGNORED) == begins).all()
    assert ((feature.auxiliaries != IGNORED) == begins).all()
    assert [labels.auxiliaries[a] for a in feature.auxiliaries[begins]] == [t.auxiliary for t in gold[1].triggers]


def test_a_mention_off_the_words_is_left_out_not_moved(subwords: Subwords, scheme: Scheme) -> None:
    document = replace(Document("a", "وبريطانيا"), entities=(Entity("GPE", 1, 9),))
    [feature] = FeatureBuilder(LabelSpace(scheme), subwords("wordpiece"), 64).build([document], Coverage.full(scheme))
    assert set(feature.entities.ravel().tolist()) == {OUTSIDE}
