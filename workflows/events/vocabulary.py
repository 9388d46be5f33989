"""The words that events share: where a value came from, how it was judged, what went wrong."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workflows.people import Who
from workflows.quantity import Quantity
from workflows.recipe import Meaning


class Source(StrEnum):
    """Where a value came from."""

    MANUAL = "manual"
    SCAN = "scan"
    DEVICE = "device"
    CALCULATED = "calculated"


class Verdict(StrEnum):
    """How a value stands to the limits then in force."""

    NOT_JUDGED = "not_judged"  # there are no limits
    WITHIN = "within"
    ALERT = "alert"
    ACTION = "action"
    REJECT = "reject"
    OUT = "out"  # beyond a tolerance, or a statement that was denied
    PART = "part"  # part of a charge; the total is judged later
    FAILED = "failed"  # the calculation has no result


class ExceptionKind(StrEnum):
    """Every way in which a batch can depart from its recipe."""

    OUT_OF_LIMIT = "out_of_limit"
    ALERT_LIMIT = "alert_limit"
    OUT_OF_TOLERANCE = "out_of_tolerance"
    NOT_CONFIRMED = "not_confirmed"
    MANUAL_WEIGHT = "manual_weight"
    CORRECTION = "correction"
    FURTHER_ATTEMPT = "further_attempt"
    EQUIPMENT_REPLACED = "equipment_replaced"
    CALCULATION_FAILED = "calculation_failed"
    TIMER_EARLY = "timer_early"
    TIMER_LATE = "timer_late"
    HOLD_EXCEEDED = "hold_exceeded"
    WITNESS_LATE = "witness_late"
    SKIPPED = "skipped"
    REPEAT_EXHAUSTED = "repeat_exhausted"
    REPEAT_REJUDGED = "repeat_rejudged"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class OperandValue:
    """One input of a calculation with the value it had."""

    name: str
    value: Quantity
    origin: str  # `step.input`, `formula line` or `constant`


@dataclass(frozen=True, slots=True, kw_only=True)
class SupersededSignature:
    """A signature that no longer stands for the content."""

    meaning: Meaning
    by: Who
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchEvent:
    """Something that happened: when the decision was taken, and who acted."""

    at: datetime
    by: Who
