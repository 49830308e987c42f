"""What the files look like (golden), and that they are written whole or not at all."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from small_articles import PARIS, make_article
from waqai.errors import DataError, OutputError
from waqai.formats import read_documents, write_documents
from waqai.formats.files import remove_leftovers, writing
from waqai.schema import Document, Entity

SMALL = make_article(
    "التقى وزير الدفاع الفرنسي\nفي باريس.",
    [("OCC", "وزير الدفاع الفرنسي"), ("NORP", "الفرنسي"), ("GPE", "باريس")],
    [("CONSULT", "التقى", 1, "visit", "future")],
    [("ACTOR", "التقى", "وزير الدفاع الفرنسي"), ("affiliated_with", "وزير الدفاع الفرنسي", "الفرنسي")],
    id="small",
    title="خبر",
)

GOLDEN = {
    ("bio", "small.bio"): """\
# id = small
# title = خبر
# language = ar
# text = small.txt

التقى	0	5	O	B-CONSULT
وزير	6	10	B-OCC	O
الدفاع	11	17	I-OCC	O
الفرنسي	18	25	B-NORP|I-OCC	O

في	26	28	O	O
باريس	29	34	B-GPE	O
.	34	35	O	O
""",
    ("bio", "small.tsv"): """\
kind	label	start	end	type	tail_start	tail_end	tail_type	value
attribute	Mode	0	5	CONSULT	-	-	-	visit
attribute	Auxiliary	0	5	CONSULT	-	-	-	future
argument	ACTOR	0	5	CONSULT	6	25	OCC	-
relation	affiliated_with	6	25	OCC	18	25	NORP	-
""",
    ("brat", "small.ann"): """\
T1	CONSULT 0 5	التقى
T2	OCC 6 25	وزير الدفاع الفرنسي
T3	NORP 18 25	الفرنسي
T4	GPE 29 34	باريس
E1	CONSULT:T1 ACTOR:T2
R1	affiliated_with Arg1:T2 Arg2:T3
A1	Mode E1 visit
A2	Auxiliary E1 future
""",
    ("brat", "metadata.jsonl"): '{"id": "small", "title": "خبر", "language": "ar"}\n',
    ("sheet", "small.sheet"): """\
# id: small
# title: خبر
# language: ar

S التقى وزير الدفاع الفرنسي
e1 OCC وزير الدفاع الفرنسي
e2 NORP الفرنسي
t1 CONSULT التقى /visit !future
> t1 ACTOR e1
> e1 affiliated_with e2

S في باريس.
e3 GPE باريس
""",
    ("conll", "documents.conll"): """\
التقى O
وزير B-OCC
الدفاع I-OCC
الفرنسي I-OCC

في O
باريس B-GPE
. O

""",
    ("wojood", "documents.conll"): """\
التقى O
وزير B-OCC
الدفاع I-OCC
الفرنسي I-OCC B-NORP

في O
باريس B-GPE
. O

""",
}


@pytest.mark.parametrize(("form", "name"), GOLDEN)
def test_golden(form, name, tmp_path):
    write_documents([SMALL], tmp_path / "out", form)
    assert (tmp_path / "out" / name).read_text(encoding="utf-8") == GOLDEN[form, name]


def test_a_repeated_role_is_numbered(tmp_path):
    write_documents([PARIS], tmp_path / "out", "brat")
    events = [line for line in (tmp_path / "out" / "paris.ann").read_text("utf-8").splitlines() if line[0] == "E"]
    assert events[1].split("	")[1] == "ASSAULT:T9 DATE:T6 ACTOR:T8 RECIPIENT:T10 LOCATION:T12 LOCATION2:T13"


def test_roles_that_end_in_a_digit_keep_it(tmp_path):
    (tmp_path / "a.txt").write_text("زار الوزير باريس", encoding="utf-8")
    lines = ["T1\tCONSULT 0 3\tزار", "T2\tOCC 4 10\tالوزير", "T3\tGPE 11 16\tباريس"]
    lines.append("E1\tCONSULT:T1 ARG0:T2 ARG1:T3 LOC:T3 LOC2:T2")
    (tmp_path / "a.ann").write_text("\n".join(lines), encoding="utf-8")
    [document] = read_documents(tmp_path)
    assert [relation.type for relation in document.arguments] == ["ARG0", "LOC", "ARG1", "LOC"]


def test_bio_names_a_text_that_lies_elsewhere(tmp_path):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "small.txt").write_text(SMALL.text, encoding="utf-8")
    target = tmp_path / "annotations" / "seeds"
    write_documents([SMALL], target, "bio", text_folder=tmp_path / "seeds")
    assert "# text = ../../seeds/small.txt\n" in (target / "small.bio").read_text(encoding="utf-8")
    assert not (target / "small.txt").exists()
    assert read_documents(target) == [SMALL]


@pytest.mark.parametrize("form", ["bio", "brat", "sheet", "jsonl", "conll", "wojood"])
def test_nothing_is_overwritten_unasked(form, tmp_path):
    out = tmp_path / "out"
    write_documents([SMALL], out, form)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with pytest.raises(OutputError, match="exists; choose another place or pass --overwrite"):
        write_documents([PARIS], out, form)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    write_documents([PARIS], out, form, overwrite=True)
    assert {path.name for path in out.iterdir()}.isdisjoint({"small.bio", "small.ann", "small.sheet"})


@pytest.mark.parametrize("form", ["bio", "brat", "sheet"])
@pytest.mark.parametrize("foreign", ["guidelines.md", "folder"])
def test_a_folder_that_holds_other_things_is_never_replaced(form, foreign, tmp_path):
    out = tmp_path / "out"
    write_documents([SMALL], out, form)
    (out / foreign).mkdir() if foreign == "folder" else (out / foreign).write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match=f"also holds {foreign}; --overwrite would delete it"):
        write_documents([PARIS], out, form, overwrite=True)
    assert (out / foreign).exists()


HALF_A_WORD = SMALL.with_annotation((Entity("GPE", 29, 32),), (), ())
TWICE = SMALL.with_annotation((Entity("OCC", 6, 17), Entity("OCC", 11, 25)), (), ())


@pytest.mark.parametrize(
    ("documents", "form", "message"),
    [
        ([SMALL, HALF_A_WORD], "bio", "two articles have the id small"),
        ([PARIS, HALF_A_WORD], "bio", "small: GPE «بار» does not cover whole words"),
        ([PARIS, HALF_A_WORD], "sheet", "small: GPE «بار» does not cover whole words"),
        ([PARIS, TWICE], "bio", "small: OCC «الدفاع الفرنسي» overlaps one of its kind"),
        ([PARIS, replace(SMALL, id="../x")], "brat", "«../x» cannot name a file"),
        ([PARIS, replace(SMALL, id="")], "brat", "«» cannot name a file"),
        ([PARIS, replace(SMALL, title="a\nb")], "bio", "small: title holds a line break"),
        ([PARIS, replace(SMALL, title="a\nb")], "sheet", "small: title holds a line break"),
        ([make_article("خبر\n12 34\n", [("CARDINAL", "12")])], "sheet", "«12» stands in no running sentence"),
    ],
)
def test_what_does_not_fit_leaves_nothing_half_written(documents, form, message, tmp_path):
    with pytest.raises(DataError, match=message):
        write_documents(documents, tmp_path / "out", form)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_format_is_named():
    with pytest.raises(OutputError, match="unknown format «xml»; known are bio, brat"):
        write_documents([SMALL], Path("out"), "xml")


def test_a_failure_while_writing_keeps_the_old_file(tmp_path):
    path = tmp_path / "scores.json"
    path.write_text("old", encoding="utf-8")

    def fail_half_way() -> None:
        with writing(path, overwrite=True) as stream:
            stream.write("new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for form in ("bio", "jsonl"):
        with pytest.raises(OutputError, match="cannot write"):
            write_documents([SMALL], tmp_path / "file" / "out", form)


def test_the_form_of_a_folder_is_guessed_and_its_other_files_are_let_be(tmp_path):
    write_documents([SMALL], tmp_path / "out", "jsonl")
    (tmp_path / "out" / "scores.json").write_text("{}", encoding="utf-8")
    (tmp_path / "out" / "metadata.jsonl").write_text("{}", encoding="utf-8")
    (tmp_path / "out" / ".documents.jsonl.1.partial").write_text("{", encoding="utf-8")
    assert read_documents(tmp_path / "out") == [SMALL]


def test_a_byte_order_mark_before_annotation_is_let_be(tmp_path):
    write_documents([SMALL], tmp_path / "bio", "bio")
    for path in (tmp_path / "bio" / "small.bio", tmp_path / "bio" / "small.tsv"):
        path.write_text("\ufeff" + path.read_text(encoding="utf-8").replace("\n", "\r\n"), encoding="utf-8", newline="")
    assert read_documents(tmp_path / "bio") == [SMALL]


def test_metadata_is_read_again_when_it_changes(tmp_path):
    write_documents([SMALL], tmp_path / "brat", "brat")
    assert read_documents(tmp_path / "brat")[0].title == "خبر"
    path = tmp_path / "brat" / "metadata.jsonl"
    path.write_text(json.dumps({"id": "small", "title": "x\u2028y"}, ensure_ascii=False), encoding="utf-8")
    assert read_documents(tmp_path / "brat")[0].title == "x\u2028y"


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_writes_is_not(tmp_path: Path) -> None:
    target = tmp_path / "events.jsonl"
    host = socket.gethostname()
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    gone = int(dead.stdout)
    left = [tmp_path / f".events.jsonl.{host}.{gone}.partial", tmp_path / f".brat.{host}.{gone}.partial"]
    kept = [
        tmp_path / f".events.jsonl.{host}.{os.getppid()}.partial",  # somebody is at it
        tmp_path / f".events.jsonl.elsewhere.{gone}.partial",  # another machine's: who knows
        tmp_path / f".other.jsonl.{host}.{gone}.partial",
        tmp_path / "events.jsonl",
    ]
    for path in (left[0], *kept):
        path.write_text("half")
    (left[1] / "inner").mkdir(parents=True)
    remove_leftovers(target)
    remove_leftovers(tmp_path / "brat")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in kept)


def test_a_process_that_is_killed_leaves_what_can_be_removed(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from waqai.formats.files import writing\n"
        "with writing(Path(sys.argv[1])) as stream: stream.write('x'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.jsonl")], check=False)
    assert [path.suffix for path in tmp_path.iterdir()] == [".partial"]
    remove_leftovers(tmp_path / "a.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_written_an_article_at_a_time(tmp_path: Path) -> None:
    written: list[int] = []

    def articles() -> Iterator[Document]:
        for number in range(3):
            written.append(len(list(tmp_path.rglob("*.ann"))))
            yield replace(SMALL, id=str(number))

    write_documents(articles(), tmp_path / "brat", "brat")
    assert written == [0, 1, 2]
    assert len((tmp_path / "brat" / "metadata.jsonl").read_text().splitlines()) == 3
