"""Equipment and its calibrations, as tables."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ebr.kernel import Base, Recorded, table


class Equipment(Base):
    """A piece of equipment with its own code, its class and its status."""

    __tablename__ = "equipment"
    __table_args__ = table(
        "maintenance",
        Recorded(),
        UniqueConstraint("code"),
        CheckConstraint(
            "status IN ('registered', 'available', 'out_of_service', 'retired')", name="status"
        ),
        CheckConstraint("(device_url IS NULL) = (device_serial IS NULL)", name="device"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    equipment_class: Mapped[str]
    station: Mapped[str]
    status: Mapped[str]
    needs_calibration: Mapped[bool]
    calibration_due: Mapped[date | None]  # null: never calibrated, or none is needed
    certificate: Mapped[str]  # of the calibration in force, else empty
    capacity: Mapped[str | None]  # as written: 8200 g; null: not stated
    readability: Mapped[str | None]  # likewise
    device_url: Mapped[str | None]  # null: no device is attached
    device_serial: Mapped[str | None]


class CalibrationRecord(Base):
    """One calibration, passed or failed; it is added, never changed."""

    __tablename__ = "calibration"
    __table_args__ = table(
        "maintenance",
        Recorded(),
        Index(None, "equipment_id", "id"),
        CheckConstraint("result IN ('passed', 'failed')", name="result"),
        CheckConstraint("due_on > performed_on", name="due_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    equipment_id: Mapped[UUID] = mapped_column(ForeignKey("maintenance.equipment.id"))
    performed_on: Mapped[date]
    result: Mapped[str]
    certificate: Mapped[str]
    due_on: Mapped[date]
    remark: Mapped[str]
