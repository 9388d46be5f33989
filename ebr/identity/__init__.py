"""People, accounts, roles and rights, sessions and electronic signatures."""

from ebr.identity.commands import (
    ChangePassword,
    CreateAccount,
    CreatePerson,
    DisableAccount,
    EnableAccount,
    GrantRole,
    IssueTemporaryPassword,
    LockSession,
    MoveStation,
    RenamePerson,
    SignIn,
    SignOut,
    UnlockAccount,
    UnlockSession,
    WithdrawRole,
)
from ebr.identity.lifecycle import AccountState
from ebr.identity.needs import needs
from ebr.identity.rights import AREAS, CONFLICTS, ROLES, Area, Conflict, Right, Role
from ebr.identity.signing import Given
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

__all__ = [
    "AREAS",
    "CONFLICTS",
    "ROLES",
    "AccountState",
    "AccountView",
    "AccountsPage",
    "Area",
    "ChangePassword",
    "Conflict",
    "CreateAccount",
    "CreatePerson",
    "DisableAccount",
    "EnableAccount",
    "EndedBy",
    "Finding",
    "Given",
    "GrantRole",
    "IssueTemporaryPassword",
    "LockSession",
    "MoveStation",
    "PersonView",
    "RenamePerson",
    "Right",
    "Role",
    "RoleView",
    "SessionView",
    "SignIn",
    "SignOut",
    "Standing",
    "UnlockAccount",
    "UnlockSession",
    "WithdrawRole",
    "needs",
]
