"""The steps of a batch as they were done, by operation."""

from collections.abc import Iterator

import workflows
from ebr.batches import numbering
from ebr.batches.record import signing, values
from ebr.batches.record.parts import (
    CommentRecord,
    ContainerRecord,
    EquipmentRecord,
    IssueRecord,
    OperationRecord,
    StepRecord,
    TimerRecord,
)
from ebr.batches.record.story import Story
from ebr.kernel import Told
from workflows import events, recipe


def operations(story: Story) -> tuple[OperationRecord, ...]:
    """The operations in the order of the recipe, each with its steps."""
    used = equipment(story)
    return tuple(
        OperationRecord(
            number=part.number,
            title=part.title,
            unit_procedure=part.unit_procedure,
            parallel=part.parallel,
            steps=tuple(_step(story, key, used) for key in part.steps),
        )
        for part in numbering.operations_of(story.batch)
    )


def _step(story: Story, key: str, used: tuple[EquipmentRecord, ...]) -> StepRecord:
    state, phase = story.batch.steps[key], story.batch.plan.phases[key]
    started = next((event for _, event in story.of(events.StepStarted, key)), None)
    skipped = next((event for _, event in story.of(events.StepSkipped, key)), None)
    return StepRecord(
        key=key,
        number=story.number(key),
        title=phase.title,
        instruction=phase.instruction,
        parameters=phase.parameters,
        statement=phase.work.statement if isinstance(phase.work, recipe.SignOff) else "",
        kind=phase.work.KIND,
        status=workflows.status_of(story.batch, key),
        critical=phase.critical,
        witness=phase.witness,
        started_at=story.maybe(state.started_at),
        started_by=started.by if started else None,
        ended_at=story.maybe(state.ended_at),
        skipped=skipped.why if skipped else "",
        held_s=started.held_s if started else None,
        hold_most_s=started.hold_most_s if started else None,
        values=values.of_step(story, key),
        weighings=values.weighings(story, key),
        containers=containers(story, key),
        issues=tuple(_issue(story, *found) for found in story.of(events.MaterialIssued, key)),
        equipment=tuple(each for each in used if each.step == key),
        timer=_timer(phase, state),
        signatures=signing.of_step(story, key),
        exceptions=state.exceptions,
        comments=tuple(each for each in comments(story) if each.step == key),
    )


def containers(story: Story, step: str | None = None) -> tuple[ContainerRecord, ...]:
    """The containers that were scanned, as they stood then."""
    return tuple(
        ContainerRecord(
            code=event.container_code,
            material=event.material,
            title=event.material_title,
            lot=event.lot_number,
            supplier_lot=event.supplier_lot,
            lot_status=event.lot_status,
            expiry=event.expiry,
            retest=event.retest,
            remaining=str(event.remaining),
            part=event.part,
            source=event.source,
            at=story.at(event.at),
            by=event.by,
            station=entry.station,
            entry=entry.seq,
        )
        for entry, event in story.of(events.MaterialIdentified, step)
    )


def _issue(story: Story, entry: Told, event: events.MaterialIssued) -> IssueRecord:
    return IssueRecord(
        material=event.material,
        title=event.material_title,
        container=event.container_code,
        lot=event.lot_number,
        quantity=str(event.quantity),
        at=story.at(event.at),
        by=event.by,
        entry=entry.seq,
    )


def equipment(story: Story) -> tuple[EquipmentRecord, ...]:
    """The equipment that was scanned, as it stood then, and what it served for."""
    return tuple(_equipment(story, *found) for found in story.of(events.EquipmentIdentified))


def _equipment(story: Story, entry: Told, event: events.EquipmentIdentified) -> EquipmentRecord:
    served = list(_served(story, entry, event))
    return EquipmentRecord(
        step=event.step,
        step_number=story.number(event.step),
        code=event.equipment_code,
        title=event.equipment_title,
        equipment_class=event.equipment_class,
        status=event.equipment_status,
        calibration_due=event.calibration_due,
        calibration=event.calibration,
        replaces=event.replaces,
        why=event.why,
        source=event.source,
        at=story.at(event.at),
        by=event.by,
        station=entry.station,
        used_in=tuple(dict.fromkeys(story.number(each.step) for each in served)),
        used_until=story.at(max((each.at for each in served), default=event.at)),
        entry=entry.seq,
    )


def _served(
    story: Story, entry: Told, event: events.EquipmentIdentified
) -> Iterator[events.MaterialWeighed]:
    """What was weighed on it, from this scan until the next of the same equipment."""
    following = [
        other.seq
        for other, again in story.of(events.EquipmentIdentified)
        if again.equipment == event.equipment and other.seq > entry.seq
    ]
    until = min(following, default=story.entries[-1].seq + 1)
    for other, weighed in story.of(events.MaterialWeighed):
        if weighed.scale == event.equipment and entry.seq < other.seq < until:
            yield weighed


def comments(story: Story) -> tuple[CommentRecord, ...]:
    """Every remark, in order."""
    return tuple(
        CommentRecord(
            text=event.text,
            step=event.step,
            step_number=story.number(event.step),
            at=story.at(event.at),
            by=event.by,
            station=entry.station,
            entry=entry.seq,
        )
        for entry, event in story.of(events.CommentAdded)
    )


def _timer(phase: recipe.Phase, state: workflows.Step) -> TimerRecord | None:
    if not isinstance(phase.work, recipe.Timer):
        return None
    ended, started = state.first_completed_at, state.started_at
    return TimerRecord(
        least_s=phase.work.least_s,
        most_s=phase.work.most_s,
        elapsed_s=int((ended - started).total_seconds()) if ended and started else None,
    )
