"""A run of one of the server's own jobs."""

from server.model.base import Json, Moment, Name, ResourceName, Text, Value, WireEnum


class Job(WireEnum):
    """What can be run, on demand and on the built-in schedule."""

    REGISTRY = "registry"
    VALIDATION = "validation"
    DISCOVERY = "discovery"
    PATTERNS = "patterns"
    LEARNING = "learning"
    ALL = "all"
    """The others, one after the other."""


class RunState(WireEnum):
    """How far a run is."""

    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


class Progress(Value):
    """How much of a run is done."""

    done: float = 0
    total: float = 0
    """0 = not known."""
    message: Text = ""


class JobRun(Value):
    """One run of a job, readable at `concord://runs/{run_id}`."""

    run_id: str
    job: str
    state: RunState
    started_at: Moment
    finished_at: Moment = ""
    asked_by: Name = ""
    """Who asked for it; `schedule` for the built-in one, empty = the local user."""
    progress: Progress = Progress()
    summary_data: dict[str, Json] = {}
    error: Text = ""
    """Why it failed."""
    paths: tuple[ResourceName, ...] = ()
    """The folders that it was told to look at."""
    since: Moment = ""
    """Of a job that looks back: what it was told to begin with; empty = as far as it usually does."""
    until: Moment = ""
    due: Moment = ""
    """The time of the built-in schedule that it stands for; empty for one that somebody asked for."""
    cut_off: bool = False
    """Its process ended before it did, so that the schedule makes up for it."""
