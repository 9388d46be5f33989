"""Generations of values: what an event adds to a step. None is ever replaced."""

from collections.abc import Mapping
from dataclasses import replace

from workflows.events import (
    EquipmentIdentified,
    MaterialIdentified,
    MaterialIssued,
    MaterialWeighed,
    ValueCalculated,
    ValueCorrected,
    ValueJudged,
    ValueRecorded,
)
from workflows.quantity import Quantity, added
from workflows.recipe import InputKind
from workflows.state import Container, Equipment, Issue, Step, Value, Weighing


def recorded(event: ValueRecorded, step: Step) -> Step:
    """The step with a value that a person recorded."""
    value = Value(
        input=event.input,
        title=event.title,
        kind=event.input_kind,
        value=event.value,
        unit=event.unit,
        limits=event.limits,
        verdict=event.verdict,
        source=event.source,
        criticality=event.criticality,
        at=event.at,
        by=event.by,
        attempt=event.attempt,
        why=event.why,
    )
    return replace(step, values=_added(step.values, value))


def calculated(event: ValueCalculated, step: Step) -> Step:
    """The step with a result, or with the fault that kept it from one."""
    value = Value(
        input=event.input,
        title=event.title,
        kind=InputKind.CALCULATED,
        value=event.value,
        unit=event.unit,
        limits=event.limits,
        verdict=event.verdict,
        source=event.source,
        criticality=event.criticality,
        at=event.at,
        by=event.by,
        correction=event.correction,
        fault=event.fault,
    )
    return replace(step, values=_added(step.values, value))


def corrected(event: ValueCorrected, step: Step) -> Step:
    """The step with the right value after the wrong one; of a weighing, that weighing's amount."""
    if event.weighing is not None and event.unit is not None:
        amount = Quantity(event.becomes, event.unit)
        weighings = tuple(
            replace(each, net=amount, source=event.source, earlier=(*each.earlier, each.net))
            if each.number == event.weighing
            else each
            for each in step.weighings
        )
        return replace(step, weighings=weighings)
    value = Value(
        input=event.input,
        title=event.title,
        kind=event.input_kind,
        value=event.becomes,
        unit=event.unit,
        limits=event.limits,
        verdict=event.verdict,
        source=event.source,
        criticality=event.criticality,
        at=event.at,
        by=event.by,
        why=event.why,
        correction=event.correction,
    )
    return replace(step, values=_added(step.values, value))


def judged(event: ValueJudged, step: Step) -> Step:
    """The step with its total weight judged against the target now in force."""
    last = step.values[event.input][-1]
    value = replace(
        last,
        value=event.total.value,
        unit=event.total.unit,
        verdict=event.verdict,
        at=event.at,
        by=event.by,
        correction=event.correction,
    )
    weighings = tuple(
        replace(each, target=event.target, least=event.least, most=event.most)
        for each in step.weighings
    )
    return replace(step, values=_added(step.values, value), weighings=weighings)


def charged(event: MaterialWeighed, step: Step) -> Step:
    """The step with one more amount taken from a container."""
    weighing = Weighing(
        number=event.weighing,
        net=event.net,
        container=event.container,
        container_code=event.container_code,
        lot=event.lot,
        lot_number=event.lot_number,
        part=event.part,
        source=event.source,
        reading=event.reading,
        at=event.at,
        by=event.by,
        target=event.target,
        least=event.least,
        most=event.most,
    )
    return replace(step, weighings=(*step.weighings, weighing))


def weighed(event: MaterialWeighed, step: Step) -> Step:
    """The step with the total weight so far as its value."""
    value = Value(
        input=event.input,
        title=event.material_title,
        kind=InputKind.WEIGHT,
        value=event.total.value,
        unit=event.total.unit,
        limits=None,
        verdict=event.verdict,
        source=event.source,
        criticality=event.criticality,
        at=event.at,
        by=event.by,
        why=event.why,
    )
    return replace(step, values=_added(step.values, value))


def container_of(event: MaterialIdentified) -> Container:
    """The container as the step keeps it."""
    return Container(
        container=event.container,
        code=event.container_code,
        lot=event.lot,
        lot_number=event.lot_number,
        material=event.material,
        material_title=event.material_title,
        expiry=event.expiry,
        remaining=event.remaining,
        part=event.part,
        at=event.at,
        by=event.by,
    )


def equipment_of(event: EquipmentIdentified) -> Equipment:
    """The equipment as the step keeps it."""
    return Equipment(
        equipment=event.equipment,
        code=event.equipment_code,
        title=event.equipment_title,
        equipment_class=event.equipment_class,
        calibration_due=event.calibration_due,
        calibration=event.calibration,
        at=event.at,
        by=event.by,
    )


def issued(event: MaterialIssued, step: Step) -> Step:
    """The step with an amount that was issued without being weighed."""
    issue = Issue(
        container=event.container,
        container_code=event.container_code,
        lot=event.lot,
        lot_number=event.lot_number,
        quantity=event.quantity,
    )
    return replace(step, issues=(*step.issues, issue))


def total_of(weighings: tuple[Weighing, ...], unit: str) -> Quantity:
    """All amounts of a weighing step together, exact, in its unit."""
    first, *others = (each.net.to(unit) for each in weighings)
    return added(first, *others)


def _added(
    values: Mapping[str, tuple[Value, ...]], value: Value
) -> Mapping[str, tuple[Value, ...]]:
    return {**values, value.input: (*values.get(value.input, ()), value)}
