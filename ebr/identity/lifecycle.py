"""The life of an account: invited → active → locked → retired, and back where the table says so."""

from enum import StrEnum


class AccountState(StrEnum):
    """How an account stands. Only an active one acts; an invited one may only set its password."""

    INVITED = "invited"
    ACTIVE = "active"
    LOCKED = "locked"
    RETIRED = "retired"
