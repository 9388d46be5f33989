"""The verbs of readings: ask a device, look at it, take a reading for a step."""

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from devices import LinkState, Quality
from ebr import maintenance
from ebr.identity import Right, needs
from ebr.kernel import Refused, UnitOfWork, Unknown, new_id, refuse_if, require_why
from ebr.readings import model, queries
from ebr.readings.commands import AskReading, ExplainOrphan, UseReading, WatchDevice
from ebr.readings.events import OrphanExplained
from ebr.readings.rules import (
    reasons_against_asking,
    reasons_against_explaining,
    reasons_against_using,
    taken_already,
)
from ebr.readings.views import RequestState

CHANNEL = "readings"  # where the collector listens for news
ASKED_FOR = timedelta(seconds=15)
WATCHED_FOR = timedelta(seconds=10)
_OPEN = (RequestState.ASKED, RequestState.TAKEN)


@needs(Right.READ_DEVICES)
def ask(work: UnitOfWork, command: AskReading) -> str:
    """Put a question to a device, for one step. Returns the question's id.

    The answer is stored before anybody can accept it (PI 041-1 9.7), also when it is a failure;
    `answer` tells how far it has come.
    """
    known = _is_device(work, command.device)
    _look_at(work, command.device, known=known)
    _expire(work, command.device)
    busy_with = work.session.scalar(
        select(model.Request.step).where(
            model.Request.device == command.device, model.Request.state.in_(_OPEN)
        )
    )
    live = queries.live(work.session, command.device)
    refuse_if(reasons_against_asking(command.device, live, known=known, busy_with=busy_with))
    row = model.Request(
        id=new_id(),
        device=command.device,
        act=command.act,
        batch=command.batch,
        step=command.step,
        person=work.actor.person,
        person_name=work.actor.name,
        station=work.actor.station,
        state=RequestState.ASKED,
        detail="",
        asked_at=work.now,
        expires_at=work.now + ASKED_FOR,
        taken_by=None,
        reading=None,
    )
    work.add(row)
    work.session.execute(select(func.pg_notify(CHANNEL, command.device)))
    return str(row.id)


@needs(Right.VIEW_READINGS)
def watch(work: UnitOfWork, command: WatchDevice) -> None:
    """Somebody looks at a device: the collector reads it several times a second for a while."""
    if not _is_device(work, command.device):
        raise Unknown("device")
    if _look_at(work, command.device, known=True):
        work.session.execute(select(func.pg_notify(CHANNEL, command.device)))


@needs(Right.EXECUTE_STEPS)
def use(work: UnitOfWork, command: UseReading) -> None:
    """Take a reading as the weight of a step; refused for orphans, failures and second takers."""
    reading = queries.reading(work.session, command.reading)
    refuse_if(reasons_against_using(reading, command.batch, command.step))
    taken = work.session.execute(
        insert(model.Use)
        .values(reading=command.reading, batch=command.batch, step=command.step, used_at=work.now)
        .on_conflict_do_nothing()
        .returning(model.Use.reading)
    ).one_or_none()
    if taken is None:
        raise Refused((taken_already(command.step),))


@needs(Right.DECIDE_EXCEPTIONS)
def explain(work: UnitOfWork, command: ExplainOrphan) -> None:
    """Say what a reading was that nobody asked for; both stay (ALCOA-E-1)."""
    why = require_why(command.why)
    reading = queries.reading(work.session, command.reading)
    refuse_if(reasons_against_explaining(reading))
    work.add(
        model.Explanation(
            reading=reading.id,
            batch=command.batch,
            text=why.text,
            person_name=work.actor.name,
            explained_at=work.now,
        )
    )
    event = OrphanExplained(
        reading=reading.id,
        device=reading.device,
        frame=reading.frame,
        batch=command.batch,
        text=why.text,
    )
    refs = (f"batch/{command.batch}",) if command.batch else ()
    work.record(f"reading/{reading.id}", event, expected=0, why=why, refs=refs)


def _is_device(work: UnitOfWork, code: str) -> bool:
    return any(device.code == code for device in maintenance.devices(work.session))


def _look_at(work: UnitOfWork, device: str, *, known: bool) -> bool:
    """Keep the device watched; is that news? Its row also makes people who ask wait in line."""
    if not known:
        return False
    live = model.Live
    work.session.execute(
        insert(live)
        .values(
            device=device,
            state=LinkState.CONNECTING,
            detail="",
            stable=False,
            quality=Quality.BAD,
            model="",
            serial="",
        )
        .on_conflict_do_nothing()
    )
    before = work.session.scalar(
        select(live.watched_until).where(live.device == device).with_for_update()
    )
    work.session.execute(
        update(live).where(live.device == device).values(watched_until=work.now + WATCHED_FOR)
    )
    return before is None or before < work.now


def _expire(work: UnitOfWork, device: str) -> None:
    """Close questions that nobody took in time: the device was never asked."""
    work.session.execute(
        update(model.Request)
        .where(
            model.Request.device == device,
            model.Request.state == RequestState.ASKED,
            model.Request.expires_at <= work.now,
        )
        .values(state=RequestState.EXPIRED, detail="nobody put the question to the device in time")
    )
