"""What quality does with a batch: decide its exceptions, review its record, release or reject it.

Nobody judges their own work: who decides an exception took no part in its step; who reviews
performed, witnessed or corrected nothing in the batch; who releases or rejects did not review it
either. Judged by person, over the whole history of the batch (C211-22-2).
"""

from collections.abc import Collection

from workflows.commands import DecideException, Decision, RejectBatch
from workflows.course import Course
from workflows.events import BatchRejected, BatchReleased, BatchReviewed, ExceptionDecided
from workflows.facts import Facts
from workflows.given import given
from workflows.refusals import Code, Refusal
from workflows.routing import unsigned_steps
from workflows.rules import refusal
from workflows.standing import (
    HANDS_ON,
    against_decision_reason,
    against_open_record,
    against_writing,
    moment,
    name_of,
    part_of,
    place_of,
    titles,
)
from workflows.state import Batch, BatchStatus, Role, StepStatus

UNDONE = frozenset({StepStatus.IDLE, StepStatus.RUNNING, StepStatus.AWAITING_WITNESS})
NAMED_MOST = 8


def against_deciding(batch: Batch, command: DecideException, facts: Facts) -> tuple[Refusal, ...]:
    """An open exception, a reason of some length, and nobody who took part in the step."""
    found = against_open_record(batch)
    state = batch.exceptions.get(command.exception)
    if state is None:
        return (*found, refusal(Code.EXCEPTION_UNKNOWN, exception=command.exception))
    if not state.open:
        found += (
            refusal(
                Code.EXCEPTION_DECIDED,
                exception=state.exception,
                by=name_of(state.decided_by),
                at=moment(state.decided_at),
                decision=state.decision,
            ),
        )
    if state.needs_deviation and command.decision is Decision.ACCEPT:
        found += (refusal(Code.DEVIATION_NEEDED, exception=state.exception, text=state.text),)
    part = part_of(batch, facts.performer.person, HANDS_ON | {Role.REPORTED}, state.step)
    if part is not None:
        found += (
            refusal(
                Code.DECIDER_INVOLVED,
                name=facts.performer.name,
                exception=state.exception,
                part=part.role,
                title=place_of(batch, part),
            ),
        )
    found += against_writing(command.reference, "The number of the deviation")
    return found + against_decision_reason(command.reason, f"deciding {state.exception}")


def decide_exception(course: Course, command: DecideException) -> Course:
    """Keep the decision with its reason; a returned exception stays open."""
    state = course.batch.exceptions[command.exception]
    return course.then(
        ExceptionDecided(
            at=course.facts.now,
            by=course.facts.performer.who,
            exception=state.exception,
            exception_kind=state.kind,
            step=state.step,
            text=state.text,
            decision=command.decision,
            reason=command.reason,
            reference=command.reference,
        )
    )


def against_reviewing(batch: Batch, facts: Facts) -> tuple[Refusal, ...]:
    """Everything done, signed and decided, and a reviewer who took no part."""
    found = against_open_record(batch)
    if batch.status is BatchStatus.REVIEWED:
        found += (
            refusal(
                Code.BATCH_REVIEWED, by=name_of(batch.reviewed_by), at=moment(batch.reviewed_at)
            ),
        )
    return (
        found
        + against_anything_open(batch)
        + _against_person(batch, facts, HANDS_ON, Code.REVIEWER_INVOLVED)
    )


def review(course: Course) -> Course:
    """Declare the record reviewed, with what it held."""
    batch = course.batch
    signatures = sum(
        each.superseded is None for step in batch.steps.values() for each in step.signatures
    )
    return course.then(
        BatchReviewed(
            at=course.facts.now,
            by=course.facts.performer.who,
            number=batch.number,
            steps=len(batch.steps),
            signatures=signatures,
            exceptions=len(batch.exceptions),
            corrections=batch.corrections,
        )
    )


def against_releasing(batch: Batch, facts: Facts) -> tuple[Refusal, ...]:
    """Reviewed, nothing open, and somebody who neither took part nor reviewed."""
    found = against_open_record(batch) + against_anything_open(batch)
    if not found and batch.status is not BatchStatus.REVIEWED:
        found += (refusal(Code.BATCH_NOT_REVIEWED),)
    return found + _against_closing(batch, facts)


def release(course: Course) -> Course:
    """Certify the batch."""
    batch = course.batch
    return course.then(
        BatchReleased(
            at=course.facts.now,
            by=course.facts.performer.who,
            number=batch.number,
            product=batch.recipe.product,
            recipe_digest=batch.recipe_digest,
            lots=tuple(each.number for each in batch.lots),
            reviewer=given(batch.reviewed_by),
            reviewed_at=given(batch.reviewed_at),
        )
    )


def against_rejecting(batch: Batch, command: RejectBatch, facts: Facts) -> tuple[Refusal, ...]:
    """A batch may be rejected at any time before its release, by somebody who took no part."""
    return (
        against_open_record(batch)
        + against_decision_reason(command.why, "rejecting the batch")
        + _against_closing(batch, facts)
    )


def reject(course: Course, command: RejectBatch) -> Course:
    """Close the batch as unfit for use."""
    batch = course.batch
    return course.then(
        BatchRejected(
            at=course.facts.now,
            by=course.facts.performer.who,
            number=batch.number,
            product=batch.recipe.product,
            lots=tuple(each.number for each in batch.lots),
            why=command.why,
        )
    )


def against_anything_open(batch: Batch) -> tuple[Refusal, ...]:
    """Steps not done, steps not signed any more, exceptions not decided: all that is left."""
    found: tuple[Refusal, ...] = ()
    undone = [key for key, step in batch.steps.items() if step.status in UNDONE]
    unsigned = unsigned_steps(batch)
    exceptions = batch.open_exceptions()
    for code, steps in ((Code.STEPS_OPEN, undone), (Code.STEPS_UNSIGNED, unsigned)):
        if steps:
            found += (
                refusal(code, open=len(steps), all=len(batch.steps), titles=titles(batch, steps)),
            )
    if exceptions:
        named = ", ".join(each.exception for each in exceptions[:NAMED_MOST])
        rest = len(exceptions) - NAMED_MOST
        found += (
            refusal(
                Code.EXCEPTIONS_OPEN,
                open=len(exceptions),
                all=len(batch.exceptions),
                exceptions=named + (f" and {rest} more" if rest > 0 else ""),
            ),
        )
    return found


def _against_closing(batch: Batch, facts: Facts) -> tuple[Refusal, ...]:
    return _against_person(batch, facts, HANDS_ON | {Role.REVIEWED}, Code.RELEASER_INVOLVED)


def _against_person(
    batch: Batch, facts: Facts, roles: Collection[Role], code: Code
) -> tuple[Refusal, ...]:
    part = part_of(batch, facts.performer.person, roles, None)
    if part is None:
        return ()
    return (refusal(code, name=facts.performer.name, part=part.role, title=place_of(batch, part)),)
