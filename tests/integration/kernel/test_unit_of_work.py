"""Rows and entries become true together, once, whatever happens to the answer."""

import threading
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import UUID

import pytest
import sqlalchemy as sa

from audit.entry import parse_leaf
from audit.signature import SignatureDraft, SignedAct, check
from ebr.kernel import (
    Actor,
    Forbidden,
    Malformed,
    Refused,
    Secret,
    SignatureRejected,
    Stale,
    Unauthenticated,
    Unavailable,
    UnitOfWork,
    history,
    kept,
    new_id,
    page,
)
from ebr.kernel.opening import RETRIES_MOST, Database, perform, reading, unit_of_work
from tests.integration import plant
from tests.plugin import verifies


def request() -> str:
    return str(new_id())


def leaves(database: Database, stream: str) -> list[str]:
    with reading(database) as session:
        found = session.execute(
            sa.text("SELECT leaf FROM audit.entry WHERE stream = :s ORDER BY seq"), {"s": stream}
        )
        return list(found.scalars())


@verifies("P11-10e-1", "A11D-12.2-1")
def test_an_act_leaves_one_entry_with_who_what_where_when_and_the_cells(vessels: Database) -> None:
    vessel = perform(vessels, plant.OPERATOR, plant.fill, plant.Fill("V-1", "10"), request())
    perform(vessels, plant.OPERATOR, plant.fill, plant.Fill("V-1", "20", vessel, "up"), request())
    first, second = map(
        parse_leaf, (leaf.encode() for leaf in leaves(vessels, plant.stream_of(vessel)))
    )
    assert first.actor == {
        "person": str(UUID(int=1)), "account": str(UUID(int=2)), "name": "M. Keller",
        "role": "Operator", "kind": "human",
    }  # fmt: skip
    assert (second.act, second.station, second.header.user) == (
        "vessel.filled", "DB-2", "batchline_app",
    )  # fmt: skip
    assert second.changes == [
        {
            "key": {"id": str(vessel)}, "table": "plant.vessel", "op": "UPDATE",
            "old": {"level": "10", "note": None}, "new": {"level": "20", "note": "up"},
        }
    ]  # fmt: skip
    assert first.header.at < second.header.at
    assert second.header.prev == first.hash.hex()


def test_the_same_request_again_is_answered_and_not_done_again(vessels: Database) -> None:
    asked = request()
    first = perform(vessels, plant.OPERATOR, plant.fill, plant.Fill("V-1", "10"), asked)
    again = perform(vessels, plant.OPERATOR, plant.fill, plant.Fill("V-1", "10"), asked)
    assert first == again
    assert len(leaves(vessels, plant.stream_of(first))) == 1


def test_the_same_request_for_something_else_is_refused(vessels: Database) -> None:
    asked = request()
    perform(vessels, plant.OPERATOR, plant.fill, plant.Fill("V-1", "10"), asked)
    with pytest.raises(Refused) as refused:
        perform(vessels, plant.OPERATOR, plant.fill, plant.Fill("V-2", "10"), asked)
    assert [reason.code for reason in refused.value.reasons] == ["request_reused"]


def test_a_refused_attempt_changes_nothing_and_is_remembered(vessels: Database) -> None:
    with pytest.raises(Refused):
        perform(vessels, plant.OPERATOR, plant.fill, plant.Fill("V-1", "1000"), request())
    (leaf,) = leaves(vessels, f"attempt/{plant.OPERATOR.account}")
    entry = parse_leaf(leaf.encode())
    (event,) = entry.events
    assert cast("Any", event)["data"]["reasons"] == [
        {"code": "too_full", "text": "1000 is more than 100."}
    ]
    assert entry.changes == []


def test_a_broken_constraint_is_told_in_words(vessels: Database) -> None:
    perform(vessels, plant.OPERATOR, plant.fill, plant.Fill("V-1", "10"), request())
    with pytest.raises(Refused) as refused:
        perform(vessels, plant.OPERATOR, plant.fill, plant.Fill("V-1", "10"), request())
    assert [reason.code for reason in refused.value.reasons] == ["number_taken"]


@verifies("P11-10e-1")
def test_a_changed_row_that_no_event_explains_cannot_commit(vessels: Database) -> None:
    perform(vessels, plant.OPERATOR, plant.fill, plant.Fill("V-1", "10"), request())
    with (
        pytest.raises(sa.exc.IntegrityError, match="unexplained change"),
        unit_of_work(vessels, plant.OPERATOR, request()) as work,
    ):
        work.session.execute(sa.update(plant.Vessel).values(level=99))
    with reading(vessels) as session:
        assert str(session.scalar(sa.select(plant.Vessel.level))) == "10"


@verifies("P11-10e-1")
def test_a_bulk_update_is_captured_like_any_other(vessels: Database) -> None:
    made = [
        perform(vessels, plant.OPERATOR, plant.fill, plant.Fill(f"V-{n}", "10"), request())
        for n in range(3)
    ]
    with unit_of_work(vessels, plant.OPERATOR, request()) as work:
        work.session.execute(sa.update(plant.Vessel).values(level=7))
        work.record("vessel/all", plant.VesselFilled(made[0], "7"))
    (leaf,) = leaves(vessels, "vessel/all")
    changes = cast("Any", parse_leaf(leaf.encode()).changes)
    assert [change["key"]["id"] for change in changes] == [str(vessel) for vessel in made]


def test_a_long_text_is_kept_aside_and_read_back_whole(vessels: Database) -> None:
    vessel = perform(vessels, plant.OPERATOR, plant.fill, plant.Fill("V-1", "10"), request())
    note = "ä" * 5_000
    perform(vessels, plant.OPERATOR, plant.fill, plant.Fill("V-1", "20", vessel, note), request())
    with reading(vessels) as session:
        found = history(session, plant.stream_of(vessel))
        tail = history(session, plant.stream_of(vessel), 1)
    assert [event.note for event in found.events] == [None, note]
    assert (tail.anchor, tail.seq, len(tail)) == (found.entries[0].hash, 2, 1)
    leaf = leaves(vessels, plant.stream_of(vessel))[1]
    assert note not in leaf
    assert len(leaf) < 2_000


def test_a_secret_cell_enters_the_ledger_as_a_digest(vessels: Database) -> None:
    with unit_of_work(vessels, plant.OPERATOR, request()) as work:
        vessel = new_id()
        work.add(plant.Vessel(id=vessel, number="V-1", level=1, pin="1234"))
        work.record(plant.stream_of(vessel), plant.VesselFilled(vessel, "1"))
    (leaf,) = leaves(vessels, plant.stream_of(vessel))
    assert "1234" not in leaf
    assert '"pin":"sha256:' in leaf


def test_fifty_acts_on_one_stream_at_once_make_fifty_entries_in_one_order(
    vessels: Database,
) -> None:
    vessel = perform(vessels, plant.OPERATOR, plant.fill, plant.Fill("V-1", "10"), request())
    failed: list[BaseException] = []

    def act(number: int) -> None:
        try:
            command = plant.Fill("V-1", str(number), vessel)
            perform(vessels, plant.OPERATOR, plant.fill, command, request())
        except BaseException as error:  # noqa: BLE001 - told by the main thread
            failed.append(error)

    threads = [threading.Thread(target=act, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with reading(vessels) as session:
        found = history(session, plant.stream_of(vessel))
    assert [entry.seq for entry in found] == list(range(1, 52))
    assert sorted(entry.at for entry in found) == [entry.at for entry in found]


def test_an_act_that_is_overtaken_every_time_is_done_at_its_last_try(vessels: Database) -> None:
    vessel = perform(vessels, plant.OPERATOR, plant.fill, plant.Fill("V-1", "10"), request())
    overtakers: list[threading.Thread] = []

    def overtake() -> None:
        command = plant.Fill("V-1", "99", vessel)
        perform(vessels, plant.OPERATOR, plant.fill, command, request())

    def note(work: UnitOfWork, command: plant.Fill) -> None:
        work.history(plant.stream_of(vessel))  # what this act is decided on
        overtakers.append(threading.Thread(target=overtake))
        overtakers[-1].start()
        overtakers[-1].join(timeout=10 if len(overtakers) <= RETRIES_MOST else 0.3)
        work.record(plant.stream_of(vessel), plant.VesselFilled(vessel, command.level))

    perform(vessels, plant.OPERATOR, note, plant.Fill("V-1", "20", vessel), request())
    for each in overtakers:
        each.join()
    with reading(vessels) as session:
        told = history(session, plant.stream_of(vessel)).events
    assert [cast("Any", event).level for event in told] == ["10", "99", "99", "99", "20", "99"]


def test_a_decision_taken_on_an_old_head_is_stale(vessels: Database) -> None:
    vessel = perform(vessels, plant.OPERATOR, plant.fill, plant.Fill("V-1", "10"), request())
    with (
        pytest.raises(Stale) as stale,
        unit_of_work(vessels, plant.OPERATOR, request()) as work,
    ):
        work.record(plant.stream_of(vessel), plant.VesselFilled(vessel, "9"), expected=7)
    assert (stale.value.found, stale.value.expected) == (1, 7)


@dataclass(frozen=True)
class Attempt:
    login: str
    secret: Secret


def test_a_forbidden_act_is_remembered_without_login_and_secret(vessels: Database) -> None:
    def forbidden(work: UnitOfWork, command: Attempt) -> None:
        command.secret.reveal()
        raise Forbidden("release", aftermath=lambda work: seen.append(work.request))

    seen: list[str] = []
    with pytest.raises(Forbidden):
        perform(
            vessels, plant.OPERATOR, forbidden, Attempt("my password", Secret("x y z")), request()
        )
    (leaf,) = leaves(vessels, f"attempt/{plant.OPERATOR.account}")
    assert len(seen) == 1
    assert "my password" not in leaf
    assert "x y z" not in leaf
    assert '"right":"release"' in leaf


def test_a_service_never_acts_as_a_person(vessels: Database) -> None:
    service = Actor.service("collector", "DB-2")
    vessel = perform(vessels, service, plant.fill, plant.Fill("V-1", "10"), request())
    (leaf,) = leaves(vessels, plant.stream_of(vessel))
    assert parse_leaf(leaf.encode()).actor["person"] is None
    with pytest.raises(ValueError, match="never acts as a person"):
        Actor(UUID(int=1), None, "x", "service", "service", frozenset(), "DB-2")


def test_attempts_of_nobody_we_know_are_counted_by_the_minute(vessels: Database) -> None:
    nobody = Actor.service("visitor", "DB-2")

    def sign_in(work: UnitOfWork, command: Attempt) -> None:
        raise Unauthenticated

    def attempt() -> None:
        with pytest.raises(Unauthenticated):
            perform(vessels, nobody, sign_in, Attempt("x", Secret("y")), request())

    for _ in range(4):
        attempt()
    with plant.connect(vessels.settings, "app") as connection:
        connection.execute("UPDATE audit.attempt_pool SET minute = minute - interval '1 minute'")
    attempt()
    first, second = (parse_leaf(leaf.encode()) for leaf in leaves(vessels, "attempt/DB-2"))
    told = [cast("Any", entry.events[0])["data"]["pooled"] for entry in (first, second)]
    assert told == [0, 3]


def test_what_follows_a_refusal_is_an_act_of_its_own(vessels: Database) -> None:
    def lock(work: UnitOfWork) -> None:
        work.record("account/7", plant.VesselFilled(UUID(int=7), "0"))

    def refused(work: UnitOfWork, command: plant.Fill) -> None:
        raise SignatureRejected(aftermath=lock)

    with pytest.raises(SignatureRejected):
        perform(vessels, plant.OPERATOR, refused, plant.Fill("V-1", "1"), request())
    assert len(leaves(vessels, "account/7")) == 1
    assert len(leaves(vessels, f"attempt/{plant.OPERATOR.account}")) == 1


def test_an_act_is_one_entry_with_at_least_one_event(vessels: Database) -> None:
    event = plant.VesselFilled(UUID(int=7), "0")
    with unit_of_work(vessels, plant.OPERATOR, request()) as work:
        with pytest.raises(ValueError, match="explains nothing"):
            work.record("vessel/7")
        work.record("vessel/7", event)
        with pytest.raises(ValueError, match="one entry"):
            work.record("vessel/7", event)
        assert work.today == work.now.astimezone(work.settings.zone).date()
        assert work.head("vessel/7").seq == 0


def test_contents_are_kept_with_the_act(vessels: Database) -> None:
    with unit_of_work(vessels, plant.OPERATOR, request()) as work:
        name = work.keep(b"a picture")
        work.record("vessel/7", plant.VesselFilled(UUID(int=7), "0"))
    with reading(vessels) as session:
        assert kept(session, name) == b"a picture"


def test_what_cannot_stand_on_a_record_is_told_before_anything_is_stored(
    vessels: Database,
) -> None:
    with (
        pytest.raises(Malformed, match="cannot be read"),
        unit_of_work(vessels, plant.OPERATOR, request()) as work,
    ):
        work.record("vessel/7", plant.VesselFilled(UUID(int=7), "\0"))
    with pytest.raises(Refused) as refused, unit_of_work(vessels, plant.OPERATOR, "r") as work:
        work.record("vessel/7", *[plant.VesselFilled(UUID(int=7), "x" * 900)] * 40)
    assert refused.value.reasons[0].code == "act_too_large"


def test_a_signature_is_bound_to_what_it_signs(vessels: Database) -> None:
    draft = SignatureDraft(
        meaning="performed", person="p", account="a", name="M. Keller", role="Operator",
        at="2026-01-01T00:00:00.000000Z", method="password", components=("login", "password"),
        station="DB-2", shown="0" * 64,
    )  # fmt: skip
    with unit_of_work(vessels, plant.OPERATOR, request()) as work:
        work.record("vessel/7", plant.VesselFilled(UUID(int=7), "0"), signatures=[draft])
    with vessels.engine.connect() as connection:
        origin, key = vessels.known(connection)
    (leaf,) = leaves(vessels, "vessel/7")
    entry = parse_leaf(leaf.encode())
    act = SignedAct(entry.events, entry.request, origin, "vessel/7")
    assert key is not None
    assert check([key.verifying], entry.signatures[0], act) == key.verifying
    other = Database.connect(vessels.settings, "sealer")
    with (
        pytest.raises(ValueError, match="no key"),
        unit_of_work(other, plant.OPERATOR, request()) as work,
    ):
        work.record("vessel/8", plant.VesselFilled(UUID(int=7), "0"), signatures=[draft])
    other.close()


def test_a_reader_cannot_write(vessels: Database) -> None:
    with pytest.raises(sa.exc.InternalError, match="read-only"), reading(vessels) as session:
        session.execute(sa.text("SELECT audit.keep('x')"))


def test_a_database_that_does_not_answer_is_unavailable(vessels: Database) -> None:
    url = vessels.settings.database_url.replace("host=", "host=%2Fnowhere")
    away = Database.connect(replace(vessels.settings, database_url=url))
    with pytest.raises(Unavailable):
        perform(away, plant.OPERATOR, plant.fill, plant.Fill("V-1", "1"), request())
    with pytest.raises(ValueError, match="the id of its request"):
        perform(away, plant.OPERATOR, plant.fill, plant.Fill("V-1", "1"), "")


def test_rows_are_paged_by_their_key(vessels: Database) -> None:
    for number in range(5):
        perform(vessels, plant.OPERATOR, plant.fill, plant.Fill(f"V-{number}", "1"), request())
    with reading(vessels) as session:
        question = sa.select(plant.Vessel)
        first = page(session, question, plant.Vessel.id, size=2)
        second = page(session, question, plant.Vessel.id, size=2, after=first.next)
        last = page(session, question, plant.Vessel.id, size=2, after=second.next)
        newest = page(session, question, plant.Vessel.number, size=3, newest_first=True)
        rest = page(
            session, question, plant.Vessel.number, size=3, newest_first=True, after=newest.next
        )
        pairs = page(session, sa.select(plant.Vessel.number, plant.Vessel.level), plant.Vessel.id)
        with pytest.raises(Malformed):
            page(session, question, plant.Vessel.id, after="???")
    numbers = [row.number for one in (first, second, last) for row in one.items]
    assert numbers == [f"V-{number}" for number in range(5)]
    assert last.next is None
    assert [row.number for row in (*newest.items, *rest.items)] == numbers[::-1]
    assert pairs.items[0][0] == "V-0"


def test_a_device_that_does_not_answer_is_not_asked_twice(vessels: Database) -> None:
    asked: list[int] = []

    def weigh(work: UnitOfWork, command: plant.Fill) -> None:
        asked.append(1)
        raise Unavailable("The scale")

    with pytest.raises(Unavailable, match="scale"):
        perform(vessels, plant.OPERATOR, weigh, plant.Fill("V-1", "1"), request())
    assert asked == [1]


def test_an_act_that_records_nothing_is_done_once_too(vessels: Database) -> None:
    done: list[int] = []

    def look(work: UnitOfWork, command: plant.Fill) -> int:
        done.append(1)
        return len(done)

    asked = request()
    answers = [
        perform(vessels, plant.OPERATOR, look, plant.Fill("V-1", "1"), asked) for _ in range(2)
    ]
    assert answers == [1, 1]
