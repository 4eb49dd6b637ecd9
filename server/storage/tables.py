"""The tables: keys, versions, the columns that are searched, and the value as a JSON document."""

from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

metadata = SQLModel.metadata


class SystemRow(SQLModel, table=True):
    """A system with what the registry keeps about it."""

    __tablename__ = "systems"

    id: str = Field(primary_key=True)
    name: str
    tier: str
    owner: str
    archived: bool
    version: int
    revision: int = Field(index=True)
    source: str
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class ContractRow(SQLModel, table=True):
    """One version of one side's entry for a contract; never changed but for `live`, never deleted."""

    __tablename__ = "contract_versions"

    contract_id: str = Field(primary_key=True)
    system_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    live: bool
    resource: str
    recorded_at: str
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))

    __table_args__ = (Index("ix_contract_versions_system_live", "system_id", "live"),)


class FindingRow(SQLModel, table=True):
    """A finding; one row for as long as the same thing is found again and again."""

    __tablename__ = "findings"

    id: str = Field(primary_key=True)
    fingerprint: str = Field(unique=True)
    kind: str
    severity: str
    system_id: str
    subject: str
    message: str
    status: str
    first_seen: str
    last_seen: str
    closed_at: str
    details: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))

    __table_args__ = (
        Index("ix_findings_system_status", "system_id", "status"),
        Index("ix_findings_status_kind", "status", "kind"),
    )


class CounterRow(SQLModel, table=True):
    """A number that only grows."""

    __tablename__ = "counters"

    name: str = Field(primary_key=True)
    value: int


class IdempotencyRow(SQLModel, table=True):
    """The answer that was given under a caller's key."""

    __tablename__ = "idempotency"

    caller: str = Field(primary_key=True)
    tool: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    arguments_hash: str
    created_at: str = Field(index=True)
    answer: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class CheckRow(SQLModel, table=True):
    """A check with the inputs it saw."""

    __tablename__ = "checks"

    check_id: str = Field(primary_key=True)
    created_at: str = Field(index=True)
    source_system: str
    proposal_id: str
    verdict: str
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class ImportSourceRow(SQLModel, table=True):
    """A catalogue that systems were imported from."""

    __tablename__ = "import_sources"

    source: str = Field(primary_key=True)
    kind: str
    last_import_at: str


class ImportItemRow(SQLModel, table=True):
    """What a catalogue lists, or listed."""

    __tablename__ = "import_items"

    source: str = Field(primary_key=True)
    item: str = Field(primary_key=True)
    system_id: str
    present: bool
    first_seen: str
    last_seen: str
