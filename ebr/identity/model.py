"""The tables of identity: people, their accounts, passwords, roles and rights, and open sessions.

No row here is ever deleted or given to somebody else: logins stay taken, grants are withdrawn, not
removed. What changes without an act of a person (sessions, failure counters) is Operational.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ebr.identity.rules import LOGIN_TAKEN
from ebr.kernel import Base, Operational, Recorded, constraint, table


class Person(Base):
    """A human being, once, whatever accounts they have; `name` is printed beside signatures."""

    __tablename__ = "person"
    __table_args__ = table("identity", Recorded())

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]

    @property
    def stream(self) -> str:
        """Where the ledger keeps what happened to this person."""
        return f"person/{self.id}"


class Account(Base):
    """A login of one person. `skeleton` is the login as a hasty reader sees it, unique as well."""

    __tablename__ = "account"
    __table_args__ = table(
        "identity", Recorded(), UniqueConstraint("login"), UniqueConstraint("skeleton")
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("identity.person.id"), index=True)
    login: Mapped[str]
    skeleton: Mapped[str]
    state: Mapped[str]

    @property
    def stream(self) -> str:
        """Where the ledger keeps what happened to this account, its accesses included."""
        return f"account/{self.id}"


class Credential(Base):
    """The password of an account, as a salted slow hash that no ledger entry ever holds."""

    __tablename__ = "credential"
    __table_args__ = table("identity", Recorded(secret=("hash",)))

    account: Mapped[UUID] = mapped_column(ForeignKey("identity.account.id"), primary_key=True)
    hash: Mapped[str]
    temporary: Mapped[bool]
    set_at: Mapped[datetime]


class RoleRow(Base):
    """A role by key, with the title that people read."""

    __tablename__ = "role"
    __table_args__ = table("identity", Recorded())

    key: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]


class RoleRight(Base):
    """That a role holds a right, or no longer does."""

    __tablename__ = "role_right"
    __table_args__ = table("identity", Recorded())

    role: Mapped[str] = mapped_column(ForeignKey("identity.role.key"), primary_key=True)
    right_key: Mapped[str] = mapped_column(primary_key=True)
    held: Mapped[bool]


class RoleConflict(Base):
    """Two roles that one person never holds together."""

    __tablename__ = "role_conflict"
    __table_args__ = table("identity", Recorded())

    one: Mapped[str] = mapped_column(ForeignKey("identity.role.key"), primary_key=True)
    other: Mapped[str] = mapped_column(ForeignKey("identity.role.key"), primary_key=True)
    why: Mapped[str]


class AccountRole(Base):
    """That an account holds a role, or no longer does."""

    __tablename__ = "account_role"
    __table_args__ = table("identity", Recorded())

    account: Mapped[UUID] = mapped_column(ForeignKey("identity.account.id"), primary_key=True)
    role: Mapped[str] = mapped_column(ForeignKey("identity.role.key"), primary_key=True)
    held: Mapped[bool]


class SessionRow(Base):
    """One sign-in at one station; the token is nowhere, only its digest and our seal over it."""

    __tablename__ = "session"
    __table_args__ = table("identity", Operational(), UniqueConstraint("token_hash"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[str]
    seal: Mapped[str]
    account: Mapped[UUID] = mapped_column(ForeignKey("identity.account.id"), index=True)
    station: Mapped[str] = mapped_column(index=True)
    source: Mapped[str]
    state: Mapped[str]
    locked_by: Mapped[str | None]
    locked_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    last_input: Mapped[datetime]
    idle_lock_s: Mapped[int]
    continuous: Mapped[bool]


class Failure(Base):
    """How often in a row the password of an account was wrong, at log-in and signing together.

    Without a foreign key: it is counted apart from the act that holds the account's row locked.
    """

    __tablename__ = "failure"
    __table_args__ = table("identity", Operational())

    account: Mapped[UUID] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]


class Knock(Base):
    """Failed attempts from a station and an address, counted by the minute, to slow guessing."""

    __tablename__ = "knock"
    __table_args__ = table("identity", Operational())

    station: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    minute: Mapped[datetime] = mapped_column(primary_key=True)
    failures: Mapped[int]


constraint("uq_account_login", LOGIN_TAKEN)
constraint("uq_account_skeleton", LOGIN_TAKEN)
