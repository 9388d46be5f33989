"""The verbs of paper: ask for a copy, keep what was rendered."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ebr import batches
from ebr.identity import Right, needs
from ebr.kernel import Kept, Stale, UnitOfWork, Why, new_id, refuse_if, require_why
from ebr.reports.catalogue import Copy
from ebr.reports.commands import AskRecord, KeepRecord, QueueClosed
from ebr.reports.events import RecordRendered
from ebr.reports.model import Job
from ebr.reports.rules import reasons_against_asking


def stream(batch: UUID) -> str:
    """Where the prints of a batch's record are told, beside its own stream."""
    return f"record/{batch}"


@needs(Right.VIEW_RECORDS)
def ask_for_record(work: UnitOfWork, command: AskRecord) -> str:
    """Have a copy rendered; asked twice by one person for one purpose, it is one job.

    Once the batch has gone on, it is another: what the copy says has changed.
    """
    found = batches.load(work, command.batch)
    batch = found.existing
    refuse_if(reasons_against_asking(batch.number, batch.status, command.kind))
    asked = QueueClosed(
        batch=command.batch,
        entry=found.seq,
        asked_by=f"{work.actor.name}, {work.actor.role}",
        asked_at=work.now,
        purpose=require_why(Why(command.purpose), "purpose").text,
    )
    return str(_queued(work, command.kind, asked))


@needs(Right.KEEP_HOUSE)
def queue_closed(work: UnitOfWork, command: QueueClosed) -> None:
    """A batch was decided: its controlled copy is to be made. Heard twice, it is still one job."""
    _queued(work, Copy.CONTROLLED, command)


def _queued(work: UnitOfWork, kind: Copy, asked: QueueClosed) -> UUID:
    """The job, new or there already."""
    one = {
        "batch_id": asked.batch,
        "kind": kind.value,
        "entry": asked.entry,
        "asked_by": asked.asked_by,
        "purpose": asked.purpose,
    }
    work.session.execute(
        insert(Job)
        .values(
            id=new_id(),
            **one,
            asked_at=asked.asked_at,
            due_at=work.now,
            tries=0,
            failure="",
        )
        .on_conflict_do_nothing()
    )
    return work.session.scalars(select(Job.id).filter_by(**one)).one()


@needs(Right.KEEP_HOUSE)
def keep_record(work: UnitOfWork, command: KeepRecord) -> None:
    """Keep a document and say so in the ledger, once a job."""
    history = work.history(stream(command.batch))
    if any(event.job == command.job for event in history.events):
        return
    if command.print_.number != len(history) + 1:
        raise Stale(len(history), command.print_.number - 1)
    seal, done = command.seal, command.rendered
    work.record(
        stream(command.batch),
        RecordRendered(
            job=command.job,
            batch=command.batch,
            batch_number=command.batch_number,
            kind=command.print_.kind,
            number=command.print_.number,
            digest=seal.digest,
            pdf=Kept(work.keep(done.pdf), len(done.pdf)),
            pages=done.pages,
            entry=seal.seq,
            checkpoint=seal.size,
            asked_by=command.print_.by,
            purpose=command.print_.purpose,
            software=command.print_.software,
        ),
        refs=(batches.stream(command.batch),),
    )
