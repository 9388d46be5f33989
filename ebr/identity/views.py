"""What identity answers: sessions, people and accounts as frozen values for pages and API."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ebr.identity.lifecycle import AccountState


class Standing(StrEnum):
    """Whether a session may be used now, as the server judges at this call."""

    OPEN = "open"
    LOCKED = "locked"
    ENDED = "ended"


class EndedBy(StrEnum):
    """What closed a session or hid it behind the lock screen."""

    PERSON = "person"
    IDLE = "idle"
    ACCOUNT = "account"
    CHANGE_OF_USER = "change_of_user"
    AGE = "age"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """One session as it stands at this very call: who, where, with which rights."""

    id: UUID
    person: UUID
    account: UUID
    name: str
    login: str
    role: str
    roles: tuple[str, ...]
    rights: frozenset[str] = field(repr=False)
    station: str
    source: str
    standing: Standing
    locked_by: EndedBy | None
    opened_at: datetime
    last_input: datetime
    locks_at: datetime
    locked_at: datetime | None
    continuous: bool
    must_change_password: bool
    touch_due: bool
    csrf: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """A human being and the accounts that are theirs."""

    id: UUID
    name: str
    logins: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """One account: whose it is, how it stands, what it may."""

    id: UUID
    person: UUID
    name: str
    login: str
    state: AccountState
    roles: tuple[str, ...]
    role_titles: tuple[str, ...]
    rights: frozenset[str]
    temporary_password: bool
    stream: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleView:
    """A role with its rights and the roles it excludes."""

    key: str
    title: str
    rights: tuple[str, ...]
    excludes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsPage:
    """Accounts and every role, for those who look after them; `next` marks the rest."""

    items: tuple[AccountView, ...]
    next: str | None
    roles: tuple[RoleView, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the site's accounts that a plant must not run with."""

    code: str
    text: str
    remedy: str
