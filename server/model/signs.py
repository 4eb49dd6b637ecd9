"""Signs of life: the last that a system told of itself, and the last that was seen when it was looked at."""

from typing import Literal

from server.model.base import Moment, Text, Value
from server.model.event import Run, RunResult
from server.model.moments import microseconds


class LastRun(Value):
    """How the last run ended."""

    at: Moment
    """When it was over."""
    result: RunResult


class Look(Value):
    """What a status file or a health endpoint said, when it was looked at."""

    looked_at: Moment
    target: Text = ""
    """Path or address that was looked at."""
    stated: Literal["", "OK", "DEGRADED", "ERROR", "CRITICAL"] = ""
    """What it says of the system's condition; empty = nothing."""
    last_run: Moment = ""
    """When the system last ran, as it says or as its age shows."""
    only_written: bool = False
    """Its age is all that it shows."""
    problem: Text = ""
    """Why nothing can be said from it; a sentence of ours."""


class Signs(Value):
    """What the health of one system follows from (REG-5). Events may come in any order: the latest of each kind counts."""

    run: LastRun | None = None
    """The last run that is over."""
    running_since: Moment = ""
    """When the latest run began, where no end of it was reported."""
    heartbeat: Moment = ""
    """When it last said that it is alive."""
    error_rate: float | None = None
    """As its last heartbeat told it."""
    status_file: Look | None = None
    endpoint: Look | None = None


def is_begun(run: Run) -> bool:
    """Whether the event says that a run has begun, and nothing of its end."""
    return bool(run.started_at) and not run.finished_at and "result" not in run.model_fields_set


def ended_at(run: Run) -> str:
    """When the run was over; the event's own moment, where it doesn't say."""
    return run.finished_at or run.at


def not_after(moment: str, now: str) -> str:
    """The moment, or now where a clock that runs ahead put it in the future."""
    return now if microseconds(moment) > microseconds(now) else moment


def later(one: str, other: str) -> str:
    """The later of two moments; an empty one is none."""
    if not one or not other:
        return one or other
    return one if microseconds(one) >= microseconds(other) else other


def with_run(signs: Signs, run: Run, now: str) -> Signs:
    """The signs once the run is known: it counts where it is the latest so far."""
    if is_begun(run):
        began = not_after(run.started_at, now)
        known = later(signs.running_since, signs.run.at if signs.run is not None else "")
        return signs.model_copy(update={"running_since": began}) if later(known, began) != known else signs
    ended = not_after(ended_at(run), now)
    if signs.run is not None and microseconds(ended) < microseconds(signs.run.at):
        return signs
    last = LastRun(at=ended, result=run.result)
    running = signs.running_since
    if running and microseconds(running) <= microseconds(ended):
        running = ""
    return signs.model_copy(update={"run": last, "running_since": running})


def with_heartbeat(signs: Signs, at: str, error_rate: float | None, now: str) -> Signs:
    """The signs once the heartbeat is known."""
    beat = not_after(at, now)
    if signs.heartbeat and microseconds(beat) < microseconds(signs.heartbeat):
        return signs
    return signs.model_copy(update={"heartbeat": beat, "error_rate": error_rate})
