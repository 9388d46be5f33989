"""What can have happened to people, accounts, roles, passwords and sessions.

Each event says in words what a reader needs in thirty years: the login and the printed name as they
were, the title of the role, not keys alone. No event ever holds a password or its hash.
"""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from ebr.kernel import register


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCreated:
    """A human being was entered."""

    KIND: ClassVar[str] = "person.created"
    VERSION: ClassVar[int] = 1
    person: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRenamed:
    """A person bears another printed name from here on."""

    KIND: ClassVar[str] = "person.renamed"
    VERSION: ClassVar[int] = 1
    person: UUID
    was: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCreated:
    """A person was invited under a login."""

    KIND: ClassVar[str] = "account.created"
    VERSION: ClassVar[int] = 1
    account: UUID
    person: UUID
    name: str
    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountActivated:
    """The holder replaced the temporary password and may act."""

    KIND: ClassVar[str] = "account.activated"
    VERSION: ClassVar[int] = 1
    account: UUID
    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLocked:
    """Too many failed attempts in a row locked an account."""

    KIND: ClassVar[str] = "account.locked"
    VERSION: ClassVar[int] = 1
    account: UUID
    person: UUID
    name: str
    login: str
    failures: int
    station: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountUnlocked:
    """An administrator opened a locked account again."""

    KIND: ClassVar[str] = "account.unlocked"
    VERSION: ClassVar[int] = 1
    account: UUID
    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDisabled:
    """An account was retired; its login stays taken."""

    KIND: ClassVar[str] = "account.disabled"
    VERSION: ClassVar[int] = 1
    account: UUID
    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEnabled:
    """A retired account came back for the same person."""

    KIND: ClassVar[str] = "account.enabled"
    VERSION: ClassVar[int] = 1
    account: UUID
    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGranted:
    """An account was given a role, with the rights it held at that moment."""

    KIND: ClassVar[str] = "account.role.granted"
    VERSION: ClassVar[int] = 1
    account: UUID
    login: str
    role: str
    title: str
    rights: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleWithdrawn:
    """A role was taken from an account."""

    KIND: ClassVar[str] = "account.role.withdrawn"
    VERSION: ClassVar[int] = 1
    account: UUID
    login: str
    role: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged:
    """The holder replaced their password."""

    KIND: ClassVar[str] = "account.password.changed"
    VERSION: ClassVar[int] = 1
    account: UUID
    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordIssued:
    """An administrator issued a temporary password."""

    KIND: ClassVar[str] = "account.password.issued"
    VERSION: ClassVar[int] = 1
    account: UUID
    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordRehashed:
    """The same password was stored again at today's cost, at a sign-in of its holder."""

    KIND: ClassVar[str] = "account.password.rehashed"
    VERSION: ClassVar[int] = 1
    account: UUID
    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarted:
    """A person signed in at a station."""

    KIND: ClassVar[str] = "session.started"
    VERSION: ClassVar[int] = 1
    session: UUID
    account: UUID
    person: UUID
    name: str
    login: str
    role: str
    station: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded:
    """A session came to its end: signed out, or cut off with the account."""

    KIND: ClassVar[str] = "session.ended"
    VERSION: ClassVar[int] = 1
    session: UUID
    station: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLocked:
    """A session was hidden behind the lock screen."""

    KIND: ClassVar[str] = "session.locked"
    VERSION: ClassVar[int] = 1
    session: UUID
    station: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionUnlocked:
    """The same person went on in a locked session."""

    KIND: ClassVar[str] = "session.unlocked"
    VERSION: ClassVar[int] = 1
    session: UUID
    station: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMoved:
    """A session went on at another station."""

    KIND: ClassVar[str] = "session.moved"
    VERSION: ClassVar[int] = 1
    session: UUID
    was: str
    station: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFailed:
    """A password was wrong for an account that is there: at sign-in, unlocking or signing."""

    KIND: ClassVar[str] = "attempt.failed"
    VERSION: ClassVar[int] = 1
    attempt: str
    account: UUID
    failures: int
    most: int
    station: str
    source: str


EVENTS = (
    PersonCreated,
    PersonRenamed,
    AccountCreated,
    AccountActivated,
    AccountLocked,
    AccountUnlocked,
    AccountDisabled,
    AccountEnabled,
    RoleGranted,
    RoleWithdrawn,
    PasswordChanged,
    PasswordIssued,
    PasswordRehashed,
    SessionStarted,
    SessionEnded,
    SessionLocked,
    SessionUnlocked,
    SessionMoved,
    AttemptFailed,
)

for _event in EVENTS:
    register(_event)
