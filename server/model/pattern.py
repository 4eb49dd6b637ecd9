"""A pattern: what no single system can see in what it knows of itself (agent 2 of the scaling-layer document)."""

from server.model.base import Moment, Name, ResourceName, Text, Value, WireEnum
from server.model.tier import Severity


class PatternType(WireEnum):
    """The six kinds of the source."""

    CASCADE_FAILURE = "cascade_failure"
    CORRELATED_DEGRADATION = "correlated_degradation"
    SHARED_ROOT_CAUSE = "shared_root_cause"
    TRANSFERABLE_SOLUTION = "transferable_solution"
    RESOURCE_CONTENTION = "resource_contention"
    TIMING_DEPENDENCY = "timing_dependency"

    @property
    def is_risk(self) -> bool:
        """Whether it warns of something; a fix that others could use does not (CON-8)."""
        return self is not PatternType.TRANSFERABLE_SOLUTION


class PatternStatus(WireEnum):
    """Whether it holds now."""

    CANDIDATE = "CANDIDATE"
    """Seen often enough to be told apart, but chance or a schedule explains it as well; not shown unless asked for."""
    ACTIVE = "ACTIVE"
    RESOLVED = "RESOLVED"
    """Not seen for 30 days (PAT-8)."""


class Certainty(WireEnum):
    """How well chance is ruled out (PAT-11)."""

    CANDIDATE = "CANDIDATE"
    SIGNIFICANT = "SIGNIFICANT"
    CONFIRMED = "CONFIRMED"
    """It has recurred since it was first detected, or stands a second, independent test."""


class Evidence(Value):
    """One fact that the pattern rests on."""

    system: Name
    """Of whom it tells."""
    data_point: Text
    """In words, with figures."""
    source: Name
    """Where it was told: the file that it was read from, else the kind of events that the system reported."""
    events_total: int = 0
    """Stored events behind it; `concord://patterns/{id}` opens them."""


class Pattern(Value):
    """A pattern as the source writes it, with what rules chance out and what has become of it."""

    id: str
    """`XPAT-001`, for ever."""
    type: PatternType
    """Of what kind it is."""
    description: Text
    """What happens, in a sentence."""
    systems_involved: tuple[Name, ...]
    """By id; the cause before the effect where the type has a direction."""
    evidence: tuple[Evidence, ...]
    """What it rests on."""
    severity: Severity
    """By who suffers, how badly and how often: HIGH, MEDIUM or LOW."""
    confidence: float
    """From 0.6 on, below 1 (PAT-9); 0 for a candidate."""
    first_detected: Moment
    """The day of the run that first saw it; kept when it is reopened."""
    occurrences: int
    """Distinct ones in all that was looked at since it was first detected."""
    recommendation: Text
    """What to do about it."""
    affected_contracts: tuple[str, ...]
    """Between the systems, or on the resources."""
    status: PatternStatus
    """Whether it holds now."""
    certainty: Certainty
    """How well chance is ruled out."""
    cause: Name = ""
    """The system that it begins at, where the type has a direction."""
    effect: Name = ""
    """The system that suffers it, or could use it."""
    subject: Text = ""
    """What it is about beside the systems: an error category, a metric, a resource."""
    resources: tuple[ResourceName, ...] = ()
    """That it is about, by their canonical names."""
    p_value: float | None = None
    """How likely chance is to give as much or more."""
    q_value: float | None = None
    """The same, allowing for all that was looked at; shown from 0.05 on."""
    lift: float | None = None
    """How many times more often than by chance."""
    lag_seconds: float | None = None
    """From cause to effect, median."""
    window_seconds: float | None = None
    """Within which effects were looked for."""
    held_back: Text = ""
    """Why it is a candidate only, such as `confounded_by_schedule`."""
    last_seen: Moment = ""
    """When its last occurrence was."""
    resolved_at: Moment = ""
    """When it was found to have been quiet for more than 30 days."""
    reopened_at: Moment = ""
    """When it came back, the last time."""
    cause_fired_since: int | None = None
    """Of a resolved one: how often its cause has fired since the last occurrence. 0: untested."""
    proposal_id: Name = ""
    """Of a transferable solution: the proposal that was promoted."""


class PatternEvent(Value):
    """A stored event that a pattern rests on (PAT-12)."""

    event_id: Name
    """The system's own id for it, else the journal's."""
    system: Name
    """Whose event it is."""
    at: Moment
    """ISO 8601, UTC."""
    kind: Name
    """As it was reported: `run`, `error` …"""
