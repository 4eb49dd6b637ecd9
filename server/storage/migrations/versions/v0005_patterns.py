"""Patterns across systems with the events they rest on, weekly sums of old events, and the files that events were read from."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables of this step are there."""
    if op.get_bind().dialect.name == "postgresql":  # SQLite's numbers are as long as they need to be
        op.alter_column("counters", "value", type_=sa.BigInteger())
    op.add_column("events", sa.Column("origin", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "event_weeks",
        sa.Column("system_id", sa.String(), primary_key=True),
        sa.Column("week", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("label", sa.String(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("total", sa.Float(), nullable=False),
        sa.Column("low", sa.Float(), nullable=False),
        sa.Column("high", sa.Float(), nullable=False),
    )
    op.create_table(
        "kept_since",
        sa.Column("system_id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "files_read",
        sa.Column("system_id", sa.String(), primary_key=True),
        sa.Column("path", sa.String(), primary_key=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("made", sa.String(), nullable=False, server_default=""),
    )
    op.create_table(
        "patterns",
        sa.Column("pattern_id", sa.String(), primary_key=True),
        sa.Column("fingerprint", sa.String(), nullable=False, unique=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("life", sa.JSON(), nullable=False),
    )
    op.create_index("ix_patterns_status", "patterns", ["status", "type"])
    op.create_table(
        "pattern_systems",
        sa.Column("system_id", sa.String(), primary_key=True),
        sa.Column("pattern_id", sa.String(), primary_key=True),
    )
    op.create_table(
        "pattern_events",
        sa.Column("pattern_id", sa.String(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("system_id", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
    )
    op.create_index("ix_pattern_events_at", "pattern_events", ["pattern_id", "at"])


def downgrade() -> None:
    """The tables of this step are gone."""
    for table in ("pattern_events", "pattern_systems", "patterns", "files_read", "kept_since", "event_weeks"):
        op.drop_table(table)
    with op.batch_alter_table("events") as events:
        events.drop_column("origin")
