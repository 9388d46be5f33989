"""What can have happened to equipment."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ebr.kernel import register
from ebr.maintenance.commands import CalibrationResult
from ebr.maintenance.lifecycle import EquipmentStatus, EquipmentVerb
from workflows.quantity import Quantity


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentRegistered:
    """A piece of equipment was entered."""

    KIND: ClassVar[str] = "equipment.registered"
    VERSION: ClassVar[int] = 1
    code: str
    name: str
    equipment_class: str
    station: str
    needs_calibration: bool
    capacity: Quantity | None
    readability: Quantity | None
    device_url: str | None
    device_serial: str | None


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceConnected:
    """The equipment answers under another address or serial number."""

    KIND: ClassVar[str] = "equipment.device.connected"
    VERSION: ClassVar[int] = 1
    code: str
    url_was: str | None
    url_becomes: str | None
    serial_was: str | None
    serial_becomes: str | None


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentCalibrated:
    """A calibration was recorded; `due_on` counts only when it passed."""

    KIND: ClassVar[str] = "equipment.calibrated"
    VERSION: ClassVar[int] = 1
    code: str
    name: str
    performed_on: date
    result: CalibrationResult
    certificate: str
    due_was: date | None
    due_on: date
    remark: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentStatusChanged:
    """Equipment was put into service, taken out of it, or retired."""

    KIND: ClassVar[str] = "equipment.status.changed"
    VERSION: ClassVar[int] = 1
    code: str
    name: str
    verb: EquipmentVerb
    was: EquipmentStatus
    becomes: EquipmentStatus
