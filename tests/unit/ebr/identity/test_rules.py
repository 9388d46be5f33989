"""Roles that exclude each other, accounts and their states, sessions and what they are worth."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from ebr.identity import AREAS, CONFLICTS, ROLES, Area, Conflict, EndedBy, Right, Standing, areas_of
from ebr.identity.lifecycle import ACCOUNT, AccountState, AccountVerb
from ebr.identity.rules import (
    OLDEST,
    Granting,
    Holder,
    IdentityCode,
    SessionFacts,
    findings,
    reasons_against_change,
    reasons_against_granting,
    reasons_against_losing_administrator,
    reasons_against_moving,
    reasons_against_withdrawing,
    standing,
)
from tests.plugin import verifies

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
RIGHTS = {role.key: frozenset(map(str, role.rights)) for role in ROLES}


def granting(role: str, *held: str, person: tuple[str, ...] = (), own: bool = False) -> Granting:
    return Granting(
        role=role,
        held=frozenset(held),
        held_by_person=frozenset((*held, *person)),
        own=own,
        conflicts=CONFLICTS,
    )


def test_every_right_lies_in_exactly_one_area() -> None:
    listed = [right for rights in AREAS.values() for right in rights]
    assert sorted(listed) == sorted(Right)


@verifies("A11D-11.10-1")
def test_no_role_of_a_new_site_reaches_from_administration_into_product() -> None:
    for role in ROLES:
        areas = areas_of(role.rights)
        assert not (Area.ADMINISTRATION in areas and areas & {Area.MAKING, Area.CHECKING})


@verifies("A11D-11.10-1")
@pytest.mark.parametrize(
    "other",
    [
        "operator",
        "production_supervisor",
        "qa_reviewer",
        "qualified_person",
        "process_engineer",
        "metrology",
        "quality_control",
        "auditor",
    ],
)
def test_an_administrator_holds_no_role_that_makes_checks_or_releases(other: str) -> None:
    for one, another in (("administrator", other), (other, "administrator")):
        (reason,) = reasons_against_granting(granting(one, another))
        assert reason.code == IdentityCode.ROLES_CONFLICT
        assert another in reason.text
        assert reason.remedy


@verifies("A11D-11.10-1", "P11-100a-1")
def test_the_roles_of_all_accounts_of_one_person_count_together() -> None:
    (reason,) = reasons_against_granting(granting("qa_reviewer", person=("operator",)))
    assert reason.code == IdentityCode.ROLES_CONFLICT


@verifies("A11D-11.10-1")
def test_roles_that_do_not_exclude_each_other_go_together() -> None:
    assert reasons_against_granting(granting("metrology", "operator")) == ()
    assert reasons_against_granting(granting("auditor", "qa_reviewer")) == ()


def test_a_conflict_of_two_other_roles_does_not_stand_in_the_way() -> None:
    facts = granting("metrology", "operator", "qa_reviewer")
    assert reasons_against_granting(facts) == ()


@verifies("A11D-11.10-1")
def test_nobody_changes_the_roles_of_their_own_account() -> None:
    for judged in (reasons_against_granting, reasons_against_withdrawing):
        codes = [reason.code for reason in judged(granting("operator", "operator", own=True))]
        assert IdentityCode.OWN_ACCOUNT in codes


def test_every_reason_is_told_at_once() -> None:
    facts = granting("administrator", "administrator", "operator", own=True)
    codes = [reason.code for reason in reasons_against_granting(facts)]
    assert codes == [
        IdentityCode.OWN_ACCOUNT,
        IdentityCode.ROLE_HELD,
        IdentityCode.ROLES_CONFLICT,
    ]


def test_a_role_not_held_cannot_be_withdrawn() -> None:
    (reason,) = reasons_against_withdrawing(granting("operator"))
    assert reason.code == IdentityCode.ROLE_NOT_HELD
    assert reasons_against_withdrawing(granting("operator", "operator")) == ()


def test_the_last_administrator_stays() -> None:
    last = Granting(
        role="administrator",
        held=frozenset({"administrator"}),
        held_by_person=frozenset({"administrator"}),
        own=False,
        other_administrators=0,
    )
    (reason,) = reasons_against_withdrawing(last)
    assert reason.code == IdentityCode.LAST_ADMINISTRATOR
    assert reasons_against_losing_administrator(1) == ()


@verifies("P11-100a-1")
def test_every_pair_that_the_table_does_not_list_is_refused() -> None:
    listed = {(row.state, row.verb) for row in ACCOUNT.transitions}
    for state in AccountState:
        for verb in AccountVerb:
            refused = bool(reasons_against_change(state, verb, "because it is needed"))
            assert refused is ((state, verb) not in listed), (state, verb)


def facts(
    *,
    ended: bool = False,
    locked_by: EndedBy | None = None,
    account: AccountState = AccountState.ACTIVE,
    age: timedelta = timedelta(minutes=30),
    idle: timedelta = timedelta(0),
) -> SessionFacts:
    return SessionFacts(
        ended=ended,
        locked_by=locked_by,
        account=account,
        opened_at=NOON - age,
        last_input=NOON - idle,
        idle_lock_s=600,
    )


@verifies("A11D-11.8-1", "P11-10d-1")
@pytest.mark.parametrize(
    ("session", "expected"),
    [
        (facts(), (Standing.OPEN, None)),
        (facts(account=AccountState.INVITED), (Standing.OPEN, None)),
        (facts(idle=timedelta(seconds=599)), (Standing.OPEN, None)),
        (facts(idle=timedelta(seconds=600)), (Standing.LOCKED, EndedBy.IDLE)),
        (facts(locked_by=EndedBy.PERSON), (Standing.LOCKED, EndedBy.PERSON)),
        (facts(locked_by=EndedBy.IDLE), (Standing.LOCKED, EndedBy.IDLE)),
        (facts(age=OLDEST), (Standing.ENDED, EndedBy.AGE)),
        (facts(account=AccountState.LOCKED), (Standing.ENDED, EndedBy.ACCOUNT)),
        (facts(account=AccountState.RETIRED), (Standing.ENDED, EndedBy.ACCOUNT)),
        (facts(ended=True), (Standing.ENDED, EndedBy.PERSON)),
        (
            facts(ended=True, account=AccountState.RETIRED, locked_by=EndedBy.IDLE),
            (Standing.ENDED, EndedBy.PERSON),
        ),
    ],
)
def test_a_session_is_worth_what_the_server_judges_now(
    session: SessionFacts, expected: tuple[Standing, EndedBy | None]
) -> None:
    assert standing(session, NOON) == expected


def test_only_an_open_session_goes_on_at_another_station() -> None:
    assert reasons_against_moving(Standing.OPEN) == ()
    (reason,) = reasons_against_moving(Standing.LOCKED)
    assert reason.code == IdentityCode.SESSION_NOT_OPEN


def holder(name: str, *roles: str) -> Holder:
    rights = frozenset().union(*(RIGHTS[role] for role in roles))
    return Holder(person=UUID(int=1), name=name, roles=frozenset(roles), rights=rights)


@verifies("A11D-11.10-1")
def test_a_site_with_its_duties_parted_has_no_findings() -> None:
    people = [holder("W. Admin", "administrator"), holder("M. Keller", "operator")]
    assert findings(people, RIGHTS.items(), len(CONFLICTS)) == ()


@verifies("A11D-11.10-1")
def test_a_site_with_everyone_in_one_super_role_does_not_start() -> None:
    everything = frozenset(map(str, Right))
    people = [
        Holder(person=UUID(int=n), name=name, roles=frozenset({"super"}), rights=everything)
        for n, name in enumerate(("A. Ade", "B. Bede"))
    ]
    found = findings(people, [("super", everything)], 0)
    assert [finding.code for finding in found] == [
        "super_role",
        "no_conflicts",
        "administrator_of_product",
        "administrator_of_product",
        "one_role_for_all",
    ]
    assert all(finding.remedy for finding in found)


def test_one_person_alone_is_no_finding() -> None:
    assert findings([holder("W. Admin", "administrator")], RIGHTS.items(), 1) == ()


def test_people_without_any_role_are_told() -> None:
    found = findings([holder("A"), holder("B")], RIGHTS.items(), 1)
    assert "none" in found[0].text


def test_a_conflict_concerns_both_roles_only() -> None:
    pair = Conflict("a", "b", "why")
    assert pair.concerns({"a", "b", "c"})
    assert not pair.concerns({"a", "c"})
