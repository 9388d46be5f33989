"""A folded batch as views: what pages and JSON show of it. Pure; reads no clock."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

import workflows
from ebr.batches import numbering
from ebr.batches.loops import loops
from ebr.batches.stepwork import calculation, containers, equipment, inputs, timer, weigh
from ebr.batches.views import (
    ActView,
    BatchView,
    CommentView,
    ExceptionView,
    OperationView,
    ProducedLotView,
    ReasonView,
    SignatureView,
    StepRow,
    StepView,
    WantedView,
)
from workflows import StepStatus, recipe, state
from workflows import commands as acts
from workflows.recipe import IdentifyEquipment as EquipmentWork
from workflows.recipe import IdentifyMaterial as MaterialWork

NEWEST = 20  # of the exceptions and remarks of a step that stand on its screen
_DONE = frozenset({StepStatus.COMPLETE, StepStatus.SKIPPED})


def batch(found: workflows.Batch, seq: int) -> BatchView:
    """The batch as a whole."""
    operations = tuple(_operation(found, part) for part in numbering.operations_of(found))
    return BatchView(
        id=found.id,
        stream=f"batch/{found.id}",
        version=seq,
        number=found.number,
        order_number=found.order,
        product=found.recipe.product,
        recipe_code=found.recipe.code,
        recipe_version=found.recipe.version,
        recipe_title=found.recipe.title,
        recipe_digest=found.recipe_digest,
        size=str(found.size),
        status=found.status,
        started_at=found.started_at,
        started_by=found.started_by.name,
        completed_at=found.completed_at,
        reviewed_at=found.reviewed_at,
        reviewed_by=found.reviewed_by.name if found.reviewed_by else None,
        closed_at=found.closed_at,
        closed_by=found.closed_by.name if found.closed_by else None,
        operations=operations,
        loops=loops(found),
        steps=len(found.steps),
        steps_done=sum(operation.done for operation in operations),
        exceptions=len(found.exceptions),
        exceptions_open=len(found.open_exceptions()),
        comments=len(found.comments),
        lots=tuple(_lot(each) for each in found.lots),
        corrections=found.corrections,
    )


def step(found: workflows.Batch, key: str, now: datetime, acts: dict[str, ActView]) -> StepView:
    """One step with everything its screen shows."""
    state, phase = found.steps[key], found.plan.phases[key]
    part = next(each for each in numbering.operations_of(found) if key in each.steps)
    row = _step_row(found, key)
    work = phase.work
    return StepView(
        key=key,
        number=row.number,
        title=phase.title,
        instruction=phase.instruction,
        parameters=phase.parameters,
        kind=work.KIND,
        status=row.status,
        critical=phase.critical,
        witness=phase.witness,
        may_skip=phase.may_skip,
        statement=work.statement if isinstance(work, recipe.SignOff) else "",
        holder=row.holder,
        holder_person=state.holder.person if state.holder else None,
        started_at=state.started_at,
        place=part.steps.index(key) + 1,
        places=len(part.steps),
        operation=part.title,
        next=_next(found, key),
        inputs=inputs(phase, state),
        wanted_material=_wanted_material(found, phase),
        wanted_equipment=_wanted_equipment(found, phase),
        containers=containers(state.containers),
        equipment=equipment(state.equipment),
        weigh=weigh(found, phase, state),
        timer=timer(phase, state, now),
        calculation=calculation(found, phase),
        signatures=tuple(_signature(each) for each in state.signatures),
        exceptions=tuple(
            exception(found, found.exceptions[each])
            for each in reversed(state.exceptions[-NEWEST:])
        ),
        exceptions_all=len(state.exceptions),
        comments=_newest(found, key),
        comments_all=state.comments,
        acts=acts,
    )


def act(name: str, reasons: tuple[ReasonView, ...]) -> ActView:
    """One thing that can be asked for, and why it would be refused."""
    return ActView(act=name, reasons=reasons)


def askable(found: workflows.Batch, key: str) -> Iterator[tuple[str, acts.Command]]:
    """The acts whose buttons stand on a step's screen; others depend on what is entered."""
    phase = found.plan.phases[key]
    yield "start", acts.StartStep(batch=found.id, step=key)
    if isinstance(phase.work, recipe.Calculation):
        yield "calculate", acts.Calculate(batch=found.id, step=key)
    yield "complete", acts.CompleteStep(batch=found.id, step=key)
    if phase.witness:
        yield "witness", acts.WitnessStep(batch=found.id, step=key)


def _operation(found: workflows.Batch, part: numbering.OperationPart) -> OperationView:
    steps = tuple(_step_row(found, key) for key in part.steps)
    return OperationView(
        number=part.number,
        title=part.title,
        unit_procedure=part.unit_procedure,
        parallel=part.parallel,
        done=sum(row.status in _DONE for row in steps),
        steps=steps,
    )


def _step_row(found: workflows.Batch, key: str) -> StepRow:
    state, phase = found.steps[key], found.plan.phases[key]
    return StepRow(
        key=key,
        number=numbering.numbers_of(found)[key],
        title=phase.title,
        kind=phase.work.KIND,
        status=workflows.status_of(found, key),
        critical=phase.critical,
        witness=phase.witness,
        holder=state.holder.name if state.holder else None,
        ended_at=state.ended_at,
        exceptions=len(state.exceptions),
    )


def _next(found: workflows.Batch, key: str) -> tuple[StepRow, ...]:
    """What comes after this step in its own line; on parallel branches, the branch's next."""
    following = [
        other
        for other, before in found.plan.before.items()
        if key in before and found.steps[other].status not in _DONE
    ]
    nearest = min((len(found.plan.before[other]) for other in following), default=0)
    return tuple(
        _step_row(found, other) for other in following if len(found.plan.before[other]) == nearest
    )


def _wanted_material(found: workflows.Batch, phase: recipe.Phase) -> WantedView | None:
    match phase.work:
        case MaterialWork(line=line) | recipe.Weigh(line=line):
            wanted = found.plan.lines[line]
            return WantedView(code=wanted.material, title=wanted.title)
        case _:
            return None


def _wanted_equipment(found: workflows.Batch, phase: recipe.Phase) -> WantedView | None:
    if isinstance(phase.work, EquipmentWork):
        wanted = found.plan.equipment[phase.work.equipment]
        return WantedView(code=wanted.equipment_class, title=wanted.title)
    return None


def _signature(each: state.Signed) -> SignatureView:
    return SignatureView(
        meaning=each.meaning,
        name=each.by.name,
        role=each.by.role,
        at=each.at,
        superseded=each.superseded,
    )


def exception(found: workflows.Batch, each: state.ExceptionState) -> ExceptionView:
    """One exception with what was decided about it."""
    return ExceptionView(
        key=each.exception,
        kind=each.kind,
        severity=each.severity,
        step=each.step,
        step_number=numbering.numbers_of(found)[each.step] if each.step else "",
        step_title=found.steps[each.step].title if each.step else "",
        input=each.input,
        text=each.text,
        blocks=each.blocks,
        needs_deviation=each.needs_deviation,
        open=each.open,
        raised_at=each.raised_at,
        raised_by=each.raised_by.name,
        decision=each.decision,
        reason=each.reason,
        reference=each.reference,
        decided_at=each.decided_at,
        decided_by=each.decided_by.name if each.decided_by else None,
    )


def comment(found: workflows.Batch, each: state.Comment) -> CommentView:
    """One remark."""
    return CommentView(
        step=each.step,
        step_number=numbering.numbers_of(found)[each.step] if each.step else "",
        step_title=found.steps[each.step].title if each.step else "",
        text=each.text,
        at=each.at,
        by=each.by.name,
    )


def _newest(found: workflows.Batch, key: str) -> tuple[CommentView, ...]:
    """The last remarks on a step; looked for only as long as there are more."""
    wanted = min(NEWEST, found.steps[key].comments)
    of_step = (each for each in reversed(found.comments) if each.step == key)
    return tuple(comment(found, each) for each in islice(of_step, wanted))


def _lot(each: state.ProducedLot) -> ProducedLotView:
    return ProducedLotView(
        number=each.number,
        material=each.material,
        quantity=str(each.quantity),
        expires=each.expires,
        usable_from=each.usable_from,
    )
