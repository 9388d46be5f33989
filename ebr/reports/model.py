"""What is to be rendered: jobs, each done once and then left as done."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ebr.kernel import Base, Operational, table


class Job(Base):
    """One record to be rendered; the ledger says what came of it."""

    __tablename__ = "job"
    __table_args__ = table(
        "reports",
        Operational(),
        # Asked for again by the same person for the same purpose, it is the same copy.
        UniqueConstraint("batch_id", "kind", "entry", "asked_by", "purpose"),
        Index("ix_job_to_do", "due_at", postgresql_where=text("done_at IS NULL")),
        CheckConstraint("kind IN ('controlled', 'uncontrolled', 'draft')", name="kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID]
    kind: Mapped[str]
    entry: Mapped[int]  # how far the batch's stream was when it was asked for
    purpose: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    tries: Mapped[int]
    failure: Mapped[str]
    done_at: Mapped[datetime | None]
