"""Equipment for programs."""

from flask import Response, request
from sqlalchemy.orm import Session

from ebr import maintenance
from ebr.identity import Right
from ebr.kernel import Page
from ebr.maintenance import (
    CalibrationView,
    ConnectDevice,
    EquipmentLine,
    EquipmentView,
    RecordCalibration,
    RegisterEquipment,
    SetEquipmentStatus,
)
from ebr.web import asking, binding, responses, work
from ebr.web.routing import API, Route


def list_equipment() -> Response:
    """Equipment by code; `class` narrows, `usable=yes` leaves out what may not be used now."""
    return responses.answer(work.ask(_lines))


def _lines(session: Session) -> Page[EquipmentLine]:
    return maintenance.all_equipment(
        session,
        today=asking.clock(session)[1],
        equipment_class=request.args.get("class"),
        usable=request.args.get("usable") == "yes",
        after=request.args.get("after"),
    )


def register_equipment() -> Response:
    """Enter a piece of equipment."""
    command = binding.bind(RegisterEquipment)
    work.act(maintenance.register_equipment, command)
    view = work.ask(maintenance.equipment, command.code)
    return responses.answer(view, status=201, location=f"{API}/equipment/{command.code}")


def show_equipment(equipment: str) -> Response:
    """One piece of equipment."""
    return responses.answer(work.ask(maintenance.equipment, equipment))


def list_calibrations(equipment: str) -> Response:
    """The calibrations of a piece of equipment, newest first; `after` turns the page."""
    after = request.args.get("after")
    return responses.answer(work.ask(maintenance.calibrations, equipment, after=after))


def record_calibration(equipment: str) -> Response:
    """Record a calibration with its certificate."""
    work.act(maintenance.record_calibration, binding.bind(RecordCalibration, equipment=equipment))
    return show_equipment(equipment)


def set_equipment_status(equipment: str) -> Response:
    """Put into service, take out of service or retire, with the reason."""
    work.act(
        maintenance.set_equipment_status, binding.bind(SetEquipmentStatus, equipment=equipment)
    )
    return show_equipment(equipment)


def connect_device(equipment: str) -> Response:
    """Say which device stands behind a piece of equipment."""
    work.act(maintenance.connect_device, binding.bind(ConnectDevice, equipment=equipment))
    return show_equipment(equipment)


LOOK, ONE = Right.VIEW_EQUIPMENT, "/equipment/<equipment>"
ROUTES = (
    Route(
        "GET",
        "/equipment",
        list_equipment,
        LOOK,
        answers=Page[EquipmentLine],
        asks=("class", "usable", "after"),
    ),
    Route(
        "POST",
        "/equipment",
        register_equipment,
        Right.REGISTER_EQUIPMENT,
        takes=RegisterEquipment,
        answers=EquipmentView,
        status=201,
    ),
    Route("GET", ONE, show_equipment, LOOK, answers=EquipmentView),
    Route(
        "GET",
        ONE + "/calibrations",
        list_calibrations,
        LOOK,
        answers=Page[CalibrationView],
        asks=("after",),
    ),
    Route(
        "POST",
        ONE + "/calibrations",
        record_calibration,
        Right.RECORD_CALIBRATIONS,
        takes=RecordCalibration,
        answers=EquipmentView,
    ),
    Route(
        "POST",
        ONE + "/status",
        set_equipment_status,
        Right.SET_EQUIPMENT_STATUS,
        takes=SetEquipmentStatus,
        answers=EquipmentView,
    ),
    Route(
        "POST",
        ONE + "/device",
        connect_device,
        Right.REGISTER_EQUIPMENT,
        takes=ConnectDevice,
        answers=EquipmentView,
    ),
)
