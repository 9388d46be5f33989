"""The work of a step as views: inputs, weighing, timer, calculation. Pure."""

from collections.abc import Iterable
from datetime import datetime

import workflows
from ebr.batches.views import (
    CalculationView,
    GenerationView,
    IdentifiedContainer,
    IdentifiedEquipment,
    InputView,
    OperandView,
    TimerView,
    WeighingView,
    WeighView,
)
from workflows import recipe, state
from workflows.limits import range_in_words
from workflows.phases.calculation import operand_value
from workflows.recipe import Input, Limits
from workflows.values import total_of
from workflows.weighing import bounds_of, containers_of, scale_of, target_of

_LAYERS = ("alert", "action", "reject")


def inputs(phase: recipe.Phase, state: workflows.Step) -> tuple[InputView, ...]:
    """What the step asks for, with every generation that is on record."""
    return tuple(_input(asked, state) for asked in _asked(phase.work))


def _asked(work: recipe.Work) -> tuple[Input, ...]:
    match work:
        case recipe.Confirm(inputs=asked) | recipe.Entry(inputs=asked) | recipe.Check(inputs=asked):
            return asked
        case recipe.Calculation(result=result):
            return (result,)
        case recipe.Produce(quantity=quantity):
            return (quantity,)
        case _:
            return ()


def _input(asked: Input, state: workflows.Step) -> InputView:
    generations = tuple(_generation(each) for each in state.values.get(asked.key, ()))
    low, high = _narrowest(asked.limits)
    return InputView(
        key=asked.key,
        title=asked.title,
        kind=asked.kind,
        unit=asked.unit,
        decimals=asked.decimals,
        choices=asked.choices,
        required=asked.required,
        criticality=asked.criticality,
        target=str(asked.limits.target) if asked.limits and asked.limits.target else None,
        limits=_layers(asked.limits),
        low=low,
        high=high,
        value=generations[-1] if generations else None,
        earlier=generations[:-1],
    )


def _layers(limits: Limits | None) -> tuple[tuple[str, str], ...]:
    if limits is None:
        return ()
    return tuple(
        (name, range_in_words(getattr(limits, name)))
        for name in _LAYERS
        if getattr(limits, name) is not None
    )


def _narrowest(limits: Limits | None) -> tuple[str | None, str | None]:
    """The ends between which no exception is raised: action, where there is none, reject."""
    found = limits and (limits.action or limits.reject)
    if not found:
        return None, None
    return (
        found.low.value if found.low else None,
        found.high.value if found.high else None,
    )


def _generation(each: state.Value) -> GenerationView:
    return GenerationView(
        value=each.value,
        unit=each.unit,
        verdict=each.verdict,
        source=each.source,
        at=each.at,
        by=each.by.name,
        why=each.why or each.fault,
        correction=each.correction,
        attempt=each.attempt,
    )


def containers(found: Iterable[state.Container]) -> tuple[IdentifiedContainer, ...]:
    """The containers identified, in the order of their scans."""
    return tuple(
        IdentifiedContainer(
            code=each.code,
            lot=each.lot,
            lot_number=each.lot_number,
            material=each.material,
            expiry=each.expiry,
            part=each.part,
            at=each.at,
            by=each.by.name,
        )
        for each in found
    )


def equipment(found: state.Equipment | None) -> IdentifiedEquipment | None:
    """The equipment identified, or nothing yet."""
    if found is None:
        return None
    return IdentifiedEquipment(
        code=found.code,
        title=found.title,
        equipment_class=found.equipment_class,
        calibration_due=found.calibration_due,
        at=found.at,
        by=found.by.name,
    )


def weigh(batch: workflows.Batch, phase: recipe.Phase, state: workflows.Step) -> WeighView | None:
    """What a weighing screen shows besides the live weight."""
    work = phase.work
    if not isinstance(work, recipe.Weigh):
        return None
    line = batch.plan.lines[work.line]
    target = target_of(batch, work)
    least, most = bounds_of(work, target) if target else (None, None)
    total = total_of(state.weighings, work.unit) if state.weighings else None
    return WeighView(
        material=line.material,
        material_title=line.title,
        target=target.value if target else None,
        least=least.value if least else None,
        most=most.value if most else None,
        unit=work.unit,
        decimals=work.decimals,
        tolerance=f"{work.tolerance.low} to +{work.tolerance.high}",
        total=total.value if total else None,
        scale=equipment(scale_of(batch, phase.key, work)),
        containers=containers(containers_of(batch, phase.key, work)),
        weighings=tuple(_weighing(each) for each in state.weighings),
    )


def _weighing(each: state.Weighing) -> WeighingView:
    return WeighingView(
        number=each.number,
        net=each.net.value,
        unit=each.net.unit,
        container=each.container_code,
        lot_number=each.lot_number,
        source=each.source,
        reading=each.reading,
        at=each.at,
        by=each.by.name,
        earlier=tuple(str(was) for was in each.earlier),
    )


def timer(phase: recipe.Phase, state: workflows.Step, now: datetime) -> TimerView | None:
    """How long the step has been running, by the server's clock."""
    if not isinstance(phase.work, recipe.Timer):
        return None
    until = state.first_completed_at or now
    elapsed = int((until - state.started_at).total_seconds()) if state.started_at else 0
    return TimerView(
        started_at=state.started_at,
        elapsed_s=elapsed,
        least_s=phase.work.least_s,
        most_s=phase.work.most_s,
    )


def calculation(batch: workflows.Batch, phase: recipe.Phase) -> CalculationView | None:
    """The formula with its operands as they stand now."""
    work = phase.work
    if not isinstance(work, recipe.Calculation):
        return None
    return CalculationView(
        expression=work.expression,
        rounding=work.rounding.value,
        operands=tuple(_operand(batch, each) for each in work.operands),
    )


def _operand(batch: workflows.Batch, each: recipe.Operand) -> OperandView:
    """Where an operand comes from, and what it is now."""
    held = operand_value(batch, each)
    origin = batch.steps[each.value.step].title if each.value else (held.origin if held else "")
    return OperandView(name=each.name, value=str(held.value) if held else None, origin=origin)
