"""People, accounts, roles and passwords: what administrators do, and what nobody can."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from ebr import identity
from ebr.identity import AccountState, Right, Standing
from ebr.identity.rules import IdentityCode
from ebr.kernel import (
    Forbidden,
    Malformed,
    Refused,
    Secret,
    Unauthenticated,
    UnitOfWork,
    Unknown,
    Why,
    new_id,
)
from ebr.kernel.opening import Database, reading
from migrations import guards
from tests.builders import identity as people
from tests.builders.identity import BECAUSE, Someone
from tests.integration.ebr.identity.conftest import Crew
from tests.plugin import verifies


@pytest.fixture
def keeper(database: Database, crew: Crew) -> str:
    """The session of the administrator."""
    return people.sign_in(database, crew.admin, station="OFFICE-1")


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [str(reason.code) for reason in refusal.value.reasons]


def state_of(database: Database, someone: Someone) -> AccountState:
    with reading(database) as session:
        return identity.account(session, someone.account).state


def invite(login: str, person: UUID) -> identity.CreateAccount:
    secret = Secret("moss kettle ivory lantern")
    return identity.CreateAccount(person=person, login=login, secret=secret)


@verifies("P11-100a-1")
@pytest.mark.parametrize(
    "login", ["m.keller", "M.KELLER", " m.keller ", "\uff4d.keller", "rn.keller"]
)
def test_the_login_of_a_retired_account_stays_taken_however_it_is_typed(
    database: Database, crew: Crew, keeper: str, login: str
) -> None:
    disable = identity.DisableAccount(account=crew.keller.account, why=BECAUSE)
    people.act(database, keeper, identity.disable_account, disable)
    with pytest.raises(Refused) as refusal:
        people.act(database, keeper, identity.create_account, invite(login, crew.brandt.person))
    assert codes(refusal) == [IdentityCode.LOGIN_TAKEN]


@verifies("P11-100a-1")
def test_a_login_of_another_script_is_refused(database: Database, crew: Crew, keeper: str) -> None:
    with pytest.raises(Refused) as refusal:
        people.act(
            database, keeper, identity.create_account, invite("м.keller", crew.brandt.person)
        )
    assert codes(refusal) == [IdentityCode.LOGIN_UNREADABLE]


@verifies("P11-100a-1")
def test_of_two_invitations_at_the_same_moment_one_wins(
    database: Database, crew: Crew, keeper: str
) -> None:
    outcomes: list[str] = []

    def run() -> None:
        try:
            command = invite("t.okafor", crew.brandt.person)
            people.act(database, keeper, identity.create_account, command)
            outcomes.append("made")
        except Refused as refusal:
            outcomes.append(str(refusal.reasons[0].code))

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [IdentityCode.LOGIN_TAKEN] * 5 + ["made"]


@verifies("P11-100a-1")
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM identity.account",
        "DELETE FROM identity.person",
        "TRUNCATE identity.account CASCADE",
        "UPDATE identity.account SET login = 'somebody.else'",
        "UPDATE identity.account SET person = (SELECT max(id::text)::uuid FROM identity.person)",
    ],
)
def test_the_database_itself_refuses_to_delete_or_reassign_an_account(
    database: Database, crew: Crew, statement: str
) -> None:
    with pytest.raises(sa.exc.DBAPIError), database.engine.begin() as connection:
        connection.execute(sa.text(statement))


@verifies("P11-100a-1")
def test_a_retired_account_comes_back_as_the_same_person(
    database: Database, crew: Crew, keeper: str
) -> None:
    disable = identity.DisableAccount(account=crew.keller.account, why=BECAUSE)
    people.act(database, keeper, identity.disable_account, disable)
    enable = identity.EnableAccount(account=crew.keller.account, why=BECAUSE)
    people.act(database, keeper, identity.enable_account, enable)
    with reading(database) as session:
        found = identity.account_by_login(session, "M.Keller")
        assert found is not None
        assert (found.id, found.person, found.name) == (
            crew.keller.account,
            crew.keller.person,
            "M. Keller",
        )
        assert identity.people_named(session, [crew.keller.person]) == {
            crew.keller.person: "M. Keller"
        }
    people.sign_in(database, crew.keller)


@verifies("P11-100a-1")
def test_two_accounts_of_one_human_are_one_person(database: Database, crew: Crew) -> None:
    second = people.somebody(database, "m.roth", "operator", person=crew.keller.person)
    with reading(database) as session:
        both = identity.accounts(session, crew.keller.account, second.account)
        view = next(
            each for each in identity.people(session).items if each.id == crew.keller.person
        )
    assert {each.person for each in both} == {crew.keller.person}
    assert view.logins == ("m.keller", "m.roth")


@verifies("A11D-11.10-1")
@pytest.mark.parametrize("role", ["operator", "qa_reviewer", "qualified_person"])
def test_an_administrator_gets_no_role_in_production_or_quality(
    database: Database, crew: Crew, keeper: str, role: str
) -> None:
    other = people.somebody(database, "k.second", "administrator")
    grant = identity.GrantRole(account=other.account, role=role, why=BECAUSE)
    with pytest.raises(Refused) as refusal:
        people.act(database, keeper, identity.grant_role, grant)
    assert codes(refusal) == [IdentityCode.ROLES_CONFLICT]
    refused = people.entries(database, f"attempt/{crew.admin.account}")[-1]
    assert refused["events"][0]["data"]["reasons"][0]["code"] == "roles_conflict"


@verifies("A11D-11.10-1", "P11-100a-1")
def test_a_second_account_does_not_get_round_the_matrix(
    database: Database, crew: Crew, keeper: str
) -> None:
    second = people.somebody(database, "m.roth", person=crew.keller.person)
    grant = identity.GrantRole(account=second.account, role="qa_reviewer", why=BECAUSE)
    with pytest.raises(Refused) as refusal:
        people.act(database, keeper, identity.grant_role, grant)
    assert codes(refusal) == [IdentityCode.ROLES_CONFLICT]


@verifies("P11-10g-1")
def test_a_role_withdrawn_counts_at_the_very_next_call(
    database: Database, crew: Crew, keeper: str
) -> None:
    token = people.sign_in(database, crew.keller)
    assert people.actor(database, token).may(Right.EXECUTE_STEPS)
    withdraw = identity.WithdrawRole(account=crew.keller.account, role="operator", why=BECAUSE)
    people.act(database, keeper, identity.withdraw_role, withdraw)
    assert not people.actor(database, token).may(Right.EXECUTE_STEPS)
    grant = identity.GrantRole(account=crew.keller.account, role="operator", why=BECAUSE)
    people.act(database, keeper, identity.grant_role, grant)
    assert people.actor(database, token).may(Right.EXECUTE_STEPS)


@verifies("P11-10g-1", "A11D-11.10-1")
@pytest.mark.parametrize("operation", ["create_person", "create_account", "grant_role",
    "withdraw_role", "disable_account", "enable_account", "unlock_account", "rename_person",
    "issue_temporary_password"])  # fmt: skip
def test_an_operator_administers_nothing_and_the_attempt_is_remembered(
    database: Database, crew: Crew, operation: str
) -> None:
    token = people.sign_in(database, crew.keller)
    commands: dict[str, object] = {
        "create_person": identity.CreatePerson(name="X. Y"),
        "create_account": invite("x.y", crew.keller.person),
        "rename_person": identity.RenamePerson(person=crew.brandt.person, name="X", why=BECAUSE),
        "issue_temporary_password": identity.IssueTemporaryPassword(
            account=crew.brandt.account, secret=Secret("x"), why=BECAUSE
        ),
    }
    named = {
        "grant_role": identity.GrantRole(account=crew.brandt.account, role="auditor", why=BECAUSE),
        "withdraw_role": identity.WithdrawRole(
            account=crew.brandt.account, role="operator", why=BECAUSE
        ),
        "disable_account": identity.DisableAccount(account=crew.brandt.account, why=BECAUSE),
        "enable_account": identity.EnableAccount(account=crew.brandt.account, why=BECAUSE),
        "unlock_account": identity.UnlockAccount(account=crew.brandt.account, why=BECAUSE),
    }
    with pytest.raises(Forbidden):
        people.act(database, token, getattr(identity, operation), (commands | named)[operation])
    last = people.entries(database, f"attempt/{crew.keller.account}")[-1]
    assert last["act"] == "attempt.refused"
    assert last["events"][0]["data"]["operation"] == operation


def test_nobody_changes_their_own_roles(database: Database, crew: Crew, keeper: str) -> None:
    withdraw = identity.WithdrawRole(account=crew.admin.account, role="administrator", why=BECAUSE)
    with pytest.raises(Refused) as refusal:
        people.act(database, keeper, identity.withdraw_role, withdraw)
    assert codes(refusal) == [IdentityCode.OWN_ACCOUNT, IdentityCode.LAST_ADMINISTRATOR]


def test_the_last_administrator_cannot_be_retired(
    database: Database, crew: Crew, keeper: str
) -> None:
    disable = identity.DisableAccount(account=crew.admin.account, why=BECAUSE)
    with pytest.raises(Refused) as refusal:
        people.act(database, keeper, identity.disable_account, disable)
    assert codes(refusal) == [IdentityCode.LAST_ADMINISTRATOR]


@verifies("P11-10d-1")
def test_the_sessions_of_a_retired_account_die_at_the_very_next_call(
    database: Database, crew: Crew, keeper: str
) -> None:
    token = people.sign_in(database, crew.keller)
    disable = identity.DisableAccount(account=crew.keller.account, why=BECAUSE)
    people.act(database, keeper, identity.disable_account, disable)
    assert people.session(database, token).standing is Standing.ENDED
    assert people.actor(database, token).rights == frozenset()
    last = people.entries(database, f"account/{crew.keller.account}")[-1]
    assert [event["kind"] for event in last["events"]] == ["account.disabled", "session.ended"]
    assert last["reason"]["text"] == BECAUSE.text
    with pytest.raises(Unauthenticated):
        people.sign_in(database, crew.keller)


def test_what_the_lifecycle_does_not_list_is_refused_by_the_operation(
    database: Database, crew: Crew, keeper: str
) -> None:
    for operation, command in (
        (identity.unlock_account, identity.UnlockAccount(account=crew.keller.account, why=BECAUSE)),
        (identity.enable_account, identity.EnableAccount(account=crew.keller.account, why=BECAUSE)),
    ):
        run: Callable[[UnitOfWork, Any], None] = operation
        with pytest.raises(Refused) as refusal:
            people.act(database, keeper, run, command)
        assert codes(refusal) == ["transition_not_allowed"]


def test_an_act_on_an_account_says_why(database: Database, crew: Crew, keeper: str) -> None:
    disable = identity.DisableAccount(account=crew.keller.account, why=Why("-"))
    with pytest.raises(Malformed):
        people.act(database, keeper, identity.disable_account, disable)
    assert state_of(database, crew.keller) is AccountState.ACTIVE


def test_what_is_not_there_is_unknown(database: Database, crew: Crew, keeper: str) -> None:
    nobody = new_id()
    for operation, command in (
        (identity.grant_role, identity.GrantRole(account=nobody, role="operator", why=BECAUSE)),
        (identity.grant_role, identity.GrantRole(account=nobody, role="king", why=BECAUSE)),
        (identity.disable_account, identity.DisableAccount(account=nobody, why=BECAUSE)),
        (identity.rename_person, identity.RenamePerson(person=nobody, name="A", why=BECAUSE)),
    ):
        run: Callable[[UnitOfWork, Any], None] = operation
        with pytest.raises(Unknown):
            people.act(database, keeper, run, command)
    with reading(database) as session:
        assert identity.account_by_login(session, "nobody") is None
        with pytest.raises(Unknown):
            identity.account(session, nobody)


@verifies("P11-50a-1")
def test_a_person_is_renamed_only_to_what_can_be_printed(
    database: Database, crew: Crew, keeper: str
) -> None:
    rename = identity.RenamePerson(person=crew.keller.person, name="42", why=BECAUSE)
    with pytest.raises(Refused) as refusal:
        people.act(database, keeper, identity.rename_person, rename)
    assert codes(refusal) == [IdentityCode.NAME_UNREADABLE]
    same = identity.RenamePerson(person=crew.keller.person, name=" M. Keller ", why=BECAUSE)
    people.act(database, keeper, identity.rename_person, same)
    assert people.acts(database, f"person/{crew.keller.person}") == ["person.created"]


@verifies("A11D-11.10-1", "P11-10g-1")
def test_rights_roles_and_excluded_pairs_are_rows(database: Database, crew: Crew) -> None:
    with reading(database) as session:
        found = {role.key: role for role in identity.roles(session)}
        page = identity.accounts_page(session)
        assert identity.findings(session) == ()
    assert set(found) == {role.key for role in identity.ROLES}
    for role in identity.ROLES:
        assert set(found[role.key].rights) == set(map(str, role.rights))
    assert "operator" in found["administrator"].excludes
    assert [account.login for account in page.items] == ["j.brandt", "m.keller", "w.admin"]
    assert page.items[1].role_titles == ("Operator",)


@verifies("A11D-12.2-1")
def test_each_act_says_who_what_when_why_and_where(
    database: Database, crew: Crew, keeper: str
) -> None:
    grant = identity.GrantRole(
        account=crew.keller.account, role="metrology", why=Why("joins the balance team")
    )
    people.act(database, keeper, identity.grant_role, grant)
    entry = people.entries(database, f"account/{crew.keller.account}")[-1]
    assert entry["actor"] == {
        "person": str(crew.admin.person),
        "account": str(crew.admin.account),
        "name": "W. Admin",
        "role": "Administrator",
        "kind": "human",
    }
    assert entry["station"] == "OFFICE-1"
    assert entry["header"]["at"].endswith("Z")
    assert entry["reason"] == {"text": "joins the balance team", "code": None}
    assert entry["events"][0]["data"]["title"] == "Metrology"
    assert "record_calibrations" in entry["events"][0]["data"]["rights"]


FIRST = identity.CreateFirstAdministrator(
    login="W.Admin", name="W. Admin", secret=Secret("moss kettle ivory lantern")
)


@verifies("A11D-11.10-1")
def test_an_empty_site_gets_its_first_administrator_once(database: Database) -> None:
    again = identity.CreateFirstAdministrator(
        login="k.second", name="K. Second", secret=Secret("moss kettle ivory lantern")
    )
    account = UUID(people.keep(database, identity.create_first_administrator, FIRST))
    with pytest.raises(Refused) as refusal:
        people.keep(database, identity.create_first_administrator, again)
    assert codes(refusal) == [IdentityCode.SITE_HAS_ADMINISTRATOR]
    with reading(database) as session:
        found = identity.account(session, account)
    assert (found.login, found.roles, found.temporary_password) == (
        "w.admin",
        ("administrator",),
        True,
    )
    assert people.acts(database, f"account/{account}") == ["account.created"]


@verifies("A11D-11.10-1")
def test_a_site_with_everyone_in_one_super_role_fails_the_start_up_check(
    database: Database, crew: Crew
) -> None:
    owner = sa.create_engine(database.settings.url("owner"))
    with owner.begin() as connection:  # no operation can: the rows are forced, with their act
        connection.execute(
            sa.text(
                "INSERT INTO identity.account_role (account, role, held)"
                " SELECT id, role, true FROM identity.account, unnest(ARRAY['administrator',"
                " 'operator']) role ON CONFLICT (account, role) DO UPDATE SET held = true"
            )
        )
        guards.append(connection, "system/test", guards.act("system.forced", {}, "a test"))
    owner.dispose()
    with reading(database) as session:
        found = [finding.code for finding in identity.findings(session)]
    assert found == ["administrator_of_product"] * 3 + ["one_role_for_all"]
