"""Signing in a session: who is let sign, with what, and what is kept of it."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from audit.canonical import canonical, digest
from ebr import identity
from ebr.identity import ContentChanged, Right
from ebr.identity.signing import SigningCode
from ebr.kernel import (
    Forbidden,
    Refused,
    SignatureRejected,
    UnitOfWork,
    kept,
    new_id,
)
from ebr.kernel.opening import Database, perform, reading
from tests.builders import identity as people
from tests.integration.ebr.identity.conftest import Crew
from tests.integration.ebr.identity.notes import (
    STATEMENT,
    SignNote,
    begun,
    codes,
    sign_note,
    signed,
)
from tests.plugin import verifies
from workflows.recipe import Meaning


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


@verifies("NIST-63B-1")
def test_no_password_and_no_hash_enters_the_ledger(database: Database, crew: Crew) -> None:
    begun(database, crew)
    with reading(database) as session:
        text = "\n".join(session.scalars(sa.text("SELECT leaf FROM audit.entry")))
        text += "\n".join(session.scalars(sa.text("SELECT body FROM audit.change")))
    assert "argon2" not in text
    assert crew.keller.password not in text
