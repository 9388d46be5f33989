"""What went in and what came out: materials by formula line, results, lots."""

from decimal import Decimal

from ebr.batches.record.parts import ContainerRecord, StepRecord, ValueRecord, WeighingRecord
from ebr.batches.record.shapes import ChargeRecord, LotRecord, MaterialRecord, ResultRecord
from ebr.batches.record.story import Story
from ebr.kernel import Told
from workflows import events, recipe
from workflows.events import Verdict
from workflows.quantity import Quantity, Rounding, rounded
from workflows.recipe import Criticality


def materials(
    story: Story, steps: tuple[StepRecord, ...], scanned: tuple[ContainerRecord, ...]
) -> tuple[MaterialRecord, ...]:
    """Every charge: step by step, with target, actual amount and the containers it came from."""
    found = []
    for step in steps:
        work = story.batch.plan.phases[step.key].work
        if isinstance(work, recipe.Weigh) and step.weighings:
            found.append(_weighed(story, step, work, scanned))
        found += (
            _issued(story, event, _as_scanned(scanned, event.container_code, entry.seq))
            for entry, event in story.of(events.MaterialIssued, step.key)
        )
    return tuple(found)


def _as_scanned(scanned: tuple[ContainerRecord, ...], code: str, entry: int) -> ContainerRecord:
    """A container as it stood at its last scan before a charge; each pass of a loop scans anew."""
    return [each for each in scanned if each.code == code and each.entry <= entry][-1]


def _weighed(
    story: Story, step: StepRecord, work: recipe.Weigh, scanned: tuple[ContainerRecord, ...]
) -> MaterialRecord:
    line = story.batch.plan.lines[work.line]
    total = step.values[0].generations[-1]
    last = step.weighings[-1]
    return MaterialRecord(
        line=line.key,
        material=line.material,
        title=line.title,
        planned=str(line.quantity),
        scaling=line.scaling,
        step=step.key,
        step_number=step.number,
        target=last.target,
        least=last.least,
        most=last.most,
        actual=total.value,
        unit=total.unit or last.unit,
        deviation_percent=deviation(total.value, last.target),
        verdict=total.verdict,
        charges=tuple(
            _charge(each, _as_scanned(scanned, each.container, each.amounts[0].entry))
            for each in step.weighings
        ),
    )


def _charge(weighing: WeighingRecord, container: ContainerRecord) -> ChargeRecord:
    now = weighing.amounts[-1]
    return ChargeRecord(
        container=weighing.container,
        lot=weighing.lot,
        supplier_lot=container.supplier_lot,
        lot_status=container.lot_status,
        expiry=container.expiry,
        net=now.net,
        unit=now.unit,
        balance=weighing.scale,
        calibration_due=weighing.calibration_due,
        source=now.source,
        reading=weighing.reading,
        frame=weighing.frame,
        at=now.at,
        by=now.by,
    )


def _issued(
    story: Story, event: events.MaterialIssued, container: ContainerRecord
) -> MaterialRecord:
    line = story.batch.plan.lines[event.line]
    charge = ChargeRecord(
        container=event.container_code,
        lot=event.lot_number,
        supplier_lot=container.supplier_lot,
        lot_status=container.lot_status,
        expiry=container.expiry,
        net=event.quantity.value,
        unit=event.quantity.unit,
        balance="",
        calibration_due=None,
        source=events.Source.CALCULATED,
        reading=None,
        frame="",
        at=story.at(event.at),
        by=event.by,
    )
    return MaterialRecord(
        line=line.key,
        material=line.material,
        title=line.title,
        planned=str(line.quantity),
        scaling=line.scaling,
        step=event.step,
        step_number=story.number(event.step),
        target=None,
        least=None,
        most=None,
        actual=event.quantity.value,
        unit=event.quantity.unit,
        deviation_percent=None,
        verdict=Verdict.NOT_JUDGED,
        charges=(charge,),
    )


def deviation(actual: str, target: str) -> str | None:
    """How far the actual amount lies from its target, in per cent to two places, with its sign."""
    if not actual or not Decimal(target):
        return None
    off = (Decimal(actual) - Decimal(target)) / Decimal(target) * 100
    text = rounded(off, 2, Rounding.HALF_UP)
    return text if text.startswith("-") or not Decimal(text) else f"+{text}"


def results(story: Story, steps: tuple[StepRecord, ...]) -> tuple[ResultRecord, ...]:
    """Critical quality attributes, and every result that was computed against limits."""
    return tuple(
        _result(step, value)
        for step in steps
        for value in step.values
        if value.criticality is Criticality.CQA
        or (value.generations[-1].limits and _computed(story, step.key))
    )


def _computed(story: Story, step: str) -> bool:
    return isinstance(story.batch.plan.phases[step].work, recipe.Calculation)


def _result(step: StepRecord, value: ValueRecord) -> ResultRecord:
    now = value.generations[-1]
    return ResultRecord(
        title=value.title,
        criticality=value.criticality,
        calculated=now.calculation is not None,
        step=step.key,
        step_number=step.number,
        input=value.input,
        value=now.value,
        unit=now.unit,
        target=now.target,
        limits=now.limits,
        verdict=now.verdict,
        corrected=any(each.correction for each in value.generations),
    )


def lots(story: Story) -> tuple[LotRecord, ...]:
    """What the batch produced, with earlier quantities where they were amended."""
    return tuple(_lot(story, *found) for found in story.of(events.LotProduced))


def _lot(story: Story, entry: Told, event: events.LotProduced) -> LotRecord:
    quantities: list[Quantity] = [event.quantity]
    quantities += (
        amended.becomes for _, amended in story.of(events.LotAmended) if amended.lot == event.lot
    )
    return LotRecord(
        number=event.lot_number,
        material=event.material,
        quantity=str(quantities[-1]),
        earlier=tuple(map(str, quantities[:-1])),
        theoretical=str(event.theoretical) if event.theoretical else None,
        expires=event.expires,
        usable_from=story.at(event.usable_from),
        step=event.step,
        step_number=story.number(event.step),
        at=story.at(event.at),
        by=event.by,
        entry=entry.seq,
    )
