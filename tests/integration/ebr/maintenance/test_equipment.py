"""Equipment from registration to retirement, each act with its entry."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ebr import maintenance
from ebr.kernel import Refused, Unknown, Why, history, new_id
from ebr.kernel.opening import Database, perform, reading, unit_of_work
from ebr.maintenance import CalibrationResult, EquipmentStatus, EquipmentVerb
from tests.builders import stock
from tests.plugin import verifies
from workflows.quantity import Quantity

BALANCE = maintenance.RegisterEquipment(
    code="SC-04",
    name="Bench balance 8 kg",
    equipment_class="balance",
    station="DB-2",
    needs_calibration=True,
    capacity=Quantity("8200", "g"),
    readability=Quantity("0.1", "g"),
    device_url="sics+tcp://127.0.0.1:4305",
    device_serial="B123456789",
)


def _do(database: Database, operation: Callable[..., Any], command: Any) -> Any:
    return perform(database, stock.KEEPER, operation, command, str(new_id()))


def _calibrated(
    database: Database,
    days: int,
    result: CalibrationResult = CalibrationResult.PASSED,
    ago: int = 30,
) -> None:
    today = _today(database)
    command = maintenance.RecordCalibration(
        equipment="SC-04",
        performed_on=today - timedelta(days=ago),
        result=result,
        certificate=f"K-{days}",
        due_on=today + timedelta(days=days),
    )
    _do(database, maintenance.record_calibration, command)


def _set(database: Database, verb: EquipmentVerb) -> None:
    command = maintenance.SetEquipmentStatus(
        equipment="SC-04", verb=verb, why=Why("after the yearly check")
    )
    _do(database, maintenance.set_equipment_status, command)


def _today(database: Database) -> Any:
    with unit_of_work(database, stock.KEEPER, str(new_id())) as work:
        return work.today


def _scale(database: Database) -> maintenance.EquipmentView:
    with reading(database) as session:
        return maintenance.equipment(session, "SC-04")


@verifies("C211-68a-1")
def test_a_balance_enters_service_only_after_a_calibration(database: Database) -> None:
    _do(database, maintenance.register_equipment, BALANCE)
    with pytest.raises(Refused) as refused:
        _set(database, EquipmentVerb.PUT_INTO_SERVICE)
    assert [one.code for one in refused.value.reasons] == ["calibration_missing"]
    _calibrated(database, -1)
    _calibrated(database, 180)
    _set(database, EquipmentVerb.PUT_INTO_SERVICE)
    scale = _scale(database)
    assert (scale.status, scale.certificate) == (EquipmentStatus.AVAILABLE, "K-180")
    with reading(database) as session:
        assert [one.act for one in history(session, scale.stream)] == [
            "equipment.registered",
            "equipment.calibrated",
            "equipment.calibrated",
            "equipment.status.changed",
        ]
        assert [one.certificate for one in maintenance.calibrations(session, "SC-04").items] == [
            "K-180",
            "K--1",
        ]


@verifies("C211-68a-1")
def test_a_failed_calibration_takes_out_of_service_in_the_same_act(database: Database) -> None:
    _do(database, maintenance.register_equipment, BALANCE)
    _calibrated(database, 180)
    _set(database, EquipmentVerb.PUT_INTO_SERVICE)
    before = _scale(database).calibration_due
    for _ in range(2):
        _calibrated(database, 360, CalibrationResult.FAILED)
    scale = _scale(database)
    assert (scale.status, scale.calibration_due) == (EquipmentStatus.OUT_OF_SERVICE, before)
    with reading(database) as session:
        entries = history(session, scale.stream).entries
    assert [len(entry.events) for entry in entries[-2:]] == [2, 1]


def test_an_old_certificate_that_turns_up_turns_nothing_back(database: Database) -> None:
    _do(database, maintenance.register_equipment, BALANCE)
    _calibrated(database, 180)
    _calibrated(database, -10, ago=375)
    scale = _scale(database)
    assert (scale.certificate, scale.calibration_due) == (
        "K-180",
        _today(database) + timedelta(days=180),
    )
    with reading(database) as session:
        assert len(maintenance.calibrations(session, "SC-04").items) == 2


def test_a_retired_piece_keeps_its_history_and_never_returns(database: Database) -> None:
    _do(database, maintenance.register_equipment, BALANCE)
    _set(database, EquipmentVerb.RETIRE)
    with pytest.raises(Refused):
        _set(database, EquipmentVerb.PUT_INTO_SERVICE)
    with pytest.raises(Refused):
        _calibrated(database, 180)
    with reading(database) as session:
        assert maintenance.devices(session) == ()


@verifies("C211-105-1")
def test_a_code_of_equipment_is_never_given_twice(database: Database) -> None:
    _do(database, maintenance.register_equipment, BALANCE)
    with pytest.raises(Refused) as refused:
        _do(database, maintenance.register_equipment, BALANCE)
    assert [one.code for one in refused.value.reasons] == ["equipment_code_taken"]


def test_a_device_changes_its_address_with_a_reason(database: Database) -> None:
    _do(database, maintenance.register_equipment, BALANCE)
    command = maintenance.ConnectDevice(
        equipment="SC-04",
        device_url="sics+tcp://127.0.0.1:4399",
        device_serial="B987654321",
        why=Why("exchanged after repair"),
    )
    _do(database, maintenance.connect_device, command)
    with reading(database) as session:
        (device,) = maintenance.devices(session)
    assert (device.code, device.url, device.serial) == (
        "SC-04",
        "sics+tcp://127.0.0.1:4399",
        "B987654321",
    )
    with pytest.raises(Refused):
        _do(database, maintenance.connect_device, command)


def test_the_list_shows_what_falls_due(database: Database) -> None:
    _do(database, maintenance.register_equipment, BALANCE)
    _calibrated(database, 10)
    with reading(database) as session:
        (line,) = maintenance.all_equipment(session, today=_today(database)).items
        assert (
            maintenance.all_equipment(
                session, today=_today(database), equipment_class="mixing_vessel"
            ).items
            == ()
        )
    assert (line.calibration.state, line.calibration.days) == ("due_soon", 10)
    assert line.verbs == ("put_into_service", "retire")


def test_an_unknown_code_is_no_equipment(database: Database) -> None:
    with reading(database) as session:
        assert maintenance.equipment_by_code(session, "SC-99") is None
        with pytest.raises(Unknown):
            maintenance.equipment(session, "SC-99")
    with pytest.raises(Unknown):
        _set(database, EquipmentVerb.RETIRE)


def test_a_scan_in_an_act_sees_what_another_act_has_just_changed(database: Database) -> None:
    _do(database, maintenance.register_equipment, BALANCE)
    with unit_of_work(database, stock.KEEPER, str(new_id())) as work:
        first = maintenance.equipment_by_code(work.session, " SC-04 ", lock=False)
        _set(database, EquipmentVerb.RETIRE)
        again = maintenance.equipment_by_code(work.session, "SC-04", lock=True)
    assert first is not None
    assert again is not None
    assert (first.status, again.status) == ("registered", "retired")
