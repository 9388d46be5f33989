"""What may be asked of identity: of people, accounts, roles, passwords and sessions.

Passwords and session tokens travel as `Secret`: they are left out of the request's digest, of the
ledger and of every outcome. A session's token is made by the edge (`kernel.new_token`) and only
its digest is kept, so that no table and no remembered outcome can open a session.
"""

from dataclasses import dataclass
from uuid import UUID

from ebr.identity.rights import Right
from ebr.kernel import Secret, Why


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePerson:
    """Enter a human being, with the name that will be printed beside the signatures."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenamePerson:
    """Change the printed name of a person; what was signed before keeps the name of then."""

    person: UUID
    name: str
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAccount:
    """Invite a person under a login, with a temporary password to be replaced at the first use."""

    person: UUID
    login: str
    secret: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateFirstAdministrator:
    """Make the one account from which all others of a new site follow."""

    login: str
    name: str
    secret: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRole:
    """Give an account a role."""

    account: UUID
    role: str
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawRole:
    """Take a role from an account; it counts at the very next call."""

    account: UUID
    role: str
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class DisableAccount:
    """Retire an account: its sessions end, its login stays taken for ever."""

    account: UUID
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class EnableAccount:
    """Bring a retired account back for the same person."""

    account: UUID
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockAccount:
    """Open an account again that too many failed attempts have locked."""

    account: UUID
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueTemporaryPassword:
    """Replace a forgotten password by a temporary one, which can sign nothing."""

    account: UUID
    secret: Secret
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassword:
    """Replace one's own password."""

    current: Secret
    new: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Open a session at a station, under a token that the edge has made."""

    login: str
    secret: Secret
    token: Secret
    station: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """Somebody without a session asked for something that only people of the plant may see."""

    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Somebody tried what they have no right to; `what` names the address or the verb."""

    right: Right
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """A person did something in their session, from this network address."""

    source: str


@dataclass(frozen=True, slots=True)
class LockSession:
    """Hide the screen until the same person unlocks it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockSession:
    """Go on in one's own locked session; nobody else can."""

    secret: Secret


@dataclass(frozen=True, slots=True)
class SignOut:
    """End one's session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveStation:
    """Go on at another station; the continuous signing period ends."""

    station: str
