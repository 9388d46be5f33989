"""What an exception rests on: the values, their limits, what was changed, who worked with what.

Read from the batch as its history left it, so that the first wrong value is shown beside the last
right one; nothing is judged again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

import workflows
from ebr.batches import ExceptionView
from ebr.web.charts import Point, chart
from ebr.web.filters import number, plain_words, unit
from ebr.web.gauges import Gauge, gauge
from workflows.events import ExceptionKind, Source, Verdict
from workflows.limits import range_in_words
from workflows.quantity import Quantity, plain
from workflows.recipe import Range
from workflows.state import Signed, Step, Value, Weighing

OUTSIDE = frozenset({Verdict.ACTION, Verdict.REJECT, Verdict.OUT, Verdict.FAILED})
VERDICTS = {
    Verdict.NOT_JUDGED: "without limits",
    Verdict.WITHIN: "inside limits",
    Verdict.ALERT: "beyond the alert limits",
    Verdict.ACTION: "outside the action limits",
    Verdict.REJECT: "outside the reject limits",
    Verdict.OUT: "not as it must be",
    Verdict.PART: "part of a charge",
    Verdict.FAILED: "no result",
}
SOURCES = {
    Source.MANUAL: "typed",
    Source.SCAN: "scanned",
    Source.DEVICE: "from the device",
    Source.CALCULATED: "calculated",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One number of the evidence, with what it says: tone "" · ok · warn · crit."""

    label: str
    value: str
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One row of the table of everything that was recorded for the input."""

    value: str
    verdict: str
    tone: str
    source: str
    at: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is shown of one exception."""

    title: str
    unit: str
    facts: tuple[Fact, ...]
    generations: tuple[Generation, ...]
    gauge: Gauge | None
    chart: Markup | None
    was: str
    becomes: str
    equipment: tuple[str, ...]
    performers: tuple[tuple[str, str], ...]


def evidence(
    batch: workflows.Batch, exception: ExceptionView, clock: Callable[[datetime], str]
) -> Evidence:
    """The evidence of one exception."""
    step = batch.steps[exception.step] if exception.step else None
    values = _values(batch, step, exception)
    marked = _marked(values, exception)
    weighing = _weighing(step, exception)
    was, becomes = _change(values, marked, exception)
    return Evidence(
        title=marked.title if marked else "",
        unit=unit(marked.unit or "1") if marked else "",
        facts=tuple(_facts(values, marked, weighing, exception)),
        generations=tuple(_generation(each) for each in values),
        gauge=_gauge(marked, weighing),
        chart=_chart(values, clock),
        was=was,
        becomes=becomes,
        equipment=_equipment(batch, step),
        performers=tuple((str(each.meaning), each.by.name) for each in _signed(step)),
    )


def _values(
    batch: workflows.Batch, step: Step | None, exception: ExceptionView
) -> tuple[Value, ...]:
    """Every generation of the value that the exception is about; of a loop, that of each pass."""
    if step is None or exception.input is None:
        return ()
    if exception.kind is ExceptionKind.REPEAT_EXHAUSTED:
        return _of_passes(batch, exception.key)
    return step.values.get(exception.input.partition("#")[0], ())


def _of_passes(batch: workflows.Batch, exception: str) -> tuple[Value, ...]:
    """The value in force of every pass of the loop whose judgement led to an exception."""
    found = (
        batch.value(each.judged.step, each.judged.input)
        for key, loop in batch.loops.items()
        if any(judgement.exception == exception for judgement in loop.judgements)
        for each in batch.plan.loops[key].passes
    )
    return tuple(each for each in found if each is not None)


def _marked(values: Sequence[Value], exception: ExceptionView) -> Value | None:
    """The generation that raised it: the one of that instant, else the last."""
    if not values:
        return None
    return next((each for each in values if each.at == exception.raised_at), values[-1])


def _weighing(step: Step | None, exception: ExceptionView) -> Weighing | None:
    if step is None or not step.weighings:
        return None
    same = [each for each in step.weighings if each.at == exception.raised_at]
    return (same or list(step.weighings))[-1]


def _facts(
    values: Sequence[Value],
    marked: Value | None,
    weighing: Weighing | None,
    exception: ExceptionView,
) -> Iterator[Fact]:
    if weighing is not None:
        yield Fact(label="Net", value=_quantity(weighing.net), tone=_tone_of(weighing))
        yield Fact(label="Target", value=_quantity(weighing.target))
        yield Fact(
            label="Allowed",
            value=f"{number(weighing.least.value)} to {_quantity(weighing.most)}",
        )
        yield Fact(label="Source", value=SOURCES[weighing.source])
        return
    if marked is None:
        return
    yield Fact(
        label="Recorded", value=f"{_shown(marked)}{_beyond(marked)}", tone=_tone(marked.verdict)
    )
    limit = _range(marked)
    if limit is not None:
        yield Fact(label="Limit", value=_allowed(limit))
    elif marked.limits and marked.limits.target:
        yield Fact(label="Target", value=_quantity(marked.limits.target))
    if values[-1] is not marked:
        again = "Corrected" if exception.kind is ExceptionKind.CORRECTION else "In force now"
        yield Fact(label=again, value=_shown(values[-1]), tone=_tone(values[-1].verdict) or "ok")


def _allowed(limit: Range) -> str:
    """19.5 to 20.5 °C"""
    if limit.low is not None and limit.high is not None and limit.low.unit == limit.high.unit:
        return f"{number(limit.low.value)} to {_quantity(limit.high)}"
    return plain_words(range_in_words(limit))


def _beyond(value: Value) -> str:
    """By how much a value lies outside: `, 0.6 over`."""
    amount, limit = value.amount, _range(value)
    if amount is None or limit is None:
        return ""
    if limit.high is not None and amount.compare(limit.high) > 0:
        over = amount.amount - limit.high.to(amount.unit).amount
        return f", {number(plain(over))} over"
    if limit.low is not None and amount.compare(limit.low) < 0:
        under = limit.low.to(amount.unit).amount - amount.amount
        return f", {number(plain(under))} under"
    return ""


def _range(value: Value) -> Range | None:
    """The layer that was crossed; for a value inside, the narrowest that raises an exception."""
    if value.limits is None:
        return None
    layers = {Verdict.ALERT: value.limits.alert, Verdict.REJECT: value.limits.reject}
    return layers.get(value.verdict) or value.limits.action or value.limits.reject


def _gauge(marked: Value | None, weighing: Weighing | None) -> Gauge | None:
    if weighing is not None:
        if weighing.most.compare(weighing.least) <= 0:
            return None
        return gauge(weighing.net, weighing.least, weighing.most, weighing.target)
    limit = _range(marked) if marked else None
    if marked is None or marked.amount is None or limit is None:
        return None
    if limit.low is None or limit.high is None or limit.high.compare(limit.low) <= 0:
        return None
    assert marked.limits is not None
    return gauge(marked.amount, limit.low, limit.high, marked.limits.target)


def _chart(values: Sequence[Value], clock: Callable[[datetime], str]) -> Markup | None:
    """The values of several attempts, drawn; None where there is nothing to compare."""
    drawn = [(each, each.amount) for each in values]
    amounts = [(each, amount) for each, amount in drawn if amount is not None]
    if len(amounts) < 2:
        return None
    written = amounts[0][1].unit
    limit = next((found for each, _ in amounts if (found := _range(each))), None)
    low = limit.low.to(written).amount if limit and limit.low else None
    high = limit.high.to(written).amount if limit and limit.high else None
    points = [
        Point(
            amount=amount.to(written).amount,
            shown=number(each.value),
            at=clock(each.at),
            outside=each.verdict in OUTSIDE,
        )
        for each, amount in amounts
    ]
    told = "; ".join(f"{_shown(each)} at {clock(each.at)}" for each, _ in amounts)
    allowed = f", allowed {_allowed(limit)}" if limit else ""
    words = f"{amounts[0][0].title}, as recorded{allowed}: {told}."
    return chart(points, low=low, high=high, unit=unit(written), words=words)


def _change(
    values: Sequence[Value], marked: Value | None, exception: ExceptionView
) -> tuple[str, str]:
    """Old and new of a correction or a further attempt."""
    kinds = {ExceptionKind.CORRECTION, ExceptionKind.FURTHER_ATTEMPT}
    if marked is None or exception.kind not in kinds:
        return "", ""
    place = values.index(marked)
    return (_shown(values[place - 1]), _shown(marked)) if place else ("", "")


def _generation(each: Value) -> Generation:
    return Generation(
        value=_shown(each),
        verdict=VERDICTS[each.verdict],
        tone=_tone(each.verdict),
        source=SOURCES[each.source],
        at=each.at,
        by=each.by.name,
        why=each.why or each.fault,
    )


def _equipment(batch: workflows.Batch, step: Step | None) -> tuple[str, ...]:
    if step is None:
        return ()
    own = [step.equipment.code] if step.equipment else []
    work = batch.plan.phases[step.key].work
    wanted = getattr(work, "scale", None)
    identified = batch.plan.equipment_steps.get(wanted, ()) if wanted is not None else ()
    scales = [
        other.code
        for key in batch.plan.seen_from(step.key, identified)
        if (other := batch.steps[key].equipment) is not None
    ]
    return tuple(dict.fromkeys([*own, *scales]))


def _signed(step: Step | None) -> Iterator[Signed]:
    return (each for each in (step.signatures if step else ()) if each.superseded is None)


def _tone(verdict: Verdict) -> str:
    if verdict in OUTSIDE:
        return "crit"
    return "warn" if verdict is Verdict.ALERT else ""


def _tone_of(weighing: Weighing) -> str:
    inside = weighing.net.compare(weighing.least) >= 0 >= weighing.net.compare(weighing.most)
    return "" if inside or weighing.part else "crit"


def _shown(value: Value) -> str:
    if not value.value:
        return "nothing"
    amount = value.amount
    return _quantity(amount) if amount is not None else value.value


def _quantity(amount: Quantity) -> str:
    return f"{number(amount.value)} {unit(amount.unit)}".strip()
