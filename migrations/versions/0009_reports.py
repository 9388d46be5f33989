"""Rendering jobs."""

import sqlalchemy as sa
from alembic import op

from migrations import guards

revision = "0009_reports"
down_revision = "0008_scheduling"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Rendering jobs."""
    guards.create_schema(op, "reports")
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("done_at", INSTANT),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("batch_id", "kind", "entry", "asked_by", "purpose"),
        sa.CheckConstraint("kind IN ('controlled', 'uncontrolled', 'draft')", name="kind"),
        schema="reports",
    )
    op.create_index(
        "ix_job_to_do",
        "job",
        ["due_at"],
        schema="reports",
        postgresql_where=sa.text("done_at IS NULL"),
    )
    guards.operational(op, "reports.job")
    guards.explain(op, revision, "Rendering jobs", added=["reports.job"])
