"""Bad input: one clear message with file, line and what to do. A table of what people get wrong."""

from __future__ import annotations

import lzma
import re
from pathlib import Path

import pytest

from waqai.errors import DataError
from waqai.formats import read_documents
from waqai.formats.standoff import read_standoff

TEXT = "زار الوزير باريس"
BIO = ["زار\t0\t3\tO\tB-CONSULT", "الوزير\t4\t10\tB-OCC\tO", "باريس\t11\t16\tB-GPE\tO"]
TSV = "kind\tlabel\tstart\tend\ttype\ttail_start\ttail_end\ttail_type\tvalue"
ANN = ["T1\tCONSULT 0 3\tزار", "T2\tOCC 4 10\tالوزير", "T3\tGPE 11 16\tباريس", "E1\tCONSULT:T1 ACTOR:T2"]
SHEET = ["# id: a", "S زار الوزير باريس", "t1 CONSULT زار", "e1 OCC الوزير"]
ENTITY = '{"id": "T1", "type": "GPE", "start": 11, "end": 16}'


def bio(*lines: str, tsv: str | None = None, text: str = TEXT) -> dict[str, str]:
    return {"a.bio": "\n".join(lines) + "\n", "a.txt": text, **({} if tsv is None else {"a.tsv": f"{TSV}\n{tsv}\n"})}


def ann(*lines: str) -> dict[str, str]:
    return {"a.ann": "\n".join(lines) + "\n", "a.txt": TEXT}


def jsonl(line: str) -> dict[str, str]:
    return {"a.jsonl": line + "\n"}


def annotated(entities: str = "", relations: str = "", text: str = TEXT) -> dict[str, str]:
    return jsonl(f'{{"id": "a", "text": "{text}", "entities": [{entities}], "relations": [{relations}]}}')


CASES = {
    # BIO
    "a BIO line with spaces for tabs": (bio("زار 0 3 O O"), r"a\.bio:1: expected 5 tab-separated columns .*found 1"),
    "a BIO line without its trigger tag": (bio(*BIO[:2], "باريس\t11\t16\tO"), r"a\.bio:3: expected 5 .*found 4"),
    "an offset that is no number": (bio("زار\t0\tx\tO\tO"), r"a\.bio:1: start_char and end_char are numbers"),
    "an offset that does not match the text": (bio("زار\t1\t4\tO\tO"), r"a\.bio:1: the text has «ار » at \[1, 4\)"),
    "an offset behind the text": (bio("زار\t90\t93\tO\tO"), r"a\.bio:1: the text has «» at"),
    "a word without letters": (bio("\t3\t3\tO\tO"), r"a\.bio:1: the text has «»"),
    "words out of order": (bio(BIO[1], BIO[0]), r"a\.bio:2: words stand in the order of the text"),
    "I- without its B-": (bio(BIO[0], "الوزير\t4\t10\tI-OCC\tO"), r"a\.bio:2: I-OCC follows no B-OCC"),
    "I- of another type": (bio(*BIO[:2], "باريس\t11\t16\tI-GPE\tO"), r"a\.bio:3: I-GPE follows no B-GPE"),
    "a tag in small letters": (bio("زار\t0\t3\tb-GPE\tO"), r"a\.bio:1: «b-GPE» is not B-TYPE, I-TYPE or O"),
    "an empty tag": (bio("زار\t0\t3\t\tO"), r"a\.bio:1: «» is not B-TYPE"),
    "two trigger tags": (bio("زار\t0\t3\tO\tB-AID|B-AGREE"), r"a\.bio:1: «B-AID\|B-AGREE» is not B-TYPE"),
    "two mentions of a type on a word": (bio("زار\t0\t3\tB-GPE|B-GPE\tO"), r"a\.bio:1: two GPE tags on a word"),
    "metadata that nobody knows": (
        bio("# autor = x", *BIO),
        r"a\.bio:1: unknown metadata «autor»; known are id, title",
    ),
    "no text beside the BIO file": ({"a.bio": BIO[0]}, r"a\.txt: cannot read: No such file"),
    # its table
    "a table without its header": ({**bio(*BIO), "a.tsv": "argument\tACTOR\n"}, r"a\.tsv:1: expected the header kind"),
    "a row with too few columns": (bio(*BIO, tsv="argument\tACTOR\t0"), r"a\.tsv:2: expected 9 columns, found 3"),
    "an orphan argument": (
        bio(*BIO, tsv="argument\tACTOR\t0\t3\tCONSULT\t4\t9\tOCC\t-"),
        r"a\.tsv:2: no mention OCC \[4, 9\) is tagged",
    ),
    "an orphan attribute": (
        bio(*BIO, tsv="attribute\tMode\t0\t3\tAID\t-\t-\t-\tvisit"),
        r"a\.tsv:2: no mention AID \[0, 3\)",
    ),
    "an argument of an entity": (
        bio(*BIO, tsv="argument\tACTOR\t4\t10\tOCC\t11\t16\tGPE\t-"),
        r"a\.tsv:2: an argument starts at a trigger",
    ),
    "an argument that is an event": (
        bio(*BIO, tsv="argument\tACTOR\t0\t3\tCONSULT\t0\t3\tCONSULT\t-"),
        r"a\.tsv:2: relations and arguments end in entities",
    ),
    "an argument twice": (
        bio(*BIO, tsv="\n".join(["argument\tACTOR\t0\t3\tCONSULT\t4\t10\tOCC\t-"] * 2)),
        r"a\.tsv:3: this argument is there twice",
    ),
    "a kind of row that nobody knows": (
        bio(*BIO, tsv="role\tACTOR\t0\t3\tCONSULT\t4\t10\tOCC\t-"),
        r"a\.tsv:2: kind is argument, relation or attribute, not «role»",
    ),
    "a mode on an entity": (
        bio(*BIO, tsv="attribute\tMode\t4\t10\tOCC\t-\t-\t-\tvisit"),
        r"a\.tsv:2: an entity has no attribute «Mode»",
    ),
    # brat
    "a span that does not match the text": (
        ann("T1\tGPE 11 15\tباريس"),
        r"a\.ann:1: the text has «باري» at \[11, 15\)",
    ),
    "a span behind the text": (ann("T1\tGPE 11 99\tباريس"), r"a\.ann:1: the text has «باريس» at \[11, 99\)"),
    "a span in pieces": (ann("T1\tGPE 0 3;11 16\tزار باريس"), r"a\.ann:1: .*discontinuous spans are not read"),
    "spaces for tabs in brat": (ann("T1 GPE 11 16 باريس"), r"a\.ann:1: expected T1<tab>TYPE start end<tab>words"),
    "an event without a trigger": (ann("E1\tCONSULT"), r"a\.ann:1: expected an event: E1<tab>TYPE:T1"),
    "an event whose trigger is not declared": (ann("E1\tCONSULT:T7"), r"a\.ann:1: T7 is not an entity declared here"),
    "an event of another type than its trigger": (
        ann(*ANN[:3], "E1\tAID:T1"),
        r"a\.ann:4: T1 is a CONSULT, not the AID",
    ),
    "an argument that is not declared": (ann(*ANN[:3], "E1\tCONSULT:T1 ACTOR:T9"), r"a\.ann:4: T9 is not an entity"),
    "an event as argument": (ann(*ANN, "T5\tAID 0 3\tزار", "E2\tAID:T5 ACTOR:E1"), r"a\.ann:6: E1 is not an entity"),
    "a relation without its ends": (
        ann(*ANN, "R1\tmember_of T2 T3"),
        r"a\.ann:5: expected a relation: R1<tab>TYPE Arg1:T1",
    ),
    "an orphan relation": (ann(*ANN, "R1\tmember_of Arg1:T2 Arg2:T8"), r"a\.ann:5: T8 is not an entity declared here"),
    "an attribute that nobody knows": (ann(*ANN, "A1\tNegation E1"), r"a\.ann:5: expected an attribute: A1<tab>Mode"),
    "a mode on an entity in brat": (ann(*ANN, "A1\tMode T2 visit"), r"a\.ann:5: Mode is set on T2, which is no event"),
    "an id twice": (ann(*ANN, ANN[0]), r"a\.ann:5: the id T1 occurs twice"),
    "an equivalence": (ann(*ANN, "*\tEquiv T2 T3"), r"a\.ann:5: .*same_as relation"),
    "a line that is not brat": (ann("باريس"), r"a\.ann:1: a brat line that starts with «ب»"),
    # JSON Lines
    "no JSON": (jsonl("{text: 1}"), r"a\.jsonl:1: not JSON: .* at column 2"),
    "no object": (jsonl("[1]"), r"a\.jsonl:1: expected a JSON object"),
    "the second line": (jsonl('{"text": "خبر"}\n{"text": '), r"a\.jsonl:2: not JSON"),
    "no text": (jsonl('{"id": "a"}'), r"a\.jsonl:1: the field 'text' is missing"),
    "an empty text": (jsonl('{"text": " "}'), r"a\.jsonl:1: «text» is empty or no string"),
    "a text that is a number": (jsonl('{"text": 5}'), r"a\.jsonl:1: «text» is empty or no string"),
    "half a sign": (jsonl('{"text": "\\ud83d"}'), r"a\.jsonl:1: character 0 of the text is half a surrogate pair"),
    "an entity without its end": (
        annotated('{"id": "T1", "type": "GPE", "start": 1}'),
        r"1: the field 'end' is missing",
    ),
    "an offset that is a string": (annotated(ENTITY.replace("11", '"11"')), r"1: T1: start and end are whole numbers"),
    "an offset that is a fraction": (
        annotated(ENTITY.replace("11", "11.0")),
        r"1: T1: start and end are whole numbers",
    ),
    "an offset outside": (annotated(ENTITY.replace("16", "99")), r"1: GPE \[11, 99\) lies outside the text"),
    "an empty mention": (annotated(ENTITY.replace("16", "11")), r"1: GPE \[11, 11\) lies outside the text"),
    "words that the offsets do not cover": (
        annotated(ENTITY.replace("}", ', "text": "لندن"}')),
        r"1: the text has «باريس» at \[11, 16\), not «لندن»",
    ),
    "entities that are no list": (jsonl('{"text": "خبر", "entities": 5}'), r"1: a field is not of its kind"),
    "an entity that is no object": (annotated("5"), r"1: a field is not of its kind"),
    "an id twice in a line": (annotated(f"{ENTITY}, {ENTITY}"), r"1: the id T1 occurs twice"),
    "a mention twice": (annotated(f"{ENTITY}, {ENTITY.replace('T1', 'T2')}"), r"1: GPE \[11, 16\) is marked twice"),
    "an orphan relation in a line": (
        annotated(ENTITY, '{"type": "located_in", "head": "T1", "tail": "T2"}'),
        r"1: relation located_in: no mention has the id T2",
    ),
    "a relation without a tail": (
        annotated(ENTITY, '{"type": "located_in", "head": "T1"}'),
        r"1: the field 'tail' is missing",
    ),
    "a confidence that is no number": (
        annotated(ENTITY.replace("}", ', "confidence": "high"}')),
        r"1: a field is not of",
    ),
    "a date that is a number": (
        jsonl('{"text": "خبر", "publication_date": 2016}'),
        r"1: «publication_date» is a string",
    ),
    "one id, two articles": (jsonl('{"id": 1, "text": "خبر"}\n{"id": 1, "text": "خبر"}'), r"the id 1 occurs twice"),
    # sheets
    "a sheet without an id": ({"a.sheet": "S خبر"}, r"a\.sheet: no '# id: …' line"),
    "a sheet with strange metadata": ({"a.sheet": "# id: a\n# who: x\nS خبر"}, r"a\.sheet: unknown metadata who"),
    "a line without a mark": (
        {"a.sheet": "# id: a\nخبر"},
        r"a\.sheet:2: expected a sentence, mention, relation or note",
    ),
    "a mention before any sentence": ({"a.sheet": "# id: a\ne1 GPE باريس"}, r"a\.sheet:2: a mention stands below"),
    "words that are not in the sentence": (
        {"a.sheet": "\n".join([*SHEET, "e2 GPE لندن"])},
        r"a\.sheet:5: «لندن» stands 0 times in its sentence",
    ),
    "half a word": ({"a.sheet": "\n".join([*SHEET, "e2 GPE باري"])}, r"a\.sheet:5: «باري» stands 0 times"),
    "a second occurrence that is not there": (
        {"a.sheet": "\n".join([*SHEET, "e2 GPE باريس @2"])},
        r"a\.sheet:5: «باريس» stands 1 times .*, not 2",
    ),
    "occurrence zero": ({"a.sheet": "\n".join([*SHEET, "e2 GPE باريس @0"])}, r"a\.sheet:5: «باريس» stands 1 times"),
    "an id that is taken": ({"a.sheet": "\n".join([*SHEET, "e1 GPE باريس"])}, r"a\.sheet:5: id e1 is taken"),
    "an orphan relation in a sheet": (
        {"a.sheet": "\n".join([*SHEET, "> t1 ACTOR e7"])},
        r"a\.sheet:5: no mention has the id e7",
    ),
    "a relation to an event": ({"a.sheet": "\n".join([*SHEET, "> t1 ACTOR t1"])}, r"a\.sheet:5: t1 is a trigger"),
    "a relation without a label": (
        {"a.sheet": "\n".join([*SHEET, "> t1 e1"])},
        r"a\.sheet:5: expected '> head LABEL tail",
    ),
    "a sentence that the text has not": (
        {"a.sheet": "# id: a\nS سافر الوزير", "a.txt": TEXT},
        r"a\.sheet:2: this sentence does not stand in the text",
    ),
    # columns
    "a word without a tag": ({"a.conll": "باريس B-GPE\nلندن\n"}, r"a\.conll:2: expected a word and its tag"),
    "a tag of another scheme": ({"a.conll": "باريس S-GPE\n"}, r"a\.conll:1: «S-GPE» is not B-TYPE, I-TYPE or O"),
    # files and folders
    "an empty file": ({"a.bio": ""}, r"a\.bio: the file is empty"),
    "a file of spaces": ({"a.jsonl": " \n\n"}, r"a\.jsonl: the file is empty"),
    "a folder with no articles": ({"notes.md": "x"}, r"expected annotated articles \(\.bio, \.ann, .*found none"),
    "broken metadata": ({**ann(*ANN), "metadata.jsonl": "{"}, r"metadata\.jsonl:1: not JSON"),
    "metadata of nobody": (
        {**ann(*ANN), "metadata.jsonl": "{}"},
        r"metadata\.jsonl:1: expected a JSON object with an id",
    ),
    "metadata of another kind": (
        {**ann(*ANN), "metadata.jsonl": '{"id": "a", "publication_date": 20160120}'},
        r"metadata\.jsonl:1: «publication_date» is a string or null, not 20160120",
    ),
    "an event record": (jsonl('{"event": "AID", "text": "خبر", "cite_info": null}'), r"a\.jsonl:1: this is an event"),
}


@pytest.mark.parametrize("name", CASES)
def test_is_refused(name, tmp_path):
    files, message = CASES[name]
    for file, content in files.items():
        (tmp_path / file).write_text(content, encoding="utf-8", newline="")
    with pytest.raises(DataError) as caught:
        read_documents(tmp_path)
    assert re.search(message, str(caught.value)), caught.value
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", [f"a{suffix}" for suffix in (".bio", ".ann", ".jsonl", ".sheet", ".conll")])
def test_bytes_that_are_not_utf8_are_named(name, tmp_path):
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / name).write_bytes("باريس\nباريس B-GPE\n".encode("windows-1256"))
    with pytest.raises(DataError, match=rf"{re.escape(name)}:1: byte 0 \(c8 c7 .*\) is not utf-8 .*--encoding"):
        read_documents(tmp_path)


def test_the_text_itself_may_not_be_utf8(tmp_path):
    (tmp_path / "a.bio").write_text("\n".join(BIO), encoding="utf-8")
    (tmp_path / "a.txt").write_bytes(("خبر\n" * 3).encode("utf-8") + b"\xff")
    with pytest.raises(DataError, match=r"a\.txt:4: byte 21 \(ff\) is not utf-8"):
        read_documents(tmp_path)


def test_another_encoding_is_read_when_named(tmp_path):
    (tmp_path / "a.conll").write_bytes("باريس B-GPE\n".encode("windows-1256"))
    [document] = read_documents(tmp_path, encoding="windows-1256")
    assert document.text == "باريس"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"encoding": "utf-9"}, "no encoding is called 'utf-9'; try utf-8 or windows-1256"),
        ({"form": "xml"}, "unknown format «xml»; known are bio, brat"),
    ],
)
def test_settings_that_do_not_exist(arguments, message, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "خبر"}', encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_documents(tmp_path, **arguments)


def test_a_path_that_is_not_there():
    with pytest.raises(DataError, match="nowhere: no such file or folder"):
        read_documents(Path("nowhere"))


@pytest.mark.parametrize(
    ("records", "corpus", "message"),
    [
        ("{", "خبر", r"gold\.standoff\.jsonl:1: not JSON"),
        ('{"id": "a"}', "خبر", r"gold\.standoff\.jsonl:1: expected a record with id and text_sha256"),
        ('{"id": "a", "text_sha256": "0"}', "خبر", r"corpus\.txt lacks the articles a \(1 in all\)"),
        ('{"id": "a", "text_sha256": "0"}', None, "name the corpus that holds it"),
    ],
)
def test_annotation_without_its_text(records, corpus, message, tmp_path):
    path = tmp_path / "gold.standoff.jsonl"
    path.write_text(records, encoding="utf-8")
    if corpus is not None:
        (tmp_path / "corpus.txt").write_text(corpus, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_standoff(path, tmp_path / "corpus.txt")


def test_a_corpus_that_was_cut_off(tmp_path):
    path, corpus = tmp_path / "gold.standoff.jsonl", tmp_path / "corpus.txt.xz"
    path.write_text('{"id": "a", "text_sha256": "0"}', encoding="utf-8")
    corpus.write_bytes(lzma.compress("خبر طويل".encode() * 50)[:-20])
    with pytest.raises(DataError, match=r"corpus\.txt\.xz: cannot read the corpus"):
        read_standoff(path, corpus)
