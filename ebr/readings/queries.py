"""Questions about devices and what they reported. Nothing here writes."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from devices import Act, Cause, Identity, Kind, LinkState, Quality
from ebr.kernel import Unknown, page
from ebr.readings import model
from ebr.readings.rules import CONTACT
from ebr.readings.views import (
    AnswerView,
    ExplanationView,
    LiveView,
    OrphansPage,
    ReadingView,
    RequestState,
)

_CONTROLS = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}


def reading(session: Session, reading_id: UUID) -> ReadingView:
    """One reading with its frame and context; `Unknown` when there is none."""
    row = session.execute(_readings().where(model.Reading.id == reading_id)).one_or_none()
    if row is None:
        raise Unknown("reading")
    return _reading_view(*row)


def readings_of_step(session: Session, batch: UUID, step: str) -> tuple[ReadingView, ...]:
    """Every attempt of a step, failed ones too, oldest first."""
    found = _readings().where(model.Reading.batch == batch, model.Reading.step == step)
    return tuple(_reading_view(*row) for row in session.execute(found.order_by(model.Reading.id)))


def orphans(
    session: Session, *, after: str | None = None, size: int = 50, only_open: bool = True
) -> OrphansPage:
    """Readings that nobody asked for, newest first (ALCOA-E-1: none is ever lost from view)."""
    chosen = _readings().where(model.Reading.request.is_(None))
    if only_open:
        chosen = chosen.where(model.Explanation.reading.is_(None))
    found = page(session, chosen, model.Reading.id, after=after, size=size, newest_first=True).map(
        lambda row: _reading_view(*row)
    )
    count, oldest = session.execute(_open_orphans()).one()
    return OrphansPage(items=found.items, next=found.next, open=count, oldest=oldest)


def open_orphans(
    session: Session, devices: Collection[str], since: datetime, until: datetime | None
) -> int:
    """How many unexplained readings these devices gave in a window: what release must know."""
    came = model.Reading.received_at
    found = _open_orphans().where(model.Reading.device.in_(devices), came >= since)
    return session.execute(found if until is None else found.where(came <= until)).one()[0]


def answer(session: Session, request: UUID) -> AnswerView:
    """How far a question to a device has come; `Unknown` when nobody asked it."""
    found = _requests().where(model.Request.id == request)
    row = session.execute(found).one_or_none()
    if row is None:
        raise Unknown("question to a device")
    return _answer_view(session, row)


def last_answer(session: Session, batch: UUID, step: str) -> AnswerView | None:
    """The newest question that a step has put to a device, for whoever opens its page again."""
    found = _requests().where(model.Request.batch == batch, model.Request.step == step)
    row = session.execute(found.order_by(model.Request.id.desc()).limit(1)).one_or_none()
    return _answer_view(session, row) if row is not None else None


def live(session: Session, device: str) -> LiveView | None:
    """What a device shows at this moment; None when the collector has never met it."""
    row = session.execute(_lives().where(model.Live.device == device)).one_or_none()
    return _live_view(*row) if row is not None else None


def live_devices(session: Session) -> tuple[LiveView, ...]:
    """How it stands with every device that the collector has met."""
    return tuple(_live_view(*row) for row in session.execute(_lives().order_by(model.Live.device)))


def written_out(frame: bytes) -> str:
    """Bytes as a person can read them: control characters as pictures, others in hexadecimal."""
    return "".join(
        chr(byte).translate(_CONTROLS) if byte < 0x80 else f"\\x{byte:02x}" for byte in frame
    )


def _readings() -> Select[model.Reading, model.Use, model.Explanation]:
    return (
        select(model.Reading, model.Use, model.Explanation)
        .outerjoin(model.Use, model.Use.reading == model.Reading.id)
        .outerjoin(model.Explanation, model.Explanation.reading == model.Reading.id)
    )


def _open_orphans() -> Select[int, datetime]:
    explained = exists().where(model.Explanation.reading == model.Reading.id)
    return select(func.count(), func.min(model.Reading.received_at)).where(
        model.Reading.request.is_(None), ~explained
    )


def _requests() -> Select[model.Request, datetime]:
    return select(model.Request, func.clock_timestamp())


def _lives() -> Select[model.Live, datetime]:
    return select(model.Live, func.clock_timestamp())


def _reading_view(
    row: model.Reading, use: model.Use | None, explanation: model.Explanation | None
) -> ReadingView:
    return ReadingView(
        id=row.id,
        device=row.device,
        kind=Kind(row.kind),
        quality=Quality(row.quality),
        cause=Cause(row.cause) if row.cause else None,
        detail=row.detail,
        value=row.value,
        unit=row.unit,
        stable=row.stable,
        session=row.session,
        number=row.number,
        request=row.request,
        act=Act(row.act) if row.act else None,
        batch=row.batch,
        step=row.step,
        person=row.person,
        person_name=row.person_name,
        station=row.station,
        asked_at=row.asked_at,
        command=written_out(row.command),
        frame=written_out(row.frame),
        frame_bytes=row.frame,
        model=row.model,
        serial=row.serial,
        simulated=Identity(row.model, row.serial).simulated,
        connection=row.connection,
        profile=row.profile,
        parser=row.parser,
        collector=row.collector,
        received_at=row.received_at,
        stored_at=row.stored_at,
        used_batch=use.batch if use else None,
        used_step=use.step if use else None,
        explanation=None
        if explanation is None
        else ExplanationView(
            batch=explanation.batch,
            text=explanation.text,
            person_name=explanation.person_name,
            explained_at=explanation.explained_at,
        ),
    )


def _answer_view(session: Session, found: Row[model.Request, datetime]) -> AnswerView:
    row, now = found
    state, detail = RequestState(row.state), row.detail
    if state is RequestState.ASKED and row.expires_at <= now:
        state, detail = RequestState.EXPIRED, "nobody put the question to the device in time"
    return AnswerView(
        request=row.id,
        device=row.device,
        act=Act(row.act),
        state=state,
        batch=row.batch,
        step=row.step,
        asked_at=row.asked_at,
        detail=detail,
        reading=reading(session, row.reading) if row.reading else None,
    )


def _live_view(row: model.Live, now: datetime) -> LiveView:
    in_contact = (
        row.state == LinkState.READY
        and row.contact_at is not None
        and now - row.contact_at < CONTACT
    )
    return LiveView(
        device=row.device,
        state=LinkState(row.state),
        detail=row.detail,
        in_contact=in_contact,
        value=row.value if in_contact else None,
        unit=row.unit if in_contact else None,
        stable=row.stable and in_contact,
        quality=Quality(row.quality) if in_contact else Quality.BAD,
        cause=Cause(row.cause) if row.cause else None,
        model=row.model,
        serial=row.serial,
        simulated=Identity(row.model, row.serial).simulated,
        session=row.session,
        received_at=row.received_at,
        contact_at=row.contact_at,
        now=now,
    )
