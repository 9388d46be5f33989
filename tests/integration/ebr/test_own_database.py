"""A plant may name a PostgreSQL of its own: the oldest that we promise, by password over TCP."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from ebr import embedded
from ebr.embedded import Embedded
from ebr.kernel import new_id
from ebr.kernel.opening import Database, perform, reading
from ebr.settings import Settings
from migrations.provision import provision
from tests import server as servers
from tests.integration import plant

OLDEST = 16


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def prepared(server: Embedded) -> None:
    """What the administrator of a plant does once: a database, five logins, the watch over DDL."""
    url = server.url("postgres", "postgres").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE ebr")
        for login in embedded.LOGINS.values():
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                    sql.Identifier(login), sql.Literal(f"of {login}")
                )
            )
    with psycopg.connect(url.replace("/postgres?", "/ebr?")) as connection:
        provision(connection)


@pytest.fixture
def own(own_folder: Path) -> Iterator[Settings]:
    """Settings that name a PostgreSQL 16, over TCP and by password."""
    server = Embedded(own_folder / "postgres", durable=False, version=OLDEST)
    server.ensure()
    prepared(server)
    (server.folder / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n")
    port = free_port()
    server._run(
        "pg_ctl", "-D", str(server.folder), "-l", str(server.folder / "server.log"),
        "-w", "-o", f"-h 127.0.0.1 -p {port}", "restart",
    )  # fmt: skip
    named = {
        f"EBR_DATABASE_{role.upper()}_URL".replace("APP_", ""): (
            f"postgresql://{login}:of%20{login}@127.0.0.1:{port}/ebr"
        )
        for role, login in embedded.LOGINS.items()
    }
    yield Settings.from_environment(
        named | {"EBR_DATA_DIR": f"{own_folder}/data", "EBR_PASSWORD_COST": "test"}
    )
    server.stop()


def test_an_act_is_kept_in_a_postgresql_of_the_plants_own(own: Settings) -> None:
    servers.migrate(own)
    plant.build(own)
    database = Database.connect(own)
    vessel = perform(database, plant.OPERATOR, plant.fill, plant.Fill("V-1", "10"), str(new_id()))
    with reading(database) as session:
        version = session.scalar(sa.text("SELECT current_setting('server_version_num')::int"))
        entries = session.scalar(
            sa.text("SELECT count(*) FROM audit.entry WHERE stream = :stream"),
            {"stream": plant.stream_of(vessel)},
        )
    database.close()
    assert (version // 10_000, entries) == (OLDEST, 1)


def test_an_act_without_its_reason_is_refused_there_as_well(own: Settings) -> None:
    servers.migrate(own)
    plant.build(own)
    with plant.connect(own, "app") as connection:
        connection.execute(
            "INSERT INTO plant.vessel (id, number, level) VALUES (gen_random_uuid(), 'V-2', 1)"
        )
        with pytest.raises(psycopg.Error, match="explain"):
            connection.commit()


def test_a_database_that_nobody_prepared_is_told_so(own: Settings, tmp_path: Path) -> None:
    url = own.database_owner_url.replace("/ebr", "/postgres")
    unprepared = replace(own, database_owner_url=url, database_url=url)
    with pytest.raises(RuntimeError, match=r"provision\.sql"):
        servers.migrate(unprepared)
