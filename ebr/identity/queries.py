"""What may be asked of identity: whose session, which people, which accounts, which findings.

Everything is read at the call, so that what an administrator changed counts at the very next one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ebr.identity import rules, tokens
from ebr.identity.lifecycle import AccountState
from ebr.identity.logins import normalised
from ebr.identity.model import (
    Account,
    AccountRole,
    Credential,
    Person,
    RoleConflict,
    RoleRight,
    RoleRow,
    SessionRow,
)
from ebr.identity.rights import Conflict, Right
from ebr.identity.views import (
    AccountsPage,
    AccountView,
    EndedBy,
    Finding,
    PersonView,
    RoleView,
    SessionView,
    Standing,
)
from ebr.kernel import Actor, Page, Secret, Unknown, page

TOUCH_EVERY = timedelta(seconds=5)
ENDED = "ended"


@dataclass(slots=True)
class Held:
    """The roles of one account, by title and key, and the rights that follow from them.

    Whoever has an account at all may lock and leave their session and change their password.
    """

    titles: dict[str, str] = field(default_factory=dict)
    rights: set[str] = field(default_factory=lambda: {str(Right.USE_OWN_SESSION)})

    @classmethod
    def of(cls, rows: Iterable[Iterable[str]] | None) -> "Held":
        """The roles of the cell that `_held_by` asks for."""
        held = cls()
        for title, key, right in sorted(map(tuple, rows or ())):
            held.take(title, key, right)
        return held

    def take(self, title: str, key: str, right: str) -> None:
        """Add one right by one role."""
        self.titles[key] = title
        self.rights.add(right)

    @property
    def role(self) -> str:
        """The roles in force as one text, as an entry names them."""
        return ", ".join(self.titles.values())


def _held_by(of: type[SessionRow] | type[Account], account: InstrumentedAttribute[UUID]) -> Any:
    """The roles and rights of an account as one cell, beside whatever else is asked of it."""
    return (
        select(
            func.jsonb_agg(func.jsonb_build_array(RoleRow.title, RoleRow.key, RoleRight.right_key))
        )
        .select_from(AccountRole)
        .join(RoleRow, RoleRow.key == AccountRole.role)
        .join(RoleRight, RoleRight.role == RoleRow.key)
        .where(AccountRole.account == account, AccountRole.held, RoleRight.held)
        .correlate(of)
        .scalar_subquery()
        .label("held")
    )


# Asked at every request: one question, made once, so that only its answer costs time.
_SESSION = (
    select(
        *SessionRow.__table__.c,
        Account.state.label("account_state"),
        Account.login,
        Person.id.label("person"),
        Person.name,
        Credential.temporary,
        func.clock_timestamp().label("now"),
        _held_by(SessionRow, SessionRow.account),
    )
    .join(Account, Account.id == SessionRow.account)
    .join(Person, Person.id == Account.person)
    .join(Credential, Credential.account == Account.id)
    .where(SessionRow.token_hash == bindparam("token_hash"))
)


def session_of(session: Session, token: Secret) -> SessionView | None:
    """The session of a cookie as it stands at this very call; None when there is none."""
    carried = token.reveal()
    asked = {"token_hash": tokens.digest_of(carried)}
    row = session.connection().execute(_SESSION, asked).one_or_none()  # cells, so no objects
    if row is None or not tokens.ours(session, row, carried):
        return None
    return _session_view(row, tokens.csrf_of(carried))


def _session_view(row: Row[*tuple[Any, ...]], csrf: str) -> SessionView:
    held = Held.of(row.held)
    facts = facts_of(row, AccountState(row.account_state))
    stands, by = rules.standing(facts, row.now)
    whole = stands is Standing.OPEN and facts.account is AccountState.ACTIVE and not row.temporary
    idle = row.now - row.last_input
    return SessionView(
        id=row.id,
        person=row.person,
        account=row.account,
        name=row.name,
        login=row.login,
        role=held.role,
        roles=tuple(held.titles),
        rights=frozenset(held.rights) if whole else frozenset(Held().rights),
        station=row.station,
        source=row.source,
        standing=stands,
        locked_by=by if stands is Standing.LOCKED else None,
        opened_at=row.opened_at,
        last_input=row.last_input,
        locks_at=facts.locks_at,
        locked_at=row.locked_at or (facts.locks_at if by is EndedBy.IDLE else None),
        continuous=row.continuous and stands is Standing.OPEN,
        must_change_password=row.temporary,
        touch_due=idle >= min(TOUCH_EVERY, (facts.locks_at - row.last_input) / 4),
        csrf=csrf,
    )


def facts_of(row: SessionRow | Row[*tuple[Any, ...]], account: AccountState) -> rules.SessionFacts:
    """What the rules need to know of a session."""
    return rules.SessionFacts(
        ended=row.state == ENDED,
        locked_by=EndedBy(row.locked_by) if row.locked_by else None,
        account=account,
        opened_at=row.opened_at,
        last_input=row.last_input,
        idle_lock_s=row.idle_lock_s,
    )


def actor_of(view: SessionView) -> Actor:
    """Who acts in this session, with the rights in force now; none when the session has ended."""
    ended = view.standing is Standing.ENDED
    return Actor(
        person=view.person,
        account=view.account,
        name=view.name,
        role=view.role,
        kind="human",
        rights=frozenset() if ended else view.rights,
        station=view.station,
        session=view.id,
    )


def roles_of(session: Session, account: UUID) -> Held:
    """The roles that an account holds now, and the rights that follow."""
    return Held.of(
        session.scalar(select(_held_by(Account, Account.id)).where(Account.id == account))
    )


def role_with(session: Session, account: UUID, right: str) -> str | None:
    """The title of the role by which an account holds a right; None when it does not."""
    return session.scalar(
        select(RoleRow.title)
        .join(AccountRole, AccountRole.role == RoleRow.key)
        .join(RoleRight, RoleRight.role == RoleRow.key)
        .where(
            AccountRole.account == account,
            AccountRole.held,
            RoleRight.held,
            RoleRight.right_key == right,
        )
        .order_by(RoleRow.title)
        .limit(1)
    )


def people_named(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The printed names of people, as they are today."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(set(ids))))
    return {row.id: row.name for row in rows}


def people(session: Session, *, after: str | None = None, size: int = 100) -> Page[PersonView]:
    """Whoever was ever entered, by name, with their logins."""
    chosen = (
        select(Person.id, Person.name, func.array_remove(func.array_agg(Account.login), None))
        .outerjoin(Account, Account.person == Person.id)
        .group_by(Person.id)
    )
    found = page(session, chosen, Person.name, Person.id, after=after, size=size)
    return found.map(lambda row: PersonView(id=row[0], name=row[1], logins=tuple(sorted(row[2]))))


def accounts(session: Session, *ids: UUID) -> tuple[AccountView, ...]:
    """Accounts with their people and roles, all of them or those named."""
    return _accounts(session, _ACCOUNTS.where(Account.id.in_(ids)) if ids else _ACCOUNTS)


_ACCOUNTS = (
    select(Account, Person.name, Credential.temporary, _held_by(Account, Account.id))
    .join(Person, Person.id == Account.person)
    .join(Credential, Credential.account == Account.id)
    .order_by(Account.login)
)


def _accounts(session: Session, statement: Select[*tuple[Any, ...]]) -> tuple[AccountView, ...]:
    return tuple(
        AccountView(
            id=row.Account.id,
            person=row.Account.person,
            name=row.name,
            login=row.Account.login,
            state=AccountState(row.Account.state),
            roles=tuple((held := Held.of(row.held)).titles),
            role_titles=tuple(held.titles.values()),
            rights=frozenset(held.rights),
            temporary_password=row.temporary,
            stream=row.Account.stream,
        )
        for row in session.execute(statement)
    )


def account(session: Session, account_id: UUID) -> AccountView:
    """One account; `Unknown` when there is none."""
    found = accounts(session, account_id)
    if not found:
        raise Unknown("account")
    return found[0]


def account_by_login(session: Session, login: str) -> AccountView | None:
    """The account of a login, however it was typed; None when there is none."""
    found = _accounts(session, _ACCOUNTS.where(Account.login == normalised(login)))
    return found[0] if found else None


def roles(session: Session) -> tuple[RoleView, ...]:
    """Every role with its rights and the roles it excludes."""
    rights = _rights_by_role(session)
    pairs = conflicts(session)
    return tuple(
        RoleView(
            key=row.key,
            title=row.title,
            rights=tuple(sorted(rights.get(row.key, ()))),
            excludes=tuple(
                sorted(
                    each.other if each.one == row.key else each.one
                    for each in pairs
                    if row.key in (each.one, each.other)
                )
            ),
        )
        for row in session.execute(select(RoleRow.key, RoleRow.title).order_by(RoleRow.title))
    )


def accounts_page(session: Session, *, after: str | None = None, size: int = 100) -> AccountsPage:
    """Accounts by login, and every role, for those who look after them."""
    logins = page(session, select(Account.login), Account.login, after=after, size=size)
    shown = _accounts(session, _ACCOUNTS.where(Account.login.in_(logins.items)))
    return AccountsPage(items=shown, next=logins.next, roles=roles(session))


def conflicts(session: Session) -> tuple[Conflict, ...]:
    """The matrix of roles that exclude each other."""
    rows = session.execute(select(RoleConflict.one, RoleConflict.other, RoleConflict.why))
    return tuple(Conflict(row.one, row.other, row.why) for row in rows)


def findings(session: Session) -> tuple[Finding, ...]:
    """What this site must not run with; asked when it starts, and by the accounts page."""
    rights = _rights_by_role(session)
    holders: dict[UUID, tuple[str, set[str]]] = {}
    for row in session.execute(
        select(Person.id, Person.name, AccountRole.role)
        .join(Account, Account.person == Person.id)
        .join(AccountRole, AccountRole.account == Account.id)
        .where(AccountRole.held, Account.state == AccountState.ACTIVE)
        .order_by(Person.name)
    ):
        holders.setdefault(row.id, (row.name, set()))[1].add(row.role)
    return rules.findings(
        [
            rules.Holder(
                person=person,
                name=name,
                roles=frozenset(held),
                rights=frozenset().union(*(rights.get(role, frozenset()) for role in held)),
            )
            for person, (name, held) in holders.items()
        ],
        rights.items(),
        len(conflicts(session)),
    )


def _rights_by_role(session: Session) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in session.execute(select(RoleRight.role, RoleRight.right_key).where(RoleRight.held)):
        found.setdefault(row.role, set()).add(row.right_key)
    return {role: frozenset(held) for role, held in found.items()}


def idle_sessions(session: Session) -> tuple[UUID, ...]:
    """Sessions without input for too long, whose lock no entry tells yet."""
    limit = SessionRow.last_input + func.make_interval(0, 0, 0, 0, 0, 0, SessionRow.idle_lock_s)
    return tuple(
        session.scalars(
            select(SessionRow.id)
            .where(SessionRow.state == "open", limit <= func.clock_timestamp())
            .order_by(SessionRow.last_input)
        )
    )
