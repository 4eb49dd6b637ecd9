"""The process that keeps the built-in schedule: one among many, and another as soon as it is gone."""

import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from server.clock import to_wire
from server.errors import StorageError
from server.jobs.service import JobService
from server.jobs.timetable import SCHEDULE, Timetable
from server.model.base import JsonObject
from server.model.run import Job, JobRun, RunState
from server.storage import leases

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session

LEASE = "schedule"
LEASE_SECONDS = 20.0
"""Real time after which another process takes the schedule over from one that says nothing any more."""


class Leader:
    """Keeps the schedule as long as it holds the lease; what it starts are runs like any other."""

    def __init__(
        self,
        database: "Database",
        jobs: JobService,
        *,
        now: Callable[[], datetime],
        folders: Callable[[], Sequence[str]],
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        """`now` is the server's time, by which jobs are due; `folders` are those that a scan would look through."""
        self._database = database
        self._jobs = jobs
        self._now = now
        self._folders = folders
        self._lease_seconds = lease_seconds
        self._name = secrets.token_hex(8)
        self._held_until = 0.0

    @property
    def leads(self) -> bool:
        """Whether this process held the lease when it last looked."""
        return self._held_until > 0

    def look(self) -> JobRun | None:
        """The run that is due next, on its way from now on; None where nothing is due, or another process leads.

        Jobs run one after the other, in the schedule's order. While one is under way that is the answer: the next one waits
        for another look.
        """
        if not self._takes_the_lead():
            return None
        if (busy := self._under_way()) is not None:
            return busy
        now = self._now()
        begun = (self._jobs.run_due(one.job, due=to_wire(one.last_due(now)), now=now) for one in self._due(now))
        return next((run for run in begun if run is not None), None)

    def resign(self) -> None:
        """Another process may take the schedule over at once."""
        if self._held_until:
            self._held_until = 0.0
            with suppress(StorageError):  # then it runs out by itself
                self._database.write(lambda session: leases.give_back(session, LEASE, self._name))

    def overview(self) -> list[JsonObject]:
        """{job, schedule, next_due, last} of every job on the schedule; `last` is its newest run, or None.

        `next_due` is a time that is past where a run was missed and is still to be made up for; empty where the job has
        nothing to look at.
        """
        now = self._now()
        due = {timetable.job for timetable in self._due(now)}
        told: list[JsonObject] = []
        for timetable in SCHEDULE:
            last = next(iter(self._jobs.newest(job=timetable.job.value, limit=1)), None)
            moment = timetable.last_due(now) if timetable.job in due else timetable.next_due(now)
            told.append(
                {
                    "job": timetable.job.value,
                    "schedule": timetable.words,
                    "next_due": to_wire(moment) if self._has_work(timetable.job) else "",
                    "last": None if last is None else briefly(last),
                }
            )
        return told

    def _due(self, now: datetime) -> list[Timetable]:
        def read(session: "Session") -> list[Timetable]:
            return [one for one in SCHEDULE if not self._jobs.is_done(session, one.job, to_wire(one.last_due(now)))]

        return [one for one in self._database.read(read) if self._has_work(one.job)]

    def _under_way(self) -> JobRun | None:
        """The run of the schedule that is under way."""
        return next((run for run in self._jobs.newest(limit=10) if run.state is RunState.RUNNING and run.due), None)

    def _has_work(self, job: Job) -> bool:
        return job is not Job.DISCOVERY or bool(self._folders())

    def _takes_the_lead(self) -> bool:
        """Whether this process holds the lease; it is prolonged in time, so that most looks write nothing."""
        real = time.time()
        if self._held_until - real > self._lease_seconds / 2:
            return True
        holder = self._database.read(lambda session: leases.holder_of(session, LEASE, now=real))
        if holder not in ("", self._name):
            self._held_until = 0.0
            return False
        until = real + self._lease_seconds
        taken = self._database.write(lambda session: leases.take(session, LEASE, self._name, now=real, until=until))
        self._held_until = until if taken else 0.0
        return taken


def briefly(run: JobRun) -> JsonObject:
    """A run in a line: {run_id, state, started_at, finished_at, error}."""
    told = {"run_id": run.run_id, "state": run.state.value, "started_at": run.started_at}
    return {**told, "finished_at": run.finished_at, **({"error": run.error} if run.error else {})}
