"""Every reason for which a change of equipment is refused, in order of precedence."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from ebr.kernel import Reason, constraint, told
from ebr.maintenance.due import Calibration, Due
from ebr.maintenance.lifecycle import EQUIPMENT, EquipmentStatus, EquipmentVerb


class Code(StrEnum):
    """Refusals of maintenance, first come first told; a code is never used again."""

    CODE_TAKEN = "equipment_code_taken"
    RETIRED = "equipment_retired"
    CALIBRATION_NOT_NEEDED = "calibration_not_needed"
    CALIBRATION_IN_FUTURE = "calibration_in_future"
    CALIBRATION_MISSING = "calibration_missing"
    DEVICE_UNCHANGED = "device_unchanged"


def code_taken(code: str) -> Reason:
    """The code belongs to another piece of equipment."""
    return Reason(
        Code.CODE_TAKEN,
        f"Equipment {code} exists already; a code is never given twice.",
        "Choose another code.",
        "C211-105-1",
    )


# Two acts at once may both have found the code free; the second is told so by the database.
constraint("uq_equipment_code", code_taken("just chosen"))


def reasons_against_verb(
    status: EquipmentStatus, verb: EquipmentVerb, calibration: Due, *, reason: str | None
) -> tuple[Reason, ...]:
    """Why the status cannot change like this now; a page asks with `reason=None`."""
    return tuple(_against_verb(status, verb, calibration, reason))


def _against_verb(
    status: EquipmentStatus, verb: EquipmentVerb, calibration: Due, reason: str | None
) -> Iterator[Reason]:
    yield from told(EQUIPMENT.reasons_against(status, verb, reason=reason))
    # Overdue is judged at every use; what was never calibrated must not come that far.
    if verb is EquipmentVerb.PUT_INTO_SERVICE and calibration.state is Calibration.MISSING:
        yield Reason(
            Code.CALIBRATION_MISSING,
            "No calibration that passed is on record.",
            "Record a calibration first.",
            "C211-68a-1",
        )


def reasons_against_calibration(
    status: EquipmentStatus, *, needed: bool, performed_on: date, today: date
) -> tuple[Reason, ...]:
    """Why this calibration cannot be recorded."""
    return tuple(
        _against_calibration(status, needed=needed, performed_on=performed_on, today=today)
    )


def _against_calibration(
    status: EquipmentStatus, *, needed: bool, performed_on: date, today: date
) -> Iterator[Reason]:
    yield from reasons_against_change(status)
    if not needed:
        yield Reason(
            Code.CALIBRATION_NOT_NEEDED,
            "This equipment is registered as needing no calibration.",
            "Record it with the equipment that it was made on.",
        )
    if performed_on > today:
        yield Reason(
            Code.CALIBRATION_IN_FUTURE,
            f"The calibration on {performed_on} lies after today, {today}.",
            "Give the day on which it was performed.",
            "C211-68a-1",
        )


def reasons_against_change(status: EquipmentStatus) -> tuple[Reason, ...]:
    """Why nothing about a piece of equipment changes any more."""
    if status is not EquipmentStatus.RETIRED:
        return ()
    return (
        Reason(
            Code.RETIRED,
            "This equipment is retired; its history stays as it is.",
            "Register the new piece under a code of its own.",
            "C211-182-1",
        ),
    )
