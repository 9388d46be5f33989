"""People, accounts and roles, for those who look after them; every act with its reason."""

from typing import Any
from uuid import UUID

from flask import Response, request

from ebr import identity
from ebr.identity import (
    AccountView,
    CreateAccount,
    CreatePerson,
    DisableAccount,
    EnableAccount,
    GrantRole,
    IssueTemporaryPassword,
    PersonView,
    RenamePerson,
    Right,
    UnlockAccount,
    WithdrawRole,
)
from ebr.kernel import Page, Unknown
from ebr.web import binding, responses, sessions, work
from ebr.web.routing import Route
from ebr.web.screens.forms import WHY, Field

CHOICES = 500  # of people in one field
SECRET = Field(
    kind="secret",
    name="secret",
    label="Temporary password",
    hint="At least 15 characters. It signs nothing and is replaced at the first use.",
)


def list_accounts() -> Response:
    """Accounts with their roles; what the plant must not run with stands first."""
    asked = {name: request.args.get(name) or None for name in ("accounts", "people")}
    return responses.show(
        "accounts/list.html",
        page=work.ask(identity.accounts_page, after=asked["accounts"]),
        people=work.ask(identity.people, after=asked["people"]),
        asked=asked,
        findings=work.ask(identity.findings),
        rights=sessions.require().rights,
    )


def show_account(account: UUID) -> Response:
    """One account: whose it is, how it stands, what it may."""
    return responses.show(
        "accounts/account.html",
        account=work.ask(identity.account, account),
        roles=work.ask(identity.roles),
        rights=sessions.require().rights,
    )


def ask_person() -> Response:
    """The form of a new person."""
    name = Field(kind="text", name="name", label="Printed name", hint="As it stands on records.")
    return responses.form("Enter a person", "/people", "Enter", "user", "/accounts", name)


def create_person() -> Response:
    """Enter a human being."""
    made = work.act(identity.create_person, binding.bind(CreatePerson))
    return responses.see(f"/accounts/new?person={made}", said="Entered. Now invite an account.")


def ask_name(person: UUID) -> Response:
    """The form of another printed name."""
    known = work.ask(identity.people_named, (person,)).get(person)
    if known is None:
        raise Unknown("person")
    name = Field(kind="text", name="name", label="Printed name from now on", value=known)
    return responses.form(
        f"Rename {known}", f"/people/{person}/name", "Rename", "user", "/accounts", name, WHY
    )


def rename_person(person: UUID) -> Response:
    """Change the printed name; what was signed before keeps the name of then."""
    work.act(identity.rename_person, binding.bind(RenamePerson, person=person))
    return responses.see("/accounts", said="Renamed. Signatures given before keep the old name.")


def ask_account() -> Response:
    """The form of a new account."""
    listed: Page[PersonView] = work.ask(identity.people, size=CHOICES)
    people = tuple((str(each.id), each.name) for each in listed.items)
    chosen = request.values.get("person", "")
    person = Field(kind="choice", name="person", label="Person", options=people, value=chosen)
    login = Field(kind="code", name="login", label="Login")
    return responses.form(
        "Invite an account", "/accounts", "Invite", "user", "/accounts", person, login, SECRET
    )


def create_account() -> Response:
    """Invite a person under a login."""
    made = work.act(identity.create_account, binding.bind(CreateAccount))
    return responses.see(f"/accounts/{made}", said="Invited. Give the account its roles.")


def ask_role(account: UUID) -> Response:
    """The form of a further role."""
    found: AccountView = work.ask(identity.account, account)
    roles = work.ask(identity.roles)
    free = tuple((role.key, role.title) for role in roles if role.key not in found.roles)
    role = Field(kind="choice", name="role", label="Role", options=free)
    return _act_form(
        account, f"Give {found.login} a role", "roles", "Give", "user-check", role, WHY
    )


def grant_role(account: UUID) -> Response:
    """Give an account a role."""
    work.act(identity.grant_role, binding.bind(GrantRole, account=account))
    return _seen(account, "Role given; it counts from the next call.")


def ask_role_back(account: UUID) -> Response:
    """The form that takes a role away."""
    found: AccountView = work.ask(identity.account, account)
    held = tuple(zip(found.roles, found.role_titles, strict=True))
    role = Field(
        kind="choice",
        name="role",
        label="Role",
        options=held,
        value=request.values.get("role", ""),
    )
    title = f"Take a role from {found.login}"
    return _act_form(account, title, "roles/withdraw", "Take away", "user-x", role, WHY)


def withdraw_role(account: UUID) -> Response:
    """Take a role from an account."""
    work.act(identity.withdraw_role, binding.bind(WithdrawRole, account=account))
    return _seen(account, "Role taken away; it counts from the next call.")


def ask_disabling(account: UUID) -> Response:
    """Why the account is retired."""
    return _because(account, "Disable {login}", "disable", "Disable", "ban")


def disable_account(account: UUID) -> Response:
    """Retire an account: its sessions end."""
    work.act(identity.disable_account, binding.bind(DisableAccount, account=account))
    return _seen(account, "Disabled; its sessions have ended.")


def ask_enabling(account: UUID) -> Response:
    """Why the account comes back."""
    return _because(account, "Enable {login} again", "enable", "Enable", "check")


def enable_account(account: UUID) -> Response:
    """Bring a retired account back for the same person."""
    work.act(identity.enable_account, binding.bind(EnableAccount, account=account))
    return _seen(account, "Enabled again.")


def ask_unlocking(account: UUID) -> Response:
    """Why the account is opened again."""
    return _because(account, "Unlock {login}", "unlock", "Unlock", "lock-open")


def unlock_account(account: UUID) -> Response:
    """Open an account again that failed attempts have locked."""
    work.act(identity.unlock_account, binding.bind(UnlockAccount, account=account))
    return _seen(account, "Unlocked.")


def ask_password(account: UUID) -> Response:
    """The form of a temporary password."""
    found: AccountView = work.ask(identity.account, account)
    title = f"Temporary password for {found.login}"
    return _act_form(account, title, "password", "Issue", "key-round", SECRET, WHY)


def issue_temporary_password(account: UUID) -> Response:
    """Replace a forgotten password by a temporary one."""
    command = binding.bind(IssueTemporaryPassword, account=account)
    work.act(identity.issue_temporary_password, command)
    return _seen(account, "Issued. Tell it to its owner and nobody else.")


def _because(account: UUID, title: str, way: str, verb: str, icon: str) -> Response:
    found: AccountView = work.ask(identity.account, account)
    return _act_form(account, title.format(login=found.login), way, verb, icon, WHY)


def _act_form(
    account: UUID, title: str, way: str, verb: str, icon: str, *fields: Field
) -> Response:
    back = f"/accounts/{account}"
    return responses.form(title, f"{back}/{way}", verb, icon, back, *fields)


def _seen(account: UUID, said: str) -> Response:
    return responses.see(f"/accounts/{account}", said=said)


def _pair(url: str, ask: Any, act: Any, right: Right) -> tuple[Route, Route]:
    """An act and the form that asks for it, under one address."""
    return Route("GET", url, ask, right), Route("POST", url, act, right, form=ask)


ONE, LOOK = "/accounts/<uuid:account>", Right.VIEW_ACCOUNTS
KEEP, GRANT, PEOPLE = Right.MANAGE_ACCOUNTS, Right.GRANT_ROLES, Right.MANAGE_PEOPLE
ROUTES = (
    Route("GET", "/accounts", list_accounts, LOOK, menu="Accounts", icon="user-cog"),
    Route("GET", "/people/new", ask_person, PEOPLE),
    Route("POST", "/people", create_person, PEOPLE, form=ask_person),
    *_pair("/people/<uuid:person>/name", ask_name, rename_person, PEOPLE),
    Route("GET", "/accounts/new", ask_account, KEEP),
    Route("POST", "/accounts", create_account, KEEP, form=ask_account),
    Route("GET", ONE, show_account, LOOK),
    *_pair(ONE + "/roles", ask_role, grant_role, GRANT),
    *_pair(ONE + "/roles/withdraw", ask_role_back, withdraw_role, GRANT),
    *_pair(ONE + "/disable", ask_disabling, disable_account, KEEP),
    *_pair(ONE + "/enable", ask_enabling, enable_account, KEEP),
    *_pair(ONE + "/unlock", ask_unlocking, unlock_account, KEEP),
    *_pair(ONE + "/password", ask_password, issue_temporary_password, KEEP),
)
