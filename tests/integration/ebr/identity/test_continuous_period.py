"""The continuous signing period: what ends it, and that a witness is never in one."""

import threading
from dataclasses import replace

import pytest

from ebr import identity
from ebr.identity import Right
from ebr.identity.signing import SigningCode
from ebr.kernel import (
    Refused,
    Secret,
    SignatureRejected,
)
from ebr.kernel.opening import Database
from tests.builders import identity as people
from tests.integration.ebr.identity.conftest import Crew
from tests.integration.ebr.identity.notes import (
    STATEMENT,
    SignNote,
    begun,
    codes,
    grow_old,
    sessions_of,
    sign_note,
    signed,
    unlock,
)
from tests.plugin import verifies
from workflows.recipe import Meaning


@verifies("P11-200a1ii-1")
@pytest.mark.parametrize(
    "broken_by", ["lock", "idle", "sign_out", "station", "network", "other_user", "new_password"]
)
def test_any_break_ends_the_continuous_period(
    database: Database, crew: Crew, broken_by: str
) -> None:
    token, password = begun(database, crew), crew.keller.password
    if broken_by == "lock":
        people.act(database, token, identity.lock, identity.LockSession())
        unlock(database, crew, token)
    elif broken_by == "idle":
        grow_old(database, "last_input", 11)
        unlock(database, crew, token)
    elif broken_by == "sign_out":
        people.act(database, token, identity.sign_out, identity.SignOut())
        token = people.sign_in(database, crew.keller)
    elif broken_by == "station":
        people.act(database, token, identity.move_station, identity.MoveStation(station="FILL-1"))
    elif broken_by == "network":
        people.act(database, token, identity.touch, identity.Touch(source="198.51.100.9"))
    elif broken_by == "other_user":
        people.sign_in(database, crew.brandt)
    else:
        password = "eleven grey herons wait"
        change = identity.ChangePassword(current=Secret(crew.keller.password), new=Secret(password))
        people.act(database, token, identity.change_password, change)
    keller = replace(crew.keller, password=password)
    with pytest.raises(Refused) as refusal:
        signed(database, token, keller.given(STATEMENT, Meaning.PERFORMED))
    assert codes(refusal) == [SigningCode.LOGIN_MISSING]
    signed(database, token, keller.given(STATEMENT, Meaning.PERFORMED, login="m.keller"))
    assert people.session(database, token).continuous


@verifies("P11-200a1ii-1")
def test_nobody_signs_in_a_locked_or_ended_session(database: Database, crew: Crew) -> None:
    token = begun(database, crew)
    grow_old(database, "last_input", 11)
    given = crew.keller.given(STATEMENT, Meaning.PERFORMED, login="m.keller")
    with pytest.raises(Refused) as refusal:
        signed(database, token, given)
    assert codes(refusal) == [SigningCode.SESSION_NOT_OPEN]


@verifies("P11-200a1ii-1")
def test_a_witness_gives_both_in_the_session_of_the_operator(
    database: Database, crew: Crew
) -> None:
    token = begun(database, crew)
    before = people.session(database, token)
    found = signed(
        database,
        token,
        crew.brandt.given(STATEMENT, Meaning.WITNESSED, login="j.brandt"),
        meaning=Meaning.WITNESSED,
        right=Right.WITNESS_STEPS,
    )
    assert (found["name"], found["components"]) == ("J. Brandt", ["login", "secret"])
    assert people.session(database, token) == before
    assert sessions_of(database, crew.brandt) == 0
    with pytest.raises(SignatureRejected):  # the secret alone is only ever the owner's
        signed(database, token, crew.brandt.given(STATEMENT, Meaning.PERFORMED))
    with pytest.raises(Refused):  # not even straight after, and not by leaving the login blank
        people.act(database, people.sign_in(database, crew.keller), sign_note,
            SignNote(given=crew.brandt.given(STATEMENT, Meaning.PERFORMED, login=" ")))  # fmt: skip


@verifies("P11-200a1ii-1")
def test_performer_and_witness_sign_one_act_each_with_their_own(
    database: Database, crew: Crew
) -> None:
    token = begun(database, crew)
    command = SignNote(
        given=crew.keller.given(STATEMENT, Meaning.PERFORMED),
        second=crew.brandt.given(STATEMENT, Meaning.WITNESSED, login="j.brandt"),
    )
    people.act(database, token, sign_note, command)
    both = people.entries(database, "note/1")[-1]["signatures"]
    assert [(one["name"], one["components"]) for one in both] == [
        ("M. Keller", ["secret"]),
        ("J. Brandt", ["login", "secret"]),
    ]


@verifies("P11-200a1ii-1")
def test_two_people_may_witness_for_each_other_at_the_same_moment(
    database: Database, crew: Crew
) -> None:
    tokens = {"m.keller": begun(database, crew), "j.brandt": people.sign_in(
        database, crew.brandt, station="FILL-1")}  # fmt: skip
    faults: list[Exception] = []

    def run(owner: people.Someone, other: people.Someone) -> None:
        command = SignNote(
            given=owner.given(STATEMENT, Meaning.PERFORMED, login=owner.login),
            second=other.given(STATEMENT, Meaning.WITNESSED, login=other.login),
        )
        try:
            people.act(database, tokens[owner.login], sign_note, command)
        except Exception as fault:  # noqa: BLE001 - told by the assertion below
            faults.append(fault)

    pairs = [(crew.keller, crew.brandt), (crew.brandt, crew.keller)] * 4
    threads = [threading.Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
