"""Checks, proposals, the conflict log and the policies."""

from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from server.storage.tables.rows import Row, document_column, words_column


class CheckRow(Row, table=True):
    """A check with the inputs it saw."""

    __tablename__ = "checks"

    check_id: str = Field(primary_key=True)
    created_at: str = Field(index=True)
    source_system: str = words_column()
    proposal_id: str = words_column()
    caller: str = words_column()
    """Who asked; empty = the local user."""
    verdict: str
    document: dict[str, Any] = document_column()


class ProposalRow(Row, table=True):
    """A proposal as it stands."""

    __tablename__ = "proposals"

    proposal_id: str = Field(primary_key=True)
    source_system: str = words_column(index=True)
    state: str = Field(index=True)
    private: bool
    """For its own system alone: the present content was never submitted."""
    version: int
    updated_at: str
    document: dict[str, Any] = document_column()


class ProposalVersionRow(Row, table=True):
    """A version of a proposal as it was left; kept when the next one takes its place."""

    __tablename__ = "proposal_versions"

    proposal_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    recorded_at: str
    document: dict[str, Any] = document_column()


class ConflictLogRow(Row, table=True):
    """A conflict that the check of a proposal found."""

    __tablename__ = "conflict_log"

    check_id: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    """In the check."""
    at: str = Field(index=True)
    proposal_id: str
    contract_id: str = words_column()
    source_system: str = words_column()
    affected_system: str = words_column()
    severity: str
    document: dict[str, Any] = document_column()

    __table_args__ = (Index("ix_conflict_log_contract_id", "contract_id", "at"),)


class PolicyRow(Row, table=True):
    """A version of a policy; the newest counts."""

    __tablename__ = "policies"

    name: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    recorded_at: str
    document: dict[str, Any] = document_column()
