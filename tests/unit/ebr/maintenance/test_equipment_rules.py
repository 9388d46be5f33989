"""Only equipment that is in service and in calibration is used; the table says how it moves."""

from datetime import date, timedelta
from itertools import product

import pytest

from ebr.kernel import Malformed, Why
from ebr.maintenance import rules
from ebr.maintenance.commands import (
    CalibrationResult,
    ConnectDevice,
    RecordCalibration,
    RegisterEquipment,
)
from ebr.maintenance.due import Calibration, Due, calibration
from ebr.maintenance.lifecycle import EQUIPMENT, EquipmentStatus, EquipmentVerb
from tests.plugin import verifies

TODAY = date(2026, 11, 21)
TABLE = """
    registered      put_into_service     available
    registered      retire               retired
    available       take_out_of_service  out_of_service
    out_of_service  put_into_service     available
    out_of_service  retire               retired
"""
ALLOWED = {
    (EquipmentStatus(state), EquipmentVerb(verb)): EquipmentStatus(becomes)
    for state, verb, becomes in (line.split() for line in TABLE.strip().splitlines())
}


@pytest.mark.parametrize(("state", "verb"), list(product(EquipmentStatus, EquipmentVerb)))
def test_only_the_changes_in_the_table_can_be_made(
    state: EquipmentStatus, verb: EquipmentVerb
) -> None:
    found = rules.reasons_against_verb(
        state, verb, Due(Calibration.NOT_NEEDED), reason="yearly service"
    )
    if (state, verb) in ALLOWED:
        assert found == ()
        assert EQUIPMENT.after(state, verb, reason="yearly service").becomes == ALLOWED[state, verb]
    else:
        assert [one.code for one in found] == ["transition_not_allowed"]


@verifies("C211-68a-1")
@pytest.mark.parametrize(
    ("due_in_days", "needed", "state", "holds"),
    [
        (None, False, Calibration.NOT_NEEDED, True),
        (-400, False, Calibration.NOT_NEEDED, True),
        (None, True, Calibration.MISSING, False),
        (15, True, Calibration.CURRENT, True),
        (14, True, Calibration.DUE_SOON, True),
        (0, True, Calibration.DUE_SOON, True),
        (-1, True, Calibration.OVERDUE, False),
    ],
)
def test_a_calibration_holds_through_its_due_date(
    due_in_days: int | None, needed: bool, state: Calibration, holds: bool
) -> None:
    due_on = None if due_in_days is None else TODAY + timedelta(days=due_in_days)
    found = calibration(due_on, needed=needed, today=TODAY)
    assert (found.state, found.holds) == (state, holds)


@verifies("C211-68a-1")
@pytest.mark.parametrize(
    ("standing", "codes"),
    [
        (Due(Calibration.NOT_NEEDED), []),
        (Due(Calibration.MISSING), ["calibration_missing"]),
        (Due(Calibration.OVERDUE, -3), []),
    ],
)
def test_nothing_enters_service_that_was_never_calibrated(standing: Due, codes: list[str]) -> None:
    found = rules.reasons_against_verb(
        EquipmentStatus.REGISTERED, EquipmentVerb.PUT_INTO_SERVICE, standing, reason="new"
    )
    assert [one.code for one in found] == codes


def test_a_calibration_is_refused_with_every_reason() -> None:
    found = rules.reasons_against_calibration(
        EquipmentStatus.RETIRED, needed=False, performed_on=TODAY + timedelta(days=1), today=TODAY
    )
    assert [one.code for one in found] == [
        "equipment_retired",
        "calibration_not_needed",
        "calibration_in_future",
    ]


def test_a_registration_names_every_fault_at_once() -> None:
    with pytest.raises(Malformed) as refused:
        RegisterEquipment(
            code="sc 04",
            name=" ",
            equipment_class="Balance",
            station="",
            needs_calibration=True,
            device_url="nowhere",
        )
    assert set(refused.value.faults) == {
        "code", "name", "equipment_class", "station", "device_url", "device_serial"
    }  # fmt: skip


def test_a_device_has_an_address_and_a_serial_number_or_neither() -> None:
    why = Why("moved to the new bench")
    ConnectDevice(equipment="SC-04", device_url=None, device_serial=None, why=why)
    with pytest.raises(Malformed):
        ConnectDevice(equipment="SC-04", device_url=None, device_serial="B1", why=why)


def test_the_next_calibration_falls_due_after_this_one() -> None:
    with pytest.raises(Malformed) as refused:
        RecordCalibration(
            equipment="SC-04",
            performed_on=TODAY,
            result=CalibrationResult.PASSED,
            certificate="",
            due_on=TODAY,
        )
    assert set(refused.value.faults) == {"certificate", "due_on"}
