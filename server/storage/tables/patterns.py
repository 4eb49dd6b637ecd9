"""Patterns across systems, and the events that they rest on."""

from typing import Any

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field

from server.storage.tables.rows import Row, document_column, words_column


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
    document: dict[str, Any] = document_column()
    life: dict[str, Any] = document_column()
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
    event_id: str = words_column()
    at: int = Field(sa_column=Column(BigInteger(), nullable=False))
    kind: str

    __table_args__ = (Index("ix_pattern_events_at", "pattern_id", "at"),)
