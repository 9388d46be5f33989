"""Are the rows that screens read what the streams give? Rebuilt from the ledger and compared.

Whoever can write into the database can edit a projection: it is no record and nobody captures it.
So every batch is replayed from its entries, and its rows are compared. Nothing is written.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

import workflows
from ebr.batches import projection
from ebr.batches.history import stream
from ebr.batches.model import Batch
from ebr.kernel import Breached, held_together, history

_STREAMS = text("SELECT split_part(stream, '/', 2) FROM audit.head WHERE stream LIKE 'batch/%'")


def differences(session: Session) -> Iterator[tuple[str, str]]:
    """Every derived row that is not what its batch's stream gives: where, and what differs."""
    told = set(session.scalars(_STREAMS))
    for name in sorted(told):
        try:
            yield from _of_stream(session, name)
        except Breached as breached:
            yield f"batches.batch {name}", f"it cannot be rebuilt: {breached.breach}"
    for unknown in session.scalars(select(Batch.id).order_by(Batch.id)):
        if str(unknown) not in told:
            yield f"batches.batch {unknown}", "no entry tells of this row"


def _of_stream(session: Session, name: str) -> Iterator[tuple[str, str]]:
    with held_together(f"batch/{name}", 1):
        owner = UUID(name)
    found = history(session, stream(owner))
    with held_together(stream(owner), found.seq):
        batch = workflows.replay(found.events)
        wanted = dict(projection.rows(batch)) if batch and batch.id == owner else {}
    for model, column in projection.TABLES:
        keys = [each.name for each in model.__table__.primary_key]
        rows = session.execute(select(model.__table__).where(column == owner)).mappings()
        actual = {tuple(row[key] for key in keys): dict(row) for row in rows}
        due = {tuple(row[key] for key in keys): row for row in wanted.get(model, ())}
        for key in sorted({*actual, *due}, key=str):
            if said := _compared(due.get(key), actual.get(key)):
                place = " ".join(str(part) for part in key)
                yield f"{model.__table__} {place}", said


def _compared(due: Any, actual: Any) -> str:
    if actual is None:
        return "the row is missing"
    if due is None:
        return "no entry tells of this row"
    return "; ".join(
        f"{name} is {actual[name]!s}, its entries give {due[name]!s}"
        for name in due
        if due[name] != actual[name]
    )
