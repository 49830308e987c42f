"""Run every speed and memory benchmark and append the outcome to the record.

    python benchmarks/record.py [--quick] [--only pipeline limit …] [--threads 2] [--output FILE]

The record (``benchmarks/record.json``) is a list of runs: date, hardware, commit, and the ratios and medians of each
benchmark. It wants a quiet machine and takes about an hour; ``--quick`` reads a few articles once, to see that all of
it works, and writes only where ``--output`` says. ``benchmarks/compare.py`` holds a new run against the last.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from articles import ROOT
from sides import hardware

RECORD = Path(__file__).with_name("record.json")
BENCHMARKS = {
    "pipeline": "speed_pipeline.py",
    "bert": "speed_bert.py",
    "gliner": "speed_gliner.py",
    "spacy": "speed_spacy.py",
    "limit": "speed_limit.py",
    "memory": "memory.py",
    "training": "training.py",
}
QUICK = {name: ["--articles", "4", "--rounds", "1"] for name in BENCHMARKS} | {
    "memory": ["--articles", "1200", "--rounds", "1", "--words", "5"],
    "training": ["--articles", "4", "--rounds", "1", "--epochs", "1"],
}


def options(description: str | None) -> argparse.ArgumentParser:
    """What a run of the benchmarks takes."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, default=list(BENCHMARKS), metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="a few articles, one round: nothing to be believed")
    parser.add_argument("--threads", type=int, default=2)
    return parser


def run(names: list[str], *, quick: bool, threads: int) -> dict[str, Any]:
    """Run benchmarks by name, one after the other, and give what the record keeps of them."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            path = Path(folder) / f"{name}.json"
            script = Path(__file__).with_name(BENCHMARKS[name])
            command = [sys.executable, str(script), "--json", str(path), "--threads", str(threads)]
            subprocess.run([*command, *(QUICK[name] if quick else [])], check=True)
            outcome = json.loads(path.read_text(encoding="utf-8"))
            found[name] = {key: outcome[key] for key in ("articles", "words", "rounds", "sides", "ratios")}
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "hardware": hardware(),
        "commit": commit,
        "threads": threads,
        "quick": quick,
        "benchmarks": found,
    }


def read(path: Path) -> list[dict[str, Any]]:
    """The runs of a record, oldest first; none where there is no file."""
    runs: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return runs


def append(outcome: dict[str, Any], path: Path) -> None:
    """Add a run to a record."""
    path.write_text(json.dumps([*read(path), outcome], indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    """Run and append."""
    parser = options(__doc__)
    parser.add_argument("--output", type=Path, metavar="FILE", help="another record than benchmarks/record.json")
    given = parser.parse_args()
    outcome = run(given.only, quick=given.quick, threads=given.threads)
    target = given.output or (None if given.quick else RECORD)
    if target:
        append(outcome, target)
        print(f"appended to {target}")


if __name__ == "__main__":
    main()
