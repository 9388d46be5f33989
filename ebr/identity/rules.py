"""Every reason why identity says no, and what a session is worth at this very call. All pure.

The codes stand in order of precedence and are never used again for something else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from ebr.identity.lifecycle import ACCOUNT, AccountState, AccountVerb
from ebr.identity.logins import MOST_NAME, may_be_login, printed_name
from ebr.identity.rights import PRODUCT_AREAS, Area, Conflict, areas_of
from ebr.identity.views import EndedBy, Finding, Standing
from ebr.kernel import Reason, told

OLDEST = timedelta(hours=16)
"""However busy, a session ends after the longest shift with its hand-over."""


class IdentityCode(StrEnum):
    """Why an act on people, accounts, roles or sessions is refused, most fundamental first."""

    NAME_UNREADABLE = "name_unreadable"
    LOGIN_UNREADABLE = "login_unreadable"
    LOGIN_TAKEN = "login_taken"
    OWN_ACCOUNT = "own_account"
    ROLE_HELD = "role_held"
    ROLE_NOT_HELD = "role_not_held"
    ROLES_CONFLICT = "roles_conflict"
    LAST_ADMINISTRATOR = "last_administrator"
    SITE_HAS_ADMINISTRATOR = "site_has_administrator"
    SESSION_NOT_OPEN = "session_not_open"


LOGIN_TAKEN = Reason(
    IdentityCode.LOGIN_TAKEN,
    "This login, or one that looks like it, is taken, now and for ever.",
    "Choose another; if it is the same person, enable the account that is there.",
    "P11-100a-1",
)


def reasons_against_name(name: str) -> tuple[Reason, ...]:
    """Why this may not be printed as a person's name."""
    try:
        printed_name(name)
    except ValueError as fault:
        return (
            Reason(
                IdentityCode.NAME_UNREADABLE,
                str(fault),
                f"Give the name as it is printed, with at most {MOST_NAME} characters.",
                "P11-50a-1",
            ),
        )
    return ()


def reasons_against_login(login: str, looks_like: str | None) -> tuple[Reason, ...]:
    """Why nobody may be invited under this normalised login; `looks_like`: a login that is there.

    A login belongs to one human for ever, retired or not (21 CFR 11.100(a), 11.300(a)).
    """
    if not may_be_login(login):
        return (
            Reason(
                IdentityCode.LOGIN_UNREADABLE,
                "A login has 1 to 64 signs: a to z, 0 to 9, point, hyphen and underscore inside.",
                "Choose one without signs that look like others.",
                "P11-100a-1",
            ),
        )
    if looks_like is not None:
        alike = "is taken" if looks_like == login else f"looks like {looks_like}, which is taken"
        return (
            Reason(
                IdentityCode.LOGIN_TAKEN,
                f"The login {login} {alike}, now and for ever.",
                LOGIN_TAKEN.remedy,
                LOGIN_TAKEN.requirement,
            ),
        )
    return ()


def reasons_against_change(
    state: AccountState, verb: AccountVerb, why: str | None = None
) -> tuple[Reason, ...]:
    """Why an account in this state cannot be moved so; the table of the lifecycle decides."""
    return told(ACCOUNT.reasons_against(state, verb, reason=why))


@dataclass(frozen=True, slots=True, kw_only=True)
class Granting:
    """What is known when a role is to be given or taken: all roles of the *person*, by account."""

    role: str
    held: frozenset[str]
    held_by_person: frozenset[str]
    own: bool
    conflicts: tuple[Conflict, ...] = ()
    other_administrators: int = 1


def reasons_against_granting(facts: Granting) -> tuple[Reason, ...]:
    """Why the role may not be granted: own account, held already, excluded by another role."""
    reasons = list(_against_own(facts))
    if facts.role in facts.held:
        text = f"The account holds the role {facts.role} already."
        reasons.append(Reason(IdentityCode.ROLE_HELD, text))
    for conflict in facts.conflicts:
        # The roles of all accounts of the person count: a second account does not part one human.
        if conflict.concerns({*facts.held_by_person, facts.role}):
            other = conflict.other if conflict.one == facts.role else conflict.one
            if facts.role in (conflict.one, conflict.other) and other in facts.held_by_person:
                reasons.append(
                    Reason(
                        IdentityCode.ROLES_CONFLICT,
                        f"{facts.role} and {other} exclude each other. {conflict.why}",
                        f"Withdraw {other} first, or choose another person.",
                        "A11D-11.10-1",
                    )
                )
    return tuple(reasons)


def reasons_against_withdrawing(facts: Granting) -> tuple[Reason, ...]:
    """Why the role may not be taken away."""
    reasons = list(_against_own(facts))
    if facts.role not in facts.held:
        text = f"The account does not hold the role {facts.role}."
        reasons.append(Reason(IdentityCode.ROLE_NOT_HELD, text))
    elif facts.role == "administrator":
        reasons.extend(reasons_against_losing_administrator(facts.other_administrators))
    return tuple(reasons)


def reasons_against_first_administrator(administrators: int) -> tuple[Reason, ...]:
    """Why the console may not make an administrator: the site has one who can."""
    if administrators == 0:
        return ()
    text = f"This site has {administrators} administrator(s) already."
    remedy = "Ask one of them for an account."
    return (Reason(IdentityCode.SITE_HAS_ADMINISTRATOR, text, remedy, "A11D-11.10-1"),)


def reasons_against_losing_administrator(others: int) -> tuple[Reason, ...]:
    """Why an administrator may not go: nobody would be left to look after the accounts."""
    if others > 0:
        return ()
    text = "This is the last active administrator of the site."
    remedy = "Grant the role to another person first."
    return (Reason(IdentityCode.LAST_ADMINISTRATOR, text, remedy, "A11D-11.10-1"),)


def _against_own(facts: Granting) -> Iterable[Reason]:
    if facts.own:
        yield Reason(
            IdentityCode.OWN_ACCOUNT,
            "Nobody changes the roles of their own account.",
            "Ask another administrator.",
            "A11D-11.10-1",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """A session as its row has it, beside the account it belongs to and the clock."""

    ended: bool
    locked_by: EndedBy | None
    account: AccountState
    opened_at: datetime
    last_input: datetime
    idle_lock_s: int

    @property
    def locks_at(self) -> datetime:
        """When it locks without a person's input."""
        return self.last_input + timedelta(seconds=self.idle_lock_s)


def standing(facts: SessionFacts, now: datetime) -> tuple[Standing, EndedBy | None]:
    """Whether the session may be used now; the server alone judges, no timer of a browser.

    A locked or retired account takes its sessions with it at the very next call.
    """
    if facts.ended:
        return Standing.ENDED, EndedBy.PERSON
    if facts.account not in (AccountState.ACTIVE, AccountState.INVITED):
        return Standing.ENDED, EndedBy.ACCOUNT
    if now - facts.opened_at >= OLDEST:
        return Standing.ENDED, EndedBy.AGE
    if facts.locked_by is not None:
        return Standing.LOCKED, facts.locked_by
    if now >= facts.locks_at:
        return Standing.LOCKED, EndedBy.IDLE
    return Standing.OPEN, None


def reasons_against_moving(stands: Standing) -> tuple[Reason, ...]:
    """Why a session cannot go on at another station."""
    if stands is Standing.OPEN:
        return ()
    text = "The session is locked or has ended."
    remedy = "Unlock it or sign in again."
    return (Reason(IdentityCode.SESSION_NOT_OPEN, text, remedy, "A11D-11.8-1"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A person who can sign in, with every role and right of all their accounts."""

    person: UUID
    name: str
    roles: frozenset[str]
    rights: frozenset[str]


def findings(
    holders: Sequence[Holder], roles: Iterable[tuple[str, frozenset[str]]], conflicts: int
) -> tuple[Finding, ...]:
    """What a site must not run with: an empty matrix, a super role, people who hold what excludes.

    Annex 11 draft 11: administration apart from making, checking and releasing; least privilege.
    """
    found = list(_findings_of_roles(roles))
    if conflicts == 0:
        found.append(Finding("no_conflicts", "The matrix of excluding roles is empty.", _RESTORE))
    found.extend(
        Finding("administrator_of_product", f"{holder.name} {_BOTH}.", _PART)
        for holder in holders
        if _is_both(holder.rights)
    )
    if len(holders) > 1 and len({holder.roles for holder in holders}) == 1:
        text = f"All {len(holders)} people hold the same roles: {_listed(holders[0].roles)}."
        found.append(Finding("one_role_for_all", text, _PART))
    return tuple(found)


_BOTH = "administers accounts and makes, checks or releases product"
_PART = "Part administration, production and quality among different people."
_RESTORE = "Enter the pairs of roles that exclude each other."


def _findings_of_roles(roles: Iterable[tuple[str, frozenset[str]]]) -> Iterable[Finding]:
    for key, rights in roles:
        if _is_both(rights):
            yield Finding("super_role", f"Whoever holds the role {key} {_BOTH}.", _PART)


def _is_both(rights: frozenset[str]) -> bool:
    areas = areas_of(rights)
    return Area.ADMINISTRATION in areas and bool(areas & frozenset(PRODUCT_AREAS))


def _listed(roles: Iterable[str]) -> str:
    return ", ".join(sorted(roles)) or "none"
