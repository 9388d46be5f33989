"""Questions about equipment: what a scan means, what is due, which devices to read."""

from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ebr.kernel import Page, Unknown, page
from ebr.maintenance import due
from ebr.maintenance.lifecycle import EQUIPMENT, EquipmentStatus
from ebr.maintenance.model import CalibrationRecord, Equipment
from ebr.maintenance.views import CalibrationView, DeviceView, EquipmentLine, EquipmentView
from workflows.quantity import Quantity, parse


def equipment_by_code(session: Session, code: str, *, lock: bool = False) -> EquipmentView | None:
    """The equipment a scanned code means, or None; `lock` holds it as it is until the act ends."""
    found: Select[Equipment] = select(Equipment).where(Equipment.code == code.strip())
    if lock:
        found = found.with_for_update(read=True).execution_options(populate_existing=True)
    row = session.scalar(found)
    return equipment_view(row) if row else None


def equipment(session: Session, code: str) -> EquipmentView:
    """One piece of equipment; `Unknown` when there is none of this code."""
    if (found := equipment_by_code(session, code)) is None:
        raise Unknown(f"equipment {code}")
    return found


def all_equipment(
    session: Session,
    *,
    today: date,
    equipment_class: str | None = None,
    usable: bool = False,
    after: str | None = None,
    size: int = 100,
) -> Page[EquipmentLine]:
    """The equipment by code, with its calibration judged today; `usable`: what may be used."""
    chosen = select(Equipment)
    if equipment_class:
        chosen = chosen.where(Equipment.equipment_class == equipment_class)
    if usable:
        in_time = ~Equipment.needs_calibration | (Equipment.calibration_due >= today)
        chosen = chosen.where(Equipment.status == EquipmentStatus.AVAILABLE.value, in_time)
    found = page(session, chosen, Equipment.code, after=after, size=size)
    return found.map(lambda row: _line(row, today))


def equipment_line(session: Session, code: str, *, today: date) -> EquipmentLine:
    """One piece of equipment with its calibration judged today; `Unknown` when there is none."""
    row = session.scalar(select(Equipment).where(Equipment.code == code))
    if row is None:
        raise Unknown(f"equipment {code}")
    return _line(row, today)


def _line(row: Equipment, today: date) -> EquipmentLine:
    return EquipmentLine(
        equipment=equipment_view(row),
        calibration=due.calibration(row.calibration_due, needed=row.needs_calibration, today=today),
        verbs=tuple(way.verb for way in EQUIPMENT.possible(EquipmentStatus(row.status))),
    )


def calibrations(
    session: Session, code: str, *, after: str | None = None, size: int = 50
) -> Page[CalibrationView]:
    """The calibrations of a piece of equipment, newest first."""
    found = (
        select(CalibrationRecord)
        .join(Equipment, Equipment.id == CalibrationRecord.equipment_id)
        .where(Equipment.code == code)
    )
    shown = page(session, found, CalibrationRecord.id, after=after, size=size, newest_first=True)
    return shown.map(
        lambda row: CalibrationView(
            performed_on=row.performed_on,
            result=row.result,
            certificate=row.certificate,
            due_on=row.due_on,
            remark=row.remark,
        )
    )


def devices(session: Session) -> tuple[DeviceView, ...]:
    """Every device that a collector reads: attached to equipment that is not retired."""
    found = (
        select(Equipment)
        .where(Equipment.device_url.is_not(None), Equipment.status != EquipmentStatus.RETIRED.value)
        .order_by(Equipment.code)
    )
    return tuple(
        DeviceView(
            equipment=row.id,
            code=row.code,
            name=row.name,
            equipment_class=row.equipment_class,
            station=row.station,
            url=row.device_url or "",
            serial=row.device_serial or "",
        )
        for row in session.scalars(found)
    )


def equipment_view(row: Equipment) -> EquipmentView:
    """The view of a piece of equipment whose row was read already."""
    return EquipmentView(
        id=row.id,
        stream=f"equipment/{row.id}",
        code=row.code,
        name=row.name,
        equipment_class=row.equipment_class,
        station=row.station,
        status=EquipmentStatus(row.status),
        needs_calibration=row.needs_calibration,
        calibration_due=row.calibration_due,
        certificate=row.certificate,
        capacity=_quantity(row.capacity),
        readability=_quantity(row.readability),
        device_url=row.device_url,
        device_serial=row.device_serial,
    )


def _quantity(text: str | None) -> Quantity | None:
    return parse(text) if text else None
