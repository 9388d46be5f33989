"""Takes readings from a collector into rows, and hands it the questions that were asked.

A question is answered at most once: it is taken by one collector run, and its answer is stored in
the transaction that closes it. A run that dies in between leaves a question that its successor
closes as interrupted; nobody asks the device a second time behind the operator's back.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from devices import (
    UNKNOWN_DEVICE,
    Act,
    Cause,
    Health,
    Kind,
    LinkState,
    Quality,
    Question,
    Reading,
    StoreAway,
)
from ebr import maintenance
from ebr.identity import Right
from ebr.kernel import Actor, Stale, Unavailable, UnitOfWork, new_id
from ebr.kernel.opening import Database, unit_of_work
from ebr.readings import model
from ebr.readings.views import RequestState

STATION = "collector"
_LONGEST_ANSWER = timedelta(minutes=15)
_NO_CONTACT = (Cause.UNREACHABLE, Cause.TIMEOUT, Cause.RESTARTED, Cause.WRONG_DEVICE)
NOBODY: Mapping[str, Any] = MappingProxyType({"person_name": "", "station": ""})


class PlantSink:
    """The store of one collector run; `run` names that run in everything it takes and keeps."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.run = str(new_id())
        self._in_hand: set[UUID] = set()
        self.url = database.settings.url(database.role)
        self._actor = Actor.service("collector", STATION, (Right.COLLECT_READINGS,))

    def keep(self, readings: tuple[Reading, ...]) -> None:
        """Keep readings for good, in one transaction; handing them over twice keeps them once."""
        with self._work("readings.keep") as work:
            for reading in readings:
                self._keep(work, reading)
        self._in_hand -= {each.question for each in readings if each.question is not None}

    def show(self, reading: Reading) -> None:
        """Show the value of this moment; a lost connection is shown as its report says."""
        if reading.cause in _NO_CONTACT:
            return
        with self._work("readings.show") as work:
            work.session.execute(text("SET LOCAL synchronous_commit = off"))
            work.session.execute(
                update(model.Live)
                .where(model.Live.device == reading.device)
                .values(
                    value=reading.value,
                    unit=reading.unit,
                    stable=reading.stable,
                    quality=reading.quality,
                    cause=reading.cause,
                    received_at=reading.received_at,
                    contact_at=func.clock_timestamp(),
                )
            )

    def report(self, health: Health) -> None:
        """Tell how it stands with a device; what it showed before is no longer true."""
        cells: dict[str, Any] = {
            "state": health.state,
            "detail": health.detail,
            "value": None,
            "unit": None,
            "stable": False,
            "quality": Quality.BAD,
            "cause": None,
            "model": health.identity.model,
            "serial": health.identity.serial,
            "session": health.session,
        }
        if health.state is LinkState.READY:
            cells["contact_at"] = func.clock_timestamp()
        with self._work("readings.report") as work:
            work.session.execute(
                insert(model.Live)
                .values(device=health.device, **cells)
                .on_conflict_do_update(index_elements=["device"], set_=cells)
            )

    def devices(self) -> tuple[maintenance.DeviceView, ...]:
        """The devices of the plant, as the equipment list has them now."""
        with self._work("readings.devices") as work:
            return maintenance.devices(work.session)

    def watched(self) -> frozenset[str]:
        """The devices that somebody looks at."""
        with self._work("readings.watched") as work:
            found = select(model.Live.device).where(model.Live.watched_until > work.now)
            return frozenset(work.session.scalars(found))

    def take(self, devices: Sequence[str]) -> tuple[Question, ...]:
        """Take the questions to these devices; each is handed out once, stale ones never."""
        request = model.Request
        with self._work("readings.take") as work:
            work.session.execute(
                update(request)
                .where(request.state == RequestState.ASKED, request.expires_at <= work.now)
                .values(
                    state=RequestState.EXPIRED,
                    detail="nobody put the question to the device in time",
                )
            )
            rows = work.session.execute(
                update(request)
                .where(request.state == RequestState.ASKED, request.device.in_(devices))
                .values(state=RequestState.TAKEN, taken_by=self.run)
                .returning(request.id, request.device, request.act)
            ).all()
        # Known only now: what is taken in a commit whose outcome was lost never gets this far.
        self._in_hand |= {row.id for row in rows}
        return tuple(Question(row.id, row.device, Act(row.act)) for row in rows)

    def close_abandoned(self, device: str) -> int:
        """Answer what was taken and never answered: what became of it is unknown.

        By an earlier run; by this one, when the connection went before it heard what it had taken;
        or so long ago that no device can still be at it.
        """
        request = model.Request
        with self._work("readings.close_abandoned") as work:
            rows = work.session.execute(
                select(request.id, request.act).where(
                    request.device == device,
                    request.state == RequestState.TAKEN,
                    or_(
                        request.taken_by != self.run,
                        request.id.not_in(tuple(self._in_hand)),
                        request.asked_at < work.now - _LONGEST_ANSWER,
                    ),
                )
            ).all()
            for row in rows:
                self._keep(work, _interrupted(row.id, device, Act(row.act), work.now), anyone=True)
        return len(rows)

    def _keep(self, work: UnitOfWork, reading: Reading, *, anyone: bool = False) -> None:
        """Store one reading; it closes its question, unless that is closed: then it is an orphan.

        `anyone` closes a question whichever run has taken it.
        """
        row_id = new_id()
        context: Mapping[str, Any] = NOBODY
        if reading.question is not None:
            request = model.Request
            good = reading.quality is Quality.GOOD
            closed = (
                update(request)
                .where(request.id == reading.question, request.state == RequestState.TAKEN)
                .values(
                    state=RequestState.ANSWERED if good else RequestState.FAILED,
                    detail=reading.detail,
                    reading=row_id,
                )
                .returning(
                    request.id.label("request"), request.act, request.batch, request.step,
                    request.person, request.person_name, request.station, request.asked_at,
                )
            )  # fmt: skip
            if not anyone:
                closed = closed.where(request.taken_by == self.run)
            if found := work.session.execute(closed).mappings().one_or_none():
                context = dict(found)
        work.session.execute(
            insert(model.Reading)
            .values(id=row_id, collector=self.run, **_cells(reading), **context)
            .on_conflict_do_nothing(index_elements=["session", "number"])
        )

    @contextlib.contextmanager
    def _work(self, purpose: str) -> Iterator[UnitOfWork]:
        """A unit of work of the collector; StoreAway when the database does not answer."""
        try:
            with unit_of_work(self._database, self._actor, request=purpose) as work:
                yield work
        except (Unavailable, Stale) as error:
            raise StoreAway(str(error)) from error


def _cells(reading: Reading) -> dict[str, Any]:
    """What the device said, as cells of its row."""
    return {
        "device": reading.device,
        "kind": reading.kind,
        "quality": reading.quality,
        "cause": reading.cause,
        "detail": reading.detail,
        "value": reading.value,
        "unit": reading.unit,
        "stable": reading.stable,
        "session": reading.session,
        "number": reading.number,
        "command": reading.command,
        "frame": reading.frame,
        "model": reading.identity.model,
        "serial": reading.identity.serial,
        "connection": reading.connection,
        "profile": reading.profile,
        "parser": reading.parser,
        "received_at": reading.received_at,
    }


def _interrupted(question: UUID, device: str, act: Act, now: datetime) -> Reading:
    """The answer to a question whose answer was lost between the device and the store."""
    return Reading(
        device=device,
        session=new_id(),
        number=0,
        question=question,
        kind=Kind.NOTICE,
        quality=Quality.BAD,
        cause=Cause.INTERRUPTED,
        detail=f"the collector stopped before it could store the answer ({act})",
        value=None,
        unit=None,
        stable=False,
        command=b"",
        frame=b"",
        received_at=now,
        identity=UNKNOWN_DEVICE,
        connection="",
        profile="",
        parser="",
    )
