"""Every reason to say no to a command, in order of precedence.

A decision refuses with all its reasons at once, sorted by the order of `Code`. Each reason says
what is so, with the numbers, what to do about it, and which requirement it serves. A reason that
has lost its meaning because of an earlier one (a step that is not there has no inputs) is not told.

Codes are never reused; a retired one stays here, marked. The sentences stand in `RULES`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Code(StrEnum):
    """The closed list of refusals of the engine, most fundamental first."""

    TRANSITION_NOT_ALLOWED = "transition_not_allowed"
    BATCH_EXISTS = "batch_exists"
    BATCH_NOT_STARTED = "batch_not_started"
    RECORD_CLOSED = "record_closed"
    RECIPE_UNKNOWN = "recipe_unknown"
    RECIPE_NOT_EFFECTIVE = "recipe_not_effective"
    RECIPE_ALTERED = "recipe_altered"
    SIZE_WRONG = "size_wrong"
    STEP_UNKNOWN = "step_unknown"
    STEP_NOT_BEGUN = "step_not_begun"
    RIGHT_MISSING = "right_missing"
    STEP_NOT_OPEN = "step_not_open"
    STEP_NOT_STARTED = "step_not_started"
    STEP_RUNNING = "step_running"
    STEP_FINISHED = "step_finished"
    STEP_AWAITS_WITNESS = "step_awaits_witness"
    STEP_NOT_PERFORMED = "step_not_performed"
    WORK_DIFFERENT = "work_different"
    INPUT_UNKNOWN = "input_unknown"
    VALUE_PRESENT = "value_present"
    VALUE_ABSENT = "value_absent"
    VALUE_COMPUTED = "value_computed"
    VALUE_UNREADABLE = "value_unreadable"
    VALUE_TOO_FINE = "value_too_fine"
    UNIT_WRONG = "unit_wrong"
    VALUE_UNCHANGED = "value_unchanged"
    VALUE_NEEDED = "value_needed"
    REASON_THIN = "reason_thin"
    TEXT_MISSING = "text_missing"
    CONTAINER_UNKNOWN = "container_unknown"
    MATERIAL_WRONG = "material_wrong"
    LOT_NOT_RELEASED = "lot_not_released"
    LOT_EXPIRED = "lot_expired"
    LOT_RETEST_DUE = "lot_retest_due"
    LOT_NOT_YET_USABLE = "lot_not_yet_usable"
    CONTAINER_EMPTY = "container_empty"
    CONTAINER_INSUFFICIENT = "container_insufficient"
    CONTAINER_IDENTIFIED = "container_identified"
    CONTAINER_NOT_IDENTIFIED = "container_not_identified"
    EQUIPMENT_UNKNOWN = "equipment_unknown"
    EQUIPMENT_CLASS_WRONG = "equipment_class_wrong"
    EQUIPMENT_NOT_AVAILABLE = "equipment_not_available"
    CALIBRATION_DUE = "calibration_due"
    EQUIPMENT_IDENTIFIED = "equipment_identified"
    SCALE_NOT_IDENTIFIED = "scale_not_identified"
    READING_UNKNOWN = "reading_unknown"
    READING_OTHER_STEP = "reading_other_step"
    READING_OTHER_SCALE = "reading_other_scale"
    READING_SIMULATED = "reading_simulated"
    READING_USED = "reading_used"
    READING_EMPTY = "reading_empty"
    READING_UNSTABLE = "reading_unstable"
    READING_OLD = "reading_old"
    WEIGHT_NOT_POSITIVE = "weight_not_positive"
    TARGET_MISSING = "target_missing"
    WEIGHING_FINISHED = "weighing_finished"
    OPERAND_MISSING = "operand_missing"
    VALUE_MISSING = "value_missing"
    EXCEPTION_BLOCKS = "exception_blocks"
    EARLIER_STEP_OPEN = "earlier_step_open"
    LOT_NUMBER_MISSING = "lot_number_missing"
    WITNESS_MISSING = "witness_missing"
    WITNESS_INVOLVED = "witness_involved"
    SKIP_NOT_ALLOWED = "skip_not_allowed"
    EXCEPTION_UNKNOWN = "exception_unknown"
    EXCEPTION_DECIDED = "exception_decided"
    DEVIATION_NEEDED = "deviation_needed"
    DECIDER_INVOLVED = "decider_involved"
    BATCH_REVIEWED = "batch_reviewed"
    STEPS_OPEN = "steps_open"
    STEPS_UNSIGNED = "steps_unsigned"
    EXCEPTIONS_OPEN = "exceptions_open"
    REVIEWER_INVOLVED = "reviewer_involved"
    BATCH_NOT_REVIEWED = "batch_not_reviewed"
    RELEASER_INVOLVED = "releaser_involved"


ORDER: Mapping[Code, int] = MappingProxyType({code: place for place, code in enumerate(Code)})


@dataclass(frozen=True, slots=True)
class Rule:
    """What a refusal says: a sentence with places for the numbers, the remedy, the requirement."""

    sentence: str
    remedy: str
    requirement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One reason why a command was refused, told to a person."""

    code: Code
    text: str
    remedy: str = ""
    requirement: str = ""


class Refused(Exception):
    """The rules say no."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        """Keep every reason, in order of precedence."""
        self.refusals = in_order(refusals)
        super().__init__("; ".join(f"{each.code}: {each.text}" for each in self.refusals))


def in_order(refusals: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """The refusals by precedence; those of one code stay in the order in which they were found."""
    return tuple(sorted(refusals, key=lambda each: ORDER[each.code]))
