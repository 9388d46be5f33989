"""The rows that screens read, written from the batch as its events left it.

Only what differs is written. `rebuild` makes the same rows from the stream alone, which a test
proves: nothing here is a second truth.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import workflows
from ebr.batches import numbering
from ebr.batches.model import Batch, BatchException, Step

DONE = frozenset({workflows.StepStatus.COMPLETE, workflows.StepStatus.SKIPPED})
# Every table, and its column that names the batch.
TABLES: tuple[tuple[Any, Any], ...] = (
    (Batch, Batch.id),
    (Step, Step.batch_id),
    (BatchException, BatchException.batch_id),
)
_Rows = Mapping[Any, Mapping[str, Any]]


def apply(session: Session, before: workflows.Batch | None, after: workflows.Batch) -> None:
    """Write what the last events changed; rows are made only of what they touched."""
    _write(session, Batch, {after.id: _batch(before)} if before else {}, {after.id: _batch(after)})
    was_open, is_open = _open(before), _open(after)
    steps = _touched(before.steps if before else {}, after.steps) | (was_open ^ is_open)
    if before is not None and before.plan is not after.plan:
        steps = set(after.steps)  # a further pass moves what follows it to other positions
    _write(session, Step, _steps(before, steps, was_open), _steps(after, steps, is_open))
    told = _touched(before.exceptions if before else {}, after.exceptions)
    _write(session, BatchException, _exceptions(before, told), _exceptions(after, told))


def rows(batch: workflows.Batch) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """Every row of a batch by its table, as its stream gives it."""
    yield Batch, [_batch(batch)]
    yield Step, [*_steps(batch, set(batch.steps), _open(batch)).values()]
    yield BatchException, [*_exceptions(batch, set(batch.exceptions)).values()]


def _touched(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    """The keys whose values are other objects than before: a fold copies only what it touches."""
    return {key for key, value in after.items() if before.get(key) is not value}


def rebuild(session: Session, batch: workflows.Batch) -> None:
    """Throw the rows of a batch away and write them from its replayed stream."""
    for model in (BatchException, Step):
        session.execute(delete(model).where(model.batch_id == batch.id))
    session.execute(delete(Batch).where(Batch.id == batch.id))
    apply(session, None, batch)


def _write(session: Session, model: Any, old: _Rows, new: _Rows) -> None:
    fresh = [row for key, row in new.items() if key not in old]
    if fresh:
        session.execute(insert(model), fresh)
    keys = [column.name for column in model.__table__.primary_key]
    for key, row in new.items():
        was = old.get(key)
        if was is None or was == row:
            continue
        changed = {name: value for name, value in row.items() if was[name] != value}
        here = [model.__table__.c[name] == row[name] for name in keys]
        session.execute(update(model.__table__).where(*here).values(changed))


def _batch(batch: workflows.Batch | None) -> dict[str, Any]:
    assert batch is not None
    return {
        "id": batch.id,
        "number": batch.number,
        "order_number": batch.order,
        "product": batch.recipe.product,
        "recipe_code": batch.recipe.code,
        "recipe_version": batch.recipe.version,
        "recipe_title": batch.recipe.title,
        "recipe_digest": batch.recipe_digest,
        "size": str(batch.size),
        "status": batch.status.value,
        "started_at": batch.started_at,
        "started_by": batch.started_by.name,
        "completed_at": batch.completed_at,
        "reviewed_at": batch.reviewed_at,
        "reviewed_by": batch.reviewed_by.name if batch.reviewed_by else None,
        "closed_at": batch.closed_at,
        "closed_by": batch.closed_by.name if batch.closed_by else None,
        "steps": len(batch.steps),
        "steps_done": sum(step.status in DONE for step in batch.steps.values()),
        "exceptions": len(batch.exceptions),
        "exceptions_open": len(batch.open_exceptions()),
    }


def _open(batch: workflows.Batch | None) -> frozenset[str]:
    if batch is None or batch.status is not workflows.BatchStatus.RUNNING:
        return frozenset()
    return frozenset(workflows.open_steps(batch))


def _steps(
    batch: workflows.Batch | None, keys: set[str], open_now: frozenset[str]
) -> dict[str, dict[str, Any]]:
    if batch is None:
        return {}
    numbers = numbering.numbers_of(batch)
    return {
        key: _step(batch, key, position, numbers[key], is_open=key in open_now)
        for position, key in enumerate(batch.plan.phases)
        if key in keys
    }


def _step(
    batch: workflows.Batch, key: str, position: int, number: str, *, is_open: bool
) -> dict[str, Any]:
    step, phase = batch.steps[key], batch.plan.phases[key]
    idle = step.status is workflows.StepStatus.IDLE
    return {
        "batch_id": batch.id,
        "key": key,
        "position": position,
        "number": number,
        "title": phase.title,
        "kind": phase.work.KIND,
        "critical": phase.critical,
        "witness": phase.witness,
        "status": (workflows.StepStatus.OPEN if idle and is_open else step.status).value,
        "holder": step.holder.person if step.holder else None,
        "holder_name": step.holder.name if step.holder else None,
        "since": step.ended_at or step.started_at,
        "exceptions": len(step.exceptions),
    }


def _exceptions(batch: workflows.Batch | None, keys: set[str]) -> dict[str, dict[str, Any]]:
    if batch is None:
        return {}
    return {
        key: {
            "batch_id": batch.id,
            "key": key,
            "kind": each.kind.value,
            "severity": each.severity.value,
            "step": each.step,
            "text": each.text,
            "blocks": each.blocks,
            "open": each.open,
            "decision": each.decision.value if each.decision else None,
            "raised_at": each.raised_at,
            "raised_by": each.raised_by.name,
            "decided_at": each.decided_at,
            "decided_by": each.decided_by.name if each.decided_by else None,
        }
        for key, each in batch.exceptions.items()
        if key in keys
    }
