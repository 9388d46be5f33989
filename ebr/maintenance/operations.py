"""The verbs of equipment: register, calibrate, put into and out of service, attach a device."""

from sqlalchemy import select

from ebr.identity import Right, needs
from ebr.kernel import Reason, UnitOfWork, Unknown, new_id, refuse_if, require_why
from ebr.maintenance import due, rules
from ebr.maintenance.commands import (
    CalibrationResult,
    ConnectDevice,
    RecordCalibration,
    RegisterEquipment,
    SetEquipmentStatus,
)
from ebr.maintenance.events import (
    DeviceConnected,
    EquipmentCalibrated,
    EquipmentRegistered,
    EquipmentStatusChanged,
)
from ebr.maintenance.lifecycle import EQUIPMENT, EquipmentStatus, EquipmentVerb
from ebr.maintenance.model import CalibrationRecord, Equipment


@needs(Right.REGISTER_EQUIPMENT)
def register_equipment(work: UnitOfWork, command: RegisterEquipment) -> str:
    """Enter a piece of equipment, not yet in service. Returns its code."""
    taken = work.session.scalar(select(Equipment.id).where(Equipment.code == command.code))
    refuse_if((rules.code_taken(command.code),) if taken else ())
    row = work.add(
        Equipment(
            id=new_id(),
            code=command.code,
            name=command.name.strip(),
            equipment_class=command.equipment_class,
            station=command.station.strip(),
            status=EquipmentStatus.REGISTERED.value,
            needs_calibration=command.needs_calibration,
            calibration_due=None,
            certificate="",
            capacity=str(command.capacity) if command.capacity else None,
            readability=str(command.readability) if command.readability else None,
            device_url=command.device_url,
            device_serial=command.device_serial,
        )
    )
    work.record(
        f"equipment/{row.id}",
        EquipmentRegistered(
            code=row.code,
            name=row.name,
            equipment_class=row.equipment_class,
            station=row.station,
            needs_calibration=row.needs_calibration,
            capacity=command.capacity,
            readability=command.readability,
            device_url=row.device_url,
            device_serial=row.device_serial,
        ),
        expected=0,
    )
    return row.code


@needs(Right.RECORD_CALIBRATIONS)
def record_calibration(work: UnitOfWork, command: RecordCalibration) -> None:
    """Record a calibration; a failed one leaves the due date and takes out of service at once."""
    row = _held(work, command.equipment)
    refuse_if(
        rules.reasons_against_calibration(
            EquipmentStatus(row.status),
            needed=row.needs_calibration,
            performed_on=command.performed_on,
            today=work.today,
        )
    )
    work.add(
        CalibrationRecord(
            id=new_id(),
            equipment_id=row.id,
            performed_on=command.performed_on,
            result=command.result.value,
            certificate=command.certificate.strip(),
            due_on=command.due_on,
            remark=command.remark.strip(),
        )
    )
    calibrated = EquipmentCalibrated(
        code=row.code,
        name=row.name,
        performed_on=command.performed_on,
        result=command.result,
        certificate=command.certificate.strip(),
        due_was=row.calibration_due,
        due_on=command.due_on,
        remark=command.remark.strip(),
    )
    if command.result is CalibrationResult.PASSED:
        if not _superseded(work, row, command):
            row.calibration_due, row.certificate = command.due_on, command.certificate.strip()
        work.record(f"equipment/{row.id}", calibrated)
    elif row.status == EquipmentStatus.AVAILABLE.value:
        taken_out = _changed(row, EquipmentVerb.TAKE_OUT_OF_SERVICE, "the calibration failed")
        work.record(f"equipment/{row.id}", calibrated, taken_out)
    else:
        work.record(f"equipment/{row.id}", calibrated)


@needs(Right.SET_EQUIPMENT_STATUS)
def set_equipment_status(work: UnitOfWork, command: SetEquipmentStatus) -> None:
    """Put into service, take out of service or retire, with the reason."""
    row = _held(work, command.equipment)
    why = require_why(command.why)
    standing = due.calibration(row.calibration_due, needed=row.needs_calibration, today=work.today)
    refuse_if(
        rules.reasons_against_verb(
            EquipmentStatus(row.status), command.verb, standing, reason=why.text
        )
    )
    work.record(f"equipment/{row.id}", _changed(row, command.verb, why.text), why=why)


@needs(Right.REGISTER_EQUIPMENT)
def connect_device(work: UnitOfWork, command: ConnectDevice) -> None:
    """Say under which address and serial number the equipment answers from now on."""
    row = _held(work, command.equipment)
    why = require_why(command.why)
    refuse_if(rules.reasons_against_change(EquipmentStatus(row.status)))
    was = (row.device_url, row.device_serial)
    becomes = (command.device_url, command.device_serial)
    refuse_if(_unchanged(row.code) if was == becomes else ())
    row.device_url, row.device_serial = becomes
    work.record(
        f"equipment/{row.id}",
        DeviceConnected(
            code=row.code,
            url_was=was[0],
            url_becomes=becomes[0],
            serial_was=was[1],
            serial_becomes=becomes[1],
        ),
        why=why,
    )


def _superseded(work: UnitOfWork, row: Equipment, command: RecordCalibration) -> bool:
    """Whether a later calibration is on record already: an old certificate turns nothing back."""
    later = select(CalibrationRecord.id).where(
        CalibrationRecord.equipment_id == row.id,
        CalibrationRecord.result == CalibrationResult.PASSED.value,
        CalibrationRecord.performed_on > command.performed_on,
    )
    return work.session.scalar(select(later.exists())) is True


def _changed(row: Equipment, verb: EquipmentVerb, reason: str) -> EquipmentStatusChanged:
    was = EquipmentStatus(row.status)
    becomes = EQUIPMENT.after(was, verb, reason=reason).becomes
    row.status = becomes.value
    return EquipmentStatusChanged(code=row.code, name=row.name, verb=verb, was=was, becomes=becomes)


def _unchanged(code: str) -> tuple[Reason, ...]:
    return (
        Reason(
            rules.Code.DEVICE_UNCHANGED,
            f"{code} answers under this address and serial number already.",
        ),
    )


def _held(work: UnitOfWork, code: str) -> Equipment:
    row = work.session.scalar(
        select(Equipment)
        .where(Equipment.code == code)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise Unknown(f"equipment {code}")
    return row
