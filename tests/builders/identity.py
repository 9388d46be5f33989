"""People, accounts and sessions for tests, made by the same operations as in a plant."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text

from audit.canonical import Plain, canonical, digest
from ebr import identity
from ebr.identity import Given, Right, SessionView
from ebr.kernel import Actor, Secret, UnitOfWork, Why, new_id, new_token
from ebr.kernel.opening import Database, perform, reading
from workflows.recipe import Meaning

C = TypeVar("C")
R = TypeVar("R")

FIRST_KEEPER = Actor.service(
    "installer", "INSTALL", (Right.MANAGE_PEOPLE, Right.MANAGE_ACCOUNTS, Right.GRANT_ROLES)
)
BECAUSE = Why("needed for the test")
STATION = "DB-2"
SOURCE = "192.0.2.7"


@dataclass(frozen=True)
class Someone:
    """A person with an account, and the password that only they know."""

    person: UUID
    account: UUID
    login: str
    name: str
    password: str

    def given(
        self,
        statement: Plain,
        meaning: Meaning,
        *,
        login: str | None = None,
        password: str | None = None,
        shown: str | None = None,
    ) -> Given:
        """What this person enters to sign a statement as it was shown."""
        return Given(
            secret=Secret(self.password if password is None else password),
            shown=digest(canonical(statement)) if shown is None else shown,
            meaning=meaning,
            login=login,
        )


def password_of(login: str) -> str:
    """A password of this login's own, which says nothing of it."""
    return f"tidal maple anchor violin {sha256(login.encode()).hexdigest()[:12]}"


def invited(
    database: Database, login: str, *roles: str, name: str = "", person: UUID | None = None
) -> Someone:
    """A person with an account and roles, whose temporary password was never replaced."""
    printed = name or login.replace(".", ". ").title()
    if person is None:
        command = identity.CreatePerson(name=printed)
        person = UUID(keep(database, identity.create_person, command))
    password = "moss kettle ivory lantern"
    account = UUID(
        keep(
            database,
            identity.create_account,
            identity.CreateAccount(person=person, login=login, secret=Secret(password)),
        )
    )
    for role in roles:
        granted = identity.GrantRole(account=account, role=role, why=BECAUSE)
        keep(database, identity.grant_role, granted)
    return Someone(person, account, login, printed, password)


def somebody(
    database: Database, login: str, *roles: str, name: str = "", person: UUID | None = None
) -> Someone:
    """A person with an active account, who has chosen a password of their own."""
    new = invited(database, login, *roles, name=name, person=person)
    chosen = password_of(login)
    change = identity.ChangePassword(current=Secret(new.password), new=Secret(chosen))
    token = sign_in(database, new)
    act(database, token, identity.change_password, change)
    act(database, token, identity.sign_out, identity.SignOut())
    return Someone(new.person, new.account, new.login, new.name, chosen)


def sign_in(
    database: Database,
    someone: Someone,
    *,
    station: str = STATION,
    source: str = SOURCE,
    login: str | None = None,
    password: str | None = None,
) -> str:
    """Sign in at a station; the token of the session."""
    token = new_token()
    command = identity.SignIn(
        login=someone.login if login is None else login,
        secret=Secret(someone.password if password is None else password),
        token=Secret(token),
        station=station,
        source=source,
    )
    perform(database, Actor.service("door", station), identity.sign_in, command, str(new_id()))
    return token


def session(database: Database, token: str) -> SessionView:
    """The session as the server sees it at this very call."""
    with reading(database) as opened:
        found = identity.session_of(opened, Secret(token))
    assert found is not None
    return found


def actor(database: Database, token: str) -> Actor:
    """Who acts in the session, with the rights of this very call."""
    return identity.actor_of(session(database, token))


def act(database: Database, token: str, operation: Callable[[UnitOfWork, C], R], command: C) -> R:
    """What the web does: read the session, then carry out one command as its person."""
    return perform(database, actor(database, token), operation, command, str(new_id()))


def keep(database: Database, operation: Callable[[UnitOfWork, C], R], command: C) -> R:
    """The same as whoever sets up the site."""
    return perform(database, FIRST_KEEPER, operation, command, str(new_id()))


def entries(database: Database, stream: str) -> list[dict[str, Any]]:
    """The bodies and headers of a stream, as the ledger holds them."""
    with reading(database) as opened:
        leaves = opened.scalars(
            text("SELECT leaf FROM audit.entry WHERE stream = :stream ORDER BY seq"),
            {"stream": stream},
        ).all()
    return [
        {"header": json.loads(leaf.split("\n")[1]), **json.loads(leaf.split("\n")[2])}
        for leaf in leaves
    ]


def acts(database: Database, stream: str) -> list[str]:
    """The kinds of the entries of a stream, in order."""
    return [str(entry["act"]) for entry in entries(database, stream)]
