"""Checks with their inputs, and what imports brought in."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables of this step are there."""
    op.create_table(
        "checks",
        sa.Column("check_id", sa.String(), primary_key=True),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("source_system", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
    )
    op.create_index("ix_checks_created_at", "checks", ["created_at"])
    op.create_table(
        "import_sources",
        sa.Column("source", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("last_import_at", sa.String(), nullable=False),
    )
    op.create_table(
        "import_items",
        sa.Column("source", sa.String(), primary_key=True),
        sa.Column("item", sa.String(), primary_key=True),
        sa.Column("system_id", sa.String(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("first_seen", sa.String(), nullable=False),
        sa.Column("last_seen", sa.String(), nullable=False),
    )


def downgrade() -> None:
    """The tables of this step are gone."""
    for table in ("import_items", "import_sources", "checks"):
        op.drop_table(table)
