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
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
    )
    op.create_index("ix_contract_versions_system", "contract_versions", ["system_id", "contract_id", "version"])
    op.create_index(
        "ix_contract_versions_live",
        "contract_versions",
        ["system_id", "contract_id"],
        unique=True,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )
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
    op.create_table(
        "system_texts",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("system_id", sa.String(), nullable=False, unique=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
    )
    statements = _SQLITE_SEARCH if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL_SEARCH
    for statement in statements:
        op.execute(statement)


_SQLITE_SEARCH = (
    "CREATE VIRTUAL TABLE system_search USING fts5("
    "title, body, content = 'system_texts', content_rowid = 'number', tokenize = 'unicode61', prefix = '2 3')",
    "CREATE TRIGGER system_texts_inserted AFTER INSERT ON system_texts BEGIN "
    "INSERT INTO system_search (rowid, title, body) VALUES (new.number, new.title, new.body); END",
    "CREATE TRIGGER system_texts_deleted AFTER DELETE ON system_texts BEGIN "
    "INSERT INTO system_search (system_search, rowid, title, body) "
    "VALUES ('delete', old.number, old.title, old.body); END",
    "CREATE TRIGGER system_texts_updated AFTER UPDATE ON system_texts BEGIN "
    "INSERT INTO system_search (system_search, rowid, title, body) "
    "VALUES ('delete', old.number, old.title, old.body); "
    "INSERT INTO system_search (rowid, title, body) VALUES (new.number, new.title, new.body); END",
)
_POSTGRESQL_SEARCH = (
    "ALTER TABLE system_texts ADD COLUMN words tsvector NOT NULL DEFAULT ''",
    "CREATE INDEX ix_system_texts_words ON system_texts USING gin (words)",
)


def downgrade() -> None:
    """The tables of this step are gone."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE system_search")
    for table in ("system_texts", "idempotency", "counters", "findings", "contract_versions", "systems"):
        op.execute(f"DROP TABLE {table}")
