"""The people of the demo plant: who they are, what they may do, where they usually stand.

They come in as in any plant: an installer invites the administrator, the administrator everybody
else, and each replaces the temporary password. The demo's passwords are public.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar
from uuid import UUID

from audit.canonical import Plain, canonical, digest
from ebr import identity
from ebr.identity import AccountState, AccountView, Given, Right
from ebr.kernel import Actor, Secret, UnitOfWork, Why, new_id, new_token
from ebr.kernel.opening import Database, perform, reading
from workflows.recipe import Meaning

C = TypeVar("C")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """A person of the demo plant."""

    login: str
    name: str
    role: str
    station: str

    @property
    def password(self) -> str:
        """The password, the same for all and known to everybody who tries the demo."""
        return PASSWORD


ADMINISTRATOR = "w.admin"
PASSWORD = "tidal maple anchor violin"
PEOPLE: Mapping[str, Somebody] = MappingProxyType(
    {
        login: Somebody(login=login, name=name, role=role, station=station)
        for login, name, role, station in (
            (ADMINISTRATOR, "W. Admin", "administrator", "OFFICE-1"),
            ("m.keller", "M. Keller", "operator", "DB-2"),
            ("j.brandt", "J. Brandt", "operator", "DB-2"),
            ("t.okafor", "T. Okafor", "operator", "FILL-1"),
            ("l.varga", "L. Varga", "production_supervisor", "OFFICE-1"),
            ("s.lindqvist", "S. Lindqvist", "qa_reviewer", "QA-1"),
            ("h.aalto", "H. Aalto", "qualified_person", "QA-1"),
            ("a.moreau", "A. Moreau", "process_engineer", "OFFICE-1"),
            ("p.sato", "P. Sato", "metrology", "OFFICE-1"),
            ("i.novak", "I. Novak", "auditor", "OFFICE-1"),
            ("n.duarte", "N. Duarte", "quality_control", "QA-1"),
        )
    }
)
INSTALLER = Actor.service(
    "installer", "INSTALL", (Right.MANAGE_PEOPLE, Right.MANAGE_ACCOUNTS, Right.GRANT_ROLES)
)
TEMPORARY = "amber meadow copper window"
BECAUSE = Why("Set-up of the demo plant")


@dataclass(slots=True)
class Crew:
    """The demo's people at work: each signs in when first needed, and out at the end."""

    database: Database
    _tokens: dict[str, str] = field(default_factory=dict)

    def do(self, login: str, operation: Callable[[UnitOfWork, C], R], command: C) -> R:
        """Carry out a command as this person, at the place where they usually stand."""
        return perform(self.database, self._actor(login), operation, command, str(new_id()))

    def given(self, login: str, statement: Plain, meaning: Meaning) -> Given:
        """What this person enters to sign a statement."""
        return Given(
            login=login,
            secret=Secret(PEOPLE[login].password),
            shown=digest(canonical(statement)),
            meaning=meaning.value,
        )

    def sign_in(self, login: str, password: str) -> None:
        """Open a session for this person."""
        token, station = new_token(), PEOPLE[login].station
        command = identity.SignIn(
            login=login,
            secret=Secret(password),
            token=Secret(token),
            station=station,
            source="demo",
        )
        door = Actor.service("door", station)
        perform(self.database, door, identity.sign_in, command, str(new_id()))
        self._tokens[login] = token

    def leave(self) -> None:
        """Everybody who signed in signs out."""
        for login in tuple(self._tokens):
            self.do(login, identity.sign_out, identity.SignOut())
            del self._tokens[login]

    def _actor(self, login: str) -> Actor:
        if login not in self._tokens:
            self.sign_in(login, PEOPLE[login].password)
        with reading(self.database) as session:
            found = identity.session_of(session, Secret(self._tokens[login]))
        if found is None:
            raise LookupError(f"{login} has no session")
        return identity.actor_of(found)


def load_people(database: Database, crew: Crew) -> None:
    """Bring everybody in who is not there yet, each with role and password."""
    for somebody in PEOPLE.values():
        _invite(database, crew, somebody)


def _invite(database: Database, crew: Crew, somebody: Somebody) -> None:
    def do(operation: Callable[[UnitOfWork, C], R], command: C) -> R:
        if somebody.login == ADMINISTRATOR:
            return perform(database, INSTALLER, operation, command, str(new_id()))
        return crew.do(ADMINISTRATOR, operation, command)

    account = _account(database, somebody.login)
    if account is None:
        person = _person(database, somebody.name)
        if person is None:
            person = UUID(do(identity.create_person, identity.CreatePerson(name=somebody.name)))
        invitation = identity.CreateAccount(
            person=person, login=somebody.login, secret=Secret(TEMPORARY)
        )
        do(identity.create_account, invitation)
        account = _account(database, somebody.login)
    if account is None:
        raise LookupError(f"{somebody.login} has no account")
    if somebody.role not in account.roles:
        grant = identity.GrantRole(account=account.id, role=somebody.role, why=BECAUSE)
        do(identity.grant_role, grant)
    if account.state is AccountState.INVITED:
        crew.sign_in(somebody.login, TEMPORARY)
        change = identity.ChangePassword(current=Secret(TEMPORARY), new=Secret(somebody.password))
        crew.do(somebody.login, identity.change_password, change)


def _account(database: Database, login: str) -> AccountView | None:
    with reading(database) as session:
        return identity.account_by_login(session, login)


def _person(database: Database, name: str) -> UUID | None:
    """Somebody of this name whose account was never made: an earlier load was cut off there."""
    with reading(database) as session:
        known = identity.people(session, size=500).items
        return next((one.id for one in known if one.name == name and not one.logins), None)
