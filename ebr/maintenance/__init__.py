"""Equipment: what there is, whether it may be used, when its calibration falls due."""

from ebr.maintenance.commands import (
    CalibrationResult,
    ConnectDevice,
    RecordCalibration,
    RegisterEquipment,
    SetEquipmentStatus,
)
from ebr.maintenance.due import Calibration, Due, calibration
from ebr.maintenance.lifecycle import EQUIPMENT, EquipmentStatus, EquipmentVerb
from ebr.maintenance.operations import (
    connect_device,
    record_calibration,
    register_equipment,
    set_equipment_status,
)
from ebr.maintenance.queries import (
    all_equipment,
    calibrations,
    devices,
    equipment,
    equipment_by_code,
    equipment_line,
)
from ebr.maintenance.views import CalibrationView, DeviceView, EquipmentLine, EquipmentView

__all__ = [
    "EQUIPMENT",
    "Calibration",
    "CalibrationResult",
    "CalibrationView",
    "ConnectDevice",
    "DeviceView",
    "Due",
    "EquipmentLine",
    "EquipmentStatus",
    "EquipmentVerb",
    "EquipmentView",
    "RecordCalibration",
    "RegisterEquipment",
    "SetEquipmentStatus",
    "all_equipment",
    "calibration",
    "calibrations",
    "connect_device",
    "devices",
    "equipment",
    "equipment_by_code",
    "equipment_line",
    "record_calibration",
    "register_equipment",
    "set_equipment_status",
]
