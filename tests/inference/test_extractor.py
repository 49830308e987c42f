"""The extractor, as its users call it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from model_fixtures import PARIS
from waqai import Extractor
from waqai.decoding.scoring import CHUNKS_AHEAD
from waqai.errors import ConfigError, DataError, ModelError
from waqai.schema import Document


@pytest.fixture(scope="module")
def extractor(onnx_folder: Path) -> Extractor:
    return Extractor.from_pretrained(onnx_folder, threads=1)


def test_a_text_becomes_an_annotated_article_with_events(extractor: Extractor, gold: list[Document]) -> None:
    article = extractor(PARIS, publication_date="2016-01-20", id="paris", title=gold[0].title)
    assert (article.entities, article.triggers, article.relations) == (
        gold[0].entities,
        gold[0].triggers,
        gold[0].relations,
    )
    visit = next(record for record in article.events if record.mode == "visit")
    assert (visit.event, visit.date and visit.date.value, visit.model) == ("CONSULT", "2016-01-20", "tiny")
    spans = [PARIS[mention.start : mention.end] for mention in visit.mentions]
    assert "التقى" in spans


def test_many_texts_keep_their_order_and_get_numbers(extractor: Extractor) -> None:
    found = list(extractor.pipe(["باريس", PARIS, "عمان"]))
    assert [article.id for article in found] == ["000001", "000002", "000003"]


def test_only_actual_events(extractor: Extractor, gold: list[Document]) -> None:
    def auxiliaries(only_actual: bool) -> list[set[str | None]]:
        return [{r.auxiliary for r in article.events} for article in extractor.pipe(gold, only_actual=only_actual)]

    assert "future" in auxiliaries(False)[1]
    assert "future" not in auxiliaries(True)[1]


def test_texts_are_read_as_they_are_asked_for(extractor: Extractor, gold: list[Document]) -> None:
    taken: list[int] = []

    def endless():
        while True:
            taken.append(1)
            yield replace(gold[0], id=str(len(taken)))

    found = extractor.pipe(endless())
    for _ in range(3):
        next(found)
    assert len(taken) <= CHUNKS_AHEAD * 64


@pytest.mark.parametrize("text", ["", " \n "])
def test_an_empty_text_is_an_error(extractor: Extractor, text: str) -> None:
    with pytest.raises(DataError, match="is empty"):
        extractor(text)


def test_residue_alone_gives_nothing(extractor: Extractor) -> None:
    article = extractor("1234\nإضافة تعليق")
    assert (article.entities, article.triggers, article.events) == ((), (), ())


def test_a_publication_date_that_is_none_is_an_error(extractor: Extractor) -> None:
    with pytest.raises(ConfigError, match="is a day"):
        extractor(PARIS, publication_date="أمس")


def test_models_that_are_not_there(tmp_path: Path, onnx_folder: Path) -> None:
    with pytest.raises(ConfigError, match="auto, onnx, torch"):
        Extractor.from_pretrained(onnx_folder, engine="tpu")
    with pytest.raises(ModelError, match="is no folder"):
        Extractor.from_pretrained(tmp_path / "nowhere")
    with pytest.raises(ModelError, match="cannot be fetched from the hub"):
        Extractor.from_pretrained("waqai-tests/no-such-model")
    graphs = tmp_path / "graphs"
    graphs.mkdir()
    for path in onnx_folder.iterdir():
        if path.name != "config.json":
            (graphs / path.name).symlink_to(path)
    with pytest.raises(ModelError, match=r"model\.safetensors"):
        Extractor.from_pretrained(graphs, engine="torch")


@pytest.mark.parametrize("day", ["yesterday", "2016", "2016-13-45", "2016-01-20T10:00:00Z"])
def test_an_article_whose_date_is_odd_is_still_read(extractor: Extractor, gold: list[Document], day: str) -> None:
    [article] = extractor.pipe([replace(gold[0], publication_date=day)])
    assert article.events
