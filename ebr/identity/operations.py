"""What administrators do to people, accounts, roles and passwords; and one's own password.

Find, gather facts, refuse with every reason, change, record: each act is one entry in the stream of
the account or person that it is about. A password comes in as `Secret` and leaves as a hash.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ebr.identity import credentials, queries, rules
from ebr.identity.attempts import (
    Act,
    Candidate,
    PasswordRejected,
    aftermath_of,
    candidate_by_id,
    end_periods,
    end_sessions,
    forget_failures,
    tried,
)
from ebr.identity.commands import (
    ChangePassword,
    CreateAccount,
    CreateFirstAdministrator,
    CreatePerson,
    DisableAccount,
    EnableAccount,
    GrantRole,
    IssueTemporaryPassword,
    RenamePerson,
    UnlockAccount,
    WithdrawRole,
)
from ebr.identity.events import (
    AccountActivated,
    AccountCreated,
    AccountDisabled,
    AccountEnabled,
    AccountUnlocked,
    PasswordChanged,
    PasswordIssued,
    PersonCreated,
    PersonRenamed,
    RoleGranted,
    RoleWithdrawn,
)
from ebr.identity.guard import needs
from ebr.identity.lifecycle import ACCOUNT, AccountState, AccountVerb
from ebr.identity.logins import normalised, printed_name, skeleton
from ebr.identity.model import (
    Account,
    AccountRole,
    Credential,
    Person,
    RoleRight,
    RoleRow,
    SessionRow,
)
from ebr.identity.rights import Right
from ebr.identity.views import EndedBy
from ebr.kernel import (
    Reason,
    Unauthenticated,
    UnitOfWork,
    Unknown,
    Why,
    new_id,
    refuse_if,
    require_why,
)

ADMINISTRATOR = "administrator"


@needs(Right.MANAGE_PEOPLE)
def create_person(work: UnitOfWork, command: CreatePerson) -> str:
    """Enter a human being, once."""
    refuse_if(rules.reasons_against_name(command.name))
    person = work.add(Person(id=new_id(), name=printed_name(command.name)))
    work.record(person.stream, PersonCreated(person=person.id, name=person.name))
    return str(person.id)


@needs(Right.MANAGE_PEOPLE)
def rename_person(work: UnitOfWork, command: RenamePerson) -> None:
    """Change the printed name from here on; signatures keep the name they were made with."""
    why = require_why(command.why)
    refuse_if(rules.reasons_against_name(command.name))
    person = _person(work, command.person)
    was, person.name = person.name, printed_name(command.name)
    if person.name != was:
        renamed = PersonRenamed(person=person.id, was=was, name=person.name)
        work.record(person.stream, renamed, why=why)


@needs(Right.MANAGE_ACCOUNTS)
def create_account(work: UnitOfWork, command: CreateAccount) -> str:
    """Invite a person under a login nobody ever had, with a temporary password."""
    person = _person(work, command.person)
    login = normalised(command.login)
    refuse_if(_against_account(work, login, person.name, secret := command.secret.reveal()))
    account = _new_account(work, person, login, secret)
    created = AccountCreated(account=account.id, person=person.id, name=person.name, login=login)
    work.record(account.stream, created, refs=[person.stream])
    return str(account.id)


@needs(Right.MANAGE_ACCOUNTS)
def create_first_administrator(work: UnitOfWork, command: CreateFirstAdministrator) -> str:
    """Make the account from which all others of a new site follow; once, from the console."""
    name, login = command.name, normalised(command.login)
    secret = command.secret.reveal()
    others = _administrators(work.session, Account.state != AccountState.RETIRED)
    refuse_if(
        (
            *rules.reasons_against_first_administrator(others),
            *rules.reasons_against_name(name),
            *_against_account(work, login, name, secret),
        )
    )
    person = work.add(Person(id=new_id(), name=printed_name(name)))
    work.session.flush()
    account = _new_account(work, person, login, secret)
    role = work.session.get_one(RoleRow, ADMINISTRATOR)
    _hold(work, account.id, role.key, held=True)
    work.record(
        account.stream,
        AccountCreated(account=account.id, person=person.id, name=person.name, login=login),
        PersonCreated(person=person.id, name=person.name),
        _granted(work, account, role),
        refs=[person.stream],
    )
    return str(account.id)


@needs(Right.GRANT_ROLES)
def grant_role(work: UnitOfWork, command: GrantRole) -> None:
    """Give an account a role, unless another role of the same person excludes it."""
    why = require_why(command.why)
    account, role, facts = _granting(work, command.account, command.role)
    refuse_if(rules.reasons_against_granting(facts))
    _hold(work, account.id, role.key, held=True)
    work.record(account.stream, _granted(work, account, role), why=why)


@needs(Right.GRANT_ROLES)
def withdraw_role(work: UnitOfWork, command: WithdrawRole) -> None:
    """Take a role from an account; the holder's very next call is judged without it."""
    why = require_why(command.why)
    account, role, facts = _granting(work, command.account, command.role)
    refuse_if(rules.reasons_against_withdrawing(facts))
    _hold(work, account.id, role.key, held=False)
    withdrawn = RoleWithdrawn(
        account=account.id, login=account.login, role=role.key, title=role.title
    )
    work.record(account.stream, withdrawn, why=why)


@needs(Right.MANAGE_ACCOUNTS)
def disable_account(work: UnitOfWork, command: DisableAccount) -> None:
    """Retire an account; its sessions end with it, its login stays taken for ever."""
    why = require_why(command.why)
    account = _account(work, command.account)
    held = queries.roles_of(work.session, account.id).titles
    others = _other_administrators(work.session, account.person)
    last = rules.reasons_against_losing_administrator(others) if ADMINISTRATOR in held else ()
    _move(account, AccountVerb.DISABLE, why, last)
    work.record(
        account.stream,
        AccountDisabled(account=account.id, login=account.login),
        *end_sessions(work, account.id, EndedBy.ACCOUNT),
        why=why,
    )


@needs(Right.MANAGE_ACCOUNTS)
def enable_account(work: UnitOfWork, command: EnableAccount) -> None:
    """Bring a retired account back, for the person it always belonged to."""
    why = require_why(command.why)
    account = _account(work, command.account)
    _move(account, AccountVerb.ENABLE, why)
    forget_failures(work, account.id)
    enabled = AccountEnabled(account=account.id, login=account.login)
    work.record(account.stream, enabled, why=why)


@needs(Right.MANAGE_ACCOUNTS)
def unlock_account(work: UnitOfWork, command: UnlockAccount) -> None:
    """Open an account again that failed attempts have locked."""
    why = require_why(command.why)
    account = _account(work, command.account)
    _move(account, AccountVerb.UNLOCK, why)
    forget_failures(work, account.id)
    unlocked = AccountUnlocked(account=account.id, login=account.login)
    work.record(account.stream, unlocked, why=why)


@needs(Right.MANAGE_ACCOUNTS)
def issue_temporary_password(work: UnitOfWork, command: IssueTemporaryPassword) -> None:
    """Replace a forgotten password by one that must itself be replaced and can sign nothing."""
    why = require_why(command.why)
    account = _account(work, command.account)
    person = _person(work, account.person)
    secret = command.secret.reveal()
    refuse_if(_against_password(work, secret, person.name, account.login))
    _keep_password(work, account.id, secret, temporary=True)
    work.record(
        account.stream,
        PasswordIssued(account=account.id, login=account.login),
        *end_sessions(work, account.id, EndedBy.ACCOUNT),
        why=why,
    )


@needs(Right.USE_OWN_SESSION)
def change_password(work: UnitOfWork, command: ChangePassword) -> None:
    """Replace one's own password; a temporary one becomes lasting, an invited account active."""
    found = _oneself(work)
    current, new = command.current.reveal(), command.new.reveal()
    attempt = tried(work, found, current)
    if attempt.proven is None:
        raise PasswordRejected(
            aftermath=aftermath_of(Act.CHANGE_PASSWORD, attempt, work.actor.station, _source(work))
        )
    same = (credentials.same_as_before(),) if current == new else ()
    refuse_if((*same, *_against_password(work, new, found.name, found.login)))
    _keep_password(work, found.account, new, temporary=False)
    account = work.session.get_one(Account, found.account)
    events: list[PasswordChanged | AccountActivated] = [
        PasswordChanged(account=found.account, login=found.login)
    ]
    if found.state is AccountState.INVITED:
        account.state = ACCOUNT.after(found.state, AccountVerb.ACTIVATE).becomes
        events.append(AccountActivated(account=found.account, login=found.login))
    ended = end_sessions(work, found.account, EndedBy.ACCOUNT, but=work.actor.session)
    # A new secret has not been given together with the login yet: 21 CFR 11.200(a)(1).
    end_periods(work, SessionRow.account == found.account)
    work.record(account.stream, *events, *ended)


def _person(work: UnitOfWork, person: UUID) -> Person:
    found = work.session.get(Person, person, with_for_update=True)
    if found is None:
        raise Unknown("person")
    return found


def _account(work: UnitOfWork, account: UUID) -> Account:
    found = work.session.get(Account, account, with_for_update=True, populate_existing=True)
    if found is None:
        raise Unknown("account")
    return found


def _oneself(work: UnitOfWork) -> Candidate:
    found = candidate_by_id(work.session, work.actor.account) if work.actor.account else None
    if found is None:
        raise Unauthenticated
    return found


def _against_account(work: UnitOfWork, login: str, name: str, secret: str) -> tuple[Reason, ...]:
    # Two invitations at the same moment wait here for each other, so the second is told why.
    work.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("identity.account"))))
    looks_like = work.session.scalar(
        select(Account.login).where(Account.skeleton == skeleton(login))
    )
    return (
        *rules.reasons_against_login(login, looks_like),
        *_against_password(work, secret, name, login),
    )


def _new_account(work: UnitOfWork, person: Person, login: str, secret: str) -> Account:
    account = work.add(
        Account(
            id=new_id(),
            person=person.id,
            login=login,
            skeleton=skeleton(login),
            state=AccountState.INVITED,
        )
    )
    work.session.flush()
    _keep_password(work, account.id, secret, temporary=True)
    return account


def _granted(work: UnitOfWork, account: Account, role: RoleRow) -> RoleGranted:
    """A grant as it is told: with the rights that the role holds at this moment."""
    rights = work.session.scalars(
        select(RoleRight.right_key)
        .where(RoleRight.role == role.key, RoleRight.held)
        .order_by(RoleRight.right_key)
    ).all()
    return RoleGranted(
        account=account.id,
        login=account.login,
        role=role.key,
        title=role.title,
        rights=tuple(rights),
    )


def _source(work: UnitOfWork) -> str:
    where = SessionRow.id == work.actor.session
    return work.session.scalar(select(SessionRow.source).where(where)) or ""


def _granting(
    work: UnitOfWork, account_id: UUID, role_key: str
) -> tuple[Account, RoleRow, rules.Granting]:
    """The account, the role, and all that a grant or a withdrawal is judged by."""
    role = work.session.get(RoleRow, role_key)
    if role is None:
        raise Unknown("role")
    person = work.session.scalar(select(Account.person).where(Account.id == account_id))
    if person is None:
        raise Unknown("account")
    # The person first: two grants to two accounts of one human wait here for each other.
    _person(work, person)
    account = _account(work, account_id)
    own = work.session.scalars(
        select(AccountRole.role)
        .join(Account, Account.id == AccountRole.account)
        .where(Account.person == person, AccountRole.held)
    )
    return (
        account,
        role,
        rules.Granting(
            role=role.key,
            held=frozenset(queries.roles_of(work.session, account.id).titles),
            held_by_person=frozenset(own),
            own=person == work.actor.person,
            conflicts=queries.conflicts(work.session),
            other_administrators=_other_administrators(work.session, person),
        ),
    )


def _other_administrators(session: Session, person: UUID) -> int:
    """How many other people look after the accounts of this site and can sign in."""
    return _administrators(session, Account.state == AccountState.ACTIVE, Account.person != person)


def _administrators(session: Session, *which: ColumnElement[bool]) -> int:
    # Two administrators who leave at the same moment wait here for each other.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("identity.administrator"))))
    found = session.scalar(
        select(func.count(func.distinct(Account.person)))
        .join(AccountRole, AccountRole.account == Account.id)
        .where(AccountRole.role == ADMINISTRATOR, AccountRole.held, *which)
    )
    return int(found or 0)


def _move(account: Account, verb: AccountVerb, why: Why, also: tuple[Reason, ...] = ()) -> None:
    """Move an account by the table of its lifecycle, or refuse with every reason."""
    state = AccountState(account.state)
    refuse_if((*rules.reasons_against_change(state, verb, why.text), *also))
    account.state = ACCOUNT.after(state, verb, reason=why.text).becomes


def _hold(work: UnitOfWork, account: UUID, role: str, *, held: bool) -> None:
    row = work.session.get(AccountRole, (account, role))
    if row is None:
        work.add(AccountRole(account=account, role=role, held=held))
    else:
        row.held = held


def _against_password(work: UnitOfWork, password: str, name: str, login: str) -> tuple[Reason, ...]:
    context = (login, name, work.settings.site, work.settings.origin.split("/", 1)[0])
    return credentials.reasons_against_password(password, context)


def _keep_password(work: UnitOfWork, account: UUID, password: str, *, temporary: bool) -> None:
    kept = credentials.hashed(password, work.settings.password_cost)
    row = work.session.get(Credential, account)
    if row is None:
        work.add(Credential(account=account, hash=kept, temporary=temporary, set_at=work.now))
    else:
        row.hash, row.temporary, row.set_at = kept, temporary, work.now
