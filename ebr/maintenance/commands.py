"""What may be asked about equipment."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ebr.kernel import Malformed, Why
from ebr.maintenance.lifecycle import EquipmentVerb
from workflows.quantity import Quantity

CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,31}")
CLASS = re.compile(r"[a-z][a-z0-9_]{0,63}")
_ADDRESS = re.compile(r"[a-z][a-z0-9+]{0,30}://[\x21-\x7e]{1,300}")


class CalibrationResult(StrEnum):
    """What a calibration found."""

    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEquipment:
    """Enter a piece of equipment; it is used only once somebody puts it into service."""

    code: str
    name: str
    equipment_class: str
    station: str
    needs_calibration: bool
    capacity: Quantity | None = None
    readability: Quantity | None = None
    device_url: str | None = None
    device_serial: str | None = None

    def __post_init__(self) -> None:
        faults: dict[str, tuple[str, ...]] = {}
        if not CODE.fullmatch(self.code):
            faults["code"] = ("Capitals, digits, dot, dash and underscore, 1 to 32 of them.",)
        if not self.name.strip():
            faults["name"] = ("Say what it is called.",)
        if not CLASS.fullmatch(self.equipment_class):
            faults["equipment_class"] = ("Small letters, digits and underscore: mixing_vessel.",)
        if not self.station.strip():
            faults["station"] = ("Say where it stands.",)
        faults |= _device_faults(self.device_url, self.device_serial)
        if faults:
            raise Malformed(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectDevice:
    """Say under which address, and as which serial number, the equipment answers from now on."""

    equipment: str
    device_url: str | None
    device_serial: str | None
    why: Why

    def __post_init__(self) -> None:
        if faults := _device_faults(self.device_url, self.device_serial):
            raise Malformed(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCalibration:
    """Record a calibration with its certificate; one that failed takes out of service at once."""

    equipment: str
    performed_on: date
    result: CalibrationResult
    certificate: str
    due_on: date
    remark: str = ""

    def __post_init__(self) -> None:
        faults: dict[str, tuple[str, ...]] = {}
        if not self.certificate.strip():
            faults["certificate"] = ("Give the number of the certificate.",)
        if self.due_on <= self.performed_on:
            faults["due_on"] = ("The next one falls due after this one.",)
        if faults:
            raise Malformed(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetEquipmentStatus:
    """Put into service, take out of service or retire, with the reason."""

    equipment: str
    verb: EquipmentVerb
    why: Why


def _device_faults(url: str | None, serial: str | None) -> dict[str, tuple[str, ...]]:
    faults: dict[str, tuple[str, ...]] = {}
    if url is not None and not _ADDRESS.fullmatch(url):
        faults["device_url"] = ("An address like sics+tcp://10.0.0.5:4305.",)
    if (url is None) != (serial is None):
        faults["device_serial"] = ("A device has an address and a serial number, or neither.",)
    return faults
