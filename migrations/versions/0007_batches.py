"""What the screens read of a batch."""

import sqlalchemy as sa
from alembic import op

from migrations import guards

revision = "0007_batches"
down_revision = "0006_recipes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What the screens read of a batch."""
    guards.create_schema(op, "batches")
    _batch()
    _step()
    _exception()
    for name in ("batch", "step", "exception"):
        guards.derived(op, f"batches.{name}")
    guards.explain(
        op,
        "0007_batches",
        "Adds the projections of batches, steps and exceptions.",
        added=["batches.batch", "batches.step", "batches.exception"],
    )


def _instant(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _batch() -> None:
    texts = ("order_number", "product", "recipe_code", "recipe_title", "recipe_digest")
    op.create_table(
        "batch",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("number", sa.Text(), nullable=False, unique=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("recipe_version", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        _instant("started_at", nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        _instant("completed_at"),
        _instant("reviewed_at"),
        sa.Column("reviewed_by", sa.Text()),
        _instant("closed_at"),
        sa.Column("closed_by", sa.Text()),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("steps", "steps_done", "exceptions", "exceptions_open")
        ),
        schema="batches",
    )
    op.create_index(
        "ix_batch_status_started_at_id", "batch", ["status", "started_at", "id"], schema="batches"
    )
    op.create_index("ix_batch_started_at_id", "batch", ["started_at", "id"], schema="batches")


def _step() -> None:
    op.create_table(
        "step",
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batches.batch.id"), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("number", "title", "kind")),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("witness", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("holder", sa.Uuid()),
        sa.Column("holder_name", sa.Text()),
        _instant("since"),
        sa.Column("exceptions", sa.BigInteger(), nullable=False),
        schema="batches",
    )
    op.create_index(
        "ix_step_to_do",
        "step",
        ["status", "batch_id"],
        schema="batches",
        postgresql_where=sa.text("status not in ('idle','complete','skipped')"),
    )


def _exception() -> None:
    op.create_table(
        "exception",
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batches.batch.id"), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("step", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("blocks", sa.Boolean(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.Text()),
        _instant("raised_at", nullable=False),
        sa.Column("raised_by", sa.Text(), nullable=False),
        _instant("decided_at"),
        sa.Column("decided_by", sa.Text()),
        schema="batches",
    )
    op.create_index(
        "ix_exception_open",
        "exception",
        ["batch_id"],
        schema="batches",
        postgresql_where=sa.text("open"),
    )
