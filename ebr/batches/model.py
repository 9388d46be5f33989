"""What the screens read of a batch: projections of its stream, never a second truth.

Every row here is written by `projection.py` alone and can be rebuilt from the ledger.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ebr.kernel import Base, Derived, table


class Batch(Base):
    """One batch in a list."""

    __tablename__ = "batch"
    __table_args__ = table(
        "batches",
        Derived(),
        UniqueConstraint("number"),
        Index("ix_batch_status_started_at_id", "status", "started_at", "id"),
        Index("ix_batch_started_at_id", "started_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    order_number: Mapped[str]
    product: Mapped[str]
    recipe_code: Mapped[str]
    recipe_version: Mapped[int]
    recipe_title: Mapped[str]
    recipe_digest: Mapped[str]
    size: Mapped[str]
    status: Mapped[str]
    started_at: Mapped[datetime]
    started_by: Mapped[str]
    completed_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    steps: Mapped[int]
    steps_done: Mapped[int]
    exceptions: Mapped[int]
    exceptions_open: Mapped[int]


class Step(Base):
    """One step of a batch in a work list."""

    __tablename__ = "step"
    __table_args__ = table(
        "batches",
        Derived(),
        Index(
            "ix_step_to_do",
            "status",
            "batch_id",
            postgresql_where=text("status not in ('idle','complete','skipped')"),
        ),
    )

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batches.batch.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    number: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    critical: Mapped[bool]
    witness: Mapped[bool]
    status: Mapped[str]
    holder: Mapped[UUID | None]
    holder_name: Mapped[str | None]
    since: Mapped[datetime | None]
    exceptions: Mapped[int]


class BatchException(Base):
    """One exception of a batch, for the reviewer's queue."""

    __tablename__ = "exception"
    __table_args__ = table(
        "batches",
        Derived(),
        Index("ix_exception_open", "batch_id", postgresql_where=text("open")),
    )

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batches.batch.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    severity: Mapped[str]
    step: Mapped[str | None]
    text: Mapped[str]
    blocks: Mapped[bool]
    open: Mapped[bool]
    decision: Mapped[str | None]
    raised_at: Mapped[datetime]
    raised_by: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
