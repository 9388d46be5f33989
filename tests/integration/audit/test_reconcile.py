"""A superuser's edit is seen: rows against entries, entries against what was signed."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from audit.checkpoint import SigningKey
from audit.reconcile import reconcile
from audit.sealer import Outside, Sealer
from ebr.cli import export as export_command
from ebr.cli import verify as verify_command
from ebr.embedded import Embedded
from ebr.kernel import new_id
from ebr.kernel.opening import Database, perform
from migrations import guards
from tests.integration import plant
from tests.plugin import verifies

Attack = Callable[[str], None]


def fill(database: Database, *command: Any) -> Any:
    return perform(database, plant.OPERATOR, plant.fill, plant.Fill(*command), str(new_id()))


def seal(database: Database) -> None:
    engine = sa.create_engine(database.settings.url("sealer"))
    with engine.connect() as connection:
        origin = str(connection.exec_driver_sql("SELECT origin FROM audit.site").scalar_one())
    key = SigningKey.load_or_create(database.settings.key_dir / "log.key", origin)
    Sealer(engine, key, Outside(database.settings.checkpoint_dir)).resume()
    sealer = Sealer(engine, key, Outside(database.settings.checkpoint_dir))
    sealer.resume()
    sealer.round()
    engine.dispose()


def differences(database: Database) -> list[str]:
    return [str(one) for one in reconcile(database.engine)]


@pytest.fixture
def attack(vessels: Database, server: Embedded) -> Attack:
    """The superuser, with every trigger off."""

    def run(statement: str) -> None:
        with plant.superuser(server, vessels.settings) as connection:
            guarding = plant.rows(
                connection,
                "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
                " AND tgname IN ('append_only', 'keep_rows', 'capture', 'explained')",
            )
            for table, trigger in guarding:
                connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}".encode())
            connection.execute(statement.encode())
            for table, trigger in guarding:
                connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}".encode())

    return run


@verifies("P11-10e-1", "P11-10e-2")
def test_rows_are_what_their_entries_say(vessels: Database) -> None:
    vessel = fill(vessels, "V-1", "10")
    fill(vessels, "V-1", "20", vessel, "ä" * 5_000)
    fill(vessels, "V-1", "30", vessel)
    fill(vessels, "V-2", "5")
    assert differences(vessels) == []


@verifies("P11-10e-1")
@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE plant.vessel SET level = 99 WHERE number = 'V-1'",
         'level is "99", its entries say "20"'),
        ("UPDATE plant.vessel SET note = 'y' WHERE number = 'V-1'", 'note is "y"'),
        ("UPDATE plant.vessel SET pin = '0000' WHERE number = 'V-1'",
         "pin is not what its entries say"),
        ("DELETE FROM plant.vessel WHERE number = 'V-1'", "the row is missing"),
        ("INSERT INTO plant.vessel VALUES (gen_random_uuid(), 'V-9', 1)",
         "no entry tells of this row"),
        ("UPDATE audit.change SET body = replace(body, '20', '99')",
         "does not hold the changes that it tells"),
        ("DELETE FROM audit.entry WHERE act = 'vessel.filled'", "no entry tells it"),
        ("DELETE FROM audit.entry WHERE act = 'vessel.filled'", "its last entry is missing"),
        ("UPDATE audit.head SET seq = 1 WHERE seq = 2 AND stream LIKE 'vessel/%'",
         "its head says 1, its last entry is 2"),
        ("UPDATE audit.entry SET person = 'somebody else' WHERE act = 'vessel.filled'",
         "columns beside its leaf"),
        ("DELETE FROM audit.guard WHERE name = 'plant.vessel'", "it is no Recorded table"),
    ],
)  # fmt: skip
def test_what_a_superuser_edits_is_found(
    vessels: Database, attack: Attack, statement: str, finding: str
) -> None:
    vessel = fill(vessels, "V-1", "10")
    fill(vessels, "V-1", "20", vessel, "x" * 5_000)
    attack(statement)
    found = differences(vessels)
    assert any(finding in one for one in found), found


def test_many_differences_are_told_as_a_number(vessels: Database, attack: Attack) -> None:
    attack("INSERT INTO plant.vessel SELECT gen_random_uuid(), 'N' || n, n"
           " FROM generate_series(1, 50) n")  # fmt: skip
    found = differences(vessels)
    assert len(found) == 21
    assert "and 30 rows more" in found[-1]


def test_a_row_that_was_removed_by_its_entries_and_stands_again_is_found(
    vessels: Database, attack: Attack
) -> None:
    """Nothing deletes a recorded row: a change that says so is a forgery."""
    fill(vessels, "V-1", "10")
    attack("INSERT INTO audit.change (tbl, key, op, body) SELECT tbl, key, 'DELETE',"
           " '{\"new\":null}' FROM audit.change WHERE tbl = 'plant.vessel'")  # fmt: skip
    assert any("it was removed" in one for one in differences(vessels))


class Columns:
    """As much of Alembic's operations as changes of columns need."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get_bind(self) -> sa.Connection:
        return self._connection

    def execute(self, statement: str) -> None:
        self._connection.exec_driver_sql(statement)

    def add_column(self, table: str, column: sa.Column[Any], schema: str) -> None:
        self.execute(
            f"ALTER TABLE {schema}.{table} ADD {column.name} text NOT NULL DEFAULT 'steel'"
        )

    def alter_column(self, table: str, column: str, new_column_name: str, schema: str) -> None:
        self.execute(f"ALTER TABLE {schema}.{table} RENAME {column} TO {new_column_name}")

    def drop_column(self, table: str, column: str, schema: str) -> None:
        self.execute(f"ALTER TABLE {schema}.{table} DROP {column}")


def test_a_row_that_its_entries_removed_is_not_missed_and_gets_no_new_column(
    vessels: Database, attack: Attack
) -> None:
    fill(vessels, "V-1", "10")
    attack("INSERT INTO audit.change (tbl, key, op, body) SELECT tbl, key, 'DELETE',"
           " '{\"new\":null}' FROM audit.change WHERE tbl = 'plant.vessel';"
           " DELETE FROM plant.vessel")  # fmt: skip
    engine = sa.create_engine(vessels.settings.url("owner"))
    with engine.begin() as connection:
        op = Columns(connection)
        guards.append(connection, "system/migration", guards.act("system.migration.started", {}))
        guards.add_column(op, "plant.vessel", sa.Column("made_of", sa.Text()), default="steel")
        guards.explain(op, "plant2", "Vessels say what they are made of")
    engine.dispose()
    told = " ".join(differences(vessels))
    assert "the row is missing" not in told
    assert "made_of" not in told


def test_columns_that_a_migration_moved_are_followed(vessels: Database) -> None:
    fill(vessels, "V-1", "10")
    fill(vessels, "V-2", "20")
    engine = sa.create_engine(vessels.settings.url("owner"))
    with engine.begin() as connection:
        op = Columns(connection)
        started = guards.act("system.migration.started", {})
        guards.append(connection, "system/migration", started)
        guards.add_column(op, "plant.vessel", sa.Column("made_of", sa.Text()), default="steel")
        guards.rename_column(op, "plant.vessel", "number", "label")
        guards.retype_column(op, "plant.vessel", "level", "numeric(10,2)")
        guards.drop_column(op, "plant.vessel", "note")
        guards.explain(op, "plant2", "Vessels say what they are made of")
    engine.dispose()
    with vessels.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT * FROM audit.guard_findings()").all() == []
    with plant.connect(vessels.settings, "app") as connection:
        connection.execute("UPDATE plant.vessel SET label = 'V-1b' WHERE label = 'V-1'")
        connection.execute(
            "SELECT audit.append('vessel/1', 0, %s)", (guards.act("vessel.labelled", {}),)
        )
    assert differences(vessels) == []


def test_a_column_that_no_migration_told_of_is_found(vessels: Database, server: Embedded) -> None:
    fill(vessels, "V-1", "10")
    with plant.superuser(server, vessels.settings) as connection:
        connection.execute("ALTER TABLE plant.vessel ADD made_of text, DROP note")
    (found,) = differences(vessels)
    assert "no entry tells of column made_of; column note is missing" in found


@pytest.fixture
def installed(vessels: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The commands find this installation in their environment."""
    for name, value in vessels.settings.to_environment().items():
        monkeypatch.setenv(name, value)
    return vessels


@verifies("P11-10e-2")
def test_ebr_verify_holds_and_says_so(
    installed: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(installed, "V-1", "10")
    seal(installed)
    assert verify_command.main([]) == verify_command.HOLDS
    assert "everything holds" in capsys.readouterr().out


@verifies("P11-10e-2", "P11-70-1", "P11-200a2-1")
@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE audit.entry SET leaf = replace(leaf, 'M. Keller', 'J. Brandt')", "root: "),
        ("UPDATE plant.vessel SET level = 99", "row: plant.vessel"),
        ("ALTER TABLE plant.vessel DISABLE TRIGGER capture", "guard: plant.vessel"),
        ("DELETE FROM audit.entry WHERE act = 'vessel.filled'", "missing: "),
    ],
)
def test_ebr_verify_names_what_does_not_hold(
    installed: Database, attack: Attack, server: Embedded, capsys: pytest.CaptureFixture[str],
    statement: str, finding: str,
) -> None:  # fmt: skip
    fill(installed, "V-1", "10")
    seal(installed)
    if statement.startswith("ALTER"):
        with plant.superuser(server, installed.settings) as connection:
            connection.execute(statement.encode())
    else:
        attack(statement)
    assert verify_command.main([]) == verify_command.BROKEN
    assert any(line.startswith(finding) for line in capsys.readouterr().out.splitlines())


@verifies("P11-70-1", "P11-200a2-1")
@pytest.mark.parametrize("proof", ["null", '"AAAA"'])
def test_a_signature_forged_through_the_databases_own_door_is_found(
    installed: Database, capsys: pytest.CaptureFixture[str], proof: str
) -> None:
    """The application's database role can write a signature's words; it has no key to prove it."""
    body = guards.act("batch.released", {}).replace(
        '"signatures":[]',
        '"signatures":[{"account":"a","at":"2026-01-01T00:00:00.000000Z","components":["password"],'
        f'"meaning":"released","method":"password","name":"H. Aalto","person":"p","proof":{proof},'
        '"role":"Qualified Person","shown":"' + "0" * 64 + '","station":"QA-1"}]',
    )
    with plant.connect(installed.settings, "app") as connection:
        connection.execute("SELECT audit.append('batch/1', 0, %s)", (body,))
    perform(installed, plant.OPERATOR, plant.fill, plant.Fill("V-1", "1"), str(new_id()))
    seal(installed)
    assert verify_command.main(["--ledger"]) == verify_command.BROKEN
    assert "signature: " in capsys.readouterr().out


def test_an_export_of_the_database_is_verified_by_a_stranger(
    installed: Database, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    from audit.__main__ import main as stranger  # noqa: PLC0415 - a program of its own

    vessel = fill(installed, "V-1", "10")
    fill(installed, "V-1", "20", vessel, "x" * 5_000)
    seal(installed)
    out = tmp_path / "ledger"
    assert export_command.main(["--out", str(out)]) == 0
    assert stranger(["verify", str(out), "--policy", str(out / "policy.json")]) == 0
    assert export_command.main(["--out", str(out)]) == 1
    assert "not an empty folder" in capsys.readouterr().err


def test_without_keys_nothing_is_verified_and_the_remedy_is_told(
    installed: Database, tmp_path: Any, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("EBR_KEY_DIR", str(tmp_path / "empty"))
    assert verify_command.main(["--ledger"]) == verify_command.CANNOT
    assert "make them at their first start" in capsys.readouterr().err
