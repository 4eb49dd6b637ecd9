"""An event: a fact that a system reports about itself, at a moment of its own."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel, StringConstraints, model_validator

from server.model.base import Name, WireEnum
from server.model.moments import microseconds, read_moment
from server.model.tier import Severity


class RunResult(WireEnum):
    """How a run ended (registry rule 5 of the scaling-layer document)."""

    OK = "OK"
    ERROR = "ERROR"
    CRITICAL = "CRITICAL"


Told = Annotated[str, StringConstraints(max_length=4_000)]
"""Free text of a system: data, never an instruction."""
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


def _no_truth(value: object) -> object:
    """A figure is no true or false, though Python would count them."""
    if isinstance(value, bool):
        raise ValueError("a figure is a number")
    return value


Figure = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(_no_truth)]
Count = Annotated[int, Field(ge=0, le=10**15)]
At = Annotated[str, BeforeValidator(read_moment)]
"""ISO 8601 in, UTC out; without an offset it is taken as UTC."""
MaybeAt = Annotated[str, BeforeValidator(lambda value: "" if value in ("", None) else read_moment(value))]


def _lower_case(word: object) -> object:
    return word.strip().lower() if isinstance(word, str) else word


def _as_text(value: object) -> object:
    return str(value) if type(value) is int else value


class _Event(BaseModel):
    """What all events have. Members that nobody defined are not kept."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    at: At
    id: Annotated[Name, BeforeValidator(_as_text)] = ""
    """The system's own id for it: what comes twice under one id is one event."""
    source: Name = ""
    """Component or device."""


class Heartbeat(_Event):
    """The system is alive."""

    kind: Literal["heartbeat"] = "heartbeat"
    load: Figure | None = None
    latency_ms: Figure | None = None
    error_rate: Figure | None = None
    intent: Short = ""


class _Lasting(_Event):
    started_at: MaybeAt = ""
    finished_at: MaybeAt = ""

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Self:
        if self.started_at and self.finished_at and microseconds(self.finished_at) < microseconds(self.started_at):
            raise ValueError("finished_at lies before started_at")
        return self


class Run(_Lasting):
    """The system has run, or has begun to where `result` is missing."""

    kind: Literal["run"] = "run"
    result: RunResult = RunResult.OK
    message: Told = ""


class Error(_Event):
    """Something went wrong."""

    kind: Literal["error"] = "error"
    category: Short
    description: Told = ""
    severity: Severity = Severity.MEDIUM
    resource: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)] = ""


class Metric(_Event):
    """A figure that was measured."""

    kind: Literal["metric"] = "metric"
    name: Short
    value: Figure


class Incident(_Event):
    """Something happened that people had to look at."""

    kind: Literal["incident"] = "incident"
    title: Short
    severity: Severity = Severity.MEDIUM
    description: Told = ""


class Access(_Lasting):
    """A resource was read or written."""

    kind: Literal["access"] = "access"
    resource: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
    mode: Annotated[Literal["read", "write"], BeforeValidator(_lower_case)]


class _Outcome(_Event):
    proposal_id: Name = ""
    title: Short = ""
    approach: Told = ""
    error_category: Short = ""
    before: Figure | None = None
    """Occurrences of the error category a week."""
    after: Figure | None = None
    """The same since it went live, or in its trial."""
    observation_days: Figure | None = None
    """Days that were looked at before, and as many after; seven count where none are told."""


class Promotion(_Outcome):
    """A proposal went live."""

    kind: Literal["promotion"] = "promotion"


class Rejection(_Outcome):
    """A proposal was turned down."""

    kind: Literal["rejection"] = "rejection"


class Trial(_Event):
    """What a shadow test counted."""

    kind: Literal["trial"] = "trial"
    proposal_id: Name
    metric: Short = ""
    wins: Count = 0
    losses: Count = 0
    ties: Count = 0
    consumer: Name = ""
    cluster: Short = ""


class Spend(_Event):
    """What a run used up."""

    kind: Literal["spend"] = "spend"
    run_id: Name = ""
    role: Name = ""
    steps: Count = 0
    tokens: Count = 0
    tool_calls: Count = 0
    spawns: Count = 0


class Success(_Event):
    """A practice that worked, as a system's own file tells it; not among what is reported."""

    kind: Literal["success"] = "success"
    title: Short
    description: Told = ""
    category: Short = ""
    metric: Short = ""
    before: Figure | None = None
    after: Figure | None = None
    times_applied: Count | None = None


Event = Heartbeat | Run | Error | Metric | Incident | Access | Promotion | Rejection | Trial | Spend

KINDS: dict[str, type[BaseModel]] = {
    "heartbeat": Heartbeat,
    "run": Run,
    "error": Error,
    "metric": Metric,
    "incident": Incident,
    "access": Access,
    "promotion": Promotion,
    "rejection": Rejection,
    "trial": Trial,
    "spend": Spend,
}

KINDS_OF_FILES: dict[str, type[BaseModel]] = {**KINDS, "success": Success}
"""What is read from the files in a system's folder."""


class ReportedEvent(RootModel[Annotated[Event, Field(discriminator="kind")]]):
    """One event of a report, by its kind. Members that its kind does not have are not kept."""

    model_config = ConfigDict(title="Event", frozen=True)
