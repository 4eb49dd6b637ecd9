"""Proposals with their versions and decisions, the conflict log, policies, who asked for a check, and replaced versions of systems."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables of this step are there."""
    op.create_table(
        "proposals",
        sa.Column("proposal_id", sa.String(), primary_key=True),
        sa.Column("source_system", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.String(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
    )
    op.create_index("ix_proposals_state", "proposals", ["state"])
    op.create_index("ix_proposals_source_system", "proposals", ["source_system"])
    op.create_table(
        "proposal_versions",
        sa.Column("proposal_id", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("recorded_at", sa.String(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
    )
    op.create_table(
        "conflict_log",
        sa.Column("check_id", sa.String(), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("contract_id", sa.String(), nullable=False),
        sa.Column("source_system", sa.String(), nullable=False),
        sa.Column("affected_system", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
    )
    op.create_index("ix_conflict_log_at", "conflict_log", ["at"])
    op.create_index("ix_conflict_log_contract_id", "conflict_log", ["contract_id", "at"])
    op.create_table(
        "policies",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("recorded_at", sa.String(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
    )
    op.create_table(
        "system_versions",
        sa.Column("system_id", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
    )
    op.create_index("ix_system_versions_revision", "system_versions", ["revision"])
    op.add_column("checks", sa.Column("caller", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """The tables of this step are gone."""
    op.drop_column("checks", "caller")
    for table in ("system_versions", "policies", "conflict_log", "proposal_versions", "proposals"):
        op.drop_table(table)
