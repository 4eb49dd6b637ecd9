"""Many processes on one database: nothing acknowledged is lost, nobody is refused, everybody gets on."""

import signal
import sqlite3
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from server.storage.database import Database
from server.storage.lazily import sql, tables
from tests.services.processes import Started, let_go_together

PROGRAM = Path(__file__).with_name("storage_writer.py")


def writers(url: str, names: list[str], *, threads: int, count: int) -> AbstractContextManager[list[Started]]:
    """Processes that write, all of them started and then let go together."""
    return let_go_together(PROGRAM, ([url, name, str(threads), str(count)] for name in names))


def kept(url: str) -> list[tuple[str, int]]:
    """(writer, place in the common order) of every check in the database."""
    database = Database(url)
    checks = tables.checks.c
    rows = database.read(
        lambda session: session.connection().execute(sql.select(checks.source_system, checks.proposal_id)).all()
    )
    database.close()
    return [(row[0], int(row[1])) for row in rows]


def test_sto_01_eight_processes_lose_nothing_and_are_never_refused(database_url: str) -> None:
    names = [f"w{number}" for number in range(8)]
    with writers(database_url, names, threads=2, count=15) as running:
        told = {name: process.communicate(timeout=120) for name, process in zip(names, running, strict=True)}
    assert {name: errors for name, (_, errors) in told.items() if errors} == {}
    assert [process.returncode for process in running] == [0] * 8
    for name, (acknowledged, _) in told.items():
        assert sorted(int(line) for line in acknowledged.split()) == list(range(1, 31)), name
    rows = kept(database_url)
    assert sorted(order for _, order in rows) == list(range(1, 241))
    early = {name for name, order in rows if order <= 160}
    assert early == set(names), "everybody has written while others still were at it"


@pytest.mark.parametrize("after", [1, 40, 100])
def test_sto_01_a_killed_process_loses_nothing_acknowledged_and_leaves_nothing_half_written(
    tmp_path: Path, migrated_file: Path, after: int
) -> None:
    file = tmp_path / "concord.db"
    file.write_bytes(migrated_file.read_bytes())
    url = f"sqlite:///{file}"
    with writers(url, ["victim", "witness"], threads=4, count=100) as (victim, witness):
        assert victim.stdout is not None
        acknowledged = [int(victim.stdout.readline()) for _ in range(after)]
        victim.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in victim.communicate()[0].splitlines(keepends=True) if line.endswith("\n")]
        assert witness.communicate(timeout=120)[1] == ""
        assert witness.returncode == 0, "the lock of the dead is free at once"
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        numbers = connection.execute("SELECT check_id FROM checks WHERE source_system = 'victim'").fetchall()
        counted = dict(connection.execute("SELECT name, value FROM counters").fetchall())
    there = {int(row[0].partition("-")[2]) for row in numbers}
    assert set(acknowledged) <= there
    assert there == set(range(1, counted["victim"] + 1)), "the number and the row came together or not at all"
    assert len(kept(url)) == counted["order"]


def test_sto_01_the_lock_passes_on_even_to_whoever_asks_for_it_last(database_url: str) -> None:
    with writers(database_url, ["busy"], threads=8, count=60) as (busy,):
        assert busy.stdout is not None
        busy.stdout.readline()
        with writers(database_url, ["late"], threads=1, count=3) as (late,):
            assert late.communicate(timeout=60)[1] == ""
        busy.communicate(timeout=120)
    late_places = [order for name, order in kept(database_url) if name == "late"]
    assert len(late_places) == 3
