"""The life of a piece of equipment: registered, in service, out of service, retired.

21 CFR 211.68(a), 211.182: only what is in service may be used; it leaves service with a reason,
comes back with one, and a retired piece keeps its history and never returns.
"""

from enum import StrEnum

from ebr.identity import Right
from workflows.lifecycle import Lifecycle, Transition


class EquipmentStatus(StrEnum):
    """Whether a piece of equipment may be used; calibration is judged apart, by date."""

    REGISTERED = "registered"
    AVAILABLE = "available"
    OUT_OF_SERVICE = "out_of_service"
    RETIRED = "retired"


class EquipmentVerb(StrEnum):
    """What can be decided about a piece of equipment."""

    PUT_INTO_SERVICE = "put_into_service"
    TAKE_OUT_OF_SERVICE = "take_out_of_service"
    RETIRE = "retire"


def _row(
    state: EquipmentStatus, verb: EquipmentVerb, becomes: EquipmentStatus
) -> Transition[EquipmentStatus, EquipmentVerb]:
    return Transition(
        state=state,
        verb=verb,
        becomes=becomes,
        right=Right.SET_EQUIPMENT_STATUS,
        needs_reason=True,
    )


EQUIPMENT: Lifecycle[EquipmentStatus, EquipmentVerb] = Lifecycle(
    name="equipment",
    initial=EquipmentStatus.REGISTERED,
    transitions=(
        _row(EquipmentStatus.REGISTERED, EquipmentVerb.PUT_INTO_SERVICE, EquipmentStatus.AVAILABLE),
        _row(EquipmentStatus.REGISTERED, EquipmentVerb.RETIRE, EquipmentStatus.RETIRED),
        _row(
            EquipmentStatus.AVAILABLE,
            EquipmentVerb.TAKE_OUT_OF_SERVICE,
            EquipmentStatus.OUT_OF_SERVICE,
        ),
        _row(
            EquipmentStatus.OUT_OF_SERVICE,
            EquipmentVerb.PUT_INTO_SERVICE,
            EquipmentStatus.AVAILABLE,
        ),
        _row(EquipmentStatus.OUT_OF_SERVICE, EquipmentVerb.RETIRE, EquipmentStatus.RETIRED),
    ),
)
