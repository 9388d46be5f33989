"""Orders and the series of their numbers."""

import sqlalchemy as sa
from alembic import op

from migrations import guards

revision = "0008_scheduling"
down_revision = "0007_batches"
branch_labels = None
depends_on = None

TABLES = ("scheduling.order", "scheduling.series")


def upgrade() -> None:
    """Orders and the series of their numbers."""
    guards.create_schema(op, "scheduling")
    op.create_table(
        "order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("recipe", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("size", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Uuid()),
        sa.Column("batch_number", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("batch_id"),
        sa.UniqueConstraint("batch_number"),
        sa.CheckConstraint(
            "status IN ('created', 'released', 'in_progress', 'completed', 'cancelled')",
            name="status",
        ),
        sa.CheckConstraint(
            "(batch_id IS NULL) = (batch_number IS NULL)"
            " AND (batch_id IS NOT NULL) = (status IN ('in_progress', 'completed'))",
            name="batch",
        ),
        schema="scheduling",
    )
    op.create_index("ix_order_status_id", "order", ["status", "id"], schema="scheduling")
    op.create_table(
        "series",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sa.CheckConstraint("last > 0", name="last"),
        schema="scheduling",
    )
    guards.arm(op, "scheduling.order")
    guards.arm(op, "scheduling.series")
    guards.explain(op, revision, "Orders and the series of their numbers", added=TABLES)
