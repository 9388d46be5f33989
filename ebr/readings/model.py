"""What devices reported (insert-only), what they were asked, and what they show right now."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    FetchedValue,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ebr.kernel import Base, Operational, Raw, Recorded, table


class Reading(Base):
    """One reading, kept as it came: bytes, digits, device, and for whom it was asked.

    The context of the question stands in the row itself: questions may be cleared away, the
    evidence may not. One question has one answer: `request` is unique.
    """

    __tablename__ = "reading"
    __table_args__ = table(
        "readings",
        Raw(),
        UniqueConstraint("session", "number"),
        UniqueConstraint("request"),
        CheckConstraint("(request IS NULL) = (asked_at IS NULL)", name="asked"),
        CheckConstraint("(value IS NULL) = (unit IS NULL)", name="value_with_unit"),
        CheckConstraint("quality <> 'good' OR stable", name="good_is_stable"),
        Index(None, "device", "id"),
        Index(None, "batch", "id"),
        Index("ix_reading_unasked", "id", postgresql_where=text("request IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    device: Mapped[str]
    kind: Mapped[str]
    quality: Mapped[str]
    cause: Mapped[str | None]
    detail: Mapped[str]
    value: Mapped[str | None]
    unit: Mapped[str | None]
    stable: Mapped[bool]
    session: Mapped[UUID]
    number: Mapped[int]
    request: Mapped[UUID | None]
    act: Mapped[str | None]
    batch: Mapped[UUID | None]
    step: Mapped[str | None]
    person: Mapped[UUID | None]
    person_name: Mapped[str]
    station: Mapped[str]
    asked_at: Mapped[datetime | None]
    command: Mapped[bytes] = mapped_column(LargeBinary)
    frame: Mapped[bytes] = mapped_column(LargeBinary)
    model: Mapped[str]
    serial: Mapped[str]
    connection: Mapped[str]
    profile: Mapped[str]
    parser: Mapped[str]
    collector: Mapped[str]
    received_at: Mapped[datetime]
    stored_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class Use(Base):
    """A reading that a step has taken as its weight: at most once, whoever tries."""

    __tablename__ = "use"
    __table_args__ = table("readings", Raw())

    reading: Mapped[UUID] = mapped_column(ForeignKey("readings.reading.id"), primary_key=True)
    batch: Mapped[UUID]
    step: Mapped[str]
    used_at: Mapped[datetime]


class Explanation(Base):
    """What an authorised person found a reading to be that nobody had asked for."""

    __tablename__ = "explanation"
    __table_args__ = table("readings", Recorded())

    reading: Mapped[UUID] = mapped_column(ForeignKey("readings.reading.id"), primary_key=True)
    batch: Mapped[UUID | None]
    text: Mapped[str]
    person_name: Mapped[str]
    explained_at: Mapped[datetime]


class Request(Base):
    """A question of the shop floor to one device, on its way or answered."""

    __tablename__ = "request"
    __table_args__ = table(
        "readings",
        Operational(),
        Index(
            "uq_request_open",
            "device",
            unique=True,
            postgresql_where=text("state IN ('asked', 'taken')"),
        ),
        Index(None, "batch", "step"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    device: Mapped[str]
    act: Mapped[str]
    batch: Mapped[UUID]
    step: Mapped[str]
    person: Mapped[UUID | None]
    person_name: Mapped[str]
    station: Mapped[str]
    state: Mapped[str]
    detail: Mapped[str]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    taken_by: Mapped[str | None]
    reading: Mapped[UUID | None]


class Live(Base):
    """What one device shows right now and how it stands with it; overwritten all the time."""

    __tablename__ = "live"
    __table_args__ = table("readings", Operational())

    device: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    detail: Mapped[str]
    value: Mapped[str | None]
    unit: Mapped[str | None]
    stable: Mapped[bool]
    quality: Mapped[str]
    cause: Mapped[str | None]
    model: Mapped[str]
    serial: Mapped[str]
    session: Mapped[UUID | None]
    received_at: Mapped[datetime | None]
    contact_at: Mapped[datetime | None]
    watched_until: Mapped[datetime | None]
