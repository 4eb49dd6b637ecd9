"""What a synthesis knows: the outcomes that systems reported, and who is akin to whom.

Every text in it has crossed the boundary already (`server/knowledge/boundary`), so that nothing made of it can tell more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Outcome:
    """A promotion or a rejection, as a system reported it or as it was decided here."""

    ref: str
    """What it is known by for good, such as `sys_a:PROP-023`; repeated reports have the same."""
    system_id: str
    at: int
    """Microseconds since 1970."""
    promoted: bool
    """Else rejected, or rolled back."""
    proposal_id: str = ""
    title: str = ""
    description: str = ""
    approach: str = ""
    error_category: str = ""
    metric: str = ""
    before: float | None = None
    """Occurrences of the error category a week."""
    after: float | None = None
    observation_days: float | None = None
    entry_id: str = ""
    """The shared entry that it adopts; empty: the system's own idea."""


@dataclass(frozen=True)
class Success:
    """An entry of a system's success patterns."""

    ref: str
    system_id: str
    at: int
    title: str
    description: str = ""
    category: str = ""
    metric: str = ""
    before: float | None = None
    after: float | None = None
    times_applied: int = 0


@dataclass(frozen=True)
class Activity:
    """How often a system reported errors of a category in the last 30 days."""

    system_id: str
    category: str
    """As the system writes it, cleaned."""
    occurrences: int
    newest: int
    """Microseconds since 1970."""


@dataclass(frozen=True)
class Member:
    """A live system."""

    system_id: str
    tier: str
    has_engine: bool
    kin: str
    """Systems of one parent, template or declared lineage have the same; of one without relatives its id."""
    reads: frozenset[str] = frozenset()
    """Canonical resources."""
    writes: frozenset[str] = frozenset()
    written: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Resources as the system writes them, by canonical name."""
    reads_forms: frozenset[str] = frozenset()
    """Kinds of what it reads: `json`, `sqlite`, `https`, `service` …"""
    depends_on: frozenset[str] = frozenset()
    """Systems."""


@dataclass(frozen=True)
class Standing:
    """A pattern that was resolved, or a contract that is fragile."""

    ref: str
    """Its id."""
    kind: str
    """A pattern's type, or `fragile_contract`."""
    systems: tuple[str, ...]
    at: int
    subject: str = ""
    """Error category, metric, or the kinds of conflicts of a contract."""
    resources: tuple[str, ...] = ()
    recommendation: str = ""
    resolved: bool = False


@dataclass(frozen=True)
class KnownEntry:
    """A shared entry that is there already, as far as a synthesis goes by it."""

    entry_id: str
    key: str
    type: str
    systems: tuple[str, ...] = ()
    """Whose experience it rests on."""
    adopted_by: tuple[str, ...] = ()
    approach: str = ""
    error_category: str = ""
    title: str = ""
    expires: str = ""
    """The day from which on it is hidden; empty: nobody knows of one."""


@dataclass(frozen=True)
class Facts:
    """All of it, at one moment."""

    since: int
    until: int
    """Microseconds since 1970: outcomes lie in [since, until)."""
    outcomes: tuple[Outcome, ...] = ()
    """By time, then by ref."""
    successes: tuple[Success, ...] = ()
    activity: tuple[Activity, ...] = ()
    members: Mapping[str, Member] = field(default_factory=dict)
    standing: tuple[Standing, ...] = ()
    known: tuple[KnownEntry, ...] = ()
