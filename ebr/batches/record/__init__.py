"""The whole batch record as one value, from its entries and nothing else."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from audit.canonical import canonical
from ebr.batches.record import charges, completeness, departures, loops, signing, steps
from ebr.batches.record.parts import Instant
from ebr.batches.record.schema import schema
from ebr.batches.record.shapes import (
    SCHEMA,
    ApprovalRecord,
    BatchRecord,
    HeaderRecord,
    RecipeRecord,
    RefusedRecord,
)
from ebr.batches.record.story import Story, instant, story_of
from ebr.kernel import History, plain
from workflows import events

__all__ = [
    "ApprovalRecord",
    "BatchRecord",
    "Instant",
    "RefusedRecord",
    "document",
    "instant",
    "record_of",
    "schema",
]


def record_of(
    history: History,
    *,
    site: str,
    zone: ZoneInfo,
    approvals: Iterable[ApprovalRecord] = (),
    refused: Iterable[RefusedRecord] = (),
) -> BatchRecord:
    """The record of a batch; the same stream gives the same record, whoever asks."""
    story = story_of(history, zone)
    operations = steps.operations(story)
    done = tuple(step for operation in operations for step in operation.steps)
    scanned = steps.containers(story)
    against = tuple(refused)
    parts = completeness.Parts(
        steps=done,
        disposition=departures.disposition(story),
        exceptions=departures.exceptions(story),
        corrections=departures.corrections(story),
        comments=steps.comments(story),
        lots=charges.lots(story),
        refused=against,
        entries=departures.entries(story),
        loops=loops.loops(story),
    )
    return BatchRecord(
        schema=SCHEMA,
        language="en",
        site=site,
        zone=zone.key,
        batch=_header(story, history.stream),
        recipe=_recipe(story, tuple(approvals)),
        disposition=parts.disposition,
        counts=completeness.counts(parts),
        rule_set=completeness.RULE_SET,
        checks=completeness.checks(parts),
        people=signing.register(story),
        materials=charges.materials(story, done, scanned),
        equipment=steps.equipment(story),
        operations=operations,
        results=charges.results(story, done),
        lots=parts.lots,
        exceptions=parts.exceptions,
        corrections=parts.corrections,
        comments=parts.comments,
        refused=against,
        entries=parts.entries,
        loops=parts.loops,
    )


def document(record: BatchRecord) -> bytes:
    """The record as it is handed over: canonical JSON, whose SHA-256 is the record digest."""
    told = plain(record)
    if not record.loops:
        del told["loops"]
    return canonical(told)


def _header(story: Story, stream: str) -> HeaderRecord:
    batch = story.batch
    return HeaderRecord(
        id=batch.id,
        stream=stream,
        number=batch.number,
        order=batch.order,
        product=batch.recipe.product,
        title=batch.recipe.title,
        size=str(batch.size),
        status=batch.status,
        started_at=story.at(batch.started_at),
        started_by=batch.started_by,
        completed_at=story.maybe(batch.completed_at),
        reviewed_at=story.maybe(batch.reviewed_at),
        reviewed_by=batch.reviewed_by,
        closed_at=story.maybe(batch.closed_at),
        closed_by=batch.closed_by,
    )


def _recipe(story: Story, approvals: tuple[ApprovalRecord, ...]) -> RecipeRecord:
    batch = story.batch
    _, started = next(story.of(events.BatchStarted))
    return RecipeRecord(
        code=batch.recipe.code,
        version=batch.recipe.version,
        title=batch.recipe.title,
        source=batch.recipe.source,
        digest=batch.recipe_digest,
        master_digest=batch.master_digest,
        approvals=approvals,
        control=started.recipe,
    )
