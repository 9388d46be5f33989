"""Sessions and passwords for programs: the same acts as at the door."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Response

from ebr import identity
from ebr.identity import (
    ChangePassword,
    LockSession,
    MoveStation,
    Right,
    SessionView,
    SignIn,
    SignOut,
    Standing,
    UnlockSession,
)
from ebr.kernel import Secret, Unauthenticated, new_token
from ebr.web import binding, responses, sessions, work
from ebr.web.routing import API, PUBLIC, Route, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a program gives to sign in: login, secret, and the station it stands at."""

    login: str
    secret: Secret
    station: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """One session as its owner sees it; `csrf` goes into the header X-CSRF-Token of every act."""

    id: UUID
    login: str
    name: str
    person: UUID
    role: str
    roles: tuple[str, ...]
    rights: tuple[str, ...]
    station: str
    standing: Standing
    continuous: bool
    must_change_password: bool
    opened_at: datetime
    locks_at: datetime
    locked_at: datetime | None
    csrf: str

    @classmethod
    def of(cls, seat: SessionView) -> "OpenSession":
        """The owner's view of a session."""
        return cls(
            id=seat.id,
            login=seat.login,
            name=seat.name,
            person=seat.person,
            role=seat.role,
            roles=seat.roles,
            rights=tuple(sorted(seat.rights)),
            station=seat.station,
            standing=seat.standing,
            continuous=seat.continuous,
            must_change_password=seat.must_change_password,
            opened_at=seat.opened_at,
            locks_at=seat.locks_at,
            locked_at=seat.locked_at,
            csrf=seat.csrf,
        )


def sign_in() -> Response:
    """Open a session at a station; the answer sets the cookie and tells the token for acts."""
    opening = binding.bind(Opening)
    place = sessions.choose_station(opening.station)
    sessions.stand_at(place)
    token = new_token()
    command = SignIn(
        login=opening.login,
        secret=opening.secret,
        token=Secret(token),
        station=place.code,
        source=sessions.source(),
    )
    work.act(identity.sign_in, command)
    seat = work.ask(identity.session_of, Secret(token))
    if seat is None:
        raise Unauthenticated
    answer = responses.answer(OpenSession.of(seat), status=201, location=f"{API}/session")
    return sessions.keep_session(answer, token)


def show_session() -> Response:
    """The session of this cookie, also behind its lock; asking never keeps it open."""
    return responses.answer(OpenSession.of(sessions.require()))


def sign_out() -> Response:
    """End the session."""
    work.act(identity.sign_out, SignOut())
    return sessions.drop_session(responses.done())


def lock() -> Response:
    """Lock the session now."""
    work.act(identity.lock, LockSession())
    return _now()


def unlock() -> Response:
    """Go on in one's own locked session."""
    work.act(identity.unlock, binding.bind(UnlockSession))
    return _now()


def move_station() -> Response:
    """Go on at another station; the next signing asks for both components."""
    command = binding.bind(MoveStation)
    sessions.choose_station(command.station)
    work.act(identity.move_station, command)
    return _now()


def change_password() -> Response:
    """Replace one's own password."""
    work.act(identity.change_password, binding.bind(ChangePassword))
    return responses.done()


def _now() -> Response:
    sessions.forget()
    return responses.answer(OpenSession.of(sessions.require()))


OWN = Right.USE_OWN_SESSION
ROUTES = (
    Route("POST", "/session", sign_in, PUBLIC, takes=Opening, answers=OpenSession, status=201),
    Route(
        "GET",
        "/session",
        show_session,
        OWN,
        passive=True,
        stage=Stage.DOOR,
        answers=OpenSession,
    ),
    Route("DELETE", "/session", sign_out, OWN, stage=Stage.DOOR),
    Route("POST", "/session/lock", lock, OWN, stage=Stage.BEGINNING, answers=OpenSession),
    Route(
        "POST",
        "/session/unlock",
        unlock,
        OWN,
        stage=Stage.DOOR,
        takes=UnlockSession,
        answers=OpenSession,
    ),
    Route("POST", "/session/station", move_station, OWN, takes=MoveStation, answers=OpenSession),
    Route("POST", "/password", change_password, OWN, stage=Stage.BEGINNING, takes=ChangePassword),
)
