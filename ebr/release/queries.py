"""Questions of review and release, answered from live state."""

from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from ebr import batches
from ebr.batches import Moment as Asking
from ebr.batches import ReasonView
from ebr.kernel import Unknown
from ebr.release import checklist, facts
from ebr.release.timeline import timeline_of
from ebr.release.views import Moment, ReviewView
from workflows import commands as acts


def review(session: Session, batch_id: UUID, zone: ZoneInfo, asking: Asking) -> ReviewView:
    """Everything the reviewer of a batch needs to decide, and nothing else."""
    found = batches.read(session, batch_id).existing
    view = batches.batch(session, batch_id)
    known = facts.gather(session, found, zone)
    gates = checklist.gates(known)
    return ReviewView(
        batch=view,
        open=view.exceptions_open,
        decided=view.exceptions - view.exceptions_open,
        values=known.values,
        values_out=known.values_out,
        gates=gates,
        gates_open=sum(not gate.met for gate in gates),
        against_review=_against(session, acts.CompleteReview(batch=batch_id), asking),
        against_release=(
            *_told(gates),
            *_against(session, acts.ReleaseBatch(batch=batch_id), asking),
        ),
        against_reject=_against(
            session,
            acts.RejectBatch(batch=batch_id, why="asked before anything was written"),
            asking,
        ),
    )


def gates(session: Session, batch_id: UUID, zone: ZoneInfo) -> tuple[checklist.Gate, ...]:
    """What stands between a batch and its release, point by point."""
    return checklist.gates(facts.gather(session, batches.read(session, batch_id).existing, zone))


def timeline(session: Session, batch_id: UUID, exception: str) -> tuple[Moment, ...]:
    """What happened in the step of an exception, in order."""
    found = batches.read(session, batch_id).existing
    if exception not in found.exceptions:
        raise Unknown("exception")
    return timeline_of(found, found.exceptions[exception])


def _against(session: Session, command: acts.Command, asking: Asking) -> tuple[ReasonView, ...]:
    return batches.reasons_against(session, command, asking)


def _told(gates: tuple[checklist.Gate, ...]) -> tuple[ReasonView, ...]:
    return tuple(
        ReasonView(code=each.code, text=each.text, remedy=each.remedy, requirement=each.requirement)
        for each in checklist.reasons_against_release(gates)
    )
