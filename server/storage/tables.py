"""The tables: keys, versions, the columns that are searched, and the value as a JSON document.

Each table is declared once, as a class; queries use the table that stands under its plain name at the end. Moments are
text, `2026-04-05T14:00:00Z`, so that they sort and compare alike on both databases.
"""

import re
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    text,
)
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

metadata = MetaData()


class PlainText(TypeDecorator[str]):
    """Text as any database can keep it: a NUL and half a surrogate pair become U+FFFD."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it is stored."""
        return None if value is None else _UNKEPT.sub("\ufffd", value)


_UNKEPT = re.compile("[\0\ud800-\udfff]")


class Row(SQLModel, registry=registry(metadata=metadata)):
    """A row of any table. Tables of others in the same program don't mix with ours."""


def _words(**options: Any) -> Any:
    """A column for text that comes from outside."""
    return Field(sa_column=Column(PlainText(), nullable=False, **options))


def _document() -> Any:
    """The column for a value as JSON."""
    return Field(sa_column=Column(JSON(), nullable=False))


def _number() -> Any:
    """The column for a number that the database gives in the order of arrival."""
    return Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True)


class SystemRow(Row, table=True):
    """A system with what the registry keeps about it."""

    __tablename__ = "systems"

    id: str = Field(primary_key=True)
    name: str = _words()
    tier: str
    owner: str = _words()
    archived: bool
    version: int
    revision: int = Field(index=True)
    """Registry revision at which it was last written."""
    source: str = _words()
    document: dict[str, Any] = _document()


class SystemTextRow(Row, table=True):
    """The words under which a system is found. The full-text index of each database hangs on this table."""

    __tablename__ = "system_texts"

    number: int = Field(primary_key=True)
    system_id: str = Field(unique=True)
    title: str
    body: str


class ContractRow(Row, table=True):
    """One version of one side's entry for a contract; never changed but for `live`, never deleted."""

    __tablename__ = "contract_versions"

    contract_id: str = _words(primary_key=True)
    system_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    live: bool
    resource: str = _words()
    recorded_at: str
    revision: int
    """Registry revision with which it came."""
    document: dict[str, Any] = _document()

    __table_args__ = (
        Index("ix_contract_versions_system", "system_id", "contract_id", "version"),
        Index(
            "ix_contract_versions_live",
            "system_id",
            "contract_id",
            unique=True,
            sqlite_where=text("live"),
            postgresql_where=text("live"),
        ),
    )


class FindingRow(Row, table=True):
    """A finding; one row for as long as the same thing is found again and again."""

    __tablename__ = "findings"

    id: str = Field(primary_key=True)
    fingerprint: str = Field(unique=True)
    kind: str
    severity: str
    system_id: str = _words()
    subject: str = _words()
    message: str = _words()
    status: str
    first_seen: str
    last_seen: str
    closed_at: str
    details: dict[str, Any] = _document()

    __table_args__ = (
        Index("ix_findings_system_status", "system_id", "status"),
        Index("ix_findings_status_kind", "status", "kind"),
    )


class CounterRow(Row, table=True):
    """A number that only grows."""

    __tablename__ = "counters"

    name: str = Field(primary_key=True)
    value: int = Field(sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), nullable=False))


class IdempotencyRow(Row, table=True):
    """The answer that was given under a caller's key."""

    __tablename__ = "idempotency"

    caller: str = _words(primary_key=True)
    tool: str = Field(primary_key=True)
    key: str = _words(primary_key=True)
    arguments_hash: str
    created_at: str = Field(index=True)
    answer: dict[str, Any] = _document()


class CheckRow(Row, table=True):
    """A check with the inputs it saw."""

    __tablename__ = "checks"

    check_id: str = Field(primary_key=True)
    created_at: str = Field(index=True)
    source_system: str = _words()
    proposal_id: str = _words()
    caller: str = _words()
    """Who asked; empty = the local user."""
    verdict: str
    document: dict[str, Any] = _document()


class ImportSourceRow(Row, table=True):
    """A catalogue that systems were imported from."""

    __tablename__ = "import_sources"

    source: str = _words(primary_key=True)
    kind: str
    last_import_at: str


class ImportItemRow(Row, table=True):
    """What a catalogue lists, or listed."""

    __tablename__ = "import_items"

    source: str = _words(primary_key=True)
    item: str = _words(primary_key=True)
    system_id: str
    present: bool
    first_seen: str
    last_seen: str


class ProposalRow(Row, table=True):
    """A proposal as it stands."""

    __tablename__ = "proposals"

    proposal_id: str = Field(primary_key=True)
    source_system: str = _words(index=True)
    state: str = Field(index=True)
    private: bool
    """For its own system alone: the present content was never submitted."""
    version: int
    updated_at: str
    document: dict[str, Any] = _document()


class ProposalVersionRow(Row, table=True):
    """A version of a proposal as it was left; kept when the next one takes its place."""

    __tablename__ = "proposal_versions"

    proposal_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    recorded_at: str
    document: dict[str, Any] = _document()


class ConflictLogRow(Row, table=True):
    """A conflict that the check of a proposal found."""

    __tablename__ = "conflict_log"

    check_id: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    """In the check."""
    at: str = Field(index=True)
    proposal_id: str
    contract_id: str = _words()
    source_system: str = _words()
    affected_system: str = _words()
    severity: str
    document: dict[str, Any] = _document()

    __table_args__ = (Index("ix_conflict_log_contract_id", "contract_id", "at"),)


class PolicyRow(Row, table=True):
    """A version of a policy; the newest counts."""

    __tablename__ = "policies"

    name: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    recorded_at: str
    document: dict[str, Any] = _document()


class SystemVersionRow(Row, table=True):
    """A version of a system that another one has replaced; never changed. The present one stands with the systems."""

    __tablename__ = "system_versions"

    system_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    revision: int = Field(index=True)
    """Registry revision with which it came."""
    document: dict[str, Any] = _document()


class EventRow(Row, table=True):
    """One thing that a system reported; never changed, unless the file that it was read from tells it anew."""

    __tablename__ = "events"

    seq: int | None = Field(default=None, sa_column=_number())
    """In the order of arrival."""
    system_id: str
    key: str
    """What tells the same event sent twice from two events: its id, else a hash of kind, moment and content."""
    kind: str
    at: int = Field(sa_column=Column(BigInteger(), nullable=False))
    """Microseconds since 1970, so that events sort by time whatever fractions they were written with."""
    origin: str = _words(server_default="")
    """The file of its system that it was read from, such as `error_catalog.json`; empty = reported."""
    document: dict[str, Any] = _document()

    __table_args__ = (
        Index("ix_events_system_key", "system_id", "key", unique=True),
        Index("ix_events_system_kind_at", "system_id", "kind", "at"),
        Index("ix_events_kind_at", "kind", "at"),
    )


class SignsOfLifeRow(Row, table=True):
    """The last that was heard or seen of a system: what its health follows from."""

    __tablename__ = "signs_of_life"

    system_id: str = Field(primary_key=True)
    revision: int = Field(index=True)
    """The number of the change that wrote it last; whoever keeps a copy asks for what is newer."""
    document: dict[str, Any] = _document()


class ValidationRow(Row, table=True):
    """One look at the real resource of a contract; never changed."""

    __tablename__ = "validations"

    seq: int | None = Field(default=None, sa_column=_number())
    system_id: str
    contract_id: str = _words()
    at: str = Field(index=True)
    run_id: str
    outcome: str
    """OK, FAILED or UNKNOWN."""
    complete: bool
    """Whether everything was looked at."""
    document: dict[str, Any] = _document()

    __table_args__ = (Index("ix_validations_contract", "contract_id", "system_id", "at"),)


class RunRow(Row, table=True):
    """A job that runs or has run."""

    __tablename__ = "runs"

    run_id: str = Field(primary_key=True)
    job: str
    state: str
    started_at: str
    finished_at: str
    document: dict[str, Any] = _document()

    __table_args__ = (Index("ix_runs_job", "job", "started_at"),)


class LeaseRow(Row, table=True):
    """Who alone may do something, and until when."""

    __tablename__ = "leases"

    name: str = Field(primary_key=True)
    holder: str
    until: float
    """Seconds since 1970 by the machine's own clock, whatever time the server was told to live in."""


class EventWeekRow(Row, table=True):
    """What one system reported in one week, summed up when the events themselves were given away."""

    __tablename__ = "event_weeks"

    system_id: str = Field(primary_key=True)
    week: str = Field(primary_key=True)
    """The date of the Sunday on which it ended."""
    kind: str = Field(primary_key=True)
    label: str = _words(primary_key=True)
    """Of a run its result, of an error its category, of a metric its name, of an access mode and resource; else empty."""
    count: int
    total: float
    """Sum of the figures: a metric's values, a run's seconds, the tokens spent."""
    low: float
    high: float


class KeptSinceRow(Row, table=True):
    """The moment before which a system's events of a kind are summed up by weeks, so that none is taken in twice."""

    __tablename__ = "kept_since"

    system_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    at: int = Field(sa_column=Column(BigInteger(), nullable=False))
    """Microseconds since 1970."""


class FileReadRow(Row, table=True):
    """A file in a system's folder, as it was when events were last read from it."""

    __tablename__ = "files_read"

    system_id: str = Field(primary_key=True)
    path: str = _words(primary_key=True)
    """Below the system's folder."""
    digest: str
    at: str
    made: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """What was made of it where that is no event: a proposal's id."""


class PatternRow(Row, table=True):
    """A pattern across systems."""

    __tablename__ = "patterns"

    pattern_id: str = Field(primary_key=True)
    fingerprint: str = Field(unique=True)
    """Type, systems and subject: what is found again under it is the same pattern."""
    type: str
    status: str
    severity: str
    confidence: float
    last_seen: int = Field(sa_column=Column(BigInteger(), nullable=False))
    """Its last occurrence, microseconds since 1970."""
    document: dict[str, Any] = _document()
    life: dict[str, Any] = _document()
    """What its life is judged by besides, such as the moments of its occurrences; nobody is shown it."""

    __table_args__ = (Index("ix_patterns_status", "status", "type"),)


class PatternSystemRow(Row, table=True):
    """A system that a pattern involves."""

    __tablename__ = "pattern_systems"

    system_id: str = Field(primary_key=True)
    pattern_id: str = Field(primary_key=True)


class PatternEventRow(Row, table=True):
    """A stored event that a pattern rests on; it stays when the event itself is summed up."""

    __tablename__ = "pattern_events"

    pattern_id: str = Field(primary_key=True)
    seq: int = Field(sa_column=Column(BigInteger(), primary_key=True, autoincrement=False))
    system_id: str
    event_id: str = _words()
    at: int = Field(sa_column=Column(BigInteger(), nullable=False))
    kind: str

    __table_args__ = (Index("ix_pattern_events_at", "pattern_id", "at"),)


class CandidateRow(Row, table=True):
    """Something that a scan found and that belongs to no registered system."""

    __tablename__ = "candidates"

    fingerprint: str = Field(primary_key=True)
    candidate_id: str = Field(unique=True)
    status: str
    first_seen: str
    last_seen: str
    document: dict[str, Any] = _document()


class ScanRow(Row, table=True):
    """What one discovery scan went through; the newest counts."""

    __tablename__ = "scans"

    seq: int | None = Field(default=None, sa_column=_number())
    at: str
    document: dict[str, Any] = _document()


systems: Table = metadata.tables["systems"]
system_texts: Table = metadata.tables["system_texts"]
contract_versions: Table = metadata.tables["contract_versions"]
findings: Table = metadata.tables["findings"]
counters: Table = metadata.tables["counters"]
idempotency: Table = metadata.tables["idempotency"]
checks: Table = metadata.tables["checks"]
import_sources: Table = metadata.tables["import_sources"]
import_items: Table = metadata.tables["import_items"]
proposals: Table = metadata.tables["proposals"]
proposal_versions: Table = metadata.tables["proposal_versions"]
conflict_log: Table = metadata.tables["conflict_log"]
policies: Table = metadata.tables["policies"]
system_versions: Table = metadata.tables["system_versions"]
events: Table = metadata.tables["events"]
event_weeks: Table = metadata.tables["event_weeks"]
kept_since: Table = metadata.tables["kept_since"]
files_read: Table = metadata.tables["files_read"]
patterns: Table = metadata.tables["patterns"]
pattern_systems: Table = metadata.tables["pattern_systems"]
pattern_events: Table = metadata.tables["pattern_events"]
signs_of_life: Table = metadata.tables["signs_of_life"]
validations: Table = metadata.tables["validations"]
runs: Table = metadata.tables["runs"]
scans: Table = metadata.tables["scans"]
leases: Table = metadata.tables["leases"]
candidates: Table = metadata.tables["candidates"]
