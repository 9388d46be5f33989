"""Signing in a session: who is let sign, with what, and what is kept of it."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa

from audit.canonical import canonical, digest
from ebr import identity
from ebr.identity import ContentChanged, Given, Right
from ebr.identity.signing import SigningCode
from ebr.kernel import (
    Forbidden,
    Refused,
    Secret,
    SignatureRejected,
    UnitOfWork,
    kept,
    new_id,
    register,
)
from ebr.kernel.opening import Database, perform, reading
from tests.builders import identity as people
from tests.integration.ebr.identity.conftest import Crew
from tests.plugin import verifies
from workflows.recipe import Meaning

STATEMENT: Mapping[str, Any] = {
    "batch": "B-1",
    "act": "complete",
    "values": [{"input": "weight", "value": "12.487", "unit": "kg"}],
    "meaning": "performed",
}


@register
@dataclass(frozen=True)
class NoteSigned:
    """A note of the tests was signed."""

    KIND: ClassVar[str] = "test.note.signed"
    VERSION: ClassVar[int] = 1
    text: str


@dataclass(frozen=True, kw_only=True)
class SignNote:
    """Sign a note: by whom, meaning what."""

    given: Given
    second: Given | None = None
    meaning: Meaning = Meaning.PERFORMED
    right: Right = Right.EXECUTE_STEPS
    statement: Mapping[str, Any] = field(default_factory=lambda: dict(STATEMENT))


def sign_note(work: UnitOfWork, command: SignNote) -> None:
    """Sign and record, as operations of other modules do."""
    drafts = [
        identity.sign(
            work, command.statement, command.given, meaning=command.meaning, right=command.right
        )
    ]
    if command.second is not None:
        drafts.append(
            identity.sign(
                work,
                command.statement,
                command.second,
                meaning=Meaning.WITNESSED,
                right=Right.WITNESS_STEPS,
            )
        )
    work.record("note/1", NoteSigned("12.487 kg"), signatures=drafts)


def signed(database: Database, token: str, given: Given, **more: Any) -> dict[str, Any]:
    """Sign in a session; the signature as the ledger has it."""
    people.act(database, token, sign_note, SignNote(given=given, **more))
    found: dict[str, Any] = people.entries(database, "note/1")[-1]["signatures"][0]
    return found


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [str(reason.code) for reason in refusal.value.reasons]


@verifies("P11-200a1-1", "P11-50a-1", "P11-200a2-1", "SIG-WYS-1")
def test_the_first_signing_takes_login_and_secret(database: Database, crew: Crew) -> None:
    token = people.sign_in(database, crew.keller)
    given = crew.keller.given(STATEMENT, Meaning.PERFORMED, login="M.Keller")
    found = signed(database, token, given)
    assert found["components"] == ["login", "secret"]
    assert found["name"] == "M. Keller"
    assert found["person"] == str(crew.keller.person)
    assert found["account"] == str(crew.keller.account)
    assert found["role"] == "Operator"
    assert found["meaning"] == "performed"
    assert found["method"] == "password"
    assert found["station"] == "DB-2"
    assert found["at"].endswith("Z")
    assert found["proof"]
    assert found["shown"] == digest(canonical(STATEMENT))
    with reading(database) as session:
        assert kept(session, found["shown"]) == canonical(STATEMENT)


@verifies("P11-200a1-1")
def test_the_first_signing_with_the_secret_alone_is_refused(database: Database, crew: Crew) -> None:
    token = people.sign_in(database, crew.keller)
    with pytest.raises(Refused) as refusal:
        signed(database, token, crew.keller.given(STATEMENT, Meaning.PERFORMED))
    assert codes(refusal) == [SigningCode.LOGIN_MISSING]
    assert people.entries(database, "note/1") == []
    refused = people.entries(database, f"attempt/{crew.keller.account}")[-1]
    assert refused["events"][0]["data"]["reasons"][0]["code"] == "login_missing"


@verifies("P11-200a1-1", "P11-200a1i-1")
@pytest.mark.parametrize("login", [None, "m.keller"])
def test_a_click_alone_signs_nothing(database: Database, crew: Crew, login: str | None) -> None:
    token = people.sign_in(database, crew.keller)
    with pytest.raises(Refused) as refusal:
        signed(
            database,
            token,
            crew.keller.given(STATEMENT, Meaning.PERFORMED, login=login, password=""),
        )
    assert SigningCode.SECRET_MISSING in codes(refusal)


@verifies("P11-200a1i-1")
def test_a_later_signing_takes_the_secret_alone_and_says_so(database: Database, crew: Crew) -> None:
    token = begun(database, crew)
    found = signed(database, token, crew.keller.given(STATEMENT, Meaning.PERFORMED))
    assert found["components"] == ["secret"]


def begun(database: Database, crew: Crew, station: str = "DB-2") -> str:
    """A session of M. Keller in which a continuous signing period runs."""
    token = people.sign_in(database, crew.keller, station=station)
    signed(database, token, crew.keller.given(STATEMENT, Meaning.PERFORMED, login="m.keller"))
    assert people.session(database, token).continuous
    return token


@verifies("P11-200a1i-1")
def test_one_entry_of_the_secret_never_signs_twice(database: Database, crew: Crew) -> None:
    token = begun(database, crew)

    def sign_twice(work: UnitOfWork, command: SignNote) -> None:
        for _ in range(2):
            identity.sign(
                work,
                STATEMENT,
                command.given,
                meaning=Meaning.PERFORMED,
                right=Right.EXECUTE_STEPS,
            )

    given = crew.keller.given(STATEMENT, Meaning.PERFORMED)
    with pytest.raises(ValueError, match="used already"):
        people.act(database, token, sign_twice, SignNote(given=given))


@verifies("P11-200a1i-1")
def test_one_signing_is_good_for_one_content_only(database: Database, crew: Crew) -> None:
    token = begun(database, crew)
    given = crew.keller.given(STATEMENT, Meaning.PERFORMED)
    with pytest.raises(ContentChanged):
        signed(database, token, given, statement={**STATEMENT, "batch": "B-2"})


@verifies("P11-200a1i-1")
def test_the_same_request_again_makes_no_second_signature(database: Database, crew: Crew) -> None:
    token = begun(database, crew)
    request, before = str(new_id()), len(people.entries(database, "note/1"))
    for _ in range(2):
        command = SignNote(given=crew.keller.given(STATEMENT, Meaning.PERFORMED))
        perform(database, people.actor(database, token), sign_note, command, request)
    assert len(people.entries(database, "note/1")) == before + 1


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


def unlock(database: Database, crew: Crew, token: str) -> None:
    command = identity.UnlockSession(secret=Secret(crew.keller.password))
    people.act(database, token, identity.unlock, command)


def grow_old(database: Database, column: str, minutes: int) -> None:
    """Let time pass for every session (the row is operational; no clock is moved)."""
    with database.engine.begin() as connection:
        connection.execute(
            sa.text(
                f"UPDATE identity.session SET {column} = {column} - make_interval(mins => :most)"
            ),
            {"most": minutes},
        )


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


def sessions_of(database: Database, someone: people.Someone) -> int:
    with reading(database) as session:
        return int(
            session.scalar(
                sa.text(
                    "SELECT count(*) FROM identity.session"
                    " WHERE account = :account AND state <> 'ended'"
                ),
                {"account": someone.account},
            )
            or 0
        )


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


@verifies("P11-200a2-1")
def test_a_service_signs_nothing(database: Database, crew: Crew) -> None:
    given = crew.keller.given(STATEMENT, Meaning.PERFORMED, login="m.keller")
    with pytest.raises(Refused) as refusal:
        perform(database, people.FIRST_KEEPER, sign_note, SignNote(given=given), str(new_id()))
    assert codes(refusal) == [SigningCode.SERVICE_CANNOT_SIGN]


@verifies("SIG-WYS-1")
def test_what_changed_after_it_was_shown_is_not_signed_but_shown_again(
    database: Database, crew: Crew
) -> None:
    token = begun(database, crew)
    given = crew.keller.given(STATEMENT, Meaning.PERFORMED)
    now = {**STATEMENT, "values": [{"input": "weight", "value": "12.463", "unit": "kg"}]}
    with pytest.raises(ContentChanged) as refusal:
        signed(database, token, given, statement=now)
    assert codes(refusal) == [SigningCode.CONTENT_CHANGED]
    assert refusal.value.statement == now
    assert refusal.value.shown == digest(canonical(now))
    found = signed(database, token, crew.keller.given(now, Meaning.PERFORMED), statement=now)
    assert found["shown"] == refusal.value.shown


@verifies("P11-50a-1")
@pytest.mark.parametrize("meaning", ["", "released", "Performed"])
def test_a_meaning_that_the_signer_did_not_confirm_is_refused(
    database: Database, crew: Crew, meaning: str
) -> None:
    token = begun(database, crew)
    given = replace(crew.keller.given(STATEMENT, Meaning.PERFORMED), meaning=meaning)
    with pytest.raises(Refused) as refusal:
        signed(database, token, given)
    assert codes(refusal) == [SigningCode.MEANING_NOT_CONFIRMED]


@verifies("P11-10g-1")
def test_who_lacks_the_right_signs_nothing(database: Database, crew: Crew) -> None:
    token = begun(database, crew)
    with pytest.raises(Forbidden) as refusal:
        signed(
            database,
            token,
            crew.admin.given(STATEMENT, Meaning.WITNESSED, login="w.admin"),
            meaning=Meaning.WITNESSED,
            right=Right.WITNESS_STEPS,
        )
    assert "W. Admin" in refusal.value.message
    assert refusal.value.right == Right.WITNESS_STEPS


@verifies("P11-200a2-1")
def test_a_temporary_password_signs_nothing(database: Database, crew: Crew) -> None:
    token = begun(database, crew)
    guest = people.invited(database, "t.okafor", "operator")
    with pytest.raises(Refused) as refusal:
        signed(
            database,
            token,
            guest.given(STATEMENT, Meaning.WITNESSED, login="t.okafor"),
            meaning=Meaning.WITNESSED,
            right=Right.WITNESS_STEPS,
        )
    assert codes(refusal) == [SigningCode.PASSWORD_TEMPORARY]


@verifies("P11-200a2-1")
@pytest.mark.parametrize("login", ["j.brandt", "nobody.here"])
def test_a_wrong_pair_is_rejected_without_a_hint(
    database: Database, crew: Crew, login: str
) -> None:
    token = begun(database, crew)
    given = crew.keller.given(STATEMENT, Meaning.WITNESSED, login=login)
    with pytest.raises(SignatureRejected) as refusal:
        signed(database, token, given, meaning=Meaning.WITNESSED, right=Right.WITNESS_STEPS)
    assert refusal.value.message == " ".join((SignatureRejected.__doc__ or "").split())


@verifies("P11-50a-1", "P11-50b-1")
def test_renaming_a_person_leaves_their_old_signatures_as_they_were(
    database: Database, crew: Crew
) -> None:
    token = begun(database, crew)
    keeper = people.sign_in(database, crew.admin, station="OFFICE-1")
    rename = identity.RenamePerson(
        person=crew.keller.person, name="M. Keller-Roth", why=people.BECAUSE
    )
    people.act(database, keeper, identity.rename_person, rename)
    signed(database, token, crew.keller.given(STATEMENT, Meaning.PERFORMED))
    old, new = (entry["signatures"][0] for entry in people.entries(database, "note/1"))
    assert (old["name"], new["name"]) == ("M. Keller", "M. Keller-Roth")
    assert old["person"] == new["person"] == str(crew.keller.person)


@verifies("P11-200a2-1", "P11-70-1")
def test_no_password_and_no_hash_enters_the_ledger(database: Database, crew: Crew) -> None:
    begun(database, crew)
    with reading(database) as session:
        text = "\n".join(session.scalars(sa.text("SELECT leaf FROM audit.entry")))
        text += "\n".join(session.scalars(sa.text("SELECT body FROM audit.change")))
    assert "argon2" not in text
    assert crew.keller.password not in text
