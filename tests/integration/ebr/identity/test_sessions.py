"""Sessions: opened, idle, locked, moved, ended; and the access log that tells of all of it."""

import json
from hashlib import sha256

import pytest
import sqlalchemy as sa

from ebr import identity
from ebr.identity import EndedBy, Right, Standing
from ebr.identity.attempts import PasswordRejected
from ebr.kernel import (
    Actor,
    Forbidden,
    Malformed,
    Refused,
    Secret,
    Unauthenticated,
    new_id,
    new_token,
)
from ebr.kernel.opening import Database, perform, reading
from tests.builders import identity as people
from tests.integration.ebr.identity.conftest import Crew
from tests.plugin import verifies

HOUSEKEEPER = Actor.service("housekeeper", "SERVER", (Right.KEEP_HOUSE,))


def let_time_pass(database: Database, minutes: int, column: str = "last_input") -> None:
    """Let time pass for every session (the row is operational; no clock is moved)."""
    with database.engine.begin() as connection:
        connection.execute(
            sa.text(f"UPDATE identity.session SET {column} = {column} - make_interval(mins => :m)"),
            {"m": minutes},
        )


@verifies("A11D-11.9-1", "P11-10d-1")
def test_signing_in_is_told_in_the_access_log(database: Database, crew: Crew) -> None:
    token = people.sign_in(database, crew.keller, station="FILL-1", source="192.0.2.44")
    entry = people.entries(database, f"account/{crew.keller.account}")[-1]
    said = entry["events"][0]["data"]
    assert entry["act"] == "session.started"
    assert (said["name"], said["role"], said["station"]) == ("M. Keller", "Operator", "FILL-1")
    assert said["source"] == "192.0.2.44"
    assert entry["actor"]["name"] == "M. Keller"
    seen = people.session(database, token)
    assert (seen.standing, seen.station, seen.role) == (Standing.OPEN, "FILL-1", "Operator")
    assert Right.EXECUTE_STEPS in seen.rights


@verifies("A11D-11.9-1")
def test_every_access_of_a_person_is_told_in_order(database: Database, crew: Crew) -> None:
    token = people.sign_in(database, crew.keller)
    people.act(database, token, identity.lock, identity.LockSession())
    unlock = identity.UnlockSession(secret=Secret(crew.keller.password))
    people.act(database, token, identity.unlock, unlock)
    people.act(database, token, identity.move_station, identity.MoveStation(station="FILL-1"))
    people.act(database, token, identity.sign_out, identity.SignOut())
    assert people.acts(database, f"account/{crew.keller.account}")[-5:] == [
        "session.started",
        "session.locked",
        "session.unlocked",
        "session.moved",
        "session.ended",
    ]


@verifies("A11D-11.9-1")
def test_nobody_signs_in_while_the_access_log_cannot_be_written(
    database: Database, crew: Crew, server: object
) -> None:
    with reading(database) as session:
        url = database.settings.url("owner")
        assert session.scalar(sa.text("SELECT 1")) == 1
    owner = sa.create_engine(url)
    with owner.begin() as connection:
        connection.execute(
            sa.text("REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA audit FROM batchline_app")
        )
    owner.dispose()
    token = new_token()
    with pytest.raises(Exception, match="permission denied"):
        perform(
            database,
            Actor.service("door", "DB-2"),
            identity.sign_in,
            identity.SignIn(
                login="m.keller",
                secret=Secret(crew.keller.password),
                token=Secret(token),
                station="DB-2",
                source="192.0.2.7",
            ),
            str(new_id()),
        )
    with reading(database) as session:
        assert identity.session_of(session, Secret(token)) is None


@verifies("P11-10d-1")
def test_a_token_is_kept_as_a_digest_and_a_forged_one_opens_nothing(
    database: Database, crew: Crew
) -> None:
    token = people.sign_in(database, crew.keller)
    with reading(database) as session:
        kept = session.scalars(sa.text("SELECT token_hash FROM identity.session")).all()
        assert token not in kept
        for forged in ("", token[:-1], token.swapcase(), kept[0], new_token()):
            assert identity.session_of(session, Secret(forged)) is None
        outcomes = session.scalars(sa.text("SELECT outcome FROM audit.request")).all()
    assert not any(token in str(outcome) for outcome in outcomes)


@verifies("P11-10d-1", "P11-10g-1")
def test_a_session_that_the_database_login_writes_or_turns_opens_nothing(
    database: Database, crew: Crew
) -> None:
    """Who holds the application's database login, but not the server's key, signs nobody in."""
    token, forged = people.sign_in(database, crew.keller), new_token()
    rows = (
        "SELECT (jsonb_populate_record(s, CAST(:new AS jsonb))).* FROM identity.session s LIMIT 1"
    )
    new = {"id": str(new_id()), "token_hash": sha256(forged.encode()).hexdigest()}
    for seal in ({}, {"seal": ""}, {"seal": "AAAA"}):
        row = {**new, **seal, "account": str(crew.admin.account)}
        with database.engine.begin() as connection:
            connection.execute(
                sa.text(f"INSERT INTO identity.session {rows}"), {"new": json.dumps(row)}
            )
        with reading(database) as session:
            assert identity.session_of(session, Secret(forged)) is None, seal
        with database.engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM identity.session WHERE id = :id"), row)
    with database.engine.begin() as connection:
        turned = sa.text("UPDATE identity.session SET account = :admin")
        connection.execute(turned, {"admin": crew.admin.account})
    with reading(database) as session:
        assert identity.session_of(session, Secret(token)) is None


def test_each_session_has_a_csrf_token_of_its_own(database: Database, crew: Crew) -> None:
    first, second = (people.sign_in(database, crew.keller) for _ in range(2))
    one, other = people.session(database, first), people.session(database, second)
    assert one.csrf != other.csrf
    assert one.csrf == people.session(database, first).csrf
    assert first not in repr(one)
    assert one.csrf not in repr(one)


@verifies("A11D-11.8-1")
def test_an_idle_session_is_locked_by_the_server_whatever_the_browser_does(
    database: Database, crew: Crew
) -> None:
    token = people.sign_in(database, crew.keller)
    let_time_pass(database, 11)
    for _ in range(3):  # polls read the session and never extend it
        assert people.session(database, token).standing is Standing.LOCKED
    seen = people.session(database, token)
    assert seen.locked_by is EndedBy.IDLE
    assert seen.locked_at == seen.locks_at
    assert seen.rights == {Right.USE_OWN_SESSION}
    people.act(database, token, identity.touch, identity.Touch(source=people.SOURCE))
    assert people.session(database, token).standing is Standing.LOCKED


@verifies("A11D-11.8-1")
def test_input_of_a_person_extends_the_session(database: Database, crew: Crew) -> None:
    token = people.sign_in(database, crew.keller)
    let_time_pass(database, 9)
    assert people.session(database, token).touch_due
    people.act(database, token, identity.touch, identity.Touch(source=people.SOURCE))
    let_time_pass(database, 9)
    assert people.session(database, token).standing is Standing.OPEN


@verifies("A11D-11.8-1")
def test_the_same_person_unlocks_and_goes_on_where_they_were(
    database: Database, crew: Crew
) -> None:
    token = people.sign_in(database, crew.keller)
    let_time_pass(database, 11)
    unlock = identity.UnlockSession(secret=Secret(crew.keller.password))
    people.act(database, token, identity.unlock, unlock)
    assert people.session(database, token).standing is Standing.OPEN
    last = people.entries(database, f"account/{crew.keller.account}")[-1]
    assert [event["kind"] for event in last["events"]] == ["session.locked", "session.unlocked"]


@verifies("A11D-11.8-1")
def test_another_person_does_not_unlock_it(database: Database, crew: Crew) -> None:
    token = people.sign_in(database, crew.keller)
    people.act(database, token, identity.lock, identity.LockSession())
    unlock = identity.UnlockSession(secret=Secret(crew.brandt.password))
    with pytest.raises(PasswordRejected):
        people.act(database, token, identity.unlock, unlock)
    assert people.session(database, token).standing is Standing.LOCKED


def test_unlocking_what_is_open_tells_nothing(database: Database, crew: Crew) -> None:
    token = people.sign_in(database, crew.keller)
    before = people.acts(database, f"account/{crew.keller.account}")
    unlock = identity.UnlockSession(secret=Secret(crew.keller.password))
    people.act(database, token, identity.unlock, unlock)
    assert people.acts(database, f"account/{crew.keller.account}") == before


def test_a_locked_session_is_not_locked_twice_nor_moved(database: Database, crew: Crew) -> None:
    token = people.sign_in(database, crew.keller)
    for _ in range(2):
        people.act(database, token, identity.lock, identity.LockSession())
    assert people.acts(database, f"account/{crew.keller.account}").count("session.locked") == 1
    with pytest.raises(Refused):
        people.act(database, token, identity.move_station, identity.MoveStation(station="FILL-1"))


def test_moving_to_the_same_station_moves_nothing(database: Database, crew: Crew) -> None:
    token = people.sign_in(database, crew.keller)
    people.act(database, token, identity.move_station, identity.MoveStation(station="DB-2"))
    assert "session.moved" not in people.acts(database, f"account/{crew.keller.account}")


@verifies("A11D-11.9-1", "A11D-12.2-1")
def test_an_idle_lock_is_told_by_the_service_and_credited_to_nobody(
    database: Database, crew: Crew
) -> None:
    token = people.sign_in(database, crew.keller)
    session_id = people.session(database, token).id
    perform(database, HOUSEKEEPER, identity.lock_idle, session_id, str(new_id()))
    let_time_pass(database, 11)
    with reading(database) as session:
        assert identity.idle_sessions(session) == (session_id,)
    for _ in range(2):
        perform(database, HOUSEKEEPER, identity.lock_idle, session_id, str(new_id()))
    perform(database, HOUSEKEEPER, identity.lock_idle, new_id(), str(new_id()))
    with reading(database) as session:
        assert identity.idle_sessions(session) == ()
    last = people.entries(database, f"account/{crew.keller.account}")[-1]
    assert last["act"] == "session.locked"
    assert last["actor"]["kind"] == "service"
    assert last["actor"]["person"] is None
    assert people.session(database, token).locked_by is EndedBy.IDLE


@verifies("P11-10d-1")
def test_a_session_ends_when_its_person_signs_out(database: Database, crew: Crew) -> None:
    token = people.sign_in(database, crew.keller)
    actor = people.actor(database, token)
    for _ in range(2):
        perform(database, actor, identity.sign_out, identity.SignOut(), str(new_id()))
    assert people.session(database, token).standing is Standing.ENDED
    unlock = identity.UnlockSession(secret=Secret(crew.keller.password))
    with pytest.raises(Unauthenticated):
        perform(database, actor, identity.unlock, unlock, str(new_id()))
    with pytest.raises(Forbidden):
        people.act(database, token, identity.lock, identity.LockSession())


@verifies("P11-10d-1")
def test_no_session_outlives_the_longest_shift(database: Database, crew: Crew) -> None:
    token = people.sign_in(database, crew.keller)
    let_time_pass(database, 16 * 60, "opened_at")
    assert people.session(database, token).standing is Standing.ENDED


@verifies("P11-10d-1")
def test_a_stranger_is_refused_and_remembered(database: Database, crew: Crew) -> None:
    door = Actor.service("door", "FILL-1")
    stranger = identity.Stranger(source="192.0.2.9")
    with pytest.raises(Unauthenticated):
        perform(database, door, identity.note_stranger, stranger, str(new_id()))
    last = people.entries(database, "attempt/FILL-1")[-1]
    assert last["events"][0]["data"]["asked"] == {"source": "192.0.2.9"}


@verifies("P11-10g-1")
def test_an_attempt_without_the_right_is_refused_and_remembered(
    database: Database, crew: Crew
) -> None:
    token = people.sign_in(database, crew.admin)
    attempt = identity.Attempt(right=Right.EXECUTE_STEPS, what="POST /batches")
    with pytest.raises(Forbidden):
        people.act(database, token, identity.refuse_for_want_of, attempt)
    last = people.entries(database, f"attempt/{crew.admin.account}")[-1]
    assert last["events"][0]["data"]["right"] == "execute_steps"
    allowed = identity.Attempt(right=Right.VIEW_ACCOUNTS, what="GET /accounts")
    people.act(database, token, identity.refuse_for_want_of, allowed)


@pytest.mark.parametrize("station", ["", "a b", "../x", "x" * 64, "é"])
def test_a_station_has_a_short_name(database: Database, crew: Crew, station: str) -> None:
    with pytest.raises(Malformed):
        people.sign_in(database, crew.keller, station=station)


def test_a_service_has_no_session_to_lock(database: Database, crew: Crew) -> None:
    service = Actor.service("demo", "OFFICE-1", (Right.USE_OWN_SESSION,))
    for operation, command in (
        (identity.lock, identity.LockSession()),
        (identity.touch, identity.Touch(source="")),
        (identity.change_password, identity.ChangePassword(current=Secret(""), new=Secret(""))),
    ):
        with pytest.raises(Unauthenticated):
            perform(database, service, operation, command, str(new_id()))  # type: ignore[arg-type]  # pairs
