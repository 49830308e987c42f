"""Column files of other corpora: what their lines mean, mistakes of theirs included."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from waqai.formats import read_documents, write_documents


def _read(tmp_path, content: str, form: str = "conll") -> list[tuple[str, list[tuple[str, str]]]]:
    (tmp_path / "train.conll").write_text(content, encoding="utf-8")
    documents = read_documents(tmp_path, form)
    return [(one.text, [(entity.type, one.surface(entity)) for entity in one.entities]) for one in documents]


@pytest.mark.parametrize(
    ("lines", "entities"),
    [
        (["وصل O", "جون B-PERS", "كيري I-PERS"], [("PERS", "جون كيري")]),
        (["فرنسا B-GPE", "وبريطانيا B-GPE"], [("GPE", "فرنسا"), ("GPE", "وبريطانيا")]),
        (["جون I-PERS", "كيري I-PERS"], [("PERS", "جون كيري")]),
        (["جون B-PERS", "كيري I-ORG"], [("PERS", "جون"), ("ORG", "كيري")]),
        (["جون B-PERS", "قال O", "كيري I-PERS"], [("PERS", "جون"), ("PERS", "كيري")]),
        (["جون NNP B-PERS"], [("PERS", "جون")]),
    ],
)
def test_tags(tmp_path, lines, entities):
    [(text, found)] = _read(tmp_path, "\n".join(lines))
    assert found == entities
    assert text == " ".join(line.split()[0] for line in lines)


def test_several_tags_a_word_are_nested_mentions(tmp_path):
    lines = ["وزير B-OCC", "دفاع I-OCC", "فرنسا I-OCC B-GPE"]
    assert _read(tmp_path, "\n".join(lines), "wojood") == [
        ("وزير دفاع فرنسا", [("OCC", "وزير دفاع فرنسا"), ("GPE", "فرنسا")])
    ]


@pytest.mark.parametrize("border", ["", "   ", "O", "-DOCSTART-", "-DOCSTART- O", "-DOCSTART- -X- -X- O"])
def test_what_stands_between_sentences(tmp_path, border):
    assert [text for text, _ in _read(tmp_path, f"باريس B-GPE\n{border}\nلندن B-GPE\n")] == ["باريس", "لندن"]


def test_words_are_kept_as_the_corpus_split_them(tmp_path):
    (tmp_path / "train.conll").write_text("و O\nبريطانيا B-GPE\n(أ.ف.ب) B-ORG\n", encoding="utf-8")
    [document] = read_documents(tmp_path, "conll")
    assert [word.text for word in document.words] == ["و", "بريطانيا", "(أ.ف.ب)"]
    assert [document.surface(entity) for entity in document.entities] == ["بريطانيا", "(أ.ف.ب)"]


def test_a_packed_file_is_unpacked_on_the_way(tmp_path):
    (tmp_path / "train.conll.xz").write_bytes(lzma.compress("باريس B-GPE\n".encode()))
    assert [one.id for one in read_documents(tmp_path)] == ["train-000001"]


@pytest.mark.parametrize("form", ["conll", "wojood"])
def test_sentences_of_a_corpus_are_written_as_they_were_read(tmp_path, form):
    content = "زار O\nباريس B-GPE\n. O\nثم O\n\nلندن B-GPE\n\n"
    (tmp_path / "train.conll").write_text(content, encoding="utf-8")
    documents = read_documents(tmp_path, form)
    write_documents(documents, tmp_path / "again.conll", form)
    assert (tmp_path / "again.conll").read_text(encoding="utf-8") == content


@pytest.mark.parametrize("tags", ["I-ORG B-ORG", "B-ORG I-ORG"])
def test_a_type_inside_itself_is_the_outer_mention(tmp_path: Path, tags: str) -> None:
    (tmp_path / "a.txt").write_text(f"كلية B-ORG\nجامعة {tags}\nبيرزيت I-ORG B-GPE I-ORG\n", encoding="utf-8")
    [sentence] = read_documents(tmp_path / "a.txt", "wojood")
    assert [(one.type, sentence.surface(one)) for one in sentence.entities] == [
        ("ORG", "كلية جامعة بيرزيت"),
        ("GPE", "بيرزيت"),
    ]
