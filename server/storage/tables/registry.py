"""The registry: systems, their contracts and versions, what was found and imported."""

from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field

from server.storage.tables.rows import Row, document_column, number_column, words_column


class SystemRow(Row, table=True):
    """A system with what the registry keeps about it."""

    __tablename__ = "systems"

    id: str = Field(primary_key=True)
    name: str = words_column()
    tier: str
    owner: str = words_column()
    archived: bool
    version: int
    revision: int = Field(index=True)
    """Registry revision at which it was last written."""
    source: str = words_column()
    document: dict[str, Any] = document_column()


class SystemTextRow(Row, table=True):
    """The words under which a system is found. The full-text index of each database hangs on this table."""

    __tablename__ = "system_texts"

    number: int = Field(primary_key=True)
    system_id: str = Field(unique=True)
    title: str
    body: str


class SystemVersionRow(Row, table=True):
    """A version of a system that another one has replaced; never changed. The present one stands with the systems."""

    __tablename__ = "system_versions"

    system_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    revision: int = Field(index=True)
    """Registry revision with which it came."""
    document: dict[str, Any] = document_column()


class ContractRow(Row, table=True):
    """One version of one side's entry for a contract; never changed but for `live`, never deleted."""

    __tablename__ = "contract_versions"

    contract_id: str = words_column(primary_key=True)
    system_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    live: bool
    resource: str = words_column()
    recorded_at: str
    revision: int
    """Registry revision with which it came."""
    document: dict[str, Any] = document_column()

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


class ValidationRow(Row, table=True):
    """One look at the real resource of a contract; never changed."""

    __tablename__ = "validations"

    seq: int | None = Field(default=None, sa_column=number_column())
    system_id: str
    contract_id: str = words_column()
    at: str = Field(index=True)
    run_id: str
    outcome: str
    """OK, FAILED or UNKNOWN."""
    complete: bool
    """Whether everything was looked at."""
    document: dict[str, Any] = document_column()

    __table_args__ = (Index("ix_validations_contract", "contract_id", "system_id", "at"),)


class FindingRow(Row, table=True):
    """A finding; one row for as long as the same thing is found again and again."""

    __tablename__ = "findings"

    id: str = Field(primary_key=True)
    fingerprint: str = Field(unique=True)
    kind: str
    severity: str
    system_id: str = words_column()
    subject: str = words_column()
    message: str = words_column()
    status: str
    first_seen: str
    last_seen: str
    closed_at: str
    details: dict[str, Any] = document_column()

    __table_args__ = (
        Index("ix_findings_system_status", "system_id", "status"),
        Index("ix_findings_status_kind", "status", "kind"),
    )


class CandidateRow(Row, table=True):
    """Something that a scan found and that belongs to no registered system."""

    __tablename__ = "candidates"

    fingerprint: str = Field(primary_key=True)
    candidate_id: str = Field(unique=True)
    status: str
    first_seen: str
    last_seen: str
    document: dict[str, Any] = document_column()


class ScanRow(Row, table=True):
    """What one discovery scan went through; the newest counts."""

    __tablename__ = "scans"

    seq: int | None = Field(default=None, sa_column=number_column())
    at: str
    document: dict[str, Any] = document_column()


class ImportSourceRow(Row, table=True):
    """A catalogue that systems were imported from."""

    __tablename__ = "import_sources"

    source: str = words_column(primary_key=True)
    kind: str
    last_import_at: str


class ImportItemRow(Row, table=True):
    """What a catalogue lists, or listed."""

    __tablename__ = "import_items"

    source: str = words_column(primary_key=True)
    item: str = words_column(primary_key=True)
    system_id: str
    present: bool
    first_seen: str
    last_seen: str
