"""Everything that happened to a batch as events, in the order of the record."""

from collections.abc import Iterator

from ebr.batches import (
    BatchRecord,
    ExceptionRecord,
    Generation,
    LoopRecord,
    MaterialRecord,
    ResultRecord,
    StepRecord,
    ValueRecord,
    WeighingRecord,
)
from ebr.reports.batchml.entries import Alarm, Event, Given
from ebr.reports.batchml.procedure import data_type, types_of
from workflows.events import Source, Verdict
from workflows.recipe import Criticality

_ALARMS = frozenset({Verdict.ALERT, Verdict.ACTION, Verdict.REJECT, Verdict.OUT, Verdict.FAILED})
_FROM = {
    Source.DEVICE: "Equipment",
    Source.CALCULATED: "Procedural Execution",
    Source.MANUAL: "Operator",
    Source.SCAN: "Operator",
}
# The parts of the record that have their own place in the document.
PARTS = (
    *("schema", "language", "site", "batch", "recipe", "disposition", "people", "materials"),
    *("equipment", "operations", "results", "lots", "exceptions", "corrections", "comments"),
    *("refused", "entries", "loops"),
)


def events_of(record: BatchRecord) -> Iterator[Event]:
    """Every event of a record."""
    yield from _of_batch(record)
    for operation in record.operations:
        for step in operation.steps:
            yield from _of_step(step)
    for number, used in enumerate(record.equipment, 1):
        said, named = ("code",), f"equipment/{number}"
        yield Event(
            id=named,
            type="Equipment",
            subtype="Allocation",
            told=used,
            said=said,
            equipment=used.code,
        )
    for number, material in enumerate(record.materials, 1):
        yield from _of_material(f"material/{number}", material)
    for number, result in enumerate(record.results, 1):
        if not sampled(result):
            yield _computed(f"result/{number}", result)
    yield from _lots(record)
    for exception in record.exceptions:
        yield from _of_exception(exception)
    yield from _corrections(record)
    for loop in record.loops:
        yield from _of_loop(loop)
    for number, attempt in enumerate(record.refused, 1):
        yield Event(
            id=f"refused/{number}",
            type="Operator",
            subtype="Security",
            told=attempt,
            said=("hash",),
            reference=attempt.hash,
        )
    for entry in record.entries:
        yield Event(
            id=f"entry/{entry.seq}",
            type="General",
            subtype="System",
            told=entry,
            said=("seq", "hash"),
            reference=entry.hash,
        )


def sampled(result: ResultRecord) -> bool:
    """A result that decides on release is a sample's; a yield that was computed is none."""
    return result.criticality is Criticality.CQA or not result.calculated


def _of_batch(record: BatchRecord) -> Iterator[Event]:
    said = ("id", "stream", "number", "product", "size", "started_at", "closed_at", "status")
    batch, closing = record.batch, record.disposition
    yield Event(
        id="batch",
        type="General",
        subtype="Status Change",
        told=batch,
        said=said,
        at=record.entries[-1].at,
        value=Given(batch.status.value, "Code"),
    )
    yield Event(
        id="disposition",
        type="Operator",
        subtype="Status Change",
        told=closing,
        said=("status", "signatures"),
        value=Given(closing.status.value, "Code"),
    )
    yield Event(
        id="completeness", type="General", subtype="Reconciliation", told=record, said=PARTS
    )


def _of_step(step: StepRecord) -> Iterator[Event]:
    for word, at, by in (
        ("started", step.started_at, step.started_by),
        ("ended", step.ended_at, None),
    ):
        if at:
            yield Event(
                id=f"step/{step.key}/{word}",
                type="Procedural Execution",
                subtype="State Change",
                at=at,
                by=by,
                step=step.key,
                value=Given(word, "Code"),
            )
    for value in step.values:
        yield from _of_value(step.key, value)
    for weighing in step.weighings:
        yield from _of_weighing(step.key, weighing)
    for number, container in enumerate(step.containers, 1):
        yield Event(
            id=f"container/{step.key}/{number}",
            type="Material",
            subtype="Allocation",
            told=container,
            step=step.key,
        )
    for number, issue in enumerate(step.issues, 1):
        yield Event(
            id=f"issue/{step.key}/{number}",
            type="Material",
            subtype="Movement",
            told=issue,
            said=("quantity",),
            step=step.key,
            value=Given.of_amount(issue.quantity),
        )


def _of_value(step: str, value: ValueRecord) -> Iterator[Event]:
    """Each generation with the one before it; the key of the value is its parameter's."""
    before: Given | None = None
    for number, made in enumerate(value.generations, 1):
        given = Given(made.value, data_type(value.kind), made.unit, value.input)
        yield Event(
            id=f"value/{step}/{value.input}/{number}",
            type=_FROM[made.source],
            subtype="Process Data",
            told=made,
            said=("value", "unit"),
            step=step,
            value=given,
            previous=before,
            alarm=_alarm(made),
        )
        before = given


def _alarm(made: Generation) -> Alarm | None:
    return Alarm(made.verdict.value, "limit", made.limits) if made.verdict in _ALARMS else None


def _of_weighing(step: str, weighing: WeighingRecord) -> Iterator[Event]:
    named = f"weighing/{step}/{weighing.number}"
    yield Event(
        id=named,
        type="Material",
        subtype="Movement",
        told=weighing,
        said=("number", "scale", "amounts"),
        at=weighing.amounts[0].at,
        step=step,
        equipment=weighing.scale,
    )
    before: Given | None = None
    for number, made in enumerate(weighing.amounts, 1):
        given = Given(made.net, "decimal", made.unit)
        yield Event(
            id=f"{named}/amount/{number}",
            type=_FROM[made.source],
            subtype="Process Data",
            told=made,
            said=("net", "unit"),
            step=step,
            value=given,
            previous=before,
            belongs_to=named,
        )
        before = given


def _of_material(named: str, material: MaterialRecord) -> Iterator[Event]:
    actual = Given(material.actual or "", "decimal", material.unit)
    yield Event(
        id=named,
        type="Material",
        subtype="Reconciliation",
        told=material,
        said=("actual", "unit", "charges"),
        value=actual,
    )
    for number, charge in enumerate(material.charges, 1):
        yield Event(
            id=f"{named}/charge/{number}",
            type="Material",
            subtype="Consume",
            told=charge,
            said=("net", "unit", "balance"),
            step=material.step,
            equipment=charge.balance,
            value=Given(charge.net, "decimal", charge.unit),
            belongs_to=named,
        )


def _computed(named: str, result: ResultRecord) -> Event:
    return Event(
        id=named,
        type="Material",
        subtype="Reconciliation",
        told=result,
        said=("value", "unit", "input"),
        value=Given(result.value, "decimal", result.unit, result.input),
    )


def _lots(record: BatchRecord) -> Iterator[Event]:
    for number, lot in enumerate(record.lots, 1):
        yield Event(
            id=f"lot/{number}",
            type="Material",
            subtype="Produce",
            told=lot,
            said=("quantity",),
            value=Given.of_amount(lot.quantity, lot.material),
        )


def _of_exception(exception: ExceptionRecord) -> Iterator[Event]:
    named = f"exception/{exception.key}"
    yield Event(
        id=named,
        type="Alarm",
        subtype="Exception",
        told=exception,
        said=("raised_at", "raised_by", "kind", "severity", "decisions"),
        at=exception.raised_at,
        by=exception.raised_by,
        alarm=Alarm("raised", exception.kind.value, priority=exception.severity.value),
    )
    for number, decision in enumerate(exception.decisions, 1):
        yield Event(
            id=f"{named}/decision/{number}",
            type="Operator",
            subtype="Status Change",
            told=decision,
            said=("decision", "signatures"),
            step=exception.step,
            value=Given(decision.decision.value, "Code"),
            belongs_to=named,
        )


def _corrections(record: BatchRecord) -> Iterator[Event]:
    types = types_of(record)
    for correction in record.corrections:
        kind = types.get((correction.step, correction.input), "string")
        yield Event(
            id=f"correction/{correction.key}",
            type="Operator",
            subtype="Modification",
            told=correction,
            said=("becomes", "unit", "input", "was"),
            value=Given(correction.becomes, kind, correction.unit, correction.input),
            previous=Given(correction.was, kind, correction.unit),
        )


def _of_loop(loop: LoopRecord) -> Iterator[Event]:
    for done in loop.passes:
        for number, judged in enumerate(done.judgements, 1):
            yield Event(
                id=f"judgement/{loop.key}/{done.name}/{number}",
                type="Procedural Execution",
                subtype="Process Data",
                told=judged,
                said=("value", "unit"),
                step=f"{loop.key}/pass/{done.name}",
                value=Given(judged.value, "decimal" if judged.unit else "string", judged.unit),
            )
