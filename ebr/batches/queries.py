"""Questions about batches, answered from the projections and from the folded stream."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import workflows
from ebr.batches import facts, history, presenting, statements
from ebr.batches import model as rows
from ebr.batches.commands import SIGNED, plain
from ebr.batches.operations import SIGNERS
from ebr.batches.views import (
    BatchRow,
    BatchView,
    BoardView,
    ReasonView,
    StatementView,
    StepView,
    TaskView,
)
from ebr.kernel import Breached, Page, Reason, Refused, Unknown, page
from workflows import StepStatus
from workflows import commands as acts
from workflows.content import meanings_of

_ROW = tuple(field.name for field in fields(BatchRow))
_TO_DO = (
    StepStatus.OPEN,
    StepStatus.RUNNING,
    StepStatus.AWAITING_WITNESS,
    StepStatus.UNSIGNED,
)
BOARD_MOST = 200


def batches(
    session: Session,
    *,
    status: workflows.BatchStatus | None = None,
    after: str | None = None,
    size: int = 50,
) -> Page[BatchRow]:
    """Batches, the newest first; with `status`, only those."""
    statement = select(rows.Batch)
    if status is not None:
        statement = statement.where(rows.Batch.status == status.value)
    found = page(
        session,
        statement,
        rows.Batch.started_at,
        rows.Batch.id,
        after=after,
        size=size,
        newest_first=True,
    )
    return found.map(_row)


def batch_numbered(session: Session, number: str) -> BatchRow | None:
    """The batch of a number, or None."""
    found = session.scalar(select(rows.Batch).where(rows.Batch.number == number))
    return _row(found) if found else None


def batches_named(session: Session, ids: Collection[UUID]) -> Mapping[UUID, BatchRow]:
    """The batches of these identifiers, for a list that tells of several."""
    found = session.scalars(select(rows.Batch).where(rows.Batch.id.in_(ids)))
    return {each.id: _row(each) for each in found}


def awaiting_review(
    session: Session, *, after: str | None = None, size: int = 50
) -> Page[BatchRow]:
    """Batches that wait for quality, the oldest first."""
    waiting = (workflows.BatchStatus.COMPLETED.value, workflows.BatchStatus.REVIEWED.value)
    chosen = select(rows.Batch).where(rows.Batch.status.in_(waiting))
    keys = (rows.Batch.started_at, rows.Batch.id)
    return page(session, chosen, *keys, after=after, size=size).map(_row)


def board(session: Session, moment: facts.Moment) -> BoardView:
    """What a person can do now, what of it is theirs already, and what waits for whom."""
    found = session.execute(
        select(rows.Step, rows.Batch.number, rows.Batch.recipe_title)
        .join(rows.Batch, rows.Batch.id == rows.Step.batch_id)
        .where(
            rows.Step.status.in_([each.value for each in _TO_DO]),
            rows.Batch.status == workflows.BatchStatus.RUNNING.value,
        )
        .order_by(rows.Batch.started_at, rows.Step.position)
        .limit(BOARD_MOST)
    ).all()
    running = {step.batch_id for step, _, _ in found}
    folded = {each: _folded(session, each) for each in running}
    tasks = [
        _task(step, number, title, moment, _task_reasons(session, step, folded, moment))
        for step, number, title in found
    ]
    mine_first = sorted(tasks, key=lambda task: (not task.mine, task.status is StepStatus.OPEN))
    return BoardView(
        doable=tuple(task for task in mine_first if not task.why_not),
        blocked=tuple(task for task in mine_first if task.why_not),
        at=moment.now,
    )


def _folded(session: Session, batch: UUID) -> workflows.Batch | Breached | None:
    """A batch for the work list: one whose record is broken must not hide the others."""
    try:
        return history.read(session, batch).batch
    except Breached as breached:
        return breached


def batch(session: Session, batch_id: UUID) -> BatchView:
    """A batch with its steps, exceptions and people."""
    found = history.read(session, batch_id)
    return presenting.batch(found.existing, found.seq)


def step(session: Session, batch_id: UUID, key: str, moment: facts.Moment) -> StepView:
    """A step as its screen needs it, with what could be asked and why not."""
    found = history.read(session, batch_id).existing
    if key not in found.steps:
        raise Unknown("step")
    acts = {
        name: presenting.act(name, _reasons(session, found, command, moment))
        for name, command in presenting.askable(found, key)
    }
    return presenting.step(found, key, moment.now, acts)


def statements_for(
    session: Session, command: acts.Command, moment: facts.Moment
) -> tuple[StatementView, ...]:
    """What each signer of this command is shown, and every reason why it would be refused now."""
    found = history.read(session, command.batch).existing
    asked = plain(command)
    reasons = _reasons(session, found, asked, moment)
    try:
        meanings = meanings_of(found, asked)
        contents = [statements.of(found, asked, meaning) for meaning in meanings]
    except (KeyError, ValueError):
        raise Refused(_as_reasons(reasons)) from None
    return tuple(
        StatementView(
            meaning=meaning,
            statement=content,
            shown=statements.shown(content),
            second_person=not SIGNERS[meaning].owner,
            reasons=reasons,
        )
        for meaning, content in zip(meanings, contents, strict=True)
    )


def reasons_against(
    session: Session, command: acts.Command, moment: facts.Moment
) -> tuple[ReasonView, ...]:
    """Why this command would be refused now; the same judgement as the act's."""
    found = history.read(session, command.batch).existing
    return _reasons(session, found, plain(command), moment)


def signed_act(name: str) -> type[acts.BatchCommand]:
    """The command behind the name of a signed act, as in `statement?act=complete`."""
    if name not in SIGNED:
        raise Unknown("act")
    return SIGNED[name]


def _reasons(
    session: Session,
    found: workflows.Batch,
    command: acts.Command,
    moment: facts.Moment,
) -> tuple[ReasonView, ...]:
    known = facts.gather(session, found, command, moment)
    return tuple(
        ReasonView(
            code=str(each.code), text=each.text, remedy=each.remedy, requirement=each.requirement
        )
        for each in workflows.reasons_against(found, command, known)
    )


def _as_reasons(found: tuple[ReasonView, ...]) -> tuple[Reason, ...]:
    return tuple(Reason(each.code, each.text, each.remedy, each.requirement) for each in found)


def _row(found: rows.Batch) -> BatchRow:
    values: dict[str, Any] = {name: getattr(found, name) for name in _ROW}
    return BatchRow(**values | {"status": workflows.BatchStatus(found.status)})


def _task(
    row: rows.Step,
    number: str,
    title: str,
    moment: facts.Moment,
    why_not: tuple[ReasonView, ...],
) -> TaskView:
    return TaskView(
        batch=row.batch_id,
        batch_number=number,
        product=title,
        step=row.key,
        number=row.number,
        title=row.title,
        kind=row.kind,
        status=StepStatus(row.status),
        critical=row.critical,
        witness=row.witness,
        mine=row.holder is not None and row.holder == moment.actor.person,
        holder=row.holder_name,
        since=row.since,
        why_not=why_not,
    )


def _task_reasons(
    session: Session,
    row: rows.Step,
    folded: Mapping[UUID, workflows.Batch | Breached | None],
    moment: facts.Moment,
) -> tuple[ReasonView, ...]:
    """Only what the next act on the step would be refused for, whoever has it in hand."""
    batch = folded[row.batch_id]
    if isinstance(batch, Breached):
        return (ReasonView(code=batch.code, text=batch.message, remedy="", requirement=""),)
    command: acts.Command
    match StepStatus(row.status):
        case StepStatus.OPEN:
            command = acts.StartStep(batch=row.batch_id, step=row.key)
        case StepStatus.AWAITING_WITNESS:
            command = acts.WitnessStep(batch=row.batch_id, step=row.key)
        case _:
            return ()
    return _reasons(session, batch, command, moment) if batch else ()
