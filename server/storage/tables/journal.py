"""What systems report, sums of it by weeks, and the files that it is read from."""

from typing import Any

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field

from server.storage.tables.rows import Row, document_column, number_column, words_column


class EventRow(Row, table=True):
    """One thing that a system reported; never changed, unless the file that it was read from tells it anew."""

    __tablename__ = "events"

    seq: int | None = Field(default=None, sa_column=number_column())
    """In the order of arrival."""
    system_id: str
    key: str
    """What tells the same event sent twice from two events: its id, else a hash of kind, moment and content."""
    kind: str
    at: int = Field(sa_column=Column(BigInteger(), nullable=False))
    """Microseconds since 1970, so that events sort by time whatever fractions they were written with."""
    origin: str = words_column(server_default="")
    """The file of its system that it was read from, such as `error_catalog.json`; empty = reported."""
    document: dict[str, Any] = document_column()

    __table_args__ = (
        Index("ix_events_system_key", "system_id", "key", unique=True),
        Index("ix_events_system_kind_at", "system_id", "kind", "at"),
        Index("ix_events_kind_at", "kind", "at"),
    )


class EventWeekRow(Row, table=True):
    """What one system reported in one week, summed up when the events themselves were given away."""

    __tablename__ = "event_weeks"

    system_id: str = Field(primary_key=True)
    week: str = Field(primary_key=True)
    """The date of the Sunday on which it ended."""
    kind: str = Field(primary_key=True)
    label: str = words_column(primary_key=True)
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
    path: str = words_column(primary_key=True)
    """Below the system's folder."""
    digest: str
    at: str
    made: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """What was made of it where that is no event: a proposal's id."""


class SignsOfLifeRow(Row, table=True):
    """The last that was heard or seen of a system: what its health follows from."""

    __tablename__ = "signs_of_life"

    system_id: str = Field(primary_key=True)
    revision: int = Field(index=True)
    """The number of the change that wrote it last; whoever keeps a copy asks for what is newer."""
    document: dict[str, Any] = document_column()
