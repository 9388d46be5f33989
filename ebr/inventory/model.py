"""Materials, places, lots, containers and the journal of their moves, as tables."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ebr.kernel import Base, Recorded, table


class Material(Base):
    """Something the plant buys, makes or packs with; its unit never changes."""

    __tablename__ = "material"
    __table_args__ = table(
        "inventory", Recorded(), UniqueConstraint("code"), UniqueConstraint("gtin")
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    unit: Mapped[str]
    gtin: Mapped[str | None]


class Place(Base):
    """Where containers stand."""

    __tablename__ = "place"
    __table_args__ = table("inventory", Recorded(), UniqueConstraint("code"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]


class Lot(Base):
    """One delivery or one product of a batch, of one quality, under one number for ever."""

    __tablename__ = "lot"
    __table_args__ = table(
        "inventory",
        Recorded(),
        UniqueConstraint("number"),
        Index(None, "material_id", "id"),
        Index(None, "status", "id"),
        CheckConstraint(
            "status IN ('quarantine', 'released', 'rejected', 'blocked')", name="status"
        ),
        CheckConstraint("batch IS NOT NULL OR NOT awaits_batch", name="awaits_batch"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    material_id: Mapped[UUID] = mapped_column(ForeignKey("inventory.material.id"))
    status: Mapped[str]
    supplier: Mapped[str]
    maker: Mapped[str]
    supplier_lot: Mapped[str]
    received_on: Mapped[date]
    expires_on: Mapped[date | None]  # null: does not expire
    retest_on: Mapped[date | None]  # null: needs no retest
    usable_from: Mapped[datetime | None]  # null: as soon as it is released
    batch: Mapped[str | None]  # null: was delivered, not made here
    awaits_batch: Mapped[bool]  # while true, only the batch's own disposition decides


class Container(Base):
    """A container of one lot with its own code; it never holds less than nothing."""

    __tablename__ = "container"
    __table_args__ = table(
        "inventory",
        Recorded(),
        UniqueConstraint("code"),
        Index(None, "lot_id"),
        CheckConstraint("remaining >= 0", name="remaining"),
        CheckConstraint("filled > 0", name="filled"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    lot_id: Mapped[UUID] = mapped_column(ForeignKey("inventory.lot.id"))
    place: Mapped[str] = mapped_column(ForeignKey("inventory.place.code"))
    unit: Mapped[str]
    filled: Mapped[Decimal]
    remaining: Mapped[Decimal]


class Move(Base):
    """One line of the journal: a quantity that left one place and entered another.

    It has exactly two ends, each a container at its place or a party outside the stock.
    """

    __tablename__ = "move"
    __table_args__ = table(
        "inventory",
        Recorded(),
        Index(None, "lot_id", "id"),
        Index(None, "outside", "outside_name"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint(
            "num_nonnulls(from_container_id, to_container_id, outside) = 2", name="two_ends"
        ),
        CheckConstraint(
            "(from_container_id IS NULL) = (from_place IS NULL)"
            " AND (to_container_id IS NULL) = (to_place IS NULL)"
            " AND (outside IS NULL) = (outside_name IS NULL)",
            name="whole_ends",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    lot_id: Mapped[UUID] = mapped_column(ForeignKey("inventory.lot.id"))
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    from_container_id: Mapped[UUID | None] = mapped_column(ForeignKey("inventory.container.id"))
    from_place: Mapped[str | None]
    to_container_id: Mapped[UUID | None] = mapped_column(ForeignKey("inventory.container.id"))
    to_place: Mapped[str | None]
    outside: Mapped[str | None]
    outside_name: Mapped[str | None]
