"""Signing in and out, locking and unlocking: who sits at which station, told in the access log.

Every access is an entry in the stream of its account (Annex 11 draft 11.9); when the log cannot be
written, nobody gets in. Any break ends the continuous signing period: lock, idle time, another
station or address, another person in between, signing out (21 CFR 11.200(a)(1)(ii)).
"""

import re
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select

from ebr.identity import credentials, rules, tokens
from ebr.identity.attempts import (
    Act,
    Candidate,
    PasswordRejected,
    aftermath_of,
    candidate_by_id,
    candidate_by_login,
    end_periods,
    slow_down,
    tried,
)
from ebr.identity.commands import (
    Attempt,
    LockSession,
    MoveStation,
    SignIn,
    SignOut,
    Stranger,
    Touch,
    UnlockSession,
)
from ebr.identity.events import (
    PasswordRehashed,
    SessionEnded,
    SessionLocked,
    SessionMoved,
    SessionStarted,
    SessionUnlocked,
)
from ebr.identity.guard import needs
from ebr.identity.lifecycle import AccountState
from ebr.identity.model import Account, Credential, SessionRow
from ebr.identity.queries import ENDED, Held, facts_of, roles_of
from ebr.identity.rights import Right
from ebr.identity.views import EndedBy, Standing
from ebr.kernel import (
    Actor,
    Forbidden,
    Malformed,
    Unauthenticated,
    UnitOfWork,
    new_id,
    refuse_if,
)

STATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
KEEP_SESSIONS = timedelta(days=30)
MOST_SOURCE = 100
OPEN, LOCKED = "open", "locked"


def sign_in(work: UnitOfWork, command: SignIn) -> str:
    """Open a session for whoever gives login and password; its id, never its token.

    Raises `Unauthenticated` without a hint which part failed, `Unavailable` while the door waits.
    """
    station, source = _place(command.station), command.source[:MOST_SOURCE]
    slow_down(work, station, source)
    claimed = candidate_by_login(work.session, command.login)
    password = command.secret.reveal()
    attempt = tried(work, claimed, password)
    found = attempt.proven
    if found is None:
        raise Unauthenticated(
            "This login and this password do not open an account here.",
            aftermath=aftermath_of(Act.SIGN_IN, attempt, station, source),
        )
    # Another person in between ends the signing period of whoever was there before.
    end_periods(work, SessionRow.station == station)
    session, token = new_id(), command.token.reveal()
    row = work.add(
        SessionRow(
            id=session,
            token_hash=tokens.digest_of(token),
            seal=tokens.sealed(work.key, session, found.account, token),
            account=found.account,
            station=station,
            source=source,
            state=OPEN,
            locked_by=None,
            locked_at=None,
            opened_at=work.now,
            last_input=work.now,
            idle_lock_s=work.settings.idle_lock_s,
            continuous=False,
        )
    )
    held = roles_of(work.session, found.account)
    work.actor = _person(found, held, row)
    started = SessionStarted(
        session=row.id,
        account=found.account,
        person=found.person,
        name=found.name,
        login=found.login,
        role=held.role,
        station=station,
        source=source,
    )
    work.record(f"account/{found.account}", started, *_rehash(work, found, password))
    return str(row.id)


@needs(Right.USE_OWN_SESSION)
def touch(work: UnitOfWork, command: Touch) -> None:
    """Note that a person did something in their session; polls never come here.

    Another network address ends the continuous signing period. Nothing is recorded.
    """
    if work.actor.session is None:
        raise Unauthenticated
    row = _session(work, work.actor.session)
    if _standing(work, row) is not Standing.OPEN:
        return
    source = command.source[:MOST_SOURCE]
    if source != row.source:
        row.source, row.continuous = source, False
    row.last_input = work.now


@needs(Right.USE_OWN_SESSION)
def lock(work: UnitOfWork, command: LockSession) -> None:  # noqa: ARG001 - it says all
    """Hide the screen until the same person comes back."""
    row = _own(work)
    if _standing(work, row) is not Standing.OPEN:
        return
    _lock(work, row, EndedBy.PERSON)


@needs(Right.USE_OWN_SESSION)
def unlock(work: UnitOfWork, command: UnlockSession) -> None:
    """Go on in one's own session; the password of anybody else does not open it."""
    row = _own(work)
    account = row.account
    found = candidate_by_id(work.session, account)
    stands = _standing(work, row)
    if stands is Standing.ENDED:
        raise Unauthenticated("This session has ended; please sign in again.")
    attempt = tried(work, found, command.secret.reveal())
    if attempt.proven is None:
        raise PasswordRejected(aftermath=aftermath_of(Act.UNLOCK, attempt, row.station, row.source))
    events: list[SessionLocked | SessionUnlocked] = []
    if row.state == OPEN and stands is Standing.LOCKED:
        events.append(SessionLocked(session=row.id, station=row.station, by=EndedBy.IDLE))
    row.state, row.locked_by, row.locked_at = OPEN, None, None
    row.last_input, row.continuous = work.now, False
    if stands is Standing.LOCKED:
        events.append(SessionUnlocked(session=row.id, station=row.station))
        work.record(f"account/{account}", *events)


@needs(Right.USE_OWN_SESSION)
def sign_out(work: UnitOfWork, command: SignOut) -> None:  # noqa: ARG001 - it says all
    """End one's session."""
    row = _own(work)
    if row.state == ENDED:
        return
    row.state, row.continuous = ENDED, False
    ended = SessionEnded(session=row.id, station=row.station, by=EndedBy.PERSON)
    work.record(f"account/{row.account}", ended)


@needs(Right.USE_OWN_SESSION)
def move_station(work: UnitOfWork, command: MoveStation) -> None:
    """Go on at another station, from where the next signing needs login and password again."""
    row = _own(work)
    station = _place(command.station)
    refuse_if(rules.reasons_against_moving(_standing(work, row)))
    if station == row.station:
        return
    was, row.station, row.continuous = row.station, station, False
    moved = SessionMoved(session=row.id, was=was, station=station)
    work.record(f"account/{row.account}", moved)


def note_stranger(work: UnitOfWork, command: Stranger) -> None:  # noqa: ARG001 - it says all
    """Refuse somebody without a session, so that it is remembered, pooled by the minute."""
    raise Unauthenticated


def refuse_for_want_of(work: UnitOfWork, command: Attempt) -> None:
    """Refuse an attempt for want of a right, so that it is remembered like any other."""
    if not work.actor.may(command.right):
        raise Forbidden(command.right)


@needs(Right.KEEP_HOUSE)
def lock_idle(work: UnitOfWork, session: UUID) -> None:
    """Tell the access log that a session has locked by itself; the lock itself is older."""
    account = work.session.scalar(select(SessionRow.account).where(SessionRow.id == session))
    if account is None or candidate_by_id(work.session, account) is None:
        return
    row = _session(work, session)
    idle_for = timedelta(seconds=row.idle_lock_s)
    if row.state == OPEN and work.now - row.last_input >= idle_for:
        _lock(work, row, EndedBy.IDLE)


@needs(Right.KEEP_HOUSE)
def forget_sessions(work: UnitOfWork, command: None = None) -> None:  # noqa: ARG001 - it says all
    """Throw away sessions that ended long ago; the access log keeps what there was."""
    work.session.execute(delete(SessionRow).where(SessionRow.opened_at < work.now - KEEP_SESSIONS))


def _own(work: UnitOfWork) -> SessionRow:
    """The session of the actor, locked for this transaction; its account first, as everywhere."""
    if work.actor.account is None or work.actor.session is None:
        raise Unauthenticated
    candidate_by_id(work.session, work.actor.account)
    return _session(work, work.actor.session)


def _session(work: UnitOfWork, session: UUID) -> SessionRow:
    row = work.session.get(SessionRow, session, with_for_update=True, populate_existing=True)
    if row is None:
        raise Unauthenticated("This session has ended; please sign in again.")
    return row


def _standing(work: UnitOfWork, row: SessionRow) -> Standing:
    account = work.session.get_one(Account, row.account)
    return rules.standing(facts_of(row, AccountState(account.state)), work.now)[0]


def _lock(work: UnitOfWork, row: SessionRow, by: EndedBy) -> None:
    row.state, row.locked_by, row.continuous = LOCKED, by, False
    row.locked_at = work.now
    locked = SessionLocked(session=row.id, station=row.station, by=by)
    work.record(f"account/{row.account}", locked)


def _place(station: str) -> str:
    """A station as the ledger can name it."""
    if not STATION.fullmatch(station):
        raise Malformed({"station": ("Give the station's short name: letters, digits, point, -.",)})
    return station


def _person(found: Candidate, held: Held, row: SessionRow) -> Actor:
    """Who acts from here on: the person who has just shown who they are."""
    return Actor(
        person=found.person,
        account=found.account,
        name=found.name,
        role=held.role,
        kind="human",
        rights=frozenset(held.rights),
        station=row.station,
        session=row.id,
    )


def _rehash(work: UnitOfWork, found: Candidate, password: str) -> tuple[PasswordRehashed, ...]:
    """Keep the password at today's cost when it was kept at another."""
    if not credentials.aged(found.hash, work.settings.password_cost):
        return ()
    row = work.session.get_one(Credential, found.account)
    row.hash = credentials.hashed(password, work.settings.password_cost)
    return (PasswordRehashed(account=found.account, login=found.login),)
