"""What a detector finds: a pattern before it has an id and a history."""

from dataclasses import dataclass

from server.model.pattern import PatternType

READ_KINDS = ("access", "error", "incident", "metric", "promotion", "rejection", "run")
"""Kinds of events that detectors read."""
LEAST_OCCURRENCES = 3
"""Never a pattern on fewer (detection rule 7 of the source, PAT-7)."""
SIGNIFICANT_Q = 0.05
LEAST_LIFT = 1.5


@dataclass(frozen=True)
class Identity:
    """What makes two findings the same pattern, however often it is looked for."""

    type: PatternType
    systems: tuple[str, ...]
    """Cause before effect where the type has a direction, else sorted."""
    subject: str = ""
    """Told apart by this within the same systems: a resource, a metric, an error category; "" where the type needs none."""


@dataclass(frozen=True, order=True)
class Occurrence:
    """One time that it showed."""

    at: int
    """Microseconds since 1970; of a direction, when the effect showed."""
    seqs: tuple[int, ...]
    """Numbers of the stored events that it rests on, at least one."""


@dataclass(frozen=True)
class Fact:
    """A row of evidence."""

    system: str
    data_point: str
    """In words, with figures."""
    kind: str
    """Kind of the events behind it."""
    seqs: tuple[int, ...] = ()


@dataclass(frozen=True)
class Found:
    """A pattern in the history that was looked at."""

    identity: Identity
    occurrences: tuple[Occurrence, ...]
    """By time, each distinct: an episode counts once, however many events it has."""
    facts: tuple[Fact, ...]
    description: str
    recommendation: str
    """Specific to type and resource."""
    cause: str = ""
    effect: str = ""
    trigger: str = ""
    """What of the cause sets it off: `run`, `failure` …, as server/patterns/firing.py counts it."""
    resources: tuple[str, ...] = ()
    """Canonical names of the resources concerned."""
    p_value: float | None = None
    q_value: float | None = None
    lift: float | None = None
    lag_seconds: float | None = None
    window_seconds: float | None = None
    by_chance_a_day: float = 0.0
    """Occurrences a day that chance alone would give; recurrence must stand out against it."""
    held_back: str = ""
    """Empty where chance is ruled out and the rules' floors are met; else one word why it is a candidate only."""
    worst: int = 1
    """Gravest severity among the troubles it rests on, 0 LOW … 3 CRITICAL."""
    stands_second_test: bool = False
    """Whether a second, independent test upholds it, so that it is CONFIRMED at once."""
    proposal_id: str = ""

    @property
    def systems(self) -> tuple[str, ...]:
        """Whom it involves."""
        return self.identity.systems
