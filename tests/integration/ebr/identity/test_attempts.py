"""One counter of failures for sign-in, unlocking and signing; the lock; what survives of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa

from ebr import identity
from ebr.identity import AccountState, Right, Standing
from ebr.kernel import (
    EbrError,
    Secret,
    SignatureRejected,
    Unauthenticated,
    Unavailable,
    UnitOfWork,
)
from ebr.kernel.opening import Database, reading
from tests.builders import identity as people
from tests.builders.identity import BECAUSE, Someone
from tests.integration.ebr.identity.conftest import Crew
from tests.plugin import verifies
from workflows.recipe import Meaning

WRONG = "eleven grey herons wait"
STATEMENT = {"act": "complete", "batch": "B-1"}


def state_of(database: Database, someone: Someone) -> AccountState:
    with reading(database) as session:
        return identity.account(session, someone.account).state


def sign(work: UnitOfWork, given: identity.Given) -> None:
    """Sign without recording: what matters here is what becomes of a failure."""
    identity.sign(work, STATEMENT, given, meaning=Meaning.PERFORMED, right=Right.EXECUTE_STEPS)


def fail_at_the_door(database: Database, crew: Crew, _token: str) -> None:
    people.sign_in(database, crew.keller, password=WRONG)


def fail_at_signing(database: Database, crew: Crew, token: str) -> None:
    wrong = replace(crew.keller, password=WRONG)
    given = wrong.given(STATEMENT, Meaning.PERFORMED, login="m.keller")
    people.act(database, token, sign, given)


def fail_at_the_lock_screen(database: Database, crew: Crew, token: str) -> None:
    people.act(database, token, identity.unlock, identity.UnlockSession(secret=Secret(WRONG)))


Way = Callable[[Database, Crew, str], None]
DOOR, SIGNING, LOCK = fail_at_the_door, fail_at_signing, fail_at_the_lock_screen


@verifies("P11-300d-1")
@pytest.mark.parametrize(
    "ways",
    [(DOOR,) * 5, (SIGNING,) * 5, (DOOR, SIGNING, LOCK, SIGNING, DOOR)],
    ids=["door", "signing", "mixed"],
)
def test_the_fifth_failure_in_a_row_locks_wherever_it_happens(
    database: Database, crew: Crew, ways: tuple[Way, ...]
) -> None:
    token = people.sign_in(database, crew.keller, station="FILL-1")
    for number, way in enumerate(ways, 1):
        assert state_of(database, crew.keller) is AccountState.ACTIVE, number
        with pytest.raises((Unauthenticated, SignatureRejected)):
            way(database, crew, token)
    assert state_of(database, crew.keller) is AccountState.LOCKED
    assert people.session(database, token).standing is Standing.ENDED
    last = people.entries(database, f"account/{crew.keller.account}")[-1]
    assert [event["kind"] for event in last["events"]] == [
        "account.locked",
        "attempt.failed",
        "session.ended",
    ]
    said = last["events"][0]["data"]
    assert (said["failures"], said["login"], said["source"]) == (5, "m.keller", people.SOURCE)
    assert last["refs"] == [f"attempt/{crew.keller.account}"]
    with pytest.raises(Unauthenticated):  # the right password opens it no more
        people.sign_in(database, crew.keller)


@verifies("P11-300d-1", "NIST-63B-1")
def test_of_forty_guesses_at_once_no_more_are_looked_at_than_are_allowed(
    database: Database, crew: Crew
) -> None:
    token = people.sign_in(database, crew.brandt)

    def guess(number: int) -> type[EbrError]:
        """From everywhere at once, at the door and over a colleague's shoulder."""
        place, wrong = f"192.0.2.{number}", replace(crew.keller, password=WRONG)
        try:
            if number % 2:
                people.sign_in(database, wrong, station=place, source=place)
            else:
                given = wrong.given(STATEMENT, Meaning.PERFORMED, login="m.keller")
                people.act(database, token, sign, given)
        except EbrError as refusal:
            return type(refusal)
        raise AssertionError(number)

    with ThreadPoolExecutor(12) as guessers:
        answers = set(guessers.map(guess, range(40)))
    assert answers == {Unauthenticated, SignatureRejected}
    told = [
        event["data"]["failures"]
        for stream in ("attempt", "account")
        for entry in people.entries(database, f"{stream}/{crew.keller.account}")
        for event in entry["events"]
        if event["kind"] == "attempt.failed"
    ]
    assert sorted(set(told)) == [1, 2, 3, 4, 5]
    assert len(told) <= 6  # the lock may be told by one that was not looked at any more
    assert people.acts(database, f"account/{crew.keller.account}").count("account.locked") == 1
    assert state_of(database, crew.keller) is AccountState.LOCKED


@verifies("P11-300d-1")
def test_many_right_passwords_at_once_are_all_right(database: Database, crew: Crew) -> None:
    for _ in range(4):
        with pytest.raises(Unauthenticated):
            people.sign_in(database, crew.keller, password=WRONG)
    with ThreadPoolExecutor(12) as doors:
        tokens = set(doors.map(lambda _: people.sign_in(database, crew.keller), range(12)))
    assert len(tokens) == 12


@verifies("P11-300d-1")
def test_one_mistake_and_then_the_right_password_go_through_and_both_are_told(
    database: Database, crew: Crew
) -> None:
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(Unauthenticated):
                people.sign_in(database, crew.keller, password=WRONG)
        people.sign_in(database, crew.keller)
    assert state_of(database, crew.keller) is AccountState.ACTIVE
    told = people.entries(database, f"attempt/{crew.keller.account}")
    assert [entry["events"][0]["data"]["failures"] for entry in told] == [1, 2, 3, 4] * 3
    said = told[0]["events"][0]["data"]
    assert (said["attempt"], said["station"], said["source"]) == (
        "sign_in",
        people.STATION,
        people.SOURCE,
    )
    assert people.acts(database, f"account/{crew.keller.account}").count("session.started") == 4


@verifies("P11-300d-1")
def test_a_signature_in_between_starts_the_count_anew(database: Database, crew: Crew) -> None:
    token = people.sign_in(database, crew.keller)
    for _ in range(4):
        with pytest.raises(SignatureRejected):
            fail_at_signing(database, crew, token)
    given = crew.keller.given(STATEMENT, Meaning.PERFORMED, login="m.keller")
    people.act(database, token, sign, given)
    with pytest.raises(SignatureRejected):
        fail_at_signing(database, crew, token)
    assert state_of(database, crew.keller) is AccountState.ACTIVE


@verifies("P11-300d-1")
def test_the_failures_of_a_witness_count_against_the_witness(
    database: Database, crew: Crew
) -> None:
    token = people.sign_in(database, crew.keller)
    for _ in range(5):
        wrong = replace(crew.brandt, password=WRONG)
        given = wrong.given(STATEMENT, Meaning.PERFORMED, login="j.brandt")
        with pytest.raises(SignatureRejected):
            people.act(database, token, sign, given)
    assert state_of(database, crew.brandt) is AccountState.LOCKED
    assert state_of(database, crew.keller) is AccountState.ACTIVE
    assert people.session(database, token).standing is Standing.OPEN


@verifies("P11-300d-1")
def test_an_administrator_opens_a_locked_account_again(database: Database, crew: Crew) -> None:
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            people.sign_in(database, crew.keller, password=WRONG)
    keeper = people.sign_in(database, crew.admin, station="OFFICE-1")
    unlock = identity.UnlockAccount(account=crew.keller.account, why=BECAUSE)
    people.act(database, keeper, identity.unlock_account, unlock)
    with pytest.raises(Unauthenticated):
        people.sign_in(database, crew.keller, password=WRONG)
    people.sign_in(database, crew.keller)


@verifies("P11-300d-1", "NIST-63B-1")
def test_known_unknown_and_locked_logins_are_answered_alike(database: Database, crew: Crew) -> None:
    said = set()
    for login, password in (
        ("m.keller", WRONG),
        ("nobody.here", WRONG),
        ("", WRONG),
        (WRONG, "m.keller"),
        ("m.keller ; drop", WRONG),
    ):
        with pytest.raises(EbrError) as refusal:
            people.sign_in(database, crew.keller, login=login, password=password)
        said.add((type(refusal.value), refusal.value.message))
    assert len(said) == 1


@verifies("P11-300d-1")
def test_what_a_stranger_typed_is_nowhere(database: Database, crew: Crew) -> None:
    typed = "my.secret.password.in.the.wrong.field"
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            people.sign_in(database, crew.keller, login=typed, password=WRONG)
    with reading(database) as session:
        tables = session.scalars(
            sa.text(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                " WHERE schemaname IN ('identity', 'audit')"
                " AND has_table_privilege(format('%I.%I', schemaname, tablename), 'SELECT')"
            )
        ).all()
        for table in tables:
            rows = session.scalars(sa.text(f"SELECT to_jsonb(t)::text FROM {table} t")).all()
            assert not any(typed in row or WRONG in row for row in rows), table
    told = people.entries(database, "attempt/DB-2")
    assert [entry["act"] for entry in told] == ["attempt.refused"]  # pooled by the minute


@verifies("P11-300d-1", "NIST-63B-1")
def test_guessing_from_one_place_is_slowed_down_and_goes_on_after_a_minute(
    database: Database, crew: Crew
) -> None:
    for number in range(20):
        with pytest.raises(Unauthenticated):
            people.sign_in(database, crew.keller, login=f"guess{number}", password=WRONG)
    for station, source in (("DB-2", "198.51.100.1"), ("FILL-1", people.SOURCE)):
        with pytest.raises(Unavailable) as refusal:
            people.sign_in(database, crew.keller, station=station, source=source)
        assert refusal.value.retry_after_s == 60
    people.sign_in(database, crew.keller, station="FILL-1", source="198.51.100.1")
    with database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE identity.knock SET minute = minute - interval '2 min'"))
    people.sign_in(database, crew.keller)


@verifies("NIST-63B-1")
def test_a_password_kept_at_another_cost_is_kept_anew_at_the_next_sign_in(
    database: Database, crew: Crew
) -> None:
    dear = Database(
        database.engine, replace(database.settings, password_cost="normal"), database.role
    )
    people.sign_in(dear, crew.keller)
    last = people.entries(database, f"account/{crew.keller.account}")[-1]
    assert [event["kind"] for event in last["events"]] == [
        "session.started",
        "account.password.rehashed",
    ]
    people.sign_in(dear, crew.keller)
    assert len(people.entries(database, f"account/{crew.keller.account}")[-1]["events"]) == 1
    with reading(database) as session:
        kept = session.scalar(
            sa.text("SELECT hash FROM identity.credential WHERE account = :account"),
            {"account": crew.keller.account},
        )
    assert str(kept).startswith("$argon2id$v=19$m=47104")
