"""docs/cluster.md: its commands run as they stand there, and its table follows from its arithmetic."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from waqai.cli import main
from waqai.schema.record import DateValue, EventRecord
from waqai.storage import read_records, write_records

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/cluster.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
CLUSTER, RATE = (block.strip() for language, block in BLOCKS if not language)
[BY_HAND] = [block for language, block in BLOCKS if language == "bash"]
PLAN, MERGING = (block for language, block in BLOCKS if language == "python")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder with the seeds, the annotations and a corpus of two files."""
    folder = tmp_path_factory.mktemp("desk")
    for name in ("seeds", "annotations"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "corpus").mkdir()
    seeds = sorted((ROOT / "seeds").glob("*.txt"))
    for number in range(2):
        lines = [
            json.dumps({"id": path.stem, "text": path.read_text(encoding="utf-8"), "publication_date": "2016-01-20"})
            for path in seeds[number::2]
        ]
        (folder / f"corpus/{number}.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def test_the_rate_is_said(desk, monkeypatch, capsys):
    monkeypatch.chdir(desk)
    assert main(["extract", "seeds", *shlex.split(RATE)[4:]]) == 0  # without the dev articles: seconds, not a minute
    assert re.search(r"; \d+ words in \d+\.\d s\n", capsys.readouterr().out)


def test_the_table_follows_from_the_arithmetic(capsys):
    exec(PLAN, {})
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 6
    assert [line for line in printed if line not in PAGE.replace(PLAN, "")] == []
    [rate] = re.findall(r"words_a_second = (\d+)", PLAN)
    assert f"| words a second of one core | {rate}, " in PAGE


@pytest.mark.slow
def test_on_a_cluster_then_merged(desk, monkeypatch, capsys):
    pytest.importorskip("ray", reason="pip install 'waqai[ray]'")
    monkeypatch.chdir(desk)
    assert main(shlex.split(CLUSTER)[1:]) == 0
    assert "5 articles to events" in capsys.readouterr().out
    exec(MERGING, {})
    records = [record for file in desk.glob("consult-*.jsonl") for record in read_records(file)]
    assert {record.event for record in records} == {"CONSULT"}
    assert any(len(record.sources) > 1 for record in read_records("consult-2016-01.jsonl"))
    found = [record for file in desk.glob("events/events/*.parquet") for record in read_records(file)]
    assert _mentions(records) == _mentions([record for record in found if record.event == "CONSULT"])


def _mentions(records):
    return sorted((mention.document, mention.start) for record in records for mention in record.mentions)


def test_merging_loses_no_record_whatever_its_date(tmp_path, monkeypatch):
    files = {
        "2016-01": ["2016-01-20", "2016-01-20T18:07", "2016-01", "2016", "2016-W03", "2016-01-30/2016-02-02"],
        "2014-12": ["2015-W01", "2014-12"],
        "2014-06": ["2014-22"],
        "undated": [None],
    }
    dates = [date for held in files.values() for date in held]
    records = [EventRecord(f"e{n}", "CONSULT", date=DateValue(date, None)) for n, date in enumerate(dates)]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "events/events").mkdir(parents=True)
    write_records([*records, EventRecord("other", "AID")], "events/events/1.parquet")
    write_records([EventRecord("bare", "CONSULT")], "events/events/2.parquet")
    exec(MERGING, {})
    assert {
        path.stem.removeprefix("consult-"): [record.date and record.date.value for record in read_records(path)]
        for path in tmp_path.glob("*.jsonl")
    } == {**files, "undated": [None, None]}


@pytest.mark.slow
def test_by_hand(desk):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(["bash", "-c", BY_HAND], cwd=desk, check=True, env={**os.environ, "PATH": path})
    assert [len(read_records(desk / f"by-hand/{number}.parquet")) > 0 for number in range(2)] == [True, True]
