"""Altered copies of articles: other names, the same annotation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from model_fixtures import mark
from waqai.errors import DataError
from waqai.schema import Document
from waqai.training.augmentation import MentionReplacer, augment


def _labels(document: Document) -> list[tuple[object, ...]]:
    number = {mention.key: index for index, mention in enumerate(document.mentions)}
    return [
        *((mention.type,) for mention in document.mentions),
        *sorted(
            (relation.type, number[relation.head.key], number[relation.tail.key]) for relation in document.relations
        ),
    ]


@pytest.mark.parametrize("seed", range(8))
def test_a_copy_keeps_its_annotation_and_every_surface_but_the_replaced(gold: list[Document], seed: int) -> None:
    replacer = MentionReplacer.from_documents(gold)
    names = {name for pool in replacer.names.values() for name in pool}
    copies = augment(gold, replacer, share=1.0, copies=1, seed=seed)
    assert [copy.id for copy in copies] == ["paris~1", "amman~1"]
    for article, copy in zip(gold, copies, strict=True):
        assert _labels(copy) == _labels(article)
        for old, new in zip(article.mentions, copy.mentions, strict=True):
            assert copy.surface(new) == article.surface(old) or copy.surface(new) in names
    assert any(copy.text != article.text for article, copy in zip(gold, copies, strict=True))


def test_proclitics_are_carried_over(tmp_path: Path) -> None:
    text = "سافر من باريس إلى وباريس ولباريس"
    mentions = {"a": ("GPE", "باريس"), "b": ("GPE", "وباريس")}
    article = mark("a", text, mentions)
    replacer = MentionReplacer({"GPE": ("باريس",)})
    assert replacer._clitic("وباريس", "GPE") == "و"
    assert replacer._clitic("روما", "GPE") is None
    table = tmp_path / "names.tsv"
    table.write_text("الرباط\tLOC\n")
    rabat = MentionReplacer.from_documents([article], table)
    assert rabat.names["GPE"] == ("الرباط", "باريس")  # not وباريس, which is باريس again


def test_one_name_in_a_text_keeps_being_one_name() -> None:
    article = mark("a", "في باريس وفي باريس", {"a": ("GPE", "باريس")})
    article = replace(article, entities=(*article.entities, replace(article.entities[0], start=13, end=18)))
    replacer = MentionReplacer({"GPE": ("باريس", "روما", "عمان", "حلب", "لندن")})
    for [copy] in (augment([article], replacer, 1.0, 1, seed) for seed in range(6)):
        assert len({copy.surface(entity) for entity in copy.entities}) == 1


@pytest.mark.parametrize("seed", range(20))
def test_whether_a_name_is_exchanged_is_decided_once_for_all_its_forms(seed: int) -> None:
    article = mark("a", "زار فرنسا اليوم وفرنسا ترحب", {"a": ("GPE", "فرنسا"), "b": ("GPE", "وفرنسا")})
    replacer = MentionReplacer({"GPE": ("فرنسا", "هولندا", "بلجيكا", "البرتغال")})
    [copy] = augment([article], replacer, 0.5, 1, seed)
    bare, joined = (copy.surface(entity) for entity in copy.entities)
    assert joined == "و" + bare


def test_no_share_changes_nothing_and_a_seed_repeats(gold: list[Document]) -> None:
    replacer = MentionReplacer.from_documents(gold)
    assert [copy.text for copy in augment(gold, replacer, 0.0, 2, 1)] == [document.text for document in gold] * 2
    assert augment(gold, replacer, 0.7, 2, 1) == augment(gold, replacer, 0.7, 2, 1)


@pytest.mark.parametrize(("name", "content"), [("t.tsv", b"one column"), ("t.xz", b"no xz"), ("t.tsv", b"\xff\xfe")])
def test_a_table_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match="cannot read the table of names"):
        MentionReplacer.from_documents([], tmp_path / name)
