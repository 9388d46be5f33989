"""Questions about the paper of a batch: which copies there are, and the document itself."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ebr import batches
from ebr.batches import BatchRow
from ebr.kernel import Page, Unavailable, Unknown, history, kept, page
from ebr.reports.catalogue import Copy
from ebr.reports.events import RecordRendered
from ebr.reports.model import Job
from ebr.reports.operations import stream
from workflows.standing import CLOSED

RETRY_S = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyView:
    """One copy that was rendered."""

    number: int
    kind: Copy
    digest: str
    sha256: str
    bytes: int
    pages: int
    entry: int
    asked_by: str
    purpose: str
    at: datetime
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCopy:
    """A copy with its document."""

    view: CopyView
    pdf: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedView:
    """A copy that somebody asked for, of whichever batch, and how far it has come."""

    id: UUID
    batch: UUID
    batch_number: str
    product: str
    kind: Copy
    purpose: str
    asked_by: str
    asked_at: datetime
    kept_at: datetime | None  # None: it is still to be rendered
    tries: int  # that came to nothing
    failure: str  # of the last one


def asked_for(session: Session, *, after: str | None = None, size: int = 50) -> Page[AskedView]:
    """Every copy that was asked for, of all batches, the newest first."""
    found = page(session, select(Job), Job.id, after=after, size=size, newest_first=True)
    named = batches.batches_named(session, {job.batch_id for job in found.items})
    return found.map(lambda job: _asked(job, named[job.batch_id]))


def _asked(job: Job, batch: BatchRow) -> AskedView:
    return AskedView(
        id=job.id,
        batch=job.batch_id,
        batch_number=batch.number,
        product=batch.recipe_title,
        kind=Copy(job.kind),
        purpose=job.purpose,
        asked_by=job.asked_by,
        asked_at=job.asked_at,
        kept_at=job.done_at,
        tries=job.tries,
        failure=job.failure,
    )


def copies(session: Session, batch: UUID) -> tuple[CopyView, ...]:
    """Every copy of a batch's record, in the order in which they were rendered."""
    return tuple(
        _view(event, entry.at)
        for entry in history(session, stream(batch))
        for event in entry.events
        if isinstance(event, RecordRendered)
    )


def kept_copy(session: Session, batch: UUID, kind: Copy | None = None) -> KeptCopy:
    """The newest copy of a kind; without one, the controlled copy of a closed batch, else a draft.

    `Unavailable` while it is being rendered, `Unknown` when nobody has asked for it.
    """
    found = batches.read(session, batch).existing
    closed = found.status in CLOSED
    wanted = kind or (Copy.CONTROLLED if closed else Copy.DRAFT)
    there = [view for view in copies(session, batch) if view.kind is wanted]
    if _awaited(session, batch, wanted) or (wanted is Copy.CONTROLLED and closed and not there):
        raise Unavailable(
            "The record as PDF",
            RETRY_S,
            f"The {wanted} copy of {found.number} is being rendered; ask again in a moment.",
        )
    if not there:
        raise Unknown("copy", f"There is no {wanted} copy of {found.number}; ask for one first.")
    pdf = kept(session, there[-1].sha256)
    if pdf is None:
        raise LookupError(f"{there[-1].sha256} is not kept")
    return KeptCopy(view=there[-1], pdf=pdf)


def _awaited(session: Session, batch: UUID, kind: Copy) -> bool:
    waiting = select(Job.id).where(
        Job.batch_id == batch, Job.kind == kind.value, Job.done_at.is_(None)
    )
    return session.scalar(waiting.limit(1)) is not None


def _view(event: RecordRendered, at: datetime) -> CopyView:
    return CopyView(
        number=event.number,
        kind=event.kind,
        digest=event.digest,
        sha256=event.pdf.sha256,
        bytes=event.pdf.size,
        pages=event.pages,
        entry=event.entry,
        asked_by=event.asked_by,
        purpose=event.purpose,
        at=at,
        name=f"batch-record-{event.batch_number}-{event.kind}-{event.number}.pdf",
    )
