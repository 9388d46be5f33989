"""Numbers, texts, choices and dates that a person reads off: kept as entered, then judged.

No entry stops at a limit (FDAWL-1): readable is enough to be recorded. A second value for the same
input is a correction and needs a reason; both stay.
"""

from datetime import date

from workflows.commands import RecordValue
from workflows.course import Course
from workflows.events import Source, ValueRecorded
from workflows.limits import departure_of, judge
from workflows.phases.confirm import against_answer, against_choice
from workflows.plan import recorded_inputs
from workflows.quantity import NUMBER
from workflows.recipe import Input, InputKind, Phase
from workflows.refusals import Code, Refusal
from workflows.rules import refusal
from workflows.standing import moment
from workflows.state import Batch, Value
from workflows.wording import fault_in_writing


def against_value(asked: Input, value: str, unit: str | None) -> tuple[Refusal, ...]:
    """The value has to be readable as what the input takes; never within limits."""
    match asked.kind:
        case InputKind.NUMBER | InputKind.WEIGHT:
            return against_number(asked, value, unit)
        case InputKind.CHOICE:
            return against_choice(asked.choices, value)
        case InputKind.CONFIRMATION:
            return against_answer(value)
        case InputKind.DATE:
            return _against_date(value)
        case _:
            fault = fault_in_writing(value) or ("" if value.strip() else "missing")
            return (refusal(Code.TEXT_MISSING, what=asked.title, fault=fault),) if fault else ()


def against_number(asked: Input, value: str, unit: str | None) -> tuple[Refusal, ...]:
    """A plain decimal in the declared unit, no finer than declared."""
    found: tuple[Refusal, ...] = ()
    wanted = asked.unit or "1"
    if (unit or wanted) != wanted:
        found += (refusal(Code.UNIT_WRONG, title=asked.title, unit=wanted, given=unit),)
    if not NUMBER.fullmatch(value):
        shown = repr(value[:40])
        return (
            *found,
            refusal(
                Code.VALUE_UNREADABLE,
                value=shown,
                wanted="a plain decimal number",
                example="digits with a point, like 12.50",
            ),
        )
    decimals = len(value.partition(".")[2])
    if asked.decimals is not None and decimals > asked.decimals:
        found += (
            refusal(
                Code.VALUE_TOO_FINE,
                value=value,
                found=decimals,
                title=asked.title,
                most=asked.decimals,
            ),
        )
    return found


def against_present(asked: Input, now: Value | None) -> tuple[Refusal, ...]:
    """A value on record is corrected, not entered again."""
    if now is None:
        return ()
    return (
        refusal(
            Code.VALUE_PRESENT,
            title=asked.title,
            value=now.shown,
            by=now.by.name,
            at=moment(now.at),
        ),
    )


def missing_values(batch: Batch, phase: Phase) -> tuple[Refusal, ...]:
    """Every required value has to be on record before the step is signed."""
    step = batch.steps[phase.key]
    return tuple(
        refusal(Code.VALUE_MISSING, what=asked.title)
        for asked in recorded_inputs(phase)
        if asked.required and not _on_record(step.value(asked.key))
    )


def record(course: Course, phase: Phase, asked: Input, command: RecordValue) -> Course:
    """Keep the value as it was given; then judge it and raise what follows."""
    unit = (asked.unit or "1") if asked.kind is InputKind.NUMBER else None
    verdict = judge(asked, command.value, unit)
    attempts = course.batch.steps[phase.key].values.get(asked.key, ())
    course = course.then(
        ValueRecorded(
            at=course.facts.now,
            by=course.facts.performer.who,
            step=phase.key,
            step_title=phase.title,
            input=asked.key,
            title=asked.title,
            input_kind=asked.kind,
            value=command.value,
            unit=unit,
            limits=asked.limits,
            verdict=verdict,
            source=Source.MANUAL,
            criticality=asked.criticality,
            attempt=len(attempts) + 1,
            why=command.why,
        )
    )
    return course.raising(departure_of(phase, asked, command.value, unit, verdict))


def _on_record(value: Value | None) -> bool:
    return value is not None and value.value != ""


def _against_date(value: str) -> tuple[Refusal, ...]:
    try:
        readable = date.fromisoformat(value).isoformat() == value
    except ValueError:
        readable = False
    if readable:
        return ()
    return (
        refusal(
            Code.VALUE_UNREADABLE,
            value=repr(value[:40]),
            wanted="a date",
            example="year-month-day, like 2026-11-21",
        ),
    )
