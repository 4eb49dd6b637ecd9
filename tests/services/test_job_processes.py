"""The schedule among several processes: one of them keeps it, each time is seen to once, and the dead are replaced."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from server.jobs.service import PROCESS_ENDED
from server.model.run import JobRun, RunState
from server.storage import runs
from server.storage.database import Database
from tests.house.source_tree import ROOT
from tests.services.processes import Started, let_go_together

PROGRAM = Path(__file__).with_name("job_keeper.py")
PATIENCE = 60.0
"""Seconds that a test waits for a process before it gives up."""
SHORT_LEASE, LONG_LEASE = "1.5", "60"
"""Seconds; the short one where somebody dies. A busy machine may let it run out on the living, too."""


class Kept:
    """A process that keeps the schedule, and the lines that it has printed so far."""

    def __init__(self, process: Started) -> None:
        self.process = process
        self.lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.strip())

    def kill(self) -> None:
        """It ends at once, and can say nothing more."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)


@contextmanager
def keepers(url: str, clock: Path, count: int, *words: str, lease: str = SHORT_LEASE) -> Iterator[list[Kept]]:
    """Processes that keep the schedule among them."""
    with let_go_together(PROGRAM, [[url, str(clock), lease, *words]] * count) as started:
        yield [Kept(process) for process in started]


def soon(happens: Callable[[], bool], what: str) -> None:
    """Returns once it has happened."""
    until, pause = time.monotonic() + PATIENCE, threading.Event()
    while not happens():
        assert time.monotonic() < until, f"{what} did not happen"
        pause.wait(0.05)


def set_to(clock: Path, moment: str) -> None:
    """Whoever reads the clock reads this, and never a part of it."""
    beside = clock.with_suffix(".new")
    beside.write_text(moment, encoding="utf-8")
    beside.replace(clock)


def known(database: Database, job: str = "registry") -> list[JobRun]:
    return database.read(lambda session: runs.newest(session, job=job, limit=100))


def has_run(database: Database, times: int, job: str = "registry") -> Callable[[], bool]:
    """Whether the job has run so often."""
    return lambda: len(known(database, job)) >= times


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    file = tmp_path / "now"
    set_to(file, "2026-04-05T05:00:00Z")
    return file


def test_reg_09_several_processes_run_a_job_once_for_each_time_it_is_due(
    database: Database, database_url: str, clock: Path
) -> None:
    with keepers(database_url, clock, 3, lease=LONG_LEASE) as processes:
        for number, moment in enumerate(("05T05", "05T06", "05T12", "05T18", "06T00"), start=1):
            set_to(clock, f"2026-04-{moment}:00:00Z")
            soon(has_run(database, number), f"a run at {moment}")
        soon(lambda: all(run.state is RunState.SUCCEEDED for run in known(database)), "the end of the runs")
        leaders = [kept for kept in processes if "leads" in kept.lines]
    assert len(leaders) == 1
    due = Counter(run.due for run in known(database))
    assert due == {f"2026-04-05T{hour}:00:00Z": 1 for hour in ("00", "06", "12", "18")} | {"2026-04-06T00:00:00Z": 1}


def test_reg_09_another_process_takes_the_schedule_over_from_one_that_was_killed(
    database: Database, database_url: str, clock: Path
) -> None:
    with keepers(database_url, clock, 3) as processes:
        left = list(processes)
        for number, moment in enumerate(("05", "06", "12"), start=1):
            set_to(clock, f"2026-04-05T{moment}:00:00Z")
            soon(has_run(database, number), f"a run at {moment}")
            if len(left) > 1:
                soon(lambda: any("leads" in kept.lines for kept in left), "a leader")
                leader = next(kept for kept in left if "leads" in kept.lines)
                leader.kill()
                left.remove(leader)
        soon(lambda: "leads" in left[0].lines, "the last one leads")
    assert len(known(database)) == 3


def test_reg_09_a_run_whose_process_was_killed_fails_and_is_made_up_for(
    database: Database, database_url: str, clock: Path
) -> None:
    with keepers(database_url, clock, 1, "hangs") as (victim,):
        soon(lambda: any(line.startswith("begun registry") for line in victim.lines), "a run")
        victim.kill()
        with keepers(database_url, clock, 1):
            soon(lambda: known(database)[0].state is RunState.SUCCEEDED, "another run")
    again, *cut_off = known(database)
    assert {(run.state, run.error, run.cut_off, run.due) for run in cut_off} == {
        (RunState.FAILED, PROCESS_ENDED, True, again.due)
    }


@contextmanager
def serving(home: Path, clock: Path, *flags: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real server on stdio; killed at the end, if it still runs."""
    environment = {**os.environ, "CONCORD_HOME": str(home), "CONCORD_NOW": f"@{clock}"}
    process = subprocess.Popen(
        [sys.executable, "-m", "concord_mcp", "serve", *flags],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE)
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()


@pytest.mark.slow
def test_reg_09_a_server_keeps_the_schedule_by_the_clock_that_it_was_given_and_ends_cleanly(
    sqlite_database: Database, tmp_path: Path, clock: Path
) -> None:
    with serving(tmp_path, clock) as server:
        soon(lambda: len(known(sqlite_database)) == 1, "the run that was missed")
        set_to(clock, "2026-04-05T11:00:00Z")
        soon(lambda: len(known(sqlite_database)) == 2, "the run six hours later")
        soon(lambda: len(known(sqlite_database, "validation")) == 1, "the daily run")
        assert server.stdin is not None
        server.stdin.close()
        assert server.wait(PATIENCE) == 0
    assert {run.started_at for run in known(sqlite_database)} == {"2026-04-05T05:00:00Z", "2026-04-05T11:00:00Z"}
    assert {run.asked_by for run in known(sqlite_database)} == {"schedule"}
