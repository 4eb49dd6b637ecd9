"""Runs of jobs: one at a time, read while they last, and told of what ended them."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.errors import ConcordError, IdempotencyMismatch, InvalidArgument, NotAllowed, NotFound, Refused
from server.jobs.leader import Leader
from server.jobs.running import Errand, Work
from server.jobs.service import PROCESS_ENDED, JobService
from server.model.base import JsonObject
from server.model.run import Job, JobRun, RunState
from server.storage import leases
from server.storage.database import Database

NOW = datetime(2026, 4, 5, 14, 0, tzinfo=UTC)
PATIENCE = 60.0
"""Seconds that a test waits for a thread before it gives up."""


class Held:
    """A job that waits in the middle until it is let on, and counts how often it was done."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.let_on = threading.Event()
        self.times = 0

    def __call__(self, errand: Errand) -> JsonObject:
        errand.progress(1, 2, "half way")
        self.begun.set()
        assert self.let_on.wait(PATIENCE)
        errand.progress(2, 2, "there")
        self.times += 1
        return {"at": errand.now.isoformat(), "paths": list(errand.paths)}


def nothing(errand: Errand) -> JsonObject:
    return {}


@pytest.fixture
def slow() -> Iterator[Held]:
    work = Held()
    yield work
    work.let_on.set()


Make = Callable[..., JobService]


@pytest.fixture
def make(database: Database) -> Iterator[Make]:
    """Makes services on one database, as different processes would have them."""
    made: list[JobService] = []

    def service(works: dict[Job, Work] | None = None, **options: object) -> JobService:
        every: dict[Job, Work] = {job: nothing for job in Job if job is not Job.ALL}
        options.setdefault("now", lambda: NOW + timedelta(minutes=1))
        made.append(JobService(database, {**every, **(works or {})}, **options))  # type: ignore[arg-type]  # by name
        return made[-1]

    yield service
    for one in made:
        one.end()


def test_reg_09_a_run_is_kept_with_what_came_of_it(make: Make) -> None:
    jobs = make({Job.REGISTRY: lambda errand: {"systems": 3}})
    run = jobs.run("registry", now=NOW)
    assert (run.state, run.summary_data) == (RunState.SUCCEEDED, {"systems": 3})
    assert (run.run_id, run.started_at, run.finished_at) == (
        "RUN-2026-04-05-001",
        "2026-04-05T14:00:00Z",
        "2026-04-05T14:01:00Z",
    )
    assert jobs.get(run.run_id) == jobs.get("latest") == run
    assert jobs.ids_like("RUN-2026", 10) == [run.run_id]


def test_reg_09_a_long_run_is_read_while_it_goes_on_by_itself(make: Make, slow: Held) -> None:
    jobs = make({Job.VALIDATION: slow})
    run = jobs.run("validation", now=NOW, wait=0)
    assert run.state is RunState.RUNNING
    assert slow.begun.wait(PATIENCE)
    seen = jobs.get(run.run_id)
    assert (seen.progress.done, seen.progress.total, seen.progress.message) == (1, 2, "half way")
    slow.let_on.set()
    done = jobs.wait_for(run.run_id, PATIENCE)
    assert (done.state, done.summary_data["at"]) == (RunState.SUCCEEDED, NOW.isoformat())


def test_reg_09_whoever_waits_hears_how_far_it_is(make: Make) -> None:
    def work(errand: Errand) -> JsonObject:
        errand.progress(1, 3, "first")
        assert heard.wait(PATIENCE)
        return {}

    heard = threading.Event()
    told: list[tuple[float, float, str]] = []

    def hear(done: float, total: float, message: str) -> None:
        told.append((done, total, message))
        heard.set()

    make({Job.REGISTRY: work}).run("registry", now=NOW, progress=hear, wait=PATIENCE)
    assert told == [(1, 3, "first")]


def test_reg_09_one_run_of_a_job_at_a_time_over_all_processes(make: Make, slow: Held) -> None:
    first, second = make({Job.VALIDATION: slow}), make({Job.VALIDATION: slow})
    run = first.run("validation", now=NOW, wait=0)
    joined = second.run("validation", now=NOW, wait=0)
    assert (joined.run_id, joined.state) == (run.run_id, RunState.RUNNING)
    slow.let_on.set()
    assert first.wait_for(run.run_id, PATIENCE).state is RunState.SUCCEEDED
    assert slow.times == 1
    assert second.run("validation", now=NOW).run_id != run.run_id, "the job is free again once the run has ended"


def test_reg_09_different_jobs_do_not_wait_for_each_other(make: Make, slow: Held) -> None:
    jobs = make({Job.VALIDATION: slow})
    jobs.run("validation", now=NOW, wait=0)
    assert jobs.run("registry", now=NOW).state is RunState.SUCCEEDED


def test_reg_09_a_run_whose_process_died_has_failed_and_the_job_is_free(
    make: Make, slow: Held, database: Database
) -> None:
    dead, alive = make({Job.VALIDATION: slow}), make()
    run = dead.run("validation", now=NOW, wait=0)
    database.write(lambda session: leases.prolong(session, [run.run_id], until=0.0))  # nothing was heard of it for long
    seen = alive.get(run.run_id)
    assert (seen.state, seen.error, seen.cut_off) == (RunState.FAILED, PROCESS_ENDED, True)
    following = alive.run("validation", now=NOW)
    assert (following.state, following.run_id != run.run_id) == (RunState.SUCCEEDED, True)
    slow.let_on.set()
    dead.end()
    assert alive.get(run.run_id).state is RunState.FAILED, "what was given up stays given up"


def test_reg_09_the_end_of_a_process_cuts_its_runs_off(make: Make) -> None:
    begun = threading.Event()

    def endless(errand: Errand) -> JsonObject:
        while True:
            errand.progress(0, 0, "on and on")
            begun.set()

    jobs, other = make({Job.VALIDATION: endless}), make()
    run = jobs.run("validation", now=NOW, wait=0)
    assert begun.wait(PATIENCE)
    jobs.end()
    seen = other.get(run.run_id)
    assert (seen.state, seen.error, seen.cut_off) == (RunState.FAILED, PROCESS_ENDED, True)
    assert other.run("validation", now=NOW).state is RunState.SUCCEEDED


def test_reg_09_a_run_that_fails_says_why_in_a_sentence(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    def refuse(errand: Errand) -> JsonObject:
        raise ConcordError("The folder can't be read.", hint="Look at its rights.")

    def stumble(errand: Errand) -> JsonObject:
        raise KeyError("secret detail")

    jobs = make({Job.VALIDATION: refuse, Job.REGISTRY: stumble})
    run = jobs.run("validation", now=NOW)
    assert (run.state, run.error) == (RunState.FAILED, "The folder can't be read. Look at its rights.")
    run = jobs.run("registry", now=NOW)
    assert run.state is RunState.FAILED
    assert run.error.startswith("Something went wrong inside the server; it is logged as ")
    assert "secret detail" not in run.error
    assert run.error[-9:-1] in caplog.text, "the log has it under the same id"


def test_reg_09_all_runs_every_job_in_its_order(make: Make) -> None:
    order: list[str] = []

    def noted(name: str) -> Work:
        def work(errand: Errand) -> JsonObject:
            order.append(name)
            return {"position": len(order)}

        return work

    jobs = make({job: noted(job.value) for job in Job}, folders=lambda: ["/srv"])
    run = jobs.run("all", now=NOW)
    assert order == ["registry", "validation", "discovery", "patterns", "learning"]
    assert run.state is RunState.SUCCEEDED
    assert [part["summary_data"]["position"] for part in run.summary_data.values()] == [1, 2, 3, 4, 5]
    assert [one.job for one in jobs.newest()] == ["learning", "patterns", "discovery", "validation", "registry", "all"]


def test_reg_09_all_goes_on_after_a_job_that_failed_and_says_which(make: Make) -> None:
    def refuse(errand: Errand) -> JsonObject:
        raise ConcordError("No.")

    run = make({Job.REGISTRY: refuse}).run("all", now=NOW)
    assert (run.state, run.error) == (RunState.FAILED, "Failed: registry.")
    assert run.summary_data["registry"]["error"] == "No."
    assert run.summary_data["validation"]["state"] == "SUCCEEDED"
    assert "skipped" in run.summary_data["discovery"], "no folder is named, which is no failure"


def test_reg_09_all_waits_for_a_job_that_runs_already(make: Make, slow: Held) -> None:
    jobs = make({Job.VALIDATION: slow})
    alone = jobs.run("validation", now=NOW, wait=0)
    assert slow.begun.wait(PATIENCE)

    def hear(done: float, total: float, message: str) -> None:
        if message == f"validation is under way as {alone.run_id}":
            slow.let_on.set()

    done = jobs.run("all", now=NOW, wait=PATIENCE, progress=hear)
    assert done.summary_data["validation"]["run_id"] == alone.run_id
    assert (done.state, slow.times) == (RunState.SUCCEEDED, 1)


def test_reg_09_patterns_run_once_more_after_a_run_that_may_not_have_read_the_newest(make: Make, slow: Held) -> None:
    jobs = make({Job.PATTERNS: slow})
    first = jobs.run("patterns", now=NOW, wait=0)
    assert slow.begun.wait(PATIENCE)
    assert jobs.run("patterns", now=NOW, wait=0) == jobs.get(first.run_id), "it is under way, and nobody waits"
    threading.Timer(0.05, slow.let_on.set).start()
    second = jobs.run("patterns", now=NOW, wait=PATIENCE)
    assert (second.state, slow.times) == (RunState.SUCCEEDED, 2)
    assert second.run_id != first.run_id


def test_reg_09_the_same_key_is_the_same_run(make: Make) -> None:
    jobs = make()
    run = jobs.run("registry", now=NOW, idempotency_key="k")
    assert jobs.run("registry", now=NOW, idempotency_key="k") == run
    assert len(jobs.newest()) == 1
    with pytest.raises(IdempotencyMismatch):
        jobs.run("validation", now=NOW, idempotency_key="k")


@pytest.mark.parametrize(
    ("arguments", "error", "path"),
    [
        ({"job": "registry", "caller": "sys_a"}, NotAllowed, ""),
        ({"job": "sweep"}, InvalidArgument, "/job"),
        ({"job": "discovery"}, Refused, "/paths"),
        ({"job": "registry", "since": "yesterday"}, InvalidArgument, "/since"),
    ],
)
def test_reg_09_what_can_not_run_is_refused_before_it_begins(
    make: Make, arguments: dict[str, Any], error: type[ConcordError], path: str
) -> None:
    jobs = make()
    with pytest.raises(error) as refused:
        jobs.run(now=NOW, **arguments)
    assert refused.value.path == path
    assert jobs.newest() == []


def test_reg_09_a_discovery_looks_through_the_named_folders_else_the_usual_ones(make: Make, slow: Held) -> None:
    slow.let_on.set()
    jobs = make({Job.DISCOVERY: slow}, folders=lambda: ["/usual"])
    assert jobs.run("discovery", now=NOW, paths=["/srv/../srv/a"]).summary_data["paths"] == ["/srv/a"]
    assert jobs.run("discovery", now=NOW).summary_data["paths"] == ["/usual"]


def test_reg_09_an_unknown_run_is_not_found(make: Make) -> None:
    with pytest.raises(NotFound):
        make().get("RUN-2026-04-05-999")
    with pytest.raises(NotFound):
        make().get("latest")


class Told:
    """A clock that tells what it was told."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


DAILY = ["registry", "validation", "patterns"]
"""What is due where there is nothing to look through."""


def looked(leader: Leader, jobs: JobService) -> list[str]:
    """The jobs that a leader sets going until nothing is due any more."""
    begun: list[JobRun] = []
    while (run := leader.look()) is not None:
        begun.append(jobs.wait_for(run.run_id, PATIENCE))
    return [run.job for run in begun]


def leader_of(database: Database, jobs: JobService, clock: Told, *folders: str, lease_seconds: float = 60.0) -> Leader:
    return Leader(database, jobs, now=clock, folders=lambda: folders, lease_seconds=lease_seconds)


def test_reg_09_the_schedule_runs_each_job_once_for_each_time_it_is_due(make: Make, database: Database) -> None:
    clock = Told()
    jobs = make(now=clock)
    leader = leader_of(database, jobs, clock)
    assert looked(leader, jobs) == [*DAILY, "learning"], "what was never done is made up for"
    assert looked(leader, jobs) == []
    clock.now += timedelta(hours=6)
    assert looked(leader, jobs) == ["registry", "learning"], "it is Sunday evening"
    clock.now += timedelta(days=3)
    assert looked(leader, jobs) == DAILY, "times that were missed are made up for by one run"
    assert {run.asked_by for run in jobs.newest()} == {"schedule"}


def test_reg_09_a_run_on_demand_counts_for_the_time_before_it(make: Make, database: Database) -> None:
    clock = Told()
    jobs = make(now=clock)
    jobs.run("registry", now=NOW)
    jobs.run("validation", now=NOW)
    jobs.run("patterns", now=NOW)
    jobs.run("learning", now=NOW)
    leader = leader_of(database, jobs, clock)
    assert looked(leader, jobs) == []
    told = {one["job"]: one for one in leader.overview()}
    assert told["registry"]["next_due"] == "2026-04-05T18:00:00Z"
    assert told["validation"]["next_due"] == "2026-04-06T02:00:00Z"
    assert told["patterns"]["next_due"] == "2026-04-06T05:00:00Z"
    assert told["learning"]["next_due"] == "2026-04-05T18:00:00Z"
    assert told["discovery"]["next_due"] == "", "there is nothing to look through"


def test_reg_09_discovery_is_due_where_there_are_folders(make: Make, database: Database) -> None:
    clock = Told()
    jobs = make(now=clock, folders=lambda: ["/srv"])
    assert looked(leader_of(database, jobs, clock, "/srv"), jobs) == [
        "registry",
        "validation",
        "discovery",
        "patterns",
        "learning",
    ]
    assert [run.paths for run in jobs.newest(job="discovery")] == [("/srv",)]


def test_reg_09_only_one_leads_until_it_resigns_or_is_silent(make: Make, database: Database) -> None:
    clock = Told()
    jobs = make(now=clock)
    first, second = leader_of(database, jobs, clock), leader_of(database, jobs, clock)
    assert looked(first, jobs) == [*DAILY, "learning"]
    clock.now += timedelta(hours=6)
    assert looked(second, jobs) == []
    first.resign()
    assert looked(second, jobs) == ["registry", "learning"]
    clock.now += timedelta(hours=6)
    assert looked(first, jobs) == []
    database.write(lambda session: leases.take(session, "schedule", "nobody", now=1e12, until=0.0))
    assert looked(first, jobs) == ["registry", "validation"], "the lease has run out"


def test_reg_09_what_was_cut_off_is_made_up_for_but_not_for_ever(make: Make) -> None:
    def endless(errand: Errand) -> JsonObject:
        while True:
            errand.progress(0, 0, "on and on")

    jobs = make({Job.REGISTRY: endless})
    begun = []
    for _ in range(5):
        begun.append(jobs.run_due(Job.REGISTRY, due="2026-04-05T12:00:00Z", now=NOW))
        jobs.end()
    assert [run is not None for run in begun] == [True, True, True, False, False]
    assert {run.cut_off for run in jobs.newest()} == {True}
