"""What systems learned that others may use: entries with all their versions, who answered what, and the weekly digests."""

from typing import Any

from sqlalchemy import Column, Index, LargeBinary
from sqlmodel import Field

from server.storage.tables.rows import Row, document_column, instant_column, number_column, words_column


class KnowledgeRow(Row, table=True):
    """A shared entry as it stands."""

    __tablename__ = "knowledge"

    entry_id: str = Field(primary_key=True)
    fingerprint: str = Field(unique=True)
    """What makes two syntheses find the same entry; of an imported one its id."""
    type: str
    status: str
    source_system: str = words_column()
    created: int = instant_column()
    expires: int = instant_column()
    """From then on it is hidden."""
    version: int
    strength: float
    """Its e-value, 0 where it has none: the stronger are shown first."""
    revision: int = instant_column()
    """Number of the write that made it as it is: whoever keeps a copy reads what is newer."""
    document: dict[str, Any] = document_column()
    life: dict[str, Any] = document_column()
    """What its life is judged by besides, such as the facts that it rests on; nobody is shown it."""

    __table_args__ = (
        Index("ix_knowledge_revision", "revision"),
        Index("ix_knowledge_type", "type", "status"),
        Index("ix_knowledge_strength", "strength", "created"),
    )


class KnowledgeVersionRow(Row, table=True):
    """An entry as it stood for a time; rows are added, and closed once, never changed otherwise."""

    __tablename__ = "knowledge_versions"

    entry_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    valid_from: int = instant_column()
    valid_to: int = instant_column()
    """0 = it stands."""
    recorded_at: int = instant_column()
    document: dict[str, Any] = document_column()


class KnowledgeSystemRow(Row, table=True):
    """A system that an entry may be of use to, and what it has answered."""

    __tablename__ = "knowledge_systems"

    system_id: str = Field(primary_key=True)
    entry_id: str = Field(primary_key=True)
    since: int = instant_column()
    """When it was found to be."""
    decision: str
    """`ADOPT` or `DECLINE`; empty = not answered yet."""
    answered_at: int = instant_column()
    proposal_id: str = words_column()
    outcome: dict[str, Any] = document_column()
    """What the adopter then reported; {} = nothing yet."""

    __table_args__ = (
        Index("ix_knowledge_systems_entry", "entry_id"),
        Index("ix_knowledge_systems_open", "system_id", "decision"),
    )


class KnowledgeAnswerRow(Row, table=True):
    """One answer of a system to an entry; rows are only added."""

    __tablename__ = "knowledge_answers"

    seq: int | None = Field(default=None, sa_column=number_column())
    entry_id: str
    system_id: str
    at: int = instant_column()
    decision: str
    actor: str
    """The calling system; empty = the local user."""
    proposal_id: str = words_column()
    reason: str = words_column()

    __table_args__ = (
        Index("ix_knowledge_answers_entry", "entry_id", "seq"),
        Index("ix_knowledge_answers_at", "at"),
    )


class KnowledgeVectorRow(Row, table=True):
    """The meaning of an entry's words as a model sees it; vectors of different models never meet."""

    __tablename__ = "knowledge_vectors"

    entry_id: str = Field(primary_key=True)
    model: str = Field(primary_key=True)
    """The provider and its model, such as `sentence-transformers/all-MiniLM-L6-v2`."""
    said: str
    """Digest of the text that it was made of; where the entry says something else now, it is made anew."""
    dimension: int
    vector: bytes = Field(sa_column=Column(LargeBinary(), nullable=False))
    """Little-endian 32-bit floats, of length 1."""


class KnowledgeIndexRow(Row, table=True):
    """What searches of many entries begin with, so that not every process reads all of them; it may be gone at any time."""

    __tablename__ = "knowledge_index"

    name: str = Field(primary_key=True)
    revision: int = instant_column()
    """Of shared knowledge, up to which it goes."""
    packed: bytes = Field(sa_column=Column(LargeBinary(), nullable=False))


class DigestRow(Row, table=True):
    """What a weekly synthesis came to."""

    __tablename__ = "digests"

    week: str = Field(primary_key=True)
    """The date of the Sunday on which it ended."""
    at: str
    document: dict[str, Any] = document_column()


class MetricWeekRow(Row, table=True):
    """A week of the whole organisation in figures, as it was last counted or as a file told it."""

    __tablename__ = "metric_weeks"

    week: str = Field(primary_key=True)
    """The date of the Sunday on which it ended."""
    counted: bool
    """Whether it was counted here; else a file told it."""
    document: dict[str, Any] = document_column()
