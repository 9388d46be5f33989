"""One counter of failed attempts for each identity, and the lock-out that it ends in.

21 CFR 11.300(d): a wrong password counts the same at sign-in, unlocking and signing. It is counted
apart from the act, before the next one is looked at. What follows from it must outlive the refused
act, so it is the `aftermath` of the error: run in a unit of work of its own, after the act was
rolled back. Attempts that belong to no open account are pooled by
the kernel, and slow their station and address down like all others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from ebr.identity import credentials
from ebr.identity.events import AccountLocked, AttemptFailed, SessionEnded
from ebr.identity.lifecycle import ACCOUNT, AccountState, AccountVerb
from ebr.identity.logins import normalised
from ebr.identity.model import Account, Credential, Failure, Knock, Person, SessionRow
from ebr.identity.views import EndedBy
from ebr.kernel import SignatureRejected, Unavailable, UnitOfWork

MOST_A_MINUTE = 20
"""Failed attempts from one station or one address in a minute before the door waits."""
KEEP_KNOCKS = timedelta(hours=1)
_OPEN = (AccountState.ACTIVE, AccountState.INVITED)


class Act(StrEnum):
    """What was attempted with a password."""

    SIGN_IN = "sign_in"
    UNLOCK = "unlock"
    SIGN = "sign"
    CHANGE_PASSWORD = "change_password"  # noqa: S105 - the name of an act


class PasswordRejected(SignatureRejected):
    """The password is not the one of the person who is signed in here."""

    code = "password_rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An account whose holder somebody claims to be, with the hash of its password."""

    account: UUID
    person: UUID
    name: str
    login: str
    state: AccountState
    hash: str
    temporary: bool

    @property
    def open(self) -> bool:
        """Whether a right password opens anything."""
        return self.state in _OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A password given for an open account (None: there is none), and what came of it.

    `failures` in a row, this one included; `looked_at`: it was compared, not refused unseen.
    """

    claimed: Candidate | None
    right: bool = False
    failures: int = 0
    looked_at: bool = False

    @property
    def proven(self) -> Candidate | None:
        """The account, if the password was its own."""
        return self.claimed if self.right else None


def candidate_by_login(session: Session, typed: str, *, share: bool = False) -> Candidate | None:
    """The account that a typed login names, locked for this transaction; None when none does."""
    return _candidate(session, Account.login == normalised(typed), share=share)


def candidate_by_id(session: Session, account: UUID, *, share: bool = False) -> Candidate | None:
    """The account of this id, locked for this transaction."""
    return _candidate(session, Account.id == account, share=share)


def _candidate(session: Session, which: ColumnElement[bool], *, share: bool) -> Candidate | None:
    # Whoever writes into an account's stream takes this lock first; a signing shares it, so that an
    # account that is being locked or retired cannot sign at the same moment, and two people who
    # witness for each other never wait for each other.
    row = session.execute(
        select(Account, Person.name, Credential.hash, Credential.temporary)
        .join(Person, Person.id == Account.person)
        .join(Credential, Credential.account == Account.id)
        .where(which)
        .with_for_update(of=Account, read=share)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return None
    return Candidate(
        account=row.Account.id,
        person=row.Account.person,
        name=row.name,
        login=row.Account.login,
        state=AccountState(row.Account.state),
        hash=row.hash,
        temporary=row.temporary,
    )


def tried(work: UnitOfWork, claimed: Candidate | None, password: str) -> Tried:
    """Compare a password with the account's; takes as long when there is none to compare with.

    However many come at once: they are looked at one after the other, each counted before the
    next, and none any more once as many as are allowed were wrong.
    """
    cost, most = work.settings.password_cost, work.settings.failures_most
    if claimed is None or not claimed.open:
        credentials.matches(password, None, cost)
        return Tried(claimed=None)
    with work.apart() as counter:
        counter.execute(_ONE_BY_ONE, {"account": str(claimed.account)})
        here = Failure.account == claimed.account
        failures = counter.scalar(select(Failure.failures).where(here)) or 0
        looked_at = failures < most
        right = credentials.matches(password, claimed.hash if looked_at else None, cost)
        if right and failures:
            counter.execute(delete(Failure).where(here))
        elif looked_at and not right:
            failures += 1
            counter.execute(_count_of(claimed.account, failures, work.now))
    return Tried(claimed=claimed, right=right, failures=failures, looked_at=looked_at)


_ONE_BY_ONE = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('identity.failure/' || :account, 0))"
)


def _count_of(account: UUID, failures: int, at: datetime) -> Insert:
    count = {"failures": failures, "last_at": at}
    return (
        insert(Failure)
        .values(account=account, **count)
        .on_conflict_do_update(index_elements=[Failure.account], set_=count)
    )


def slow_down(work: UnitOfWork, station: str, source: str) -> None:
    """Let the door wait while a station or an address has failed too often in the last minute."""
    since = work.now - timedelta(minutes=1)
    for column, value in ((Knock.station, station), (Knock.source, source)):
        failures = work.session.scalar(
            select(func.coalesce(func.sum(Knock.failures), 0)).where(
                column == value, Knock.minute > since
            )
        )
        if int(failures or 0) >= MOST_A_MINUTE:
            raise Unavailable(
                "the sign-in at this station",
                60,
                f"Too many failed attempts from here ({MOST_A_MINUTE} a minute at most). "
                "Wait a minute, then try again.",
            )


def forget_failures(work: UnitOfWork, account: UUID) -> None:
    """Start counting anew: the right password was given, or the account was opened again."""
    work.session.execute(delete(Failure).where(Failure.account == account))


def aftermath_of(
    act: Act, attempt: Tried, station: str, source: str
) -> Callable[[UnitOfWork], None]:
    """What must be remembered of a failed attempt although the act itself is rolled back."""

    def remember(work: UnitOfWork) -> None:
        knock(work, station, source)
        if attempt.claimed is not None:
            _tell(work, act, attempt.claimed, attempt, station, source)

    return remember


def _tell(
    work: UnitOfWork, act: Act, claimed: Candidate, attempt: Tried, station: str, source: str
) -> None:
    """Tell the failure, and lock the account if it was the last that is allowed."""
    most = work.settings.failures_most
    current = candidate_by_id(work.session, claimed.account)
    failed = AttemptFailed(
        attempt=act,
        account=claimed.account,
        failures=attempt.failures,
        most=most,
        station=station,
        source=source,
    )
    if attempt.failures < most or current is None or not current.open:
        if attempt.looked_at:
            work.record(f"attempt/{claimed.account}", failed)
        return
    row = work.session.get_one(Account, claimed.account)
    row.state = ACCOUNT.after(current.state, AccountVerb.LOCK).becomes
    work.record(
        row.stream,
        AccountLocked(
            account=claimed.account,
            person=claimed.person,
            name=claimed.name,
            login=claimed.login,
            failures=attempt.failures,
            station=station,
            source=source,
        ),
        failed,
        *end_sessions(work, claimed.account, EndedBy.ACCOUNT),
        refs=[f"attempt/{claimed.account}"],
    )


def end_sessions(
    work: UnitOfWork, account: UUID, by: EndedBy, but: UUID | None = None
) -> tuple[SessionEnded, ...]:
    """End every session of an account, but perhaps one; the events that tell it."""
    ended = work.session.execute(
        update(SessionRow)
        .where(SessionRow.account == account, SessionRow.state != "ended", SessionRow.id != but)
        .values(state="ended", continuous=False)
        .returning(SessionRow.id, SessionRow.station)
    ).all()
    return tuple(SessionEnded(session=row.id, station=row.station, by=by) for row in ended)


def end_periods(work: UnitOfWork, which: ColumnElement[bool]) -> None:
    """End the signing period of some sessions: their next signing takes both components."""
    work.session.execute(
        update(SessionRow).where(which, SessionRow.continuous).values(continuous=False)
    )


def knock(work: UnitOfWork, station: str, source: str) -> None:
    """Count a failed attempt against its station and address, to slow guessing down."""
    minute = work.now.replace(second=0, microsecond=0)
    work.session.execute(
        insert(Knock)
        .values(station=station, source=source, minute=minute, failures=1)
        .on_conflict_do_update(
            index_elements=[Knock.station, Knock.source, Knock.minute],
            set_={"failures": Knock.failures + 1},
        )
    )
    work.session.execute(delete(Knock).where(Knock.minute < minute - KEEP_KNOCKS))
