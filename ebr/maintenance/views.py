"""What is answered about equipment."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ebr.maintenance.due import Due
from ebr.maintenance.lifecycle import EquipmentStatus
from workflows.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentView:
    """A piece of equipment as it stands: may it be used, and until when."""

    id: UUID
    stream: str
    code: str
    name: str
    equipment_class: str
    station: str
    status: EquipmentStatus
    needs_calibration: bool
    calibration_due: date | None
    certificate: str
    capacity: Quantity | None
    readability: Quantity | None
    device_url: str | None
    device_serial: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentLine:
    """A piece of equipment as one line of the list, with its calibration judged today."""

    equipment: EquipmentView
    calibration: Due
    verbs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationView:
    """One calibration of a piece of equipment."""

    performed_on: date
    result: str
    certificate: str
    due_on: date
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceView:
    """What a collector needs to reach the device behind a piece of equipment."""

    equipment: UUID
    code: str
    name: str
    equipment_class: str
    station: str
    url: str
    serial: str
