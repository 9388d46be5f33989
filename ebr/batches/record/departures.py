"""What was not as planned: corrections, exceptions with their decisions, refused attempts."""

from ebr.batches.record import signing
from ebr.batches.record.shapes import (
    CorrectionRecord,
    DecisionRecord,
    DispositionRecord,
    EntryRecord,
    ExceptionRecord,
)
from ebr.batches.record.story import Story
from ebr.kernel import Told
from workflows import events


def corrections(story: Story) -> tuple[CorrectionRecord, ...]:
    """Every correction with its old and new value, and which steps had to be signed again."""
    return tuple(
        CorrectionRecord(
            key=event.correction,
            step=event.step,
            step_number=story.number(event.step),
            input=event.input,
            title=event.title,
            was=event.was,
            was_by=event.was_by,
            was_at=story.at(event.was_at),
            becomes=event.becomes,
            unit=event.unit,
            why=event.why,
            by=event.by,
            witness=event.witness,
            at=story.at(event.at),
            station=entry.station,
            signed=event.signed,
            unsigned=tuple(
                story.number(each.step)
                for each in entry.events
                if isinstance(each, events.StepUnsigned)
            ),
            entry=entry.seq,
        )
        for entry, event in story.of(events.ValueCorrected)
    )


def exceptions(story: Story) -> tuple[ExceptionRecord, ...]:
    """Every exception, in the order in which they were raised."""
    return tuple(_exception(story, *found) for found in story.of(events.ExceptionRaised))


def _exception(story: Story, entry: Told, event: events.ExceptionRaised) -> ExceptionRecord:
    return ExceptionRecord(
        key=event.exception,
        kind=event.exception_kind,
        severity=event.severity,
        step=event.step,
        step_number=story.number(event.step),
        step_title=event.step_title,
        input=event.input,
        text=event.text,
        blocks=event.blocks,
        needs_deviation=event.needs_deviation,
        open=story.batch.exceptions[event.exception].open,
        raised_at=story.at(event.at),
        raised_by=event.by,
        station=entry.station,
        decisions=tuple(
            _decision(story, other, decided)
            for other, decided in story.of(events.ExceptionDecided)
            if decided.exception == event.exception
        ),
        entry=entry.seq,
    )


def _decision(story: Story, entry: Told, event: events.ExceptionDecided) -> DecisionRecord:
    return DecisionRecord(
        decision=event.decision,
        reason=event.reason,
        reference=event.reference,
        at=story.at(event.at),
        by=event.by,
        station=entry.station,
        signatures=tuple(
            signing.record(story, entry, each, f"exception {event.exception}")
            for each in entry.signatures
        ),
        entry=entry.seq,
    )


def disposition(story: Story) -> DispositionRecord:
    """What became of the batch, and under which signatures."""
    batch = story.batch
    rejected = next((event for _, event in story.of(events.BatchRejected)), None)
    released = next((event for _, event in story.of(events.BatchReleased)), None)
    closed = rejected or released
    return DispositionRecord(
        status=batch.status,
        at=story.maybe(batch.closed_at),
        by=batch.closed_by,
        why=rejected.why if rejected else "",
        lots=closed.lots if closed else (),
        signatures=signing.of_batch(story),
    )


def entries(story: Story) -> tuple[EntryRecord, ...]:
    """Every entry of the stream that tells of the batch, with its hash."""
    return tuple(
        EntryRecord(
            seq=entry.seq,
            hash=entry.hash,
            at=story.at(entry.at),
            act=entry.act,
            events=tuple(event.KIND for event in entry.events),
            name=str(entry.actor["name"]),
            role=str(entry.actor["role"]),
            station=entry.station,
            why=entry.why.text if entry.why else "",
            signatures=len(entry.signatures),
            refs=entry.refs,
        )
        for entry in story.entries
    )
