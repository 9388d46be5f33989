"""The life of an account: invited → active → locked → retired, and back where the table says so."""

from enum import StrEnum

from ebr.identity.rights import Right
from workflows.lifecycle import Lifecycle, Transition


class AccountState(StrEnum):
    """How an account stands. Only an active one acts; an invited one may only set its password."""

    INVITED = "invited"
    ACTIVE = "active"
    LOCKED = "locked"
    RETIRED = "retired"


class AccountVerb(StrEnum):
    """What moves an account from one state to the next."""

    ACTIVATE = "activate"
    LOCK = "lock"
    UNLOCK = "unlock"
    DISABLE = "disable"
    ENABLE = "enable"


def _by_itself(
    state: AccountState, verb: AccountVerb, becomes: AccountState
) -> Transition[AccountState, AccountVerb]:
    """What follows from the holder's own doing: a new password, too many failed attempts."""
    return Transition(state=state, verb=verb, becomes=becomes, right=Right.USE_OWN_SESSION)


def _by_administrator(
    state: AccountState, verb: AccountVerb, becomes: AccountState
) -> Transition[AccountState, AccountVerb]:
    return Transition(
        state=state, verb=verb, becomes=becomes, right=Right.MANAGE_ACCOUNTS, needs_reason=True
    )


# A temporary password stays temporary whatever the state: unlocking or enabling makes none lasting.
ACCOUNT: Lifecycle[AccountState, AccountVerb] = Lifecycle(
    name="account",
    initial=AccountState.INVITED,
    transitions=(
        _by_itself(AccountState.INVITED, AccountVerb.ACTIVATE, AccountState.ACTIVE),
        _by_itself(AccountState.INVITED, AccountVerb.LOCK, AccountState.LOCKED),
        _by_itself(AccountState.ACTIVE, AccountVerb.LOCK, AccountState.LOCKED),
        _by_administrator(AccountState.LOCKED, AccountVerb.UNLOCK, AccountState.ACTIVE),
        _by_administrator(AccountState.INVITED, AccountVerb.DISABLE, AccountState.RETIRED),
        _by_administrator(AccountState.ACTIVE, AccountVerb.DISABLE, AccountState.RETIRED),
        _by_administrator(AccountState.LOCKED, AccountVerb.DISABLE, AccountState.RETIRED),
        _by_administrator(AccountState.RETIRED, AccountVerb.ENABLE, AccountState.ACTIVE),
    ),
)
