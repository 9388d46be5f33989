"""Orders and the series of numbers, as tables."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ebr.kernel import Base, Recorded, table


class Order(Base):
    """What shall be made, how much of it, until when; once started, as which batch."""

    __tablename__ = "order"
    __table_args__ = table(
        "scheduling",
        Recorded(),
        UniqueConstraint("number"),
        UniqueConstraint("batch_id"),
        UniqueConstraint("batch_number"),
        Index(None, "status", "id"),
        CheckConstraint(
            "status IN ('created', 'released', 'in_progress', 'completed', 'cancelled')",
            name="status",
        ),
        CheckConstraint(
            "(batch_id IS NULL) = (batch_number IS NULL)"
            " AND (batch_id IS NOT NULL) = (status IN ('in_progress', 'completed'))",
            name="batch",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    recipe: Mapped[str]
    product: Mapped[str]
    size: Mapped[str]  # as written: 10 L
    due_on: Mapped[date | None]  # null: as soon as may be
    status: Mapped[str]
    batch_id: Mapped[UUID | None]  # null: not started
    batch_number: Mapped[str | None]


class Series(Base):
    """How far a series of numbers has come."""

    __tablename__ = "series"
    __table_args__ = table("scheduling", Recorded(), CheckConstraint("last > 0", name="last"))

    name: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]
