"""What the server itself goes by: counters, calls that were answered, runs of jobs, leases."""

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer
from sqlmodel import Field

from server.storage.tables.rows import Row, document_column, words_column


class CounterRow(Row, table=True):
    """A number that only grows."""

    __tablename__ = "counters"

    name: str = Field(primary_key=True)
    value: int = Field(sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), nullable=False))


class IdempotencyRow(Row, table=True):
    """The answer that was given under a caller's key."""

    __tablename__ = "idempotency"

    caller: str = words_column(primary_key=True)
    tool: str = Field(primary_key=True)
    key: str = words_column(primary_key=True)
    arguments_hash: str
    created_at: str = Field(index=True)
    answer: dict[str, Any] = document_column()


class RunRow(Row, table=True):
    """A job that runs or has run."""

    __tablename__ = "runs"

    run_id: str = Field(primary_key=True)
    job: str
    state: str
    started_at: str
    finished_at: str
    document: dict[str, Any] = document_column()

    __table_args__ = (Index("ix_runs_job", "job", "started_at"),)


class LeaseRow(Row, table=True):
    """Who alone may do something, and until when."""

    __tablename__ = "leases"

    name: str = Field(primary_key=True)
    holder: str
    until: float
    """Seconds since 1970 by the machine's own clock, whatever time the server was told to live in."""
