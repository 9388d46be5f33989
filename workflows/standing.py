"""May anything be done to this batch, this step, by this person? What every rule asks first."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from workflows.facts import Facts
from workflows.people import Who
from workflows.recipe import Phase
from workflows.refusals import Code, Refusal
from workflows.repeating import against_pass
from workflows.routing import status_of, waiting_for
from workflows.rules import refusal
from workflows.state import Batch, BatchStatus, Part, Role, StepStatus
from workflows.wording import LEAST, LEAST_DECISION, fault_in, fault_in_writing

HANDS_ON = frozenset({Role.PERFORMED, Role.WITNESSED, Role.CORRECTED})
CLOSED = frozenset({BatchStatus.RELEASED, BatchStatus.REJECTED})


def against_open_record(batch: Batch) -> tuple[Refusal, ...]:
    """Nothing is added to the record of a batch once it is released or rejected."""
    if batch.status not in CLOSED:
        return ()
    return (
        refusal(
            Code.RECORD_CLOSED, number=batch.number, status=batch.status, at=moment(batch.closed_at)
        ),
    )


def against_step(batch: Batch, step: str) -> tuple[Refusal, ...]:
    """The step has to be one of the recipe, in a loop one of a pass that has begun."""
    if step in batch.steps:
        return ()
    return against_pass(batch, step) or (refusal(Code.STEP_UNKNOWN, step=step),)


def against_performing(batch: Batch, phase: Phase, facts: Facts) -> tuple[Refusal, ...]:
    """The record is open and the person holds the right that the recipe asks for."""
    found = against_open_record(batch)
    if phase.right is not None and phase.right not in facts.performer.rights:
        found += (
            refusal(
                Code.RIGHT_MISSING, name=facts.performer.name, right=phase.right, what=phase.title
            ),
        )
    return found


def against_status(batch: Batch, step: str, allowed: Collection[StepStatus]) -> tuple[Refusal, ...]:
    """The step stands where the act needs it to stand."""
    state = batch.steps[step]
    status = status_of(batch, step)
    if status in allowed:
        return ()
    match status:
        case StepStatus.IDLE:
            waiting = titles(batch, waiting_for(batch, step))
            return (refusal(Code.STEP_NOT_OPEN, title=state.title, waiting=waiting),)
        case StepStatus.OPEN:
            return (refusal(Code.STEP_NOT_STARTED, title=state.title),)
        case StepStatus.RUNNING:
            holder = name_of(state.holder)
            at = moment(state.started_at)
            return (refusal(Code.STEP_RUNNING, title=state.title, holder=holder, at=at),)
        case StepStatus.AWAITING_WITNESS:
            code = Code.STEP_AWAITS_WITNESS
        case _:
            code = Code.STEP_FINISHED
    return (
        refusal(
            code,
            title=state.title,
            status=status,
            by=name_of(state.ended_by),
            at=moment(state.ended_at),
        ),
    )


def against_reason(text: str, what: str, least: int = LEAST) -> tuple[Refusal, ...]:
    """A change needs a reason that says something (Annex 11 clause 9)."""
    fault = fault_in(text, least)
    return (refusal(Code.REASON_THIN, what=what, fault=fault, least=least),) if fault else ()


def against_writing(text: str, what: str) -> tuple[Refusal, ...]:
    """A text that may be left out has to be one that a record can show as it was written."""
    fault = fault_in_writing(text)
    return (refusal(Code.TEXT_MISSING, what=what, fault=fault),) if fault else ()


def against_decision_reason(text: str, what: str) -> tuple[Refusal, ...]:
    """A decision of quality needs a reason of some length."""
    return against_reason(text, what, LEAST_DECISION)


def part_of(batch: Batch, person: UUID, roles: Collection[Role], step: str | None) -> Part | None:
    """How a person took part in a step, or anywhere (`None`); the first such part."""
    return next(
        (
            part
            for part in batch.people.get(person, ())
            if part.role in roles and step in {None, part.step}
        ),
        None,
    )


def place_of(batch: Batch, part: Part) -> str:
    """What the person took part in, by its title."""
    return batch.steps[part.step].title if part.step is not None else "the batch"


def name_of(who: Who | None) -> str:
    """The printed name, where somebody is known to have acted."""
    return who.name if who is not None else "nobody"


def titles(batch: Batch, steps: Collection[str], most: int = 5) -> str:
    """The titles of some steps, the first few by name."""
    named = [batch.steps[key].title for key in list(steps)[:most]]
    rest = len(steps) - len(named)
    return ", ".join(named) + (f" and {rest} more" if rest > 0 else "")


def moment(at: datetime | None) -> str:
    """An instant as a sentence names it, to the second, in UTC."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at is not None else "an unknown time"
