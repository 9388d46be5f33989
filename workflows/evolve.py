"""Batch and event → batch: total, and it never refuses.

An event once accepted is never judged again, even when the rules change. Time and people come from
the event alone. Each case copies only what it touches.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never
from uuid import UUID

from workflows.events import (
    BatchCompleted,
    BatchRejected,
    BatchReleased,
    BatchReviewed,
    BatchStarted,
    CommentAdded,
    EquipmentIdentified,
    Event,
    ExceptionDecided,
    ExceptionKind,
    ExceptionRaised,
    LotAmended,
    LotProduced,
    MaterialIdentified,
    MaterialIssued,
    MaterialWeighed,
    PassJudged,
    PassStarted,
    RepeatEnded,
    ReviewCleared,
    StepCompleted,
    StepSkipped,
    StepStarted,
    StepUnsigned,
    StepWitnessed,
    ValueCalculated,
    ValueCorrected,
    ValueJudged,
    ValueRecorded,
)
from workflows.passes import ended, judged_pass, laid_out, started_pass
from workflows.people import Who
from workflows.plain import read_recipe
from workflows.plan import plan_at
from workflows.recipe import Meaning
from workflows.state import (
    Batch,
    BatchStatus,
    Comment,
    ExceptionState,
    Loop,
    Part,
    ProducedLot,
    Role,
    Signed,
    Step,
    StepStatus,
)
from workflows.values import (
    calculated,
    charged,
    container_of,
    corrected,
    equipment_of,
    issued,
    judged,
    recorded,
    weighed,
)


class OutOfHistory(ValueError):
    """A history that does not begin with its batch being started, or starts it twice."""


def evolve(event: Event, batch: Batch | None) -> Batch:
    """The batch after the event. Raises `OutOfHistory` only for an event without its beginning."""
    if isinstance(event, BatchStarted):
        if batch is not None:
            raise OutOfHistory(f"batch {batch.number} was started twice")
        return _started(event)
    if batch is None:
        raise OutOfHistory(f"{event.KIND} comes before {BatchStarted.KIND}")
    return _after(event, replace(batch, version=batch.version + 1))


_Later = (
    StepStarted
    | StepCompleted
    | StepWitnessed
    | StepUnsigned
    | StepSkipped
    | ValueRecorded
    | ValueCalculated
    | ValueCorrected
    | ValueJudged
    | MaterialWeighed
    | MaterialIdentified
    | MaterialIssued
    | EquipmentIdentified
    | PassJudged
    | PassStarted
    | RepeatEnded
    | ExceptionRaised
    | ExceptionDecided
    | CommentAdded
    | LotProduced
    | LotAmended
    | BatchCompleted
    | BatchReviewed
    | ReviewCleared
    | BatchReleased
    | BatchRejected
)


def _after(event: _Later, batch: Batch) -> Batch:
    """The batch after any event but its first."""
    match event:
        case StepStarted() | StepCompleted() | StepWitnessed() | StepUnsigned() | StepSkipped():
            return _step_moved(event, batch)
        case (
            ValueRecorded()
            | ValueCalculated()
            | ValueCorrected()
            | ValueJudged()
            | MaterialWeighed()
        ):
            return _value_changed(event, batch)
        case MaterialIdentified():
            step = batch.steps[event.step]
            step = replace(step, containers=(*step.containers, container_of(event)))
            return _acted(_with(batch, step), event.by, Role.PERFORMED, event.step)
        case EquipmentIdentified():
            step = replace(batch.steps[event.step], equipment=equipment_of(event))
            return _acted(_with(batch, step), event.by, Role.PERFORMED, event.step)
        case MaterialIssued():
            return _with(batch, issued(event, batch.steps[event.step]))
        case PassJudged():
            return judged_pass(event, batch)
        case PassStarted():
            return started_pass(event, batch)
        case RepeatEnded():
            return ended(event, batch)
        case ExceptionRaised():
            return _raised(event, batch)
        case ExceptionDecided():
            return _decided(event, batch)
        case CommentAdded():
            return _commented(event, batch)
        case LotProduced():
            return replace(batch, lots=(*batch.lots, _lot(event)))
        case LotAmended():
            lots = tuple(
                replace(each, quantity=event.becomes) if each.lot == event.lot else each
                for each in batch.lots
            )
            return replace(batch, lots=lots)
        case BatchCompleted():
            return replace(batch, status=BatchStatus.COMPLETED, completed_at=event.at)
        case BatchReviewed():
            batch = replace(
                batch, status=BatchStatus.REVIEWED, reviewed_by=event.by, reviewed_at=event.at
            )
            return _acted(batch, event.by, Role.REVIEWED, None)
        case ReviewCleared():
            return replace(batch, status=BatchStatus.COMPLETED, reviewed_by=None, reviewed_at=None)
        case BatchReleased():
            return _closed(event, batch, BatchStatus.RELEASED)
        case BatchRejected():
            return _closed(event, batch, BatchStatus.REJECTED)
        case _:
            assert_never(event)


def digest_of(text: str) -> str:
    """SHA-256 of a recipe's canonical text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _started(event: BatchStarted) -> Batch:
    recipe = read_recipe(event.recipe)
    plan = plan_at(recipe, {})
    return Batch(
        id=event.batch,
        number=event.number,
        order=event.order,
        size=event.size,
        recipe=recipe,
        recipe_digest=event.recipe_digest,
        master_digest=event.master_digest,
        plan=plan,
        started_at=event.at,
        started_by=event.by,
        steps=laid_out(plan, {}),
        loops={key: Loop(key=key, title=each.title) for key, each in plan.loops.items()},
        people=_joined({}, event.by, Part(role=Role.STARTED, step=None)),
    )


_StepMoved = StepStarted | StepCompleted | StepWitnessed | StepUnsigned | StepSkipped


def _step_moved(event: _StepMoved, batch: Batch) -> Batch:
    """Move one step on, and note who did it."""
    step = batch.steps[event.step]
    match event:
        case StepStarted():
            step = replace(step, status=StepStatus.RUNNING, holder=event.by, started_at=event.at)
            return _acted(_with(batch, step), event.by, Role.PERFORMED, event.step)
        case StepCompleted():
            return _acted(_with(batch, _completed(event, step)), event.by, Role.PERFORMED, step.key)
        case StepWitnessed():
            step = replace(
                step,
                status=StepStatus.COMPLETE,
                ended_by=event.by,
                ended_at=event.at,
                signatures=(*step.signatures, _signed(Meaning.WITNESSED, event)),
            )
            return _acted(_with(batch, step), event.by, Role.WITNESSED, event.step)
        case StepUnsigned():
            signatures = tuple(
                each if each.superseded else replace(each, superseded=event.correction)
                for each in step.signatures
            )
            step = replace(step, status=StepStatus.UNSIGNED, signatures=signatures)
            return replace(_with(batch, step), status=BatchStatus.RUNNING, completed_at=None)
        case StepSkipped():
            step = replace(
                step,
                status=StepStatus.SKIPPED,
                ended_by=event.by,
                ended_at=event.at,
                first_completed_at=event.at,
                signatures=(*step.signatures, _signed(Meaning.SKIPPED, event)),
            )
            return _acted(_with(batch, step), event.by, Role.PERFORMED, event.step)
        case _:
            assert_never(event)


def _completed(event: StepCompleted, step: Step) -> Step:
    return replace(
        step,
        status=StepStatus.AWAITING_WITNESS if event.awaits_witness else StepStatus.COMPLETE,
        completed_by=event.by,
        completed_at=event.at,
        first_completed_at=step.first_completed_at or event.at,
        ended_by=event.by,
        ended_at=event.at,
        generation=event.generation,
        signatures=(*step.signatures, _signed(Meaning.PERFORMED, event)),
    )


_ValueChanged = ValueRecorded | ValueCalculated | ValueCorrected | ValueJudged | MaterialWeighed


def _value_changed(event: _ValueChanged, batch: Batch) -> Batch:
    """Add a generation of a value; none is ever replaced."""
    step = batch.steps[event.step]
    match event:
        case ValueRecorded():
            batch = _with(batch, recorded(event, step))
            return _acted(batch, event.by, Role.PERFORMED, step.key)
        case ValueCalculated():
            batch = _with(batch, calculated(event, step))
            if event.correction:
                return batch
            return _acted(batch, event.by, Role.PERFORMED, step.key)
        case ValueCorrected():
            batch = _with(batch, corrected(event, step))
            batch = replace(batch, corrections=batch.corrections + 1)
            if event.witness is not None:
                batch = _acted(batch, event.witness, Role.WITNESSED, step.key)
            return _acted(batch, event.by, Role.CORRECTED, step.key)
        case ValueJudged():
            return _with(batch, judged(event, step))
        case MaterialWeighed():
            batch = _with(batch, weighed(event, charged(event, step)))
            if event.reading is not None:
                batch = replace(batch, readings=batch.readings | {event.reading})
            if event.witness is not None:
                batch = _acted(batch, event.witness, Role.WITNESSED, step.key)
            return _acted(batch, event.by, Role.PERFORMED, step.key)
        case _:
            assert_never(event)


def _raised(event: ExceptionRaised, batch: Batch) -> Batch:
    state = ExceptionState(
        exception=event.exception,
        kind=event.exception_kind,
        severity=event.severity,
        step=event.step,
        input=event.input,
        text=event.text,
        blocks=event.blocks,
        needs_deviation=event.needs_deviation,
        raised_at=event.at,
        raised_by=event.by,
    )
    batch = replace(batch, exceptions={**batch.exceptions, event.exception: state})
    if event.step is not None:
        step = batch.steps[event.step]
        batch = _with(batch, replace(step, exceptions=(*step.exceptions, event.exception)))
    if event.exception_kind is ExceptionKind.PROBLEM:
        return _acted(batch, event.by, Role.REPORTED, event.step)
    return batch


def _decided(event: ExceptionDecided, batch: Batch) -> Batch:
    state = replace(
        batch.exceptions[event.exception],
        decision=event.decision,
        reason=event.reason,
        reference=event.reference,
        decided_by=event.by,
        decided_at=event.at,
    )
    batch = replace(batch, exceptions={**batch.exceptions, event.exception: state})
    return _acted(batch, event.by, Role.DECIDED, event.step)


def _commented(event: CommentAdded, batch: Batch) -> Batch:
    comment = Comment(step=event.step, text=event.text, at=event.at, by=event.by)
    batch = replace(batch, comments=(*batch.comments, comment))
    if event.step is not None:
        step = batch.steps[event.step]
        batch = _with(batch, replace(step, comments=step.comments + 1))
    return _acted(batch, event.by, Role.COMMENTED, event.step)


def _closed(event: BatchReleased | BatchRejected, batch: Batch, status: BatchStatus) -> Batch:
    return replace(batch, status=status, closed_by=event.by, closed_at=event.at)


def _lot(event: LotProduced) -> ProducedLot:
    return ProducedLot(
        step=event.step,
        lot=event.lot,
        number=event.lot_number,
        material=event.material,
        quantity=event.quantity,
        expires=event.expires,
        usable_from=event.usable_from,
    )


def _signed(meaning: Meaning, event: StepCompleted | StepWitnessed | StepSkipped) -> Signed:
    return Signed(meaning=meaning, by=event.by, at=event.at)


def _with(batch: Batch, step: Step) -> Batch:
    """The batch with one step replaced."""
    return replace(batch, steps={**batch.steps, step.key: step})


def _acted(batch: Batch, who: Who, role: Role, step: str | None) -> Batch:
    """The batch, knowing that this person took part in this way."""
    part = Part(role=role, step=step)
    if part in batch.people.get(who.person, ()):
        return batch
    return replace(batch, people=_joined(batch.people, who, part))


def _joined(
    people: Mapping[UUID, tuple[Part, ...]], who: Who, part: Part
) -> Mapping[UUID, tuple[Part, ...]]:
    return {**people, who.person: (*people.get(who.person, ()), part)}
