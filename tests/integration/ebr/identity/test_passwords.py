"""Passwords of real accounts: chosen, replaced, issued for a time, refused."""

import pytest

from ebr import identity
from ebr.identity import AccountState, Right, Standing
from ebr.identity.attempts import PasswordRejected
from ebr.identity.credentials import PasswordFault
from ebr.kernel import (
    Refused,
    Secret,
    Unauthenticated,
)
from ebr.kernel.opening import Database, reading
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


@verifies("NIST-63B-1")
@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("moss kettle iv", PasswordFault.TOO_SHORT),
        ("passwordpassword", PasswordFault.COMMON),
        ("j.brandt forever", PasswordFault.CONTEXT),
        ("this is Plant 2, yes", PasswordFault.CONTEXT),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(
    database: Database, crew: Crew, password: str, fault: PasswordFault
) -> None:
    token = people.sign_in(database, crew.brandt)
    change = identity.ChangePassword(current=Secret(crew.brandt.password), new=Secret(password))
    with pytest.raises(Refused) as refusal:
        people.act(database, token, identity.change_password, change)
    assert fault in codes(refusal)
    people.sign_in(database, crew.brandt)


@verifies("NIST-63B-1")
def test_only_the_whole_of_a_long_passphrase_signs_in(database: Database, crew: Crew) -> None:
    phrase = "seven brown otters carry ink across the frozen harbour at dawn.."
    token = people.sign_in(database, crew.brandt)
    change = identity.ChangePassword(current=Secret(crew.brandt.password), new=Secret(phrase))
    people.act(database, token, identity.change_password, change)
    with pytest.raises(Unauthenticated):
        people.sign_in(database, crew.brandt, password=phrase[:63])
    people.sign_in(database, crew.brandt, password=phrase)


def test_the_new_password_is_not_the_old_one(database: Database, crew: Crew) -> None:
    token = people.sign_in(database, crew.brandt)
    change = identity.ChangePassword(
        current=Secret(crew.brandt.password), new=Secret(crew.brandt.password)
    )
    with pytest.raises(Refused) as refusal:
        people.act(database, token, identity.change_password, change)
    assert codes(refusal) == [PasswordFault.SAME]


def test_changing_the_password_needs_the_one_in_force(database: Database, crew: Crew) -> None:
    token = people.sign_in(database, crew.brandt)
    change = identity.ChangePassword(
        current=Secret("eleven grey herons wait"), new=Secret("nine red herons leave")
    )
    with pytest.raises(PasswordRejected):
        people.act(database, token, identity.change_password, change)
    assert people.acts(database, f"attempt/{crew.brandt.account}") == [
        "attempt.failed",
        "attempt.refused",
    ]


@verifies("P11-200a2-1")
def test_a_temporary_password_opens_nothing_but_its_own_replacement(
    database: Database, crew: Crew
) -> None:
    guest = people.invited(database, "t.okafor", "operator")
    token = people.sign_in(database, guest)
    seen = people.session(database, token)
    assert seen.must_change_password
    assert seen.rights == {Right.USE_OWN_SESSION}
    change = identity.ChangePassword(
        current=Secret(guest.password), new=Secret(people.password_of("t.okafor"))
    )
    people.act(database, token, identity.change_password, change)
    after = people.session(database, token)
    assert not after.must_change_password
    assert Right.EXECUTE_STEPS in after.rights
    assert state_of(database, guest) is AccountState.ACTIVE


def test_a_temporary_password_issued_anew_ends_the_sessions_and_must_be_replaced(
    database: Database, crew: Crew, keeper: str
) -> None:
    token = people.sign_in(database, crew.keller)
    issue = identity.IssueTemporaryPassword(
        account=crew.keller.account, secret=Secret("nine red herons leave"), why=BECAUSE
    )
    people.act(database, keeper, identity.issue_temporary_password, issue)
    assert people.session(database, token).standing is Standing.ENDED
    fresh = people.sign_in(database, crew.keller, password="nine red herons leave")
    assert people.session(database, fresh).must_change_password
