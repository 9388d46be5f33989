"""A right value beside a wrong one, and everything that stood on the wrong one.

P11-70-2: the signatures of the corrected step, and of every signed step that depends on the value,
stay in history and no longer stand; results are computed again and both generations kept; the steps
are signed again, in order, by every role that had signed.
"""

from dataclasses import dataclass
from datetime import datetime

from workflows.commands import WEIGHT, CorrectValue
from workflows.course import Course, Departure
from workflows.events import (
    ExceptionKind,
    ReviewCleared,
    Source,
    StepUnsigned,
    SupersededSignature,
    ValueCorrected,
    Verdict,
)
from workflows.facts import Facts
from workflows.given import given
from workflows.limits import departure_of, judge
from workflows.people import Who
from workflows.phases import calculation, weigh
from workflows.phases.entry import against_value
from workflows.plan import references, written_inputs
from workflows.quantity import NUMBER, Quantity
from workflows.recipe import Calculation, Input, InputKind, Phase, Severity, Weigh
from workflows.refusals import Code, Refusal
from workflows.repeating import settle
from workflows.rules import refusal
from workflows.standing import against_reason, titles
from workflows.state import Batch, BatchStatus, StepStatus
from workflows.weighing import target_of

SIGNED = frozenset({StepStatus.COMPLETE, StepStatus.AWAITING_WITNESS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What stands on record under the name that a correction gives."""

    was: str
    unit: str | None
    by: Who
    at: datetime
    weighing: int | None = None

    @property
    def shown(self) -> str:
        """The value with its unit."""
        return in_words(self.was, self.unit)


def held(batch: Batch, phase: Phase, key: str) -> Held | None:
    """The value in force under a key; of several weighings, the one that `weight#2` names."""
    step = batch.steps[phase.key]
    if not isinstance(phase.work, Weigh):
        value = step.value(key)
        if value is None:
            return None
        return Held(was=value.value, unit=value.unit, by=value.by, at=value.at)
    for each in step.weighings:
        if key in _names(each.number, len(step.weighings)):
            return Held(
                was=each.net.value, unit=each.net.unit, by=each.by, at=each.at, weighing=each.number
            )
    return None


def against_correcting(
    batch: Batch, phase: Phase, command: CorrectValue, facts: Facts
) -> tuple[Refusal, ...]:
    """There is a value, the new one is readable and different, and the reason says something."""
    asked = asked_for(phase, command.input)
    if asked is None:
        known = ", ".join(each.key for each in written_inputs(phase)) or "nothing"
        return (refusal(Code.INPUT_UNKNOWN, title=phase.title, input=command.input, known=known),)
    found = against_reason(command.why, f"correcting {asked.title}")
    if isinstance(phase.work, Calculation):
        what = "Correct the values it is computed from; it follows by itself."
        return (
            refusal(Code.VALUE_COMPUTED, title=asked.title, how="computed", what=what),
            *found,
        )
    now = held(batch, phase, command.input)
    if now is None:
        return (refusal(Code.VALUE_ABSENT, title=asked.title), *found)
    if command.value == now.was:
        found += (refusal(Code.VALUE_UNCHANGED, title=asked.title, value=now.shown),)
    if now.weighing is not None:
        return found + _against_weight(batch, phase, asked, command, facts)
    if command.value:
        return found + against_value(asked, command.value, command.unit)
    return found + _against_leaving_empty(batch, phase, asked)


def correct(course: Course, phase: Phase, command: CorrectValue) -> Course:
    """Keep both values, then follow everything that stood on the old one."""
    asked, now = (
        given(asked_for(phase, command.input)),
        given(held(course.batch, phase, command.input)),
    )
    course = clear_review(course, f"{asked.title} of {phase.title} was corrected")
    correction = f"C-{course.batch.corrections + 1}"
    unit, verdict = _judged(asked, command.value, now)
    signed = course.batch.steps[phase.key].status in SIGNED
    witness = course.facts.witness if now.weighing is not None else None
    course = course.then(
        ValueCorrected(
            at=course.facts.now,
            by=course.facts.performer.who,
            correction=correction,
            step=phase.key,
            step_title=phase.title,
            input=asked.key,
            title=asked.title,
            input_kind=asked.kind,
            was=now.was,
            was_by=now.by,
            was_at=now.at,
            becomes=command.value,
            unit=unit,
            limits=asked.limits,
            verdict=verdict,
            source=Source.MANUAL,
            criticality=asked.criticality,
            why=command.why,
            signed=signed,
            weighing=now.weighing,
            witness=witness.who if witness else None,
        )
    )
    becomes = in_words(command.value, unit)
    change = f"{asked.title} was {now.shown}, becomes {becomes}: {command.why}"
    course = course.raising(
        Departure(
            kind=ExceptionKind.CORRECTION,
            severity=Severity.MINOR,
            text=f"{correction}: {change}",
            step=phase.key,
            input=asked.key,
        )
    )
    if command.value:
        course = course.raising(departure_of(phase, asked, command.value, unit, verdict))
    if isinstance(phase.work, Weigh):
        course = course.raising(weigh.manual(phase, f"{becomes} was typed in {correction}"))
        course = _judge_weight(course, phase, phase.work, correction)
    because = f"{correction} corrected {asked.title}"
    course = unsign(course, phase, correction, because)
    return settle(_follow(course, phase, asked.key, correction, because), correction)


def clear_review(course: Course, because: str) -> Course:
    """C211-192-3: when the record changes after its review, the review falls away."""
    batch = course.batch
    if batch.status is not BatchStatus.REVIEWED:
        return course
    return course.then(
        ReviewCleared(
            at=course.facts.now,
            by=course.facts.performer.who,
            because=because,
            reviewer=given(batch.reviewed_by),
            reviewed_at=given(batch.reviewed_at),
        )
    )


def unsign(course: Course, phase: Phase, correction: str, because: str) -> Course:
    """The step's signatures stay in history and no longer stand."""
    step = course.batch.steps[phase.key]
    if step.status not in SIGNED:
        return course
    return course.then(
        StepUnsigned(
            at=course.facts.now,
            by=course.facts.performer.who,
            step=phase.key,
            step_title=phase.title,
            correction=correction,
            because=because,
            superseded=tuple(
                SupersededSignature(meaning=each.meaning, by=each.by, at=each.at)
                for each in step.signatures
                if each.superseded is None
            ),
        )
    )


def asked_for(phase: Phase, key: str) -> Input | None:
    """The input of a step that a key names; `weight#2` is a weighing."""
    plain_key = key.partition("#")[0] if isinstance(phase.work, Weigh) else key
    return next((each for each in written_inputs(phase) if each.key == plain_key), None)


def in_words(value: str, unit: str | None) -> str:
    """A value as a sentence names it."""
    if not value:
        return "nothing"
    return value if unit in {None, "1"} else f"{value} {unit}"


def dependants(batch: Batch, step: str, key: str) -> tuple[str, ...]:
    """Every step that stands on a value, directly or through results, in the recipe's order."""
    changed, found = {(step, key)}, []
    for other, phase in batch.plan.phases.items():
        if changed.isdisjoint((ref.step, ref.input) for ref in references(phase)):
            continue
        found.append(other)
        if isinstance(phase.work, Calculation):
            changed.add((other, phase.work.result.key))
    return tuple(found)


def _follow(course: Course, source: Phase, key: str, correction: str, because: str) -> Course:
    """Follow a changed value through the recipe: compute, judge, unsign again."""
    for other in dependants(course.batch, source.key, key):
        phase = course.batch.plan.phases[other]
        step, work = course.batch.steps[other], phase.work
        if isinstance(work, Calculation) and step.value(work.result.key) is not None:
            course = calculation.calculate(course, phase, work, correction)
        if isinstance(work, Weigh) and step.weighings:
            course = _judge_weight(course, phase, work, correction)
        course = unsign(course, phase, correction, f"{because}, on which this step depends")
    return course


def _judge_weight(course: Course, phase: Phase, work: Weigh, correction: str) -> Course:
    """Judge a total again; without a target it is judged when there is one."""
    if target_of(course.batch, work) is None:
        return course
    return weigh.judge_again(course, phase, work, correction)


def _judged(asked: Input, value: str, now: Held) -> tuple[str | None, Verdict]:
    """The unit that goes on record, and the verdict on the new value."""
    if now.weighing is not None:
        return now.unit, Verdict.NOT_JUDGED  # the total is judged, not one weighing
    unit = (asked.unit or "1") if asked.kind is InputKind.NUMBER else None
    return unit, judge(asked, value, unit) if value else Verdict.NOT_JUDGED


def _against_weight(
    batch: Batch, phase: Phase, asked: Input, command: CorrectValue, facts: Facts
) -> tuple[Refusal, ...]:
    """A corrected weight is a typed weight: right and second person, and more than nothing."""
    found = against_value(asked, command.value, command.unit)
    if NUMBER.fullmatch(command.value) and Quantity(command.value, "1").amount <= 0:
        found += (refusal(Code.WEIGHT_NOT_POSITIVE, value=in_words(command.value, asked.unit)),)
    return found + weigh.against_typing_people(batch, phase, facts)


def _against_leaving_empty(batch: Batch, phase: Phase, asked: Input) -> tuple[Refusal, ...]:
    """A value that others are computed from cannot be withdrawn."""
    readers = batch.plan.readers.get((phase.key, asked.key), ())
    if not readers:
        return ()
    return (refusal(Code.VALUE_NEEDED, title=asked.title, readers=titles(batch, readers)),)


def _names(number: int, of: int) -> tuple[str, ...]:
    """How one of several weighings may be named; the only one needs no number."""
    return (f"{WEIGHT}#{number}", WEIGHT) if of == 1 else (f"{WEIGHT}#{number}",)
