"""The record of a batch gathered: its stream, the way of its recipe, and what was refused."""

from collections.abc import Iterator, Mapping
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from audit.entry import parse_leaf
from ebr import recipes
from ebr.batches.history import stream
from ebr.batches.record import record_of
from ebr.batches.record.shapes import ApprovalRecord, BatchRecord, RefusedRecord
from ebr.batches.record.story import instant
from ebr.kernel import History, Unknown, history
from workflows import events

# Attempts are in the streams of those who made them. Counted are those numbered within the record,
# so that a later attempt does not change a record that is closed.
_REFUSED = text(
    "SELECT e.at, e.stream, e.seq, e.hash, e.leaf FROM audit.entry e"
    " WHERE e.act = 'attempt.refused' AND e.leaf LIKE :named"
    " AND e.id BETWEEN (SELECT id FROM audit.entry WHERE stream = :stream AND seq = 1)"
    " AND (SELECT id FROM audit.entry WHERE stream = :stream AND seq = :last)"
    " ORDER BY e.id"
)


def batch_record(session: Session, batch: UUID, *, site: str, zone: ZoneInfo) -> BatchRecord:
    """The whole record of a batch, as it stands; `Unknown` when there is none."""
    found = history(session, stream(batch))
    started = next(
        (event for event in found.events if isinstance(event, events.BatchStarted)), None
    )
    if started is None:
        raise Unknown("batch")
    return record_of(
        found,
        site=site,
        zone=zone,
        approvals=_approvals(session, started, zone),
        refused=_refused(session, found, batch, zone),
    )


def _approvals(
    session: Session, started: events.BatchStarted, zone: ZoneInfo
) -> Iterator[ApprovalRecord]:
    """How the recipe came into force, so far as that was before the batch."""
    for each in recipes.approvals(session, started.recipe_code, started.recipe_version):
        if each.at <= started.at:
            yield ApprovalRecord(
                act=each.act,
                name=each.name,
                role=each.role,
                at=instant(each.at, zone),
                meanings=each.meanings,
                stream=each.stream,
                seq=each.seq,
            )


def _refused(
    session: Session, found: History, batch: UUID, zone: ZoneInfo
) -> Iterator[RefusedRecord]:
    """The attempts on this batch that changed nothing."""
    given = {"named": f"%{batch}%", "stream": found.stream, "last": found.seq}
    for row in session.execute(_REFUSED, given):
        entry = parse_leaf(row.leaf.encode())
        told = cast("Mapping[str, Any]", entry.events[0]["data"])
        actor = cast("Mapping[str, Any]", entry.body["actor"])
        if told["asked"].get("batch") != str(batch):
            continue
        yield RefusedRecord(
            at=instant(row.at, zone),
            name=str(actor["name"]),
            role=str(actor["role"]),
            station=entry.station,
            operation=str(told["operation"]),
            error=str(told["error"]),
            reasons=tuple(str(reason["text"]) for reason in told["reasons"]),
            stream=row.stream,
            seq=row.seq,
            hash=bytes(row.hash).hex(),
        )
