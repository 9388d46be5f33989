"""Equipment: what there is, whether it may be used, its calibrations; every act with its reason."""

from flask import Response, request
from sqlalchemy.orm import Session

from ebr import maintenance
from ebr.identity import Right
from ebr.kernel import Page, Unknown
from ebr.maintenance import (
    ConnectDevice,
    EquipmentLine,
    EquipmentVerb,
    RecordCalibration,
    RegisterEquipment,
    SetEquipmentStatus,
)
from ebr.web import asking, binding, responses, sessions, work
from ebr.web.routing import Route
from ebr.web.screens.forms import WHY, Field

VERBS = {
    EquipmentVerb.PUT_INTO_SERVICE: "Put into service",
    EquipmentVerb.TAKE_OUT_OF_SERVICE: "Take out of service",
    EquipmentVerb.RETIRE: "Retire",
}
DEVICE = (
    Field(kind="code", name="device_url", label="Address of its device", required=False,
          hint="Such as sics+tcp://10.0.0.5:4305; empty when it has none."),
    Field(kind="code", name="device_serial", label="Serial number of the device", required=False),
)  # fmt: skip


def list_equipment() -> Response:
    """The equipment by code, with its calibration judged today."""
    after = request.args.get("after") or None

    def lines(session: Session) -> Page[EquipmentLine]:
        return maintenance.all_equipment(session, today=asking.clock(session)[1], after=after)

    return responses.show(
        "maintenance/list.html",
        found=work.ask(lines),
        newer=after is not None,
        rights=sessions.require().rights,
    )


def show_equipment(equipment: str) -> Response:
    """One piece of equipment with its calibrations."""

    def judged(session: Session) -> EquipmentLine:
        return maintenance.equipment_line(session, equipment, today=asking.clock(session)[1])

    after = request.args.get("after") or None
    line = work.ask(judged)
    return responses.show(
        "maintenance/equipment.html",
        line=line,
        calibrations=work.ask(maintenance.calibrations, equipment, after=after),
        newer=after is not None,
        verbs=[(verb, VERBS[EquipmentVerb(verb)]) for verb in line.verbs],
        rights=sessions.require().rights,
    )


def ask_registration() -> Response:
    """The form of a new piece of equipment."""
    stations = tuple((each.code, f"{each.code}, {each.name}") for each in _stations())
    return responses.form(
        "Register equipment", "/equipment", "Register", "wrench", "/equipment",
        Field(kind="code", name="code", label="Code"),
        Field(kind="text", name="name", label="Name"),
        Field(kind="code", name="equipment_class", label="Class", hint="Such as mixing_vessel."),
        Field(kind="choice", name="station", label="Station", options=stations),
        Field(kind="choice", name="needs_calibration", label="Needs calibration",
              options=(("true", "Yes"), ("false", "No"))),
        *DEVICE,
    )  # fmt: skip


def register_equipment() -> Response:
    """Enter a piece of equipment."""
    command = binding.bind(RegisterEquipment)
    work.act(maintenance.register_equipment, command)
    return _seen(command.code, "Registered. It is used only once it is put into service.")


def ask_calibration(equipment: str) -> Response:
    """The form of a calibration."""
    return _act_form(
        equipment, f"Calibration of {equipment}", "calibrations", "Record", "gauge",
        Field(kind="date", name="performed_on", label="Performed on"),
        Field(kind="choice", name="result", label="Result",
              options=(("passed", "Passed"), ("failed", "Failed: out of service at once"))),
        Field(kind="code", name="certificate", label="Certificate"),
        Field(kind="date", name="due_on", label="Due again on"),
        Field(kind="area", name="remark", label="Remark", required=False),
    )  # fmt: skip


def record_calibration(equipment: str) -> Response:
    """Record a calibration with its certificate."""
    work.act(maintenance.record_calibration, binding.bind(RecordCalibration, equipment=equipment))
    return _seen(equipment, "Calibration recorded.")


def ask_status(equipment: str, verb: str) -> Response:
    """Why the equipment is put into service, taken out of it or retired."""
    words = VERBS.get(EquipmentVerb(verb)) if verb in set(EquipmentVerb) else None
    if words is None:
        raise Unknown("act")
    return _act_form(equipment, f"{words}: {equipment}", f"status/{verb}", words, "wrench", WHY)


def set_equipment_status(equipment: str, verb: str) -> Response:
    """Put into service, take out of service or retire, with the reason."""
    given = EquipmentVerb(verb) if verb in set(EquipmentVerb) else None
    if given is None:
        raise Unknown("act")
    command = binding.bind(SetEquipmentStatus, equipment=equipment, verb=given)
    work.act(maintenance.set_equipment_status, command)
    return _seen(equipment, f"{VERBS[given]}: done.")


def ask_device(equipment: str) -> Response:
    """The form that connects a device."""
    title = f"Device of {equipment}"
    return _act_form(equipment, title, "device", "Connect", "plug-zap", *DEVICE, WHY)


def connect_device(equipment: str) -> Response:
    """Say which device stands behind a piece of equipment."""
    work.act(maintenance.connect_device, binding.bind(ConnectDevice, equipment=equipment))
    return _seen(equipment, "Connected under the new address.")


def _stations() -> tuple[sessions.Station, ...]:
    return tuple(sessions.stations().values())


def _act_form(
    equipment: str, title: str, way: str, verb: str, icon: str, *fields: Field
) -> Response:
    back = f"/equipment/{equipment}"
    return responses.form(title, f"{back}/{way}", verb, icon, back, *fields)


def _seen(equipment: str, said: str) -> Response:
    return responses.see(f"/equipment/{equipment}", said=said)


ONE, LOOK = "/equipment/<equipment>", Right.VIEW_EQUIPMENT
REGISTER, CALIBRATE = Right.REGISTER_EQUIPMENT, Right.RECORD_CALIBRATIONS
STATUS = Right.SET_EQUIPMENT_STATUS
ROUTES = (
    Route("GET", "/equipment", list_equipment, LOOK, menu="Equipment", icon="wrench"),
    Route("GET", "/equipment/new", ask_registration, REGISTER),
    Route("POST", "/equipment", register_equipment, REGISTER, form=ask_registration),
    Route("GET", ONE, show_equipment, LOOK),
    Route("GET", ONE + "/calibrations", ask_calibration, CALIBRATE),
    Route("POST", ONE + "/calibrations", record_calibration, CALIBRATE, form=ask_calibration),
    Route("GET", ONE + "/status/<verb>", ask_status, STATUS),
    Route("POST", ONE + "/status/<verb>", set_equipment_status, STATUS, form=ask_status),
    Route("GET", ONE + "/device", ask_device, REGISTER),
    Route("POST", ONE + "/device", connect_device, REGISTER, form=ask_device),
)
