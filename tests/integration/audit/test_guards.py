"""What the database refuses by itself, whoever asks and by whatever way."""

from typing import Any

import psycopg
import pytest

from audit import guard
from ebr.cli import serve
from ebr.embedded import Embedded
from ebr.kernel import new_id
from ebr.kernel.opening import Database, Unguarded, perform
from ebr.settings import Settings
from ebr.web import create_app
from tests.integration import plant
from tests.plugin import verifies

LEDGER = {
    "entry": "leaf", "change": "body", "blob": "size", "site_leaf": "idx", "tile": "n",
    "checkpoint": "size", "entry_ref": "entry", "sealing": "size", "site": "origin",
}  # fmt: skip
HARMLESS = """CREATE OR REPLACE FUNCTION audit.forbid() RETURNS trigger LANGUAGE plpgsql
  AS 'BEGIN RETURN NULL; END'"""
OFF_SWITCHES = (
    "ALTER TABLE plant.vessel DISABLE TRIGGER capture",
    "SET session_replication_role = replica",
    "ALTER TABLE audit.entry DISABLE TRIGGER append_only",
    "ALTER EVENT TRIGGER batchline_ddl DISABLE",
    "SET ROLE batchline_owner",
    "INSERT INTO audit.change (tbl, key, op, body) VALUES ('a', 'b', 'c', 'd')",
    "UPDATE audit.head SET seq = 0",
    "UPDATE audit.guard SET kind = 'derived'",
    "SELECT audit.begin_stream('vessel/1')",
)
BODY = (
    '{"act":"vessel.filled","actor":{"account":null,"kind":"service","name":"x","person":null,'
    '"role":"service"},"events":[{"data":{},"kind":"vessel.filled","v":1}],"reason":null,"refs":[],'
    '"request":"r","signatures":[],"station":"s"}'
)


def filled(database: Database, number: str = "V-1") -> Any:
    request = str(new_id())
    return perform(database, plant.OPERATOR, plant.fill, plant.Fill(number, "10"), request)


def partition(connection: psycopg.Connection[Any]) -> str:
    return str(plant.one(connection, "SELECT max(inhrelid::regclass::text) FROM pg_inherits"
                         " WHERE inhparent = 'audit.entry'::regclass"))  # fmt: skip


@verifies("P11-10e-5", "P11-10e-2")
@pytest.mark.parametrize("login", ["app", "sealer", "owner"])
def test_entries_are_never_changed_and_never_removed(vessels: Database, login: str) -> None:
    filled(vessels)
    with plant.connect(vessels.settings, login) as connection:
        connection.autocommit = True
        for table, column in LEDGER.items():
            for attack in ("UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0}"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(attack.format(f"audit.{table}", column).encode())


@verifies("P11-10e-5")
def test_a_superuser_meets_the_same_refusal_on_every_partition(
    vessels: Database, server: Embedded
) -> None:
    filled(vessels)
    with plant.superuser(server, vessels.settings) as connection:
        connection.autocommit = True
        name = partition(connection)
        for statement in (
            f"TRUNCATE {name}",
            f"DELETE FROM {name}",
            f"UPDATE {name} SET act = 'x'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
        connection.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM audit.entry")
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="unexplained"):
            connection.execute("UPDATE plant.vessel SET level = 99")


@verifies("P11-10e-1")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE plant.vessel SET level = 99",
        "INSERT INTO plant.vessel (id, number, level) VALUES (gen_random_uuid(), 'V-9', 1)",
    ],
)
def test_an_unexplained_change_of_a_row_is_refused_at_the_commit(
    vessels: Database, change: str
) -> None:
    filled(vessels)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="unexplained change"):
        _run(vessels, change)


def _run(database: Database, *statements: str) -> None:
    with plant.connect(database.settings, "app") as connection:
        for statement in statements:
            connection.execute(statement.encode())


@verifies("P11-10e-2")
@pytest.mark.parametrize("attack", ["DELETE FROM plant.vessel", "TRUNCATE plant.vessel"])
def test_a_recorded_row_is_never_deleted(vessels: Database, server: Embedded, attack: str) -> None:
    filled(vessels)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _run(vessels, attack)
    with (
        plant.superuser(server, vessels.settings) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="what is recorded stays"),
    ):
        connection.execute(attack.encode())


@verifies("P11-10e-1")
def test_a_change_explained_by_hand_is_in_the_entry(vessels: Database) -> None:
    vessel = filled(vessels)
    stream = plant.stream_of(vessel)
    _run(
        vessels,
        "UPDATE plant.vessel SET level = 99",
        f"SELECT audit.append('{stream}', 1, '{BODY}')",
    )
    with plant.connect(vessels.settings, "auditor") as connection:
        leaf = plant.one(connection, "SELECT leaf FROM audit.entry ORDER BY id DESC LIMIT 1")
    assert '"new":{"level":"99"},"old":{"level":"10"}' in leaf
    assert '"user":"batchline_app"' in leaf


def test_the_key_of_a_recorded_row_never_changes(vessels: Database) -> None:
    filled(vessels)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="never changes"):
        _run(vessels, "UPDATE plant.vessel SET id = gen_random_uuid()")


def test_saving_a_row_as_it_is_changes_nothing_but_1_0_to_1_00_does(vessels: Database) -> None:
    vessel = filled(vessels)
    _run(vessels, "UPDATE plant.vessel SET level = level")
    _run(
        vessels,
        "UPDATE plant.vessel SET level = 10.0",
        f"SELECT audit.append('{plant.stream_of(vessel)}', 1, '{BODY}')",
    )
    with plant.connect(vessels.settings, "auditor") as connection:
        leaf = plant.one(connection, "SELECT leaf FROM audit.entry ORDER BY id DESC LIMIT 1")
    assert '"new":{"level":"10.0"},"old":{"level":"10"}' in leaf


def test_cells_read_the_same_whoever_changes_them(vessels: Database) -> None:
    vessel = filled(vessels)
    _run(
        vessels,
        "SET TimeZone = 'Asia/Tokyo'",
        "SET DateStyle = 'German'",
        "UPDATE plant.vessel SET at = '2026-01-02 03:04:05.678901+00'",
        f"SELECT audit.append('{plant.stream_of(vessel)}', 1, '{BODY}')",
    )
    with plant.connect(vessels.settings, "auditor") as connection:
        leaf = plant.one(connection, "SELECT leaf FROM audit.entry ORDER BY id DESC LIMIT 1")
    assert '"at":"2026-01-02T03:04:05.678901+00:00"' in leaf


def test_long_cells_and_many_changes_are_kept_as_contents(vessels: Database) -> None:
    vessel = filled(vessels)
    stream = plant.stream_of(vessel)
    note = "x" * 5_000
    _run(
        vessels,
        f"UPDATE plant.vessel SET note = '{note}'",
        f"SELECT audit.append('{stream}', 1, '{BODY}')",
        "INSERT INTO plant.vessel (id, number, level)"
        " SELECT gen_random_uuid(), 'N-' || n, n FROM generate_series(1, 400) n",
        f"SELECT audit.append('{stream}', 2, '{BODY}')",
    )
    with plant.connect(vessels.settings, "auditor") as connection:
        found = plant.rows(connection, "SELECT leaf FROM audit.entry ORDER BY id")
        one, many = (row[0] for row in found[-2:])
        kept = plant.rows(connection, "SELECT size FROM audit.blob ORDER BY size")
    assert '"size":5000' in one
    assert many.split("\n")[3].startswith('{"count":400,"sha256":"')
    assert kept[0] == (5_000,)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (BODY.replace(',"kind"', '\n,"kind"'), "one line"),
        (BODY.replace('"act":', '"act":"a","act":'), "one line"),
        (BODY[:-1], "one line"),
        (BODY[:-1] + ',"why":"x"}', "one line"),
        ("[]", "one line"),
        (BODY.replace('"reason":null,', ""), "one line"),
        (BODY.replace('"request":"r"', '"request":"\\u0000"'), "one line"),
        (BODY.replace('"request":"r"', '"request":"' + "r" * 32_000 + '"'), "bytes"),
    ],
)
def test_a_body_that_is_not_canonical_is_refused(vessels: Database, body: str, fault: str) -> None:
    with (
        plant.connect(vessels.settings, "app") as connection,
        pytest.raises(psycopg.Error, match=fault),
    ):
        connection.execute("SELECT audit.append('vessel/1', 0, %s)", (body,))


def test_a_text_that_only_looks_like_a_zero_byte_can_be_recorded(vessels: Database) -> None:
    body = BODY.replace('"request":"r"', '"request":"\\\\u0000"')
    with plant.connect(vessels.settings, "app") as connection:
        connection.execute("SELECT audit.append('vessel/1', 0, %s)", (body,))


def test_an_act_says_on_what_its_decision_was_taken(vessels: Database) -> None:
    with plant.connect(vessels.settings, "app") as connection:
        connection.autocommit = True
        with pytest.raises(psycopg.errors.NullValueNotAllowed):
            connection.execute("SELECT audit.append('vessel/1', NULL, %s)", (BODY,))
        with pytest.raises(psycopg.Error) as stale:
            connection.execute("SELECT audit.append('vessel/1', 3, %s)", (BODY,))
        assert stale.value.sqlstate == "BL409"
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("SELECT audit.append('Vessel 1', 0, %s)", (BODY,))
        connection.execute("SELECT audit.append('attempt/DB-2', NULL, %s)", (BODY,))


@verifies("PICS-9.6-1")
def test_acts_of_one_transaction_have_times_and_numbers_of_their_own(vessels: Database) -> None:
    with plant.connect(vessels.settings, "app") as connection:
        for number in range(3):
            connection.execute("SELECT audit.append('vessel/1', %s, %s)", (number, BODY))
    with plant.connect(vessels.settings, "auditor") as connection:
        found = plant.rows(connection, "SELECT seq, at FROM audit.entry WHERE stream = 'vessel/1'")
    assert [row[0] for row in found] == [1, 2, 3]
    assert len({row[1] for row in found}) == 3
    assert sorted(found) == found


@verifies("PICS-9.6-1")
def test_a_clock_set_back_puts_no_entry_before_the_one_it_follows(
    vessels: Database, server: Embedded
) -> None:
    """The clock cannot be moved here, so the head is: its entry then lies in the future."""
    with plant.connect(vessels.settings, "app") as connection:
        connection.execute("SELECT audit.append('vessel/1', 0, %s)", (BODY,))
    with plant.superuser(server, vessels.settings) as connection:
        connection.execute("UPDATE audit.head SET at = '2040-05-01' WHERE stream = 'vessel/1'")
    with plant.connect(vessels.settings, "app") as connection:
        connection.execute("SELECT audit.append('vessel/1', 1, %s)", (BODY,))
    with plant.connect(vessels.settings, "auditor") as connection:
        leaf = plant.one(
            connection, "SELECT leaf FROM audit.entry WHERE stream = 'vessel/1' AND seq = 2"
        )
        opened = plant.one(connection, "SELECT to_regclass('audit.entry_2040_05')::text")
    assert '"at":"2040-05-01T00:00:00.000001Z"' in leaf
    assert opened == "audit.entry_2040_05"
    with vessels.engine.connect() as connection:
        assert guard.findings(connection) == []


@verifies("P11-10e-5")
def test_every_guard_is_armed(vessels: Database) -> None:
    with vessels.engine.connect() as connection:
        assert guard.findings(connection) == []


@verifies("P11-10e-5")
@pytest.mark.parametrize(
    ("attack", "finding"),
    [
        ("ALTER TABLE plant.vessel DISABLE TRIGGER capture", "capture is not enabled always"),
        ("ALTER TABLE plant.vessel ENABLE TRIGGER keep_rows", "keep_rows is not enabled always"),
        ("DROP TRIGGER capture ON plant.vessel", "capture is missing"),
        ("ALTER TABLE audit.change DISABLE TRIGGER explained", "explained is not enabled"),
        ("ALTER TABLE audit.entry DISABLE TRIGGER append_only", "append_only is not enabled"),
        ("GRANT DELETE ON plant.vessel TO batchline_app", "batchline_app may DELETE"),
        ("GRANT INSERT ON audit.entry TO batchline_app", "batchline_app may INSERT"),
        ("GRANT UPDATE ON batches.batch TO batchline_collector", "batchline_collector may UPDATE"),
        ("ALTER EVENT TRIGGER batchline_ddl DISABLE", "not enabled always"),
        ("CREATE TABLE plant.shadow (id int)", "it is not guarded"),
        ("ALTER TABLE plant.vessel OWNER TO batchline_app", "it belongs to batchline_app"),
        (HARMLESS, "not the one that was promised"),
        ("GRANT EXECUTE ON FUNCTION audit.begin_stream(text) TO batchline_app", "may EXECUTE"),
        ("DROP FUNCTION audit.make_months(int)", "the function is missing"),
    ],
)  # fmt: skip
def test_a_guard_that_is_down_is_found(
    vessels: Database, server: Embedded, attack: str, finding: str
) -> None:
    with plant.superuser(server, vessels.settings) as connection:
        connection.execute(attack.encode())
    with vessels.engine.connect() as connection:
        found = guard.findings(connection)
    assert any(finding in str(one) for one in found)


@verifies("P11-10e-5")
def test_nothing_is_served_on_a_database_without_its_guards(
    vessels: Database, server: Embedded, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = vessels.settings
    assert serve.guarded(settings) == 0
    with plant.superuser(server, settings) as connection:
        connection.execute("ALTER TABLE plant.vessel DISABLE TRIGGER capture")
    assert serve.checked(settings) == 1
    said = capsys.readouterr().err
    assert "guard: plant.vessel: trigger capture is not enabled always" in said
    assert "Call quality." in said
    with pytest.raises(Unguarded, match="capture is not enabled always"):
        create_app(settings)


def test_nothing_is_served_on_a_database_that_was_never_migrated(
    server: Embedded, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    server.provide("never_migrated")
    assert serve.checked(server.settings(settings, "never_migrated")) == 1
    assert "run ebr migrate" in capsys.readouterr().err
    server.drop("never_migrated")


@verifies("P11-10e-5")
def test_ddl_is_an_entry_too(vessels: Database, server: Embedded) -> None:
    with plant.superuser(server, vessels.settings) as connection:
        connection.execute("ALTER TABLE plant.vessel DISABLE TRIGGER capture")
        connection.execute("DROP FUNCTION audit.make_months(int)")
        found = plant.rows(
            connection, "SELECT leaf FROM audit.entry WHERE stream = 'system/ddl' ORDER BY seq"
        )
    disabled, dropped = (row[0] for row in found[-2:])
    assert "ALTER TABLE plant.vessel DISABLE TRIGGER capture" in disabled
    assert '"name":"postgres"' in disabled
    assert "audit.make_months(integer)" in dropped


@verifies("P11-10e-5")
@pytest.mark.parametrize("login", ["app", "sealer", "auditor", "collector"])
def test_nobody_who_logs_in_can_switch_the_trail_off(vessels: Database, login: str) -> None:
    refusals = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)
    with plant.connect(vessels.settings, login) as connection:
        connection.autocommit = True
        for attack in OFF_SWITCHES:
            with pytest.raises(refusals):
                connection.execute(attack.encode())


def test_the_auditor_reads_everything_but_secrets_and_writes_nothing(vessels: Database) -> None:
    filled(vessels)
    with plant.connect(vessels.settings, "auditor") as connection:
        connection.autocommit = True
        assert plant.one(connection, "SELECT number FROM plant.vessel") == "V-1"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT pin FROM plant.vessel")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT audit.keep('x')")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("CREATE TEMP TABLE notes (note text)")


@verifies("P11-10e-5")
def test_the_alarm_is_recorded_once_and_so_is_that_it_is_over(
    vessels: Database, server: Embedded
) -> None:
    engine = vessels.engine

    def watch() -> int:
        with engine.connect() as connection, connection.begin():
            return len(guard.watch(connection, "sealer"))

    assert watch() == 0
    with plant.superuser(server, vessels.settings) as connection:
        connection.execute("ALTER TABLE plant.vessel DISABLE TRIGGER capture")
    assert (watch(), watch()) == (1, 1)
    with plant.superuser(server, vessels.settings) as connection:
        connection.execute("ALTER TABLE plant.vessel ENABLE ALWAYS TRIGGER capture")
    assert (watch(), watch()) == (0, 0)
    with plant.connect(vessels.settings, "auditor") as connection:
        found = plant.rows(
            connection, "SELECT act FROM audit.entry WHERE stream = 'system/guard' ORDER BY seq"
        )
    assert found == [("system.guard.alarmed",), ("system.guard.restored",)]


@verifies("P11-10e-5")
def test_the_opening_of_a_month_takes_its_own_place_before_the_act_that_needed_it(
    vessels: Database,
) -> None:
    with vessels.engine.connect() as connection:
        told = connection.exec_driver_sql(
            "SELECT seq, act FROM audit.entry WHERE stream = 'system/ddl' ORDER BY id"
        ).all()
    assert [seq for seq, _ in told] == list(range(1, len(told) + 1))
    assert told[0].act == "system.month.opened"
