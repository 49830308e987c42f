"""A run that got slower is named and ends with exit code 1; noise and new benchmarks do not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SPEED = "speed: waqai extract / pipeline"


def _run(date: str, speed: float, memory: float = 2.0, hardware: str = "one", **more: float) -> dict[str, Any]:
    ratios = {SPEED: speed, "memory: pipeline / waqai extract": memory, **more}
    return {"date": date, "hardware": hardware, "benchmarks": {"pipeline": {"ratios": ratios}}}


def _compare(folder: Path, record: list[dict[str, Any]], new: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    for name, runs in (("record.json", record), ("new.json", [new])):
        (folder / name).write_text(json.dumps(runs), encoding="utf-8")
    given = ["--record", str(folder / "record.json"), "--new", str(folder / "new.json")]
    command = [sys.executable, str(BENCHMARKS / "compare.py"), *given]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_a_ratio_that_fell_is_a_regression(tmp_path: Path) -> None:
    found = _compare(tmp_path, [_run("2026-01-01", 4.0)], _run("2026-02-01", 3.0))
    assert found.returncode == 1
    assert f"REGRESSION  pipeline, {SPEED}: 3.00 x, was 4.00 x (-25%)" in found.stdout
    assert "memory: pipeline / waqai extract: " not in found.stdout


def test_more_memory_is_one_too(tmp_path: Path) -> None:
    found = _compare(tmp_path, [_run("2026-01-01", 4.0)], _run("2026-02-01", 4.0, memory=1.5))
    assert found.returncode == 1
    assert "REGRESSION  pipeline, memory" in found.stdout


def test_noise_and_what_is_new_are_none(tmp_path: Path) -> None:
    found = _compare(tmp_path, [_run("2026-01-01", 4.0)], _run("2026-02-01", 3.6, **{"speed: other": 1.0}))
    assert (found.returncode, "no ratio fell" in found.stdout) == (0, True)


def test_the_last_run_on_the_same_hardware_counts(tmp_path: Path) -> None:
    record = [
        _run("2026-01-01", 9.0),
        _run("2026-01-03", 4.0),
        _run("2026-01-04", 8.0, hardware="another"),
    ]
    assert _compare(tmp_path, record, _run("2026-02-01", 3.9)).returncode == 0
    elsewhere = _compare(tmp_path, record, _run("2026-02-01", 3.9, hardware="a third"))
    assert "no run on a third" in elsewhere.stdout


def test_an_empty_record_says_how_to_fill_it(tmp_path: Path) -> None:
    found = _compare(tmp_path, [], _run("2026-02-01", 3.9))
    assert found.returncode == 2
    assert "benchmarks/record.py" in found.stderr
