"""The values of a step with every generation, and what was weighed with every amount."""

from collections.abc import Iterator

import workflows
from ebr.batches.record.parts import (
    Amount,
    CalculationRecord,
    Generation,
    LimitRecord,
    OperandRecord,
    ValueRecord,
    WeighingRecord,
)
from ebr.batches.record.story import Act, Story
from ebr.kernel import Told
from workflows import events, state
from workflows.quantity import Quantity
from workflows.recipe import Limits

_LAYERS = ("alert", "action", "reject")


def of_step(story: Story, step: str) -> tuple[ValueRecord, ...]:
    """Every value of a step, in the order in which it was first recorded."""
    generations: dict[str, list[Generation]] = {}
    for act in story.within(step):
        for key, value in _added(act, step):
            generations.setdefault(key, []).append(_generation(story, act, value))
    held = story.batch.steps[step].values
    return tuple(
        ValueRecord(
            input=key,
            title=held[key][-1].title,
            kind=held[key][-1].kind,
            criticality=held[key][-1].criticality,
            generations=tuple(found),
        )
        for key, found in generations.items()
    )


def _added(act: Act, step: str) -> Iterator[tuple[str, state.Value]]:
    """The generations that an act added."""
    before = act.before.steps[step].values if act.before else {}
    for key, found in act.after.steps[step].values.items():
        for value in found[len(before.get(key, ())) :]:
            yield key, value


def _generation(story: Story, act: Act, value: state.Value) -> Generation:
    target, limits = limits_of(value, act.after.steps[act.step or ""])
    return Generation(
        value=value.value,
        unit=value.unit,
        verdict=value.verdict,
        target=target,
        limits=limits,
        source=value.source,
        at=story.at(value.at),
        by=value.by,
        station=act.entry.station,
        attempt=value.attempt,
        why=value.why,
        fault=value.fault,
        correction=value.correction,
        calculation=_calculation(act.event),
        entry=act.entry.seq,
    )


def limits_of(value: state.Value, step: state.Step) -> tuple[str | None, tuple[LimitRecord, ...]]:
    """The target and the layers of limits that a value was judged by; of a weight, its own."""
    if value.limits is not None:
        return _text(value.limits.target), tuple(_layers(value.limits))
    if not step.weighings:
        return None, ()
    last = step.weighings[-1]
    tolerance = LimitRecord(
        layer="tolerance", low=last.least.value, high=last.most.value, unit=last.least.unit
    )
    return _text(last.target), (tolerance,)


def _layers(limits: Limits) -> Iterator[LimitRecord]:
    for layer in _LAYERS:
        found = getattr(limits, layer)
        ends = [end for end in (found.low, found.high) if end is not None] if found else []
        if ends:
            yield LimitRecord(
                layer=layer,  # type: ignore[arg-type]  # the three words of its type
                low=found.low.value if found.low else None,
                high=found.high.value if found.high else None,
                unit=ends[0].unit,
            )


def _calculation(event: workflows.Event) -> CalculationRecord | None:
    if not isinstance(event, events.ValueCalculated):
        return None
    return CalculationRecord(
        expression=event.expression,
        operands=tuple(
            OperandRecord(
                name=each.name, value=each.value.value, unit=each.value.unit, origin=each.origin
            )
            for each in event.operands
        ),
        exact=event.exact,
        decimals=event.decimals,
        rounding=event.rounding.value,
    )


def weighings(story: Story, step: str) -> tuple[WeighingRecord, ...]:
    """What was weighed into a step, each amount with its corrections."""
    held = {each.number: each for each in story.batch.steps[step].weighings}
    return tuple(
        _weighing(story, entry, event, held[event.weighing])
        for entry, event in story.of(events.MaterialWeighed, step)
    )


def _weighing(
    story: Story, entry: Told, event: events.MaterialWeighed, now: state.Weighing
) -> WeighingRecord:
    return WeighingRecord(
        number=event.weighing,
        container=event.container_code,
        lot=event.lot_number,
        part=event.part,
        target=now.target.value,
        least=now.least.value,
        most=now.most.value,
        unit=now.target.unit,
        scale=event.scale_code,
        scale_title=event.scale_title,
        calibration_due=event.calibration_due,
        reading=event.reading,
        reading_at=story.maybe(event.reading_at),
        frame=event.frame,
        amounts=(_first(story, entry, event), *_corrected(story, event)),
    )


def _first(story: Story, entry: Told, event: events.MaterialWeighed) -> Amount:
    return Amount(
        net=event.net.value,
        unit=event.net.unit,
        source=event.source,
        at=story.at(event.at),
        by=event.by,
        station=entry.station,
        why=event.why,
        witness=event.witness,
        correction=None,
        entry=entry.seq,
    )


def _corrected(story: Story, weighed: events.MaterialWeighed) -> Iterator[Amount]:
    for entry, event in story.of(events.ValueCorrected, weighed.step):
        if event.weighing == weighed.weighing:
            yield Amount(
                net=event.becomes,
                unit=event.unit or weighed.net.unit,
                source=event.source,
                at=story.at(event.at),
                by=event.by,
                station=entry.station,
                why=event.why,
                witness=event.witness,
                correction=event.correction,
                entry=entry.seq,
            )


def _text(found: Quantity | None) -> str | None:
    return str(found) if found else None
