"""What systems learned that others may use, with its versions, who answered what, the weekly digests and the weeks in figures."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables of this step are there."""
    op.create_table(
        "knowledge",
        sa.Column("entry_id", sa.String(), primary_key=True),
        sa.Column("fingerprint", sa.String(), nullable=False, unique=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("source_system", sa.String(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("strength", sa.Float(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("life", sa.JSON(), nullable=False),
    )
    op.create_index("ix_knowledge_revision", "knowledge", ["revision"])
    op.create_index("ix_knowledge_type", "knowledge", ["type", "status"])
    op.create_index("ix_knowledge_strength", "knowledge", ["strength", "created"])
    op.create_table(
        "knowledge_versions",
        sa.Column("entry_id", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
    )
    op.create_table(
        "knowledge_systems",
        sa.Column("system_id", sa.String(), primary_key=True),
        sa.Column("entry_id", sa.String(), primary_key=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
    )
    op.create_index("ix_knowledge_systems_entry", "knowledge_systems", ["entry_id"])
    op.create_index("ix_knowledge_systems_open", "knowledge_systems", ["system_id", "decision"])
    op.create_table(
        "knowledge_answers",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("system_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
    )
    op.create_index("ix_knowledge_answers_entry", "knowledge_answers", ["entry_id", "seq"])
    op.create_index("ix_knowledge_answers_at", "knowledge_answers", ["at"])
    op.create_table(
        "knowledge_index",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "knowledge_vectors",
        sa.Column("entry_id", sa.String(), primary_key=True),
        sa.Column("model", sa.String(), primary_key=True),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "digests",
        sa.Column("week", sa.String(), primary_key=True),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
    )
    op.create_table(
        "metric_weeks",
        sa.Column("week", sa.String(), primary_key=True),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
    )


def downgrade() -> None:
    """The tables of this step are gone."""
    for table in (
        "metric_weeks",
        "digests",
        "knowledge_index",
        "knowledge_vectors",
        "knowledge_answers",
        "knowledge_systems",
        "knowledge_versions",
        "knowledge",
    ):
        op.drop_table(table)
