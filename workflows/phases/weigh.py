"""Weigh identified material on an identified scale, to a target.

The weight is a reading that the server stored: stable, fresh, of this scale, asked for by this step
and used once. Out of tolerance it is recorded all the same and raises an exception. Typing a weight
takes the right, a reason and a second person, and is marked. A charge may come from several
containers and lots; their total is judged.
"""

from dataclasses import dataclass

from workflows.commands import WEIGHT, AcceptReading, TypeWeight
from workflows.course import Course, Departure
from workflows.events import ExceptionKind, MaterialWeighed, Source, ValueJudged, Verdict
from workflows.facts import TYPE_WEIGHTS, ContainerFact, Facts, ReadingFact
from workflows.given import given
from workflows.people import Who
from workflows.phases.entry import against_number
from workflows.phases.identify_equipment import against_use as against_equipment
from workflows.phases.identify_material import against_use as against_container
from workflows.plan import written_inputs
from workflows.quantity import Quantity, added
from workflows.recipe import Phase, Severity, Weigh
from workflows.refusals import Code, Refusal
from workflows.rules import refusal
from workflows.standing import HANDS_ON, against_reason, part_of
from workflows.state import Batch, Role
from workflows.values import total_of
from workflows.weighing import (
    bounds_of,
    container_of,
    out_in_words,
    scale_of,
    target_of,
    verdict_on,
)


def against_weighing(
    batch: Batch, phase: Phase, work: Weigh, container: str | None, facts: Facts
) -> tuple[Refusal, ...]:
    """Target, scale and container have to stand, and be fit at this very moment."""
    found = _against_target(batch, phase, work) + _against_finished(batch, phase, work)
    requirement = batch.plan.equipment[work.scale]
    scale = scale_of(batch, phase.key, work)
    if scale is None:
        found += (refusal(Code.SCALE_NOT_IDENTIFIED, requirement=requirement.title),)
    elif facts.equipment is None or facts.equipment.equipment != scale.equipment:
        found += (refusal(Code.EQUIPMENT_UNKNOWN, code=scale.code),)
    else:
        found += against_equipment(facts.equipment, requirement, facts)
    line = batch.plan.lines[work.line]
    known = container_of(batch, phase.key, work, container)
    if known is None or facts.container is None or facts.container.container != known.container:
        code = f" under {container}" if container else ""
        found += (refusal(Code.CONTAINER_NOT_IDENTIFIED, line=line.title, code=code),)
    else:
        found += against_container(facts.container, line, facts)
    return found


def against_reading(
    batch: Batch, phase: Phase, work: Weigh, command: AcceptReading, facts: Facts
) -> tuple[Refusal, ...]:
    """DEV-SCL-1: the reading has to be this step's, of this real scale, stable, fresh, unused."""
    reading = facts.reading
    if reading is None or reading.reading != command.reading:
        return (refusal(Code.READING_UNKNOWN),)
    found: tuple[Refusal, ...] = ()
    if (reading.batch, reading.step) != (batch.id, phase.key):
        found += (refusal(Code.READING_OTHER_STEP),)
    scale = scale_of(batch, phase.key, work)
    if scale is not None and reading.equipment != scale.equipment:
        found += (
            refusal(Code.READING_OTHER_SCALE, found=reading.equipment_code, wanted=scale.code),
        )
    if reading.simulated and facts.production:
        found += (refusal(Code.READING_SIMULATED, scale=reading.equipment_code),)
    if reading.reading in batch.readings:
        found += (refusal(Code.READING_USED),)
    age_s = int((facts.now - reading.at).total_seconds())
    if age_s > facts.reading_age_most_s:
        found += (refusal(Code.READING_OLD, age_s=age_s, most_s=facts.reading_age_most_s),)
    if reading.value is None:
        frame = reading.frame.strip()
        return (*found, refusal(Code.READING_EMPTY, scale=reading.equipment_code, frame=frame))
    if not reading.stable:
        found += (
            refusal(Code.READING_UNSTABLE, scale=reading.equipment_code, value=reading.value),
        )
    return found + _against_amount(phase, work, reading.value, facts)


def against_typing(
    batch: Batch, phase: Phase, work: Weigh, command: TypeWeight, facts: Facts
) -> tuple[Refusal, ...]:
    """The right, a reason, a second person who took no part, and a readable weight."""
    found = against_typing_people(batch, phase, facts)
    found += against_reason(command.why, "typing a weight")
    unreadable = against_number(written_inputs(phase)[0], command.value, command.unit)
    if unreadable:
        return found + unreadable
    return found + _against_amount(phase, work, Quantity(command.value, command.unit), facts)


def against_typing_people(batch: Batch, phase: Phase, facts: Facts) -> tuple[Refusal, ...]:
    """D25: who types a weight holds the right, and another person vouches for it."""
    found: tuple[Refusal, ...] = ()
    what = f"typing the weight of {phase.title}"
    if TYPE_WEIGHTS not in facts.performer.rights:
        found += (
            refusal(Code.RIGHT_MISSING, name=facts.performer.name, right=TYPE_WEIGHTS, what=what),
        )
    if facts.witness is None:
        return (*found, refusal(Code.WITNESS_MISSING, what=what))
    own = facts.witness.person == facts.performer.person
    roles = HANDS_ON - {Role.WITNESSED}
    part = part_of(batch, facts.witness.person, roles, phase.key)
    if own or part is not None:
        done = part.role if part is not None else Role.PERFORMED
        found += (
            refusal(Code.WITNESS_INVOLVED, name=facts.witness.name, title=phase.title, part=done),
        )
    return found


def accept(course: Course, phase: Phase, work: Weigh, command: AcceptReading) -> Course:
    """Take the reading as the amount charged."""
    reading = given(course.facts.reading)
    net = given(reading.value).to(work.unit)
    source = _Taken(
        net=net,
        part=command.part,
        container=given(course.facts.container),
        source=Source.DEVICE,
        reading=reading,
    )
    return _weigh(course, phase, work, source)


def type_in(course: Course, phase: Phase, work: Weigh, command: TypeWeight) -> Course:
    """Take a typed weight, marked as such."""
    witness = given(course.facts.witness)
    source = _Taken(
        net=Quantity(command.value, command.unit),
        part=command.part,
        container=given(course.facts.container),
        source=Source.MANUAL,
        why=command.why,
        witness=witness.who,
    )
    course = _weigh(course, phase, work, source)
    typed = f"{command.value} {command.unit} was typed, not sent by the scale"
    return course.raising(manual(phase, f"{typed}, seen by {witness.name}: {command.why}"))


def manual(phase: Phase, what: str) -> Departure:
    """A weight that no scale sent is always looked at."""
    return Departure(
        kind=ExceptionKind.MANUAL_WEIGHT,
        severity=Severity.MAJOR,
        text=f"{phase.title}: {what}",
        step=phase.key,
        input=WEIGHT,
    )


def missing(batch: Batch, phase: Phase, work: Weigh) -> tuple[Refusal, ...]:
    """Something has to be weighed, to a target that is known, before the step is signed."""
    if batch.steps[phase.key].weighings:
        return _against_target(batch, phase, work)
    return (refusal(Code.VALUE_MISSING, what=f"The weight of {phase.title}"),)


def completing(course: Course, phase: Phase, work: Weigh) -> Course:
    """Judge the total now if more was announced and did not come."""
    value = given(course.batch.steps[phase.key].value(WEIGHT))
    return judge_again(course, phase, work, None) if value.verdict is Verdict.PART else course


def judge_again(course: Course, phase: Phase, work: Weigh, correction: str | None) -> Course:
    """Judge the total on record against the target now in force."""
    batch, facts = course.batch, course.facts
    total = total_of(batch.steps[phase.key].weighings, work.unit)
    target = given(target_of(batch, work))
    least, most = bounds_of(work, target)
    verdict = verdict_on(total, least, most, part=False)
    course = course.then(
        ValueJudged(
            at=facts.now,
            by=facts.performer.who,
            step=phase.key,
            step_title=phase.title,
            input=WEIGHT,
            title=batch.plan.lines[work.line].title,
            total=total,
            target=target,
            least=least,
            most=most,
            verdict=verdict,
            correction=correction,
        )
    )
    text = out_in_words(phase.title, total, target, least, most)
    return course.raising(_out(phase, verdict, text))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """An amount and how it came to be known."""

    net: Quantity
    part: bool
    container: ContainerFact
    source: Source
    reading: ReadingFact | None = None
    why: str = ""
    witness: Who | None = None


def _weigh(course: Course, phase: Phase, work: Weigh, taken: _Taken) -> Course:
    """Keep the amount; then judge the total and raise what follows."""
    batch, facts = course.batch, course.facts
    earlier = batch.steps[phase.key].weighings
    total = added(taken.net, *(each.net for each in earlier))
    target = given(target_of(batch, work))
    least, most = bounds_of(work, target)
    verdict = verdict_on(total, least, most, part=taken.part)
    scale, container, reading = given(facts.equipment), taken.container, taken.reading
    course = course.then(
        MaterialWeighed(
            at=facts.now,
            by=facts.performer.who,
            step=phase.key,
            step_title=phase.title,
            line=work.line,
            material=container.material,
            material_title=container.material_title,
            container=container.container,
            container_code=container.code,
            lot=container.lot,
            lot_number=container.lot_number,
            weighing=len(earlier) + 1,
            net=taken.net,
            total=total,
            target=target,
            least=least,
            most=most,
            tolerance=work.tolerance,
            part=taken.part,
            verdict=verdict,
            source=taken.source,
            criticality=work.criticality,
            scale=scale.equipment,
            scale_code=scale.code,
            scale_title=scale.title,
            calibration_due=scale.calibration_due,
            calibration=scale.calibration,
            reading=reading.reading if reading else None,
            reading_at=reading.at if reading else None,
            frame=reading.frame if reading else "",
            why=taken.why,
            witness=taken.witness,
        )
    )
    return course.raising(
        _out(phase, verdict, out_in_words(phase.title, total, target, least, most))
    )


def _out(phase: Phase, verdict: Verdict, text: str) -> Departure | None:
    if verdict is not Verdict.OUT:
        return None
    return Departure(
        kind=ExceptionKind.OUT_OF_TOLERANCE,
        severity=phase.exceptions.severity,
        text=text,
        step=phase.key,
        input=WEIGHT,
        blocks=phase.exceptions.blocks,
    )


def _against_target(batch: Batch, phase: Phase, work: Weigh) -> tuple[Refusal, ...]:
    if work.target is None or target_of(batch, work) is not None:
        return ()
    why = f"{batch.steps[work.target.step].title} has no result"
    return (refusal(Code.TARGET_MISSING, title=phase.title, why=why),)


def _against_finished(batch: Batch, phase: Phase, work: Weigh) -> tuple[Refusal, ...]:
    """A charge that was declared whole and reached its target takes no more."""
    value = batch.steps[phase.key].value(WEIGHT)
    if value is None or value.verdict is Verdict.PART:
        return ()
    last = batch.steps[phase.key].weighings[-1]
    total = total_of(batch.steps[phase.key].weighings, work.unit)
    if total.compare(last.least) < 0:
        return ()
    return (
        refusal(
            Code.WEIGHING_FINISHED,
            total=total,
            target=last.target,
            least=last.least,
            most=last.most,
        ),
    )


def _against_amount(
    phase: Phase, work: Weigh, amount: Quantity, facts: Facts
) -> tuple[Refusal, ...]:
    """A charge is more than nothing and no more than the container holds by the books."""
    if amount.dimension != Quantity("1", work.unit).dimension:
        return (refusal(Code.UNIT_WRONG, title=phase.title, unit=work.unit, given=amount.unit),)
    found: tuple[Refusal, ...] = ()
    if amount.amount <= 0:
        found += (refusal(Code.WEIGHT_NOT_POSITIVE, value=amount),)
    container = facts.container
    if container is None:
        return found
    if container.remaining.dimension != amount.dimension:
        title = f"The stock of {container.code}"
        return (
            *found,
            refusal(Code.UNIT_WRONG, title=title, unit=container.remaining.unit, given=amount.unit),
        )
    if container.remaining.compare(amount) < 0:
        found += (
            refusal(
                Code.CONTAINER_INSUFFICIENT,
                code=container.code,
                remaining=container.remaining,
                needed=amount,
            ),
        )
    return found
