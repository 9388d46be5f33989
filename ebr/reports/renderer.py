"""The renderer: follows the ledger for batches that were decided, and renders one record at a time.

A job stays locked by the connection that renders it. When this process dies the lock goes too and
the job is taken again; the ledger keeps what a job has brought once, however often it was tried.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

import sqlalchemy as sa

from audit.entry import Entry
from audit.follower import Follower, Sealed
from ebr import batches
from ebr.identity import Right
from ebr.kernel import Actor, EbrError, history, new_id
from ebr.kernel.opening import Database, perform, reading
from ebr.reports.catalogue import Copy
from ebr.reports.commands import KeepRecord, QueueClosed
from ebr.reports.operations import keep_record, queue_closed, stream
from ebr.reports.press import PressFailed, printed
from ebr.reports.prints import Print
from ebr.reports.seal import seal_of

NAME = "reports"
CLOSING = {"batch.released": "release", "batch.rejected": "rejection"}
EVERY_S = 0.5
AGAIN_MOST_S = 300
RENDERER = Actor.service("renderer", "SERVER", (Right.KEEP_HOUSE,))
Say = Callable[[str], None]

# Rendering may take minutes; the transaction that holds the job does nothing meanwhile.
_PATIENT = "SET LOCAL idle_in_transaction_session_timeout = 0"
_TAKE = """SELECT id, batch_id, kind, purpose, asked_by, asked_at, tries FROM reports.job
  WHERE done_at IS NULL AND due_at <= clock_timestamp() ORDER BY due_at, id
  FOR UPDATE SKIP LOCKED LIMIT 1"""
_DONE = "UPDATE reports.job SET done_at = clock_timestamp(), failure = '' WHERE id = %s"
_LATER = """UPDATE reports.job SET tries = %s, failure = %s,
  due_at = clock_timestamp() + make_interval(secs => %s) WHERE id = %s"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A job in hand."""

    id: UUID
    batch_id: UUID
    kind: str
    purpose: str
    asked_by: str
    asked_at: datetime
    tries: int


def keep_rendering(database: Database, say: Say, stopping: threading.Event) -> None:
    """Go round until told to stop; what the database interrupts is taken up again."""
    say("rendering records as they are asked for")
    while not stopping.is_set():
        try:
            follow(database)
            busy = work_once(database, say)
        except (EbrError, sa.exc.SQLAlchemyError, OSError) as fault:
            say(f"interrupted, tried again: {str(fault).splitlines()[0]}")
            busy = False
        if not busy:
            stopping.wait(EVERY_S)


def follow(database: Database) -> None:
    """Take up every batch that was decided since, in the order of the log."""

    def deliver(sealed: Sealed) -> None:
        closed = _closed(sealed.entry) if sealed.entry.act in CLOSING else None
        if closed is not None:
            perform(database, RENDERER, queue_closed, closed, str(new_id()))

    while Follower(database.engine, NAME).advance(deliver):
        continue


def _closed(entry: Entry) -> QueueClosed | None:
    """What is to be printed; nothing for an entry that no batch of ours can have."""
    actor = cast("Mapping[str, str]", entry.body["actor"])
    try:
        batch = UUID(entry.header.stream.partition("/")[2])
    except ValueError:
        return None
    return QueueClosed(
        batch=batch,
        entry=entry.header.seq,
        asked_by=f"{actor['name']}, {actor['role']}",
        asked_at=datetime.fromisoformat(entry.header.at),
        purpose=CLOSING[entry.act],
    )


def work_once(database: Database, say: Say) -> bool:
    """Take the next job and bring it to its end; False when there was none to take."""
    with database.engine.connect() as connection, connection.begin():
        connection.exec_driver_sql(_PATIENT)
        row = connection.exec_driver_sql(_TAKE).one_or_none()
        if row is None:
            return False
        job = Taken(*row)
        try:
            said = _render(database, job)
        except (PressFailed, EbrError) as fault:
            wait_s = min(2**job.tries, AGAIN_MOST_S)
            connection.exec_driver_sql(_LATER, (job.tries + 1, str(fault), wait_s, job.id))
            say(f"record of {job.batch_id} not rendered, again in {wait_s} s: {fault}")
            return True
        if said is None:  # no checkpoint covers it yet
            connection.exec_driver_sql(_LATER, (job.tries, "awaits a checkpoint", 0.2, job.id))
            return False
        connection.exec_driver_sql(_DONE, (job.id,))
        say(said)
        return True


def _render(database: Database, job: Taken) -> str | None:
    """Render, keep, and say what was done; None as long as the record is not sealed."""
    settings = database.settings
    with reading(database) as session:
        told = history(session, stream(job.batch_id))
        if any(event.job == job.id for event in told.events):
            return f"record of {job.batch_id} was kept before"
        record = batches.batch_record(session, job.batch_id, site=settings.site, zone=settings.zone)
        content = batches.record_document(record)
        seal = seal_of(session, record, content, settings)
    if seal is None:
        return None
    print_ = Print(
        kind=Copy(job.kind),
        number=len(told) + 1,
        by=job.asked_by,
        at=batches.record_instant(job.asked_at, settings.zone),
        purpose=job.purpose,
    )
    command = KeepRecord(
        job=job.id,
        batch=job.batch_id,
        batch_number=record.batch.number,
        seal=seal,
        print_=print_,
        rendered=printed(content, seal, print_),
    )
    perform(database, RENDERER, keep_record, command, str(job.id))
    pages = command.rendered.pages
    return f"{print_.kind} copy {print_.number} of {record.batch.number} kept, {pages} pages"
