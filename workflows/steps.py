"""The acts that every step has: start, complete, witness, skip; each at its true time."""

from workflows.commands import SkipStep
from workflows.course import Course, Departure
from workflows.events import (
    BatchCompleted,
    ExceptionKind,
    StepCompleted,
    StepSkipped,
    StepStarted,
    StepWitnessed,
)
from workflows.facts import Facts
from workflows.given import given
from workflows.phases import palette
from workflows.recipe import Phase
from workflows.refusals import Code, Refusal
from workflows.repeating import settle
from workflows.routing import all_done, status_of, waiting_for
from workflows.rules import refusal
from workflows.standing import (
    HANDS_ON,
    against_reason,
    against_status,
    part_of,
)
from workflows.state import Batch, BatchStatus, Role, StepStatus

UNFINISHED = frozenset({StepStatus.RUNNING, StepStatus.UNSIGNED})
INVOLVED = HANDS_ON - {Role.WITNESSED}


def against_starting(batch: Batch, phase: Phase) -> tuple[Refusal, ...]:
    """P11-10f-1: only an open step is started, and only once."""
    return against_status(batch, phase.key, {StepStatus.OPEN})


def start(course: Course, phase: Phase) -> Course:
    """Take the step in hand; a hold time that ran out is an exception."""
    facts = course.facts
    held_s = _held_s(course.batch, phase, facts)
    most_s = phase.hold.most_s if phase.hold else None
    course = course.then(
        StepStarted(
            at=facts.now,
            by=facts.performer.who,
            step=phase.key,
            step_title=phase.title,
            instruction=phase.instruction,
            critical=phase.critical,
            needs_witness=phase.witness,
            held_s=held_s,
            hold_most_s=most_s,
        )
    )
    if phase.hold is None or held_s is None or held_s <= phase.hold.most_s:
        return course
    after = course.batch.steps[phase.hold.after].title
    return course.raising(
        Departure(
            kind=ExceptionKind.HOLD_EXCEEDED,
            severity=phase.exceptions.severity,
            text=(
                f"{phase.title}: started {held_s} s after {after}; "
                f"the recipe allows {phase.hold.most_s} s."
            ),
            step=phase.key,
            blocks=phase.exceptions.blocks,
        )
    )


def against_completing(batch: Batch, phase: Phase, facts: Facts) -> tuple[Refusal, ...]:
    """Everything on record, nothing blocking, everything before it signed."""
    standing = against_status(batch, phase.key, UNFINISHED)
    if batch.steps[phase.key].status not in UNFINISHED:
        return standing
    return (
        palette.missing(batch, phase, facts)
        + against_blocking(batch, phase)
        + _against_earlier(batch, phase)
    )


def complete(course: Course, phase: Phase) -> Course:
    """Declare the step done; the last one completes the batch."""
    course = palette.completing(course, phase)
    step = course.batch.steps[phase.key]
    course = course.then(
        StepCompleted(
            at=course.facts.now,
            by=course.facts.performer.who,
            step=phase.key,
            step_title=phase.title,
            started_at=given(step.started_at),
            generation=step.generation + 1,
            awaits_witness=phase.witness,
            exceptions=step.exceptions,
        )
    )
    return close_if_done(course)


def against_witnessing(batch: Batch, phase: Phase, facts: Facts) -> tuple[Refusal, ...]:
    """Another person, by person and not by account, who took no other part in the step."""
    status = status_of(batch, phase.key)
    if status is not StepStatus.AWAITING_WITNESS:
        return (refusal(Code.STEP_NOT_PERFORMED, title=phase.title, status=status),)
    found: tuple[Refusal, ...] = ()
    part = part_of(batch, facts.performer.person, INVOLVED, phase.key)
    if part is not None:
        found += (
            refusal(
                Code.WITNESS_INVOLVED,
                name=facts.performer.name,
                title=phase.title,
                part=part.role,
            ),
        )
    return found + against_blocking(batch, phase) + _against_earlier(batch, phase)


def witness(course: Course, phase: Phase) -> Course:
    """Add the second person's signature; a late one is kept and is an exception."""
    facts = course.facts
    step = course.batch.steps[phase.key]
    completed_at = given(step.completed_at)
    waited_s = int((facts.now - completed_at).total_seconds())
    if waited_s > facts.witness_window_s:
        course = course.raising(
            Departure(
                kind=ExceptionKind.WITNESS_LATE,
                severity=phase.exceptions.severity,
                text=(
                    f"{phase.title}: witnessed {waited_s} s after it was completed; "
                    f"the window is {facts.witness_window_s} s."
                ),
                step=phase.key,
            )
        )
    course = course.then(
        StepWitnessed(
            at=facts.now,
            by=facts.performer.who,
            step=phase.key,
            step_title=phase.title,
            performer=given(step.completed_by),
            completed_at=completed_at,
            window_s=facts.witness_window_s,
        )
    )
    return close_if_done(course)


def against_skipping(batch: Batch, phase: Phase, command: SkipStep) -> tuple[Refusal, ...]:
    """Only where the recipe allows, only when its turn has come, only with a reason."""
    found = against_status(batch, phase.key, {StepStatus.OPEN, StepStatus.RUNNING})
    if not phase.may_skip:
        found += (refusal(Code.SKIP_NOT_ALLOWED, title=phase.title),)
    return found + against_reason(command.why, f"skipping {phase.title}")


def skip(course: Course, phase: Phase, command: SkipStep) -> Course:
    """Leave the step out; always an exception."""
    course = course.then(
        StepSkipped(
            at=course.facts.now,
            by=course.facts.performer.who,
            step=phase.key,
            step_title=phase.title,
            why=command.why,
        )
    ).raising(
        Departure(
            kind=ExceptionKind.SKIPPED,
            severity=phase.exceptions.severity,
            text=f"{phase.title} was skipped: {command.why}",
            step=phase.key,
            blocks=phase.exceptions.blocks,
        )
    )
    return close_if_done(course)


def close_if_done(course: Course) -> Course:
    """Go on with loops; the batch is completed when nothing is left to do or to sign."""
    course = settle(course)
    batch = course.batch
    if batch.status is not BatchStatus.RUNNING or not all_done(batch):
        return course
    skipped = sum(each.status is StepStatus.SKIPPED for each in batch.steps.values())
    return course.then(
        BatchCompleted(
            at=course.facts.now,
            by=course.facts.performer.who,
            number=batch.number,
            steps=len(batch.steps),
            skipped=skipped,
            exceptions=len(batch.exceptions),
        )
    )


def against_blocking(batch: Batch, phase: Phase) -> tuple[Refusal, ...]:
    """C211-100b-2: an exception that blocks holds the step until quality has decided it."""
    return tuple(
        refusal(Code.EXCEPTION_BLOCKS, exception=each.exception, text=each.text)
        for each in batch.blocked_by(phase.key)
    )


def _against_earlier(batch: Batch, phase: Phase) -> tuple[Refusal, ...]:
    """P11-70-2: signing goes on in the order of the recipe, on signatures that stand."""
    return tuple(
        refusal(Code.EARLIER_STEP_OPEN, title=batch.steps[key].title, status=status_of(batch, key))
        for key in waiting_for(batch, phase.key)
    )


def _held_s(batch: Batch, phase: Phase, facts: Facts) -> int | None:
    """How long the batch has been held since the step that the hold time counts from."""
    if phase.hold is None:
        return None
    since = batch.steps[phase.hold.after].first_completed_at
    return None if since is None else int((facts.now - since).total_seconds())
