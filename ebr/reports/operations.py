"""The verbs of paper: ask for a copy, keep what was rendered."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ebr import batches
from ebr.identity import Right, needs
from ebr.kernel import Kept, Stale, UnitOfWork, Unknown, Why, new_id, refuse_if, require_why
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
    """Have a copy rendered; asked twice at the same state of the batch, it is one job."""
    found = batches.load(work, command.batch)
    if found.batch is None:
        raise Unknown("batch")
    refuse_if(reasons_against_asking(found.batch.number, found.batch.status, command.kind))
    purpose = require_why(Why(command.purpose), "purpose").text
    job = Job(
        batch_id=command.batch,
        kind=command.kind.value,
        entry=found.seq,
        purpose=purpose,
        asked_by=f"{work.actor.name}, {work.actor.role}",
        asked_at=work.now,
    )
    return str(_queued(work, job))


@needs(Right.KEEP_HOUSE)
def queue_closed(work: UnitOfWork, command: QueueClosed) -> None:
    """A batch was decided: its controlled copy is to be made. Heard twice, it is still one job."""
    job = Job(
        batch_id=command.batch,
        kind=Copy.CONTROLLED.value,
        entry=command.entry,
        purpose=command.purpose,
        asked_by=command.asked_by,
        asked_at=command.asked_at,
    )
    _queued(work, job)


def _queued(work: UnitOfWork, job: Job) -> UUID:
    """The job, new or there already."""
    same = (Job.batch_id == job.batch_id, Job.kind == job.kind, Job.entry == job.entry)
    work.session.execute(
        insert(Job)
        .values(
            id=new_id(),
            batch_id=job.batch_id,
            kind=job.kind,
            entry=job.entry,
            purpose=job.purpose,
            asked_by=job.asked_by,
            asked_at=job.asked_at,
            due_at=work.now,
            tries=0,
            failure="",
        )
        .on_conflict_do_nothing()
    )
    return work.session.scalars(select(Job.id).where(*same)).one()


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
