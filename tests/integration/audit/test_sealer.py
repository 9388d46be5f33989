"""The site's log takes every committed entry once, and is signed only after it is durable."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from audit.checkpoint import SigningKey, open_checkpoint
from audit.database import DatabaseSource
from audit.follower import Follower, Sealed
from audit.policy import Policy
from audit.sealer import Outside, Sealer, SealingRefused
from audit.verify import verify
from ebr.cli.export import own_policy
from ebr.cli.seal import keep_sealing
from ebr.embedded import Embedded
from ebr.kernel import new_id
from ebr.kernel.opening import Database, perform
from tests.integration import plant
from tests.plugin import verifies


class Killed(BaseException):
    """The process ends here, as if by SIGKILL."""


class DiesBeforeSigning(Sealer):
    """A sealer that is killed when it is about to sign."""

    def _sign(self) -> None:
        if self._signed >= 0:
            raise Killed
        super()._sign()


@pytest.fixture
def engine(vessels: Database) -> Iterator[sa.Engine]:
    made = sa.create_engine(vessels.settings.url("sealer"))
    yield made
    made.dispose()


@pytest.fixture
def key(vessels: Database) -> SigningKey:
    with vessels.engine.connect() as connection:
        origin, _ = vessels.known(connection)
    return SigningKey.load_or_create(vessels.settings.key_dir / "log.key", origin)


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    return Outside(tmp_path / "outside")


@pytest.fixture
def sealer(engine: sa.Engine, key: SigningKey, outside: Outside) -> Sealer:
    made = Sealer(engine, key, outside)
    made.resume()
    return made


def act(database: Database, number: str) -> None:
    perform(database, plant.OPERATOR, plant.fill, plant.Fill(number, "1"), str(new_id()))


def scalar(engine: sa.Engine, statement: str) -> object:
    with engine.connect() as connection:
        return connection.exec_driver_sql(statement).scalar()


def breaches(database: Database, outside: Outside) -> list[str]:
    source = DatabaseSource(database.settings.url("auditor"))
    retained = {"outside": outside.newest() or b""}
    report = verify(source, own_policy(database.settings, source.origin()), retained)
    source.close()
    return [str(breach) for breach, _ in report.breaches]


def test_a_round_seals_what_was_committed_and_signs_it(
    vessels: Database, sealer: Sealer, engine: sa.Engine, outside: Outside, key: SigningKey
) -> None:
    sealer.round()
    before = sealer.size
    act(vessels, "V-1")
    act(vessels, "V-2")
    assert sealer.round() == 2
    assert sealer.round() == 0
    assert sealer.size == before + 2
    note = outside.newest()
    assert note is not None
    assert open_checkpoint(note, key.name, [key.verifying]).size == before + 2
    assert scalar(engine, "SELECT max(size) FROM audit.checkpoint") == before + 2
    assert breaches(vessels, outside) == []


def test_an_entry_that_commits_late_is_not_stepped_over(
    vessels: Database, sealer: Sealer, engine: sa.Engine
) -> None:
    body = (
        '{"act":"vessel.filled","actor":{"account":null,"kind":"service","name":"x","person":null,'
        '"role":"s"},"events":[{"data":{},"kind":"vessel.filled","v":1}],"reason":null,"refs":[],'
        '"request":"r","signatures":[],"station":"s"}'
    )
    with plant.connect(vessels.settings, "app") as late:
        late.execute("SELECT audit.append('vessel/late', 0, %s)", (body,))
        act(vessels, "V-1")
        sealer.round()
        assert sealer.round() == 0
    act(vessels, "V-2")
    assert sealer.round() == 2
    unsealed = """SELECT count(*) FROM audit.entry e
      WHERE NOT EXISTS (SELECT FROM audit.site_leaf s WHERE s.entry = e.id)"""
    assert scalar(engine, unsealed) == 0


def test_a_backlog_is_sealed_in_several_goes(
    vessels: Database, sealer: Sealer, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.sealer.ENTRIES_MOST", 2)
    for number in range(5):
        act(vessels, f"V-{number}")
    assert sealer.round() >= 5
    assert breaches(vessels, outside) == []


def test_more_than_a_tile_of_entries_stands_in_tiles(
    vessels: Database, sealer: Sealer, engine: sa.Engine, outside: Outside
) -> None:
    for number in range(300):
        act(vessels, f"V-{number}")
    sealer.round()
    assert scalar(engine, "SELECT count(*) FROM audit.tile") == 1
    assert breaches(vessels, outside) == []


def test_killed_between_commit_and_signature_the_next_one_signs_what_was_committed(
    vessels: Database, engine: sa.Engine, key: SigningKey, outside: Outside
) -> None:
    dying = DiesBeforeSigning(engine, key, outside)
    dying.resume()
    act(vessels, "V-0")
    with pytest.raises(Killed):
        dying.round()
    committed = scalar(engine, "SELECT count(*) FROM audit.site_leaf")
    assert committed
    heir = Sealer(engine, key, outside)
    heir.resume()
    assert heir.size == committed
    assert scalar(engine, "SELECT max(size) FROM audit.checkpoint") == committed
    act(vessels, "V-1")
    heir.round()
    assert breaches(vessels, outside) == []


def test_a_log_shorter_than_the_checkpoint_outside_is_not_signed(
    vessels: Database, sealer: Sealer, engine: sa.Engine, key: SigningKey, outside: Outside,
    server: Embedded,
) -> None:  # fmt: skip
    act(vessels, "V-1")
    sealer.round()
    with plant.superuser(server, vessels.settings) as connection:
        for table in ("site_leaf", "checkpoint", "sealing"):
            connection.execute(f"ALTER TABLE audit.{table} DISABLE TRIGGER ALL".encode())
            connection.execute(f"TRUNCATE audit.{table}".encode())
    with pytest.raises(SealingRefused, match="a part was lost"):
        Sealer(engine, key, outside).resume()


def test_a_log_that_was_rewritten_is_not_signed(
    vessels: Database, sealer: Sealer, engine: sa.Engine, key: SigningKey, outside: Outside,
    server: Embedded,
) -> None:  # fmt: skip
    act(vessels, "V-1")
    sealer.round()
    with plant.superuser(server, vessels.settings) as connection:
        connection.execute("ALTER TABLE audit.site_leaf DISABLE TRIGGER ALL")
        connection.execute(
            "UPDATE audit.site_leaf SET hash = sha256('forged'::bytea) WHERE idx = 0"
        )
    with pytest.raises(SealingRefused, match="not the hash of the entry"):
        Sealer(engine, key, outside).resume()
    partitions = """SELECT inhrelid::regclass::text FROM pg_inherits
      WHERE inhparent = 'audit.entry'::regclass"""
    with plant.superuser(server, vessels.settings) as connection:
        connection.execute("ALTER TABLE audit.entry DISABLE TRIGGER ALL")
        for (partition,) in plant.rows(connection, partitions):
            connection.execute(f"ALTER TABLE {partition} DISABLE TRIGGER ALL".encode())
        connection.execute(
            "UPDATE audit.entry e SET hash = s.hash FROM audit.site_leaf s WHERE s.entry = e.id"
        )
    with pytest.raises(SealingRefused, match="the log gives"):
        Sealer(engine, key, outside).resume()


def test_a_checkpoint_outside_that_is_not_ours_is_not_gone_past(
    sealer: Sealer, engine: sa.Engine, key: SigningKey, outside: Outside, tmp_path: Path
) -> None:
    stranger = SigningKey.load_or_create(tmp_path / "stranger.key", key.name)
    with pytest.raises(SealingRefused, match="key that we know"):
        Sealer(engine, stranger, outside).resume()


def test_a_checkpoint_that_did_not_reach_the_outside_is_brought_there(
    sealer: Sealer, engine: sa.Engine, key: SigningKey, outside: Outside
) -> None:
    sealer.round()
    note = outside.newest()
    outside.path.unlink()
    Sealer(engine, key, outside).resume()
    assert outside.newest() == note


def test_only_one_seals_and_the_next_takes_over(
    engine: sa.Engine, key: SigningKey, outside: Outside
) -> None:
    stop = threading.Event()
    first, second = Sealer(engine, key, outside), Sealer(engine, key, outside)
    with first.elected(stop) as elected:
        assert elected
        stop.set()
        with second.elected(stop) as refused:
            assert not refused
        stop.clear()
        waits = ThreadPoolExecutor(1).submit(_comes_after, second, stop)
        assert not wait([waits], timeout=1.5).done
    assert waits.result(timeout=10)


def _comes_after(sealer: Sealer, stop: threading.Event) -> bool:
    with sealer.elected(stop) as elected:
        return elected


@verifies("P11-10e-5")
def test_the_sealer_goes_on_after_the_database_was_away_and_signs_within_a_second(
    vessels: Database, server: Embedded
) -> None:
    stop = threading.Event()
    runs = threading.Thread(target=keep_sealing, args=(vessels.settings, stop))
    runs.start()
    listener = psycopg.connect(vessels.settings.url("app").replace("+psycopg", ""), autocommit=True)
    try:
        listener.execute("LISTEN batchline_sealed")
        act(vessels, "V-1")
        assert next(listener.notifies(timeout=5, stop_after=1), None) is not None
        with plant.superuser(server, vessels.settings) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = 'batchline_sealer'"
            )
        act(vessels, "V-2")
        wanted = plant.one(listener, "SELECT count(*) FROM audit.entry")
        for heard in listener.notifies(timeout=10):
            if int(heard.payload) >= wanted:
                break
        assert plant.one(listener, "SELECT max(size) FROM audit.checkpoint") >= wanted
    finally:
        stop.set()
        runs.join()
        listener.close()


def test_a_follower_hears_every_sealed_entry_in_order_and_remembers_its_place(
    vessels: Database, sealer: Sealer
) -> None:
    heard: list[Sealed] = []
    follower = Follower(vessels.engine, "notices")
    act(vessels, "V-1")
    assert follower.advance(heard.append) == 0
    sealer.round()
    assert follower.advance(heard.append, most=2) == 2
    follower.advance(heard.append)
    assert [one.number for one in heard] == list(range(sealer.size))
    assert heard[-1].entry.act == "vessel.filled"
    assert follower.place() == sealer.size


def test_what_a_follower_could_not_deliver_comes_again(vessels: Database, sealer: Sealer) -> None:
    sealer.round()
    follower, heard = Follower(vessels.engine, "notices"), []

    def fails_once(one: Sealed) -> None:
        heard.append(one.number)
        if heard == [0, 1]:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        follower.advance(fails_once)
    follower.advance(fails_once)
    assert heard == [0, 1, *range(1, sealer.size)]


def test_two_processes_of_one_follower_take_turns(vessels: Database, sealer: Sealer) -> None:
    sealer.round()
    first, second = (Follower(vessels.engine, "notices") for _ in range(2))
    inner: list[int] = []
    first.advance(lambda _: inner.append(second.advance(lambda _: None)), most=1)
    assert inner == [0]


def test_a_policy_names_the_keys_of_this_installation(vessels: Database, sealer: Sealer) -> None:
    origin = vessels.settings.origin
    policy: Policy = own_policy(vessels.settings, origin)
    assert len(policy.vkeys()) == 2
