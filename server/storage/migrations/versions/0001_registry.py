"""Systems, contracts, findings, counters, idempotency keys, and the full-text index over systems."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables of this step are there."""
    op.create_table(
        "systems",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
    )
    op.create_index("ix_systems_revision", "systems", ["revision"])
    op.create_table(
        "contract_versions",
        sa.Column("contract_id", sa.String(), primary_key=True),
        sa.Column("system_id", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("resource", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.String(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
    )
    op.create_index("ix_contract_versions_system_live", "contract_versions", ["system_id", "live"])
    op.create_table(
        "findings",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("fingerprint", sa.String(), nullable=False, unique=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("system_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("first_seen", sa.String(), nullable=False),
        sa.Column("last_seen", sa.String(), nullable=False),
        sa.Column("closed_at", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
    )
    op.create_index("ix_findings_system_status", "findings", ["system_id", "status"])
    op.create_index("ix_findings_status_kind", "findings", ["status", "kind"])
    op.create_table(
        "counters",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("value", sa.Integer(), nullable=False),
    )
    op.create_table(
        "idempotency",
        sa.Column("caller", sa.String(), primary_key=True),
        sa.Column("tool", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("arguments_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
    )
    op.create_index("ix_idempotency_created_at", "idempotency", ["created_at"])
    _create_search()


def _create_search() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE system_search USING fts5("
            "id UNINDEXED, title, body, tokenize = \"unicode61 remove_diacritics 2\", prefix = '2 3')"
        )
    else:
        op.execute(
            "CREATE TABLE system_search (id varchar PRIMARY KEY, title text NOT NULL, body text NOT NULL, words tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX ix_system_search_words ON system_search USING gin (words)")


def downgrade() -> None:
    """The tables of this step are gone."""
    for table in ("system_search", "idempotency", "counters", "findings", "contract_versions", "systems"):
        op.execute(f"DROP TABLE {table}")
