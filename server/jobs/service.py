"""Jobs as the surfaces use them: run one, wait for it a while, read how far it is and what came of it (registry rule 9)."""

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from server.clock import to_wire
from server.errors import ConcordError, InvalidArgument, NotAllowed, NotFound, Refused
from server.jobs.memory import give_back_memory
from server.jobs.running import CutOff, Errand, Running, Work
from server.jobs.timetable import SCHEDULE
from server.model.base import JsonObject
from server.model.moments import from_wire, microseconds, read_moment
from server.model.run import Job, JobRun, Progress, RunState
from server.storage import idempotency, leases, runs

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session

logger = logging.getLogger("concord")

WAIT_SECONDS = 10.0
"""How long a call waits for the run that it asked for, before it is told where to read it."""
LEASE_SECONDS = 30.0
"""Real time after which a run is given up whose process has not said that it lives; it says so three times as often."""
GRACE_SECONDS = 0.5
"""How long the end of the process waits for the runs that it cuts off."""
LOOK_SECONDS = 0.25
"""How often a run of another process is looked at by whoever waits for it."""

PARTS = (Job.REGISTRY, Job.VALIDATION, Job.DISCOVERY, Job.PATTERNS, Job.LEARNING)
"""What the job `all` runs, in this order."""
LOOKING_BACK = (Job.PATTERNS, Job.LEARNING)
"""Those that go by what was reported since some time."""
NO_FOLDERS = "No folder is named to look through."
_TRIES = 3
"""Of a run that is due."""
_MOST_RUNS = 50
"""Between one time that a job is due and the next that are looked at."""
PROCESS_ENDED = "Its process ended before it did."


def _due_again(job: Job, due: str) -> str:
    """The last moment before the job is due once more; a run that begins later, by a clock that was wrong, is none of this."""
    every = next(one.every for one in SCHEDULE if one.job is job)
    return to_wire(from_wire(due) + every - timedelta(seconds=1))


def _unheard(done: float, total: float, message: str) -> None:
    """Nobody asked how far it is."""


class JobService:
    """The jobs of one database. Each run has a thread of its own; one run of a job at a time, over all processes."""

    def __init__(
        self,
        database: "Database",
        works: Mapping[Job, Work],
        *,
        now: Callable[[], datetime],
        folders: Callable[[], Sequence[str]] = tuple,
        changed: Callable[[Iterable[str]], None] = lambda uris: None,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        """`works` does each job but `all`; `now` tells when a run ends; `folders` are looked through where a discovery is
        told of none; `changed` hears the URIs of runs that moved on.
        """
        self._database = database
        self._works = works
        self._now = now
        self._folders = folders
        self._changed = changed
        self._lease_seconds = lease_seconds
        self._lock = threading.Lock()
        self._running: dict[str, Running] = {}
        self._pulse: threading.Thread | None = None
        self._pause = threading.Event()
        """Set while the service ends; waited for where nothing else tells when to look again."""

    def run(
        self,
        job: str,
        *,
        now: datetime,
        caller: str = "",
        since: str = "",
        until: str = "",
        paths: Sequence[str] = (),
        idempotency_key: str = "",
        wait: float = WAIT_SECONDS,
        progress: Callable[[float, float, str], None] = _unheard,
    ) -> JobRun:
        """The job runs, or has run: as it stands after `wait` seconds at most. It goes on by itself beyond them.

        Where it is under way already, that run is the answer; `patterns` and `learning` run once more after it, for what was
        reported meanwhile. Raises NotAllowed for a system that calls, InvalidArgument,
        and Refused for a job that can't run here.
        """
        if caller:
            raise NotAllowed(
                f"{caller} can't run a job: that concerns other systems than itself.",
                hint="The local user does it, on the command line or through a server that runs for no system.",
            )
        wanted = _job_named(job)
        places = self._places(wanted, paths)
        if wanted is Job.DISCOVERY and not places:
            raise Refused(
                NO_FOLDERS,
                path="/paths",
                hint="Give paths, or set CONCORD_SCAN_PATHS; what was looked through last counts too.",
            )
        span = _span(since, until)
        arguments = {"job": wanted.value, **span, "paths": list(paths)}
        mine: list[JobRun] = []
        if wanted in LOOKING_BACK:
            # The one under way has not read what was reported since it began; a second one is soon done where that is nothing.
            for before in self.newest(job=wanted.value, limit=1):
                self.wait_for(before.run_id, wait)

        def begin(session: "Session") -> JsonObject:
            def anew() -> JsonObject:
                run, is_new = self._begin(session, wanted, now, paths=places, **span)
                mine[:] = [run] if is_new else []
                return {"run_id": run.run_id}

            mine.clear()
            return idempotency.once(session, caller, "run_job", idempotency_key, arguments, now=to_wire(now), do=anew)

        run_id = self._database.write(begin)["run_id"]
        for run in mine:
            self._start(run, now)
        return self.wait_for(run_id, wait, progress)

    def run_due(self, job: Job, *, due: str, now: datetime) -> JobRun | None:
        """The run that stands for a time of the built-in schedule, on its way; None where somebody else has seen to it."""
        places = self._places(job, ())

        def begin(session: "Session") -> JobRun | None:
            run, is_new = self._begin(session, job, now, asked_by="schedule", due=due, paths=places)
            if is_new and self.is_done(session, job, due, beside=run.run_id):
                # Whoever did it has given the lease back since it was looked for.
                raise _SeenTo
            return run if is_new else None

        try:
            run = self._database.write(begin)
        except _SeenTo:
            return None
        if run is not None:
            self._start(run, now)
        return run

    def _places(self, job: Job, paths: Sequence[str]) -> tuple[str, ...]:
        """The folders that a run of the job looks through, in full; none for a job that looks through none."""
        if job not in (Job.DISCOVERY, *LOOKING_BACK, Job.ALL):
            return ()
        named = tuple(os.path.abspath(os.path.expanduser(path)) for path in paths if path.strip())
        return named if named or job in LOOKING_BACK else tuple(self._folders())

    @staticmethod
    def is_done(session: "Session", job: Job, due: str, *, beside: str = "") -> bool:
        """Whether the job has run since it was due and before it is due again, or runs.

        One that failed or was cut off is made up for, but not for ever; one that was told a time has looked at that alone.
        """
        begun = runs.newest(session, job=job.value, since=due, until=_due_again(job, due), limit=_MOST_RUNS)
        whole = [run for run in begun if run.run_id != beside and not (run.since or run.until)]
        return any(run.state is not RunState.FAILED and not run.cut_off for run in whole) or len(whole) >= _TRIES

    def get(self, run_id: str) -> JobRun:
        """The run of that id; of `latest`, the newest. Raises NotFound."""
        found = self._database.read(lambda session: self._seen(session, runs.load(session, run_id)))
        if found is None:
            raise NotFound(f"No run goes by {run_id[:100]!r}.", hint="run_job answers with the id of its run.")
        running = self._running.get(found.run_id)
        return running.run if running is not None and found.state is RunState.RUNNING else found

    def newest(self, *, job: str = "", since: str = "", until: str = "", limit: int = 10) -> list[JobRun]:
        """The runs of a job, or of all, that started in this time, newest first."""

        def read(session: "Session") -> list[JobRun]:
            found = runs.newest(session, job=job, since=since, until=until, limit=limit)
            return [one for one in (self._seen(session, run) for run in found) if one is not None]

        return self._database.read(read)

    def ids_like(self, typed: str, limit: int) -> list[str]:
        """Run ids that begin so, newest first; `latest` where that does."""

        def read(session: "Session") -> list[str]:
            newest = ["latest"] if "latest".startswith(typed) and runs.load(session, "latest") else []
            return [*newest, *runs.ids_like(session, typed, limit)][:limit]

        return self._database.read(read)

    def wait_for(self, run_id: str, seconds: float, progress: Callable[[float, float, str], None] = _unheard) -> JobRun:
        """The run as soon as it has ended, or as it stands after so many seconds; whoever waits hears how far it is."""
        until, told = time.monotonic() + seconds, None
        while True:
            running = self._running.get(run_id)
            run = running.run if running is not None else self.get(run_id)
            if run.progress != told and run.progress.message:
                progress(run.progress.done, run.progress.total, run.progress.message)
                told = run.progress
            remaining = until - time.monotonic()
            if run.state is not RunState.RUNNING or remaining <= 0:
                return run
            if running is not None:
                running.wait_beyond(run, min(remaining, 60.0))  # it can't wait for ever
            elif self._pause.wait(min(remaining, LOOK_SECONDS)):
                return run

    def end(self) -> None:
        """No run is under way in this process any more: each is cut off, and stored so."""
        with self._lock:
            cut = list(self._running.values())
        if not cut:
            return
        self._pause.set()
        for running in cut:
            running.cut_off()
        until = time.monotonic() + GRACE_SECONDS
        for running in cut:
            running.ended.wait(max(0.0, until - time.monotonic()))
        for running in cut:
            if not running.ended.is_set():
                self._store_end(running, _cut_off(running.run, to_wire(self._now())))
        self._pause.clear()

    def _begin(
        self,
        session: "Session",
        job: Job,
        now: datetime,
        *,
        asked_by: str = "",
        due: str = "",
        paths: tuple[str, ...] = (),
        since: str = "",
        until: str = "",
    ) -> tuple[JobRun, bool]:
        """A run of the job that is this process's from now on, and True; or the one that is under way, and False."""
        moment, lease, real = to_wire(now), _lease_of(job), time.time()
        for run in runs.under_way(session):
            if (seen := self._seen(session, run)) is not None and seen.state is not RunState.RUNNING:
                runs.progress(session, seen.model_copy(update={"finished_at": moment}))
        holder = leases.holder_of(session, lease, now=real)
        if not holder:
            run_id = runs.new_id(session, moment[:10])
            if leases.take(session, lease, run_id, now=real, until=real + self._lease_seconds):
                started = JobRun(
                    run_id=run_id,
                    job=job.value,
                    state=RunState.RUNNING,
                    started_at=moment,
                    asked_by=asked_by,
                    paths=paths,
                    since=since,
                    until=until,
                    due=due,
                )
                runs.begin(session, started)
                return started, True
            holder = leases.holder_of(session, lease, now=real)
        present = runs.load(session, holder)
        if present is None:
            raise Refused(f"The job {job} is just beginning elsewhere.", hint="Try once more.")
        return present, False

    def _seen(self, session: "Session", run: JobRun | None) -> JobRun | None:
        """The run as it really is: one whose process no longer says that it lives has failed."""
        if run is None or run.state is not RunState.RUNNING:
            return run
        if leases.holder_of(session, _lease_of(run.job), now=time.time()) == run.run_id:
            return run
        return _cut_off(run, "")

    def _start(self, run: JobRun, now: datetime) -> None:
        running = self._under_way(run)
        thread = threading.Thread(target=self._carry_out, args=(running, now), name=f"concord-{run.job}", daemon=True)
        thread.start()

    def _under_way(self, run: JobRun, whole: Callable[[float, float, str], None] = _unheard) -> Running:
        running = Running(run, self._store, whole)
        with self._lock:
            self._running[run.run_id] = running
            if self._pulse is None:
                self._pulse = threading.Thread(target=self._keep_alive, name="concord-pulse", daemon=True)
                self._pulse.start()
        return running

    def _carry_out(self, running: Running, now: datetime) -> JobRun:
        """The run has ended, one way or the other, and everybody may know."""
        run = running.run
        ended: JsonObject
        try:
            summary_data = self._do(running, now)
            ended = {"state": RunState.SUCCEEDED, "summary_data": summary_data}
            failed = [name for name, part in summary_data.items() if run.job == Job.ALL and _has_failed(part)]
            if failed:
                ended |= {"state": RunState.FAILED, "error": f"Failed: {', '.join(failed)}."}
        except CutOff:
            ended = {"state": RunState.FAILED, "error": PROCESS_ENDED, "cut_off": True}
        except ConcordError as error:
            ended = {"state": RunState.FAILED, "error": f"{error.message} {error.hint}".strip()}
        except Exception as error:
            ended = {"state": RunState.FAILED, "error": _logged(run, error)}
        if ended["state"] is RunState.SUCCEEDED:
            whole = running.run.progress.total
            ended["progress"] = Progress(done=whole, total=whole)
        finished = running.run.model_copy(update={**ended, "finished_at": to_wire(self._now())})
        self._store_end(running, finished)
        give_back_memory()
        return finished

    def _do(self, running: Running, now: datetime) -> JsonObject:
        run = running.run
        if run.job == Job.ALL:
            return {part.value: self._part(part, running, now) for part in PARTS}
        return self._works[Job(run.job)](
            Errand(run.run_id, now, running.progress, run.paths, run.since, run.until, run.due)
        )

    def _part(self, part: Job, whole: Running, now: datetime) -> JsonObject:
        """What came of one job of several. One that is under way elsewhere is waited for."""
        paths = whole.run.paths if part is Job.DISCOVERY else ()
        if part is Job.DISCOVERY and not paths:
            return {"skipped": NO_FOLDERS}
        span = {"since": whole.run.since, "until": whole.run.until} if part in LOOKING_BACK else {}
        whole.progress(PARTS.index(part), len(PARTS), f"{part} begins")
        run, mine = self._database.write(
            lambda session: self._begin(session, part, now, asked_by=whole.run.asked_by, paths=paths, **span)
        )
        if mine:
            step = Errand(whole.run.run_id, now, whole.progress).step(PARTS.index(part), len(PARTS))
            run = self._carry_out(self._under_way(run, step), now)
        while run.state is RunState.RUNNING:
            whole.progress(PARTS.index(part), len(PARTS), f"{part} is under way as {run.run_id}")
            run = self.wait_for(run.run_id, 1.0)
        told = {"run_id": run.run_id, "state": run.state.value}
        return {**told, **({"error": run.error} if run.error else {}), "summary_data": run.summary_data}

    def _store(self, run: JobRun) -> None:
        try:
            self._database.write(lambda session: runs.progress(session, run))
        except ConcordError as error:  # a note that is lost is no reason to give up the run
            logger.warning("how far %s is could not be stored: %s", run.run_id, error.message)
        self._changed([f"concord://runs/{run.run_id}"])

    def _store_end(self, running: Running, run: JobRun) -> None:
        def store(session: "Session") -> None:
            runs.progress(session, run)
            leases.give_back(session, _lease_of(run.job), run.run_id)

        try:
            self._database.write(store)
        except ConcordError as error:  # nobody waits for this thread; the lease runs out, and tells the same
            logger.warning("the end of %s could not be stored: %s", run.run_id, error.message)
        with self._lock:
            self._running.pop(run.run_id, None)
        running.stand(run)
        running.ended.set()
        self._changed([f"concord://runs/{run.run_id}", "concord://runs/latest"])

    def _keep_alive(self) -> None:
        """Says that the runs of this process live, for as long as there are any."""
        while True:
            ending = self._pause.wait(self._lease_seconds / 3)
            with self._lock:
                held = list(self._running)
                if ending or not held:
                    self._pulse = None
                    return
            try:
                self._prolong(held)
            except ConcordError as error:
                logger.warning("the leases of %s could not be prolonged: %s", ", ".join(held), error.message)

    def _prolong(self, held: Sequence[str]) -> None:
        until = time.time() + self._lease_seconds
        self._database.write(lambda session: leases.prolong(session, held, until=until))


class _SeenTo(Exception):
    """Takes back the beginning of a run that is not needed."""


def _job_named(name: str) -> Job:
    wanted = name.strip().lower()
    try:
        return Job(wanted)
    except ValueError:
        raise InvalidArgument(
            f"There is no job {name[:100]!r}.", path="/job", allowed=[job.value for job in Job]
        ) from None


def _span(since: str, until: str) -> dict[str, str]:
    span = {"since": _moment("since", since), "until": _moment("until", until)}
    if all(span.values()) and microseconds(span["since"]) >= microseconds(span["until"]):
        raise InvalidArgument(
            "since lies not before until.", path="/since", hint="Leave both empty for the usual time."
        )
    return span


def _moment(name: str, text: str) -> str:
    try:
        return read_moment(text) if text else ""
    except ValueError:
        raise InvalidArgument(
            f"{text[:100]!r} is not an ISO 8601 time.", path=f"/{name}", hint="For example 2026-04-05T14:00:00Z."
        ) from None


def _lease_of(job: str) -> str:
    return f"job:{job}"


def _cut_off(run: JobRun, finished_at: str) -> JobRun:
    ended = {"state": RunState.FAILED, "error": PROCESS_ENDED, "cut_off": True, "finished_at": finished_at}
    return run.model_copy(update=ended)


def _has_failed(part: object) -> bool:
    return isinstance(part, dict) and part.get("state") == RunState.FAILED.value


def _logged(run: JobRun, error: Exception) -> str:
    """What a reader of the run is told of a fault of ours; the whole is in the log."""
    reference = secrets.token_hex(4)
    logger.error("internal error %s in %s (%s)", reference, run.run_id, run.job, exc_info=error)
    return f"Something went wrong inside the server; it is logged as {reference}."
