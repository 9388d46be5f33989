"""People and accounts for programs: the acts of those who look after them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, request

from ebr import identity
from ebr.identity import (
    AccountsPage,
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
from ebr.kernel import Page
from ebr.web import binding, responses, work
from ebr.web.routing import API, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made."""

    id: UUID


def list_accounts() -> Response:
    """Accounts with their roles, and every role with its rights; `after` turns the page."""
    return responses.answer(work.ask(identity.accounts_page, after=request.args.get("after")))


def list_people() -> Response:
    """Whoever was ever entered, by name; `after` turns the page."""
    return responses.answer(work.ask(identity.people, after=request.args.get("after")))


def create_person() -> Response:
    """Enter a human being."""
    made = work.act(identity.create_person, binding.bind(CreatePerson))
    return responses.answer(Made(id=UUID(made)), status=201)


def rename_person(person: UUID) -> Response:
    """Change the printed name of a person."""
    work.act(identity.rename_person, binding.bind(RenamePerson, person=person))
    return list_people()


def create_account() -> Response:
    """Invite a person under a login."""
    made = UUID(work.act(identity.create_account, binding.bind(CreateAccount)))
    view = work.ask(identity.account, made)
    return responses.answer(view, status=201, location=f"{API}/accounts/{made}")


def show_account(account: UUID) -> Response:
    """One account."""
    return responses.answer(work.ask(identity.account, account))


def _on(operation: Callable[..., Any], kind: type[Any]) -> Callable[..., Response]:
    """A view that does one act on an account and answers with it."""

    def view(account: UUID) -> Response:
        work.act(operation, binding.bind(kind, account=account))
        return show_account(account)

    view.__name__ = operation.__name__
    view.__doc__ = operation.__doc__
    return view


def _act(url: str, operation: Callable[..., Any], kind: type[Any], right: Right) -> Route:
    view = _on(operation, kind)
    url = "/accounts/<uuid:account>" + url
    return Route("POST", url, view, right, takes=kind, answers=AccountView)


KEEP, GRANT = Right.MANAGE_ACCOUNTS, Right.GRANT_ROLES
ROUTES = (
    Route(
        "GET",
        "/accounts",
        list_accounts,
        Right.VIEW_ACCOUNTS,
        answers=AccountsPage,
        asks=("after",),
    ),
    Route(
        "POST",
        "/accounts",
        create_account,
        KEEP,
        takes=CreateAccount,
        answers=AccountView,
        status=201,
    ),
    Route(
        "GET",
        "/accounts/<uuid:account>",
        show_account,
        Right.VIEW_ACCOUNTS,
        answers=AccountView,
    ),
    Route(
        "GET",
        "/people",
        list_people,
        Right.VIEW_ACCOUNTS,
        answers=Page[PersonView],
        asks=("after",),
    ),
    Route(
        "POST",
        "/people",
        create_person,
        Right.MANAGE_PEOPLE,
        takes=CreatePerson,
        answers=Made,
        status=201,
    ),
    Route(
        "POST",
        "/people/<uuid:person>/name",
        rename_person,
        Right.MANAGE_PEOPLE,
        takes=RenamePerson,
        answers=Page[PersonView],
    ),
    _act("/roles", identity.grant_role, GrantRole, GRANT),
    _act("/roles/withdraw", identity.withdraw_role, WithdrawRole, GRANT),
    _act("/disable", identity.disable_account, DisableAccount, KEEP),
    _act("/enable", identity.enable_account, EnableAccount, KEEP),
    _act("/unlock", identity.unlock_account, UnlockAccount, KEEP),
    _act("/password", identity.issue_temporary_password, IssueTemporaryPassword, KEEP),
)
