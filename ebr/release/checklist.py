"""What still stands between a batch and its release: every point, judged from live facts. Pure.

A point that could not be judged is open, never met: a rule that did not run must not look like
"nothing found".
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ebr.kernel import Reason
from workflows.commands import Decision
from workflows.recipe import Severity

NAMED = 8


class Point(StrEnum):
    """The points of the list, in the order in which they are told."""

    STEPS = "steps_signed"
    EXCEPTIONS = "exceptions_decided"
    DEVIATIONS = "deviations_referenced"
    VALUES = "values_accounted_for"
    MATERIALS = "materials_released"
    EQUIPMENT = "equipment_in_order"
    READINGS = "readings_explained"
    TRAIL = "trail_complete"
    REVIEW = "review_complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One point: met or not, in words, with where to go when it is not."""

    point: Point
    met: bool
    title: str
    detail: str
    remedy: str = ""
    target: str = ""  # what to look at: exceptions, a step, a lot, an equipment


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenException:
    """An exception that nobody has decided."""

    key: str
    severity: Severity
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LotUsed:
    """A lot that went into the batch, as it stands now; `status` None: it is not found."""

    number: str
    status: str | None
    expiry: date | None
    used_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentUsed:
    """Equipment that was used, as it stands now; `status` None: it is not found."""

    code: str
    status: str | None
    calibration_due: date | None
    used_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailFact:
    """What recomputing the batch's own chain gave: entries read and the first breach, if any."""

    entries: int
    signatures: int
    breach: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything the list is judged on."""

    steps: int
    steps_done: int
    unsigned: Sequence[str]
    signatures: int
    exceptions: int
    open: Sequence[OpenException]
    unreferenced: Sequence[str]  # exceptions decided as deviation without its number
    values: int
    values_out: int
    values_raised: int
    lots: Sequence[LotUsed]
    equipment: Sequence[EquipmentUsed]
    unasked: int  # readings of its equipment, while it was made, that nobody asked for or explained
    trail: TrailFact
    reviewer: str | None


def gates(facts: Facts) -> tuple[Gate, ...]:
    """Every point, in order."""
    return (
        _steps(facts),
        _exceptions(facts),
        _deviations(facts),
        _values(facts),
        _materials(facts.lots),
        _equipment(facts.equipment),
        _readings(facts.unasked),
        _trail(facts.trail),
        _review(facts),
    )


def reasons_against_release(found: Iterable[Gate]) -> Iterator[Reason]:
    """Each point that is not met, as a reason (REL-GATE-1)."""
    for gate in found:
        if not gate.met:
            yield Reason(
                gate.point.value, f"{gate.title}: {gate.detail}", gate.remedy, "REL-GATE-1"
            )


def reasons_against_decision(decision: Decision, reference: str) -> Iterator[Reason]:
    """A deviation without its number cannot be found again; the batch would wait for ever."""
    if decision is Decision.DEVIATION and not reference.strip():
        yield Reason(
            Point.DEVIATIONS.value,
            "A deviation was chosen, and its number is missing.",
            "Enter the number of the deviation, such as DEV-2026-0118.",
        )


def _steps(facts: Facts) -> Gate:
    left = facts.steps - facts.steps_done
    if left or facts.unsigned:
        named = f", to be signed again: {', '.join(facts.unsigned)}" if facts.unsigned else ""
        return Gate(
            point=Point.STEPS,
            met=False,
            title="Steps open",
            detail=f"{left} of {facts.steps} steps are not complete and signed{named}",
            remedy="Finish and sign them.",
            target="steps",
        )
    return Gate(
        point=Point.STEPS,
        met=True,
        title="All steps signed",
        detail=f"{facts.steps} steps, {facts.signatures} signatures",
    )


def _counted(exceptions: int) -> str:
    return "1 exception" if exceptions == 1 else f"{exceptions} exceptions"


def _exceptions(facts: Facts) -> Gate:
    if not facts.open:
        return Gate(
            point=Point.EXCEPTIONS,
            met=True,
            title=f"{_counted(facts.exceptions)} decided" if facts.exceptions else "No exception",
            detail="none is open",
        )
    counted = ", ".join(
        f"{count} {severity}"
        for severity in Severity
        if (count := sum(each.severity is severity for each in facts.open))
    )
    return Gate(
        point=Point.EXCEPTIONS,
        met=False,
        title=f"{_counted(len(facts.open))} open",
        detail=counted,
        remedy=f"Decide {_first(each.key for each in facts.open)}.",
        target="exceptions",
    )


def _first(keys: Iterable[str]) -> str:
    """The first of many, and how many more there are."""
    named = list(keys)
    more = len(named) - NAMED
    return ", ".join(named[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _deviations(facts: Facts) -> Gate:
    if not facts.unreferenced:
        return Gate(
            point=Point.DEVIATIONS,
            met=True,
            title="Deviations referenced",
            detail="each decision that needs one names it",
        )
    return Gate(
        point=Point.DEVIATIONS,
        met=False,
        title="Deviation not referenced",
        detail=_first(facts.unreferenced),
        remedy="Decide again with the number of the deviation.",
        target="exceptions",
    )


def _values(facts: Facts) -> Gate:
    """Every value outside its limits has raised an exception: the filter proves itself."""
    lost = facts.values_out - facts.values_raised
    return Gate(
        point=Point.VALUES,
        met=lost == 0,
        title="Values accounted for" if lost == 0 else "Value without an exception",
        detail=f"{facts.values} values, {facts.values_out} outside limits, "
        f"{facts.values_raised} of them raised",
        remedy="" if lost == 0 else "Call quality: a rule did not run.",
        target="" if lost == 0 else "record",
    )


def _materials(lots: Sequence[LotUsed]) -> Gate:
    wrong = [
        f"lot {lot.number} is {lot.status or 'unknown'} now"
        for lot in lots
        if lot.status != "released"
    ] + [
        f"lot {lot.number} had expired on {lot.expiry} when it was used"
        for lot in lots
        if lot.expiry is not None and lot.expiry < lot.used_on
    ]
    return Gate(
        point=Point.MATERIALS,
        met=not wrong,
        title="Materials in question" if wrong else "Materials released",
        detail="; ".join(wrong) or f"{len(lots)} lots, none expired when used",
        remedy="Clear the status of the lot with quality control." if wrong else "",
        target="materials" if wrong else "",
    )


def _equipment(equipment: Sequence[EquipmentUsed]) -> Gate:
    wrong = [f"{each.code} is not known any more" for each in equipment if each.status is None] + [
        f"the calibration of {each.code} ended on {each.calibration_due}, before its use"
        for each in equipment
        if each.calibration_due is not None and each.calibration_due < each.used_on
    ]
    return Gate(
        point=Point.EQUIPMENT,
        met=not wrong,
        title="Equipment in question" if wrong else "Equipment in order",
        detail="; ".join(wrong) or f"{len(equipment)} units, in calibration when used",
        remedy="Clear it with metrology." if wrong else "",
        target="equipment" if wrong else "",
    )


def _readings(unasked: int) -> Gate:
    """No data without an owner: what a device said unasked may belong to this batch (ALCOA-E-1)."""
    return Gate(
        point=Point.READINGS,
        met=not unasked,
        title="Readings without a question" if unasked else "Readings accounted for",
        detail=f"{unasked} of its equipment while it was made, not explained"
        if unasked
        else "each one of its equipment was asked for, or explained",
        remedy="Explain them." if unasked else "",
        target="readings" if unasked else "",
    )


def _trail(trail: TrailFact) -> Gate:
    return Gate(
        point=Point.TRAIL,
        met=trail.breach is None,
        title="Audit trail complete" if trail.breach is None else "Audit trail broken",
        detail=trail.breach
        or f"{trail.entries} entries and {trail.signatures} signatures verified",
        remedy="" if trail.breach is None else "Stop and call quality.",
        target="" if trail.breach is None else "trail",
    )


def _review(facts: Facts) -> Gate:
    return Gate(
        point=Point.REVIEW,
        met=facts.reviewer is not None,
        title="Reviewed" if facts.reviewer else "Review open",
        detail=f"by {facts.reviewer}" if facts.reviewer else "the whole record is to be reviewed",
        remedy="" if facts.reviewer else "Complete the review.",
        target="" if facts.reviewer else "review",
    )
