"""The server that comes with us keeps its data through stops, kills and restarts."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from ebr import embedded
from ebr.embedded import Embedded, EmbeddedFault


@pytest.fixture(scope="module")
def own() -> Iterator[Embedded]:
    with tempfile.TemporaryDirectory(prefix="batchline-embedded-") as folder:
        server = Embedded(Path(folder) / "postgres")
        server.ensure()
        server.provide()
        yield server
        server.stop()


def ask(server: Embedded, login: str, statement: str) -> object:
    url = server.url(login).replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def test_the_four_logins_reach_the_database(own: Embedded) -> None:
    for login in embedded.LOGINS.values():
        assert ask(own, login, "SELECT current_user::text") == login


def test_no_login_of_ours_is_a_superuser(own: Embedded) -> None:
    assert ask(own, "postgres", "SELECT count(*) FROM pg_roles WHERE rolsuper") == 1


def test_the_auditor_only_reads(own: Embedded) -> None:
    ask(own, "batchline_owner", "CREATE SCHEMA plant")
    ask(own, "batchline_owner", "CREATE TABLE plant.kept (text text)")
    ask(own, "batchline_owner", "GRANT USAGE ON SCHEMA plant TO batchline_auditor")
    ask(own, "batchline_owner", "GRANT ALL ON plant.kept TO batchline_auditor")
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        ask(own, "batchline_auditor", "INSERT INTO plant.kept VALUES ('x')")


def test_a_second_start_attaches(own: Embedded) -> None:
    before = own.postmaster()
    own.ensure()
    own.provide()
    assert own.postmaster() == before


def test_what_was_committed_survives_a_stop(own: Embedded) -> None:
    ask(own, "batchline_owner", "CREATE SCHEMA stops")
    ask(own, "batchline_owner", "CREATE TABLE stops.kept AS SELECT 42 AS answer")
    own.stop()
    assert not own.answers()
    assert own.postmaster() is None
    own.ensure()
    assert ask(own, "batchline_owner", "SELECT answer FROM stops.kept") == 42


def test_what_was_committed_survives_the_death_of_the_server(own: Embedded) -> None:
    ask(own, "batchline_owner", "CREATE SCHEMA deaths")
    ask(own, "batchline_owner", "CREATE TABLE deaths.kept AS SELECT 43 AS answer")
    victim = own.postmaster()
    assert victim is not None
    victim.kill()
    own.ensure()
    revived = own.postmaster()
    assert revived is not None
    assert revived.pid != victim.pid
    assert ask(own, "batchline_owner", "SELECT answer FROM deaths.kept") == 43


def test_the_number_of_another_program_is_not_mistaken_for_the_server(own: Embedded) -> None:
    own.stop()
    lines = [str(os.getpid()), str(own.folder), "1", "5432", str(own.folder), "", "", "ready"]
    (own.folder / "postmaster.pid").write_text("\n".join(lines))
    assert own.postmaster() is None
    own.ensure()
    assert own.answers()
    assert psutil.pid_exists(os.getpid())


def test_a_folder_left_half_made_is_made_again() -> None:
    with tempfile.TemporaryDirectory(prefix="batchline-half-") as folder:
        server = Embedded(Path(folder) / "postgres", durable=False)
        (Path(folder) / "postgres.new").mkdir()
        (Path(folder) / "postgres.new" / "rubbish").touch()
        server.ensure()
        assert server.answers()
        server.stop()


def test_a_long_path_gets_a_short_socket() -> None:
    with tempfile.TemporaryDirectory(prefix="batchline-long-") as folder:
        server = Embedded(Path(folder) / ("deep" * 30) / "postgres", durable=False)
        server.ensure()
        server.provide()
        assert ask(server, "batchline_app", "SELECT 1") == 1
        sockets = server.url("batchline_app").rpartition("host=")[2].replace("%2F", "/")
        assert not Path(sockets).is_relative_to(folder)
        server.stop()
        assert not Path(sockets).exists()


def test_a_start_that_fails_tells_the_servers_last_words() -> None:
    with tempfile.TemporaryDirectory(prefix="batchline-broken-") as folder:
        server = Embedded(Path(folder) / "postgres", durable=False)
        server.ensure()
        server.stop()
        with (server.folder / "postgresql.conf").open("a") as file:
            file.write("max_connections = 'many'\n")
        with pytest.raises(EmbeddedFault, match="max_connections"):
            server.ensure()
