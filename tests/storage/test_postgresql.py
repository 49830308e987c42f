"""The same against a real PostgreSQL server, started for the test."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from waqai.schema.record import EventRecord
from waqai.storage import read_records, write_records

pytest.importorskip("psycopg", reason="psycopg is not installed (the extra postgresql)")

_DISTRIBUTION = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name)


def _program(name: str) -> str | None:
    return next(
        (str(folder / name) for folder in reversed(_DISTRIBUTION) if (folder / name).exists()), shutil.which(name)
    )


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an empty database on a server of its own."""
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("no PostgreSQL server is installed (initdb and pg_ctl are not found)")
    folder = tmp_path_factory.mktemp("postgresql")
    prefix: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        runuser = shutil.which("runuser")
        if runuser is None or subprocess.run(["id", "postgres"], capture_output=True, check=False).returncode:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres to run it as")
        prefix = [runuser, "-u", "postgres", "--"]
        for path in (folder, *folder.parents):
            if (
                path.is_relative_to(Path(os.environ.get("TMPDIR", "/tmp")))
                and path.owner() == "root"
                and path != Path("/tmp")
            ):
                path.chmod(path.stat().st_mode | 0o011)
        shutil.chown(folder, "postgres")
    data, port = folder / "data", _free_port()
    run = {"cwd": folder, "capture_output": True, "text": True}
    made = subprocess.run(
        [*prefix, initdb, "-D", data, "-U", "waqai", "-A", "trust", "-E", "UTF8", "--locale=C"], check=False, **run
    )  # type: ignore[call-overload]
    if made.returncode:
        pytest.skip(f"initdb does not run here: {made.stderr.strip()[-200:]}")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    started = subprocess.run(  # type: ignore[call-overload]
        [*prefix, pg_ctl, "-D", data, "-l", folder / "log", "-w", "-o", options, "start"],
        check=False, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    if started.returncode:
        pytest.skip(f"the server does not start here: {started.stderr.strip()[-200:]}")
    try:
        yield f"postgresql+psycopg://waqai@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*prefix, pg_ctl, "-D", data, "-m", "immediate", "stop"], check=True, **run)  # type: ignore[call-overload]


def test_postgresql_takes_records_by_id(url: str, records: tuple[EventRecord, ...]) -> None:
    assert write_records(records, url) == 2
    assert set(read_records(url)) == set(records)
    changed = replace(records[0], mode="visit")
    assert write_records((changed, records[1]), url) == 2
    assert set(read_records(url)) == {changed, records[1]}
    assert write_records(records[1:], url, overwrite=True) == 1
    assert read_records(url) == records[1:]
