"""The security contact is told at once: what stands in folder and mailbox, not in a table."""

import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from ebr import exchange, identity
from ebr.exchange.watch import AGAIN_S, EVERY_S, round_once
from ebr.kernel import Actor, Secret, Unauthenticated, new_id
from ebr.kernel.opening import Database, perform, reading
from ebr.reports import renderer
from ebr.settings import ROOT
from migrations import guards
from tests.builders import identity as people
from tests.builders.identity import Someone
from tests.builders.sealed import seal
from tests.integration import plant
from tests.plugin import verifies

WRONG = "eleven grey herons wait"


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it is given; it can be told to refuse."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Post)
        self.letters: list[str] = []
        self.refusing = False

    @property
    def address(self) -> str:
        """How it is named in the settings."""
        port = self.server_address[1]
        return f"smtp://127.0.0.1:{port}/?from=ebr@plant.example&to=security@plant.example"


class _Post(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self._say("220 mailbox")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(maxsplit=1)[0].upper()
            if verb == "DATA":
                self._say("354 go on")
                lines = iter(lambda: self.rfile.readline().decode(), ".\r\n")
                self.server.letters.append("".join(lines))
                self._say("250 kept")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                refused = verb == "MAIL" and self.server.refusing
                self._say("451 later" if refused else "250 yes")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A running mail server of the test's own."""
    server = Mailbox()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def keller(database: Database) -> Someone:
    """A person who will mistype."""
    return people.somebody(database, "m.keller", "operator", name="M. Keller")


def fail(database: Database, someone: Someone, times: int) -> None:
    for _ in range(times):
        with pytest.raises(Unauthenticated):
            people.sign_in(database, someone, password=WRONG)


def told(database: Database) -> dict[str, str]:
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted(database.settings.notices_dir.glob("*"))
    }


@verifies("P11-300d-1")
def test_a_lock_out_reaches_the_folder_and_the_mailbox(
    database: Database, keller: Someone, mailbox: Mailbox
) -> None:
    fail(database, keller, 5)
    seal(database)
    settings = replace(database.settings, notices_mail=mailbox.address)
    sinks = exchange.sinks_of(settings)
    assert round_once(database, sinks, print) == EVERY_S
    files = told(database)
    kinds = [name.split("-", 2)[2] for name in files]
    assert kinds == [*["attempt.failed.txt"] * 4, "account.locked.txt", "attempt.failed.txt"]
    locked = files[next(name for name in files if "account.locked" in name)]
    assert "The login m.keller of M. Keller is locked after 5 failed attempts" in locked
    assert f"station {people.STATION}, address {people.SOURCE}" in locked
    assert "Site: Plant 2" in locked
    assert "+01:00" in locked
    (letter,) = mailbox.letters
    assert "To: security@plant.example" in letter
    assert "m.keller" in letter
    assert "Message-ID: <" in letter
    round_once(database, sinks, print)
    assert (told(database), len(mailbox.letters)) == (files, 1)


@verifies("P11-300d-1")
def test_a_mailbox_that_refuses_gets_the_notice_later_and_once(
    database: Database, keller: Someone, mailbox: Mailbox
) -> None:
    fail(database, keller, 5)
    seal(database)
    mailbox.refusing = True
    sinks = exchange.sinks_of(replace(database.settings, notices_mail=mailbox.address))
    said: list[str] = []
    assert round_once(database, sinks, said.append) == AGAIN_S
    assert "tried again" in said[-1]
    mailbox.refusing = False
    assert round_once(database, sinks, said.append) == EVERY_S
    assert len(mailbox.letters) == 1


def test_a_mailbox_that_is_not_there_stops_nothing_else(
    database: Database, keller: Someone
) -> None:
    fail(database, keller, 5)
    seal(database)
    nowhere = "smtp://127.0.0.1:1/?from=ebr@plant.example&to=security@plant.example"
    sinks = exchange.sinks_of(replace(database.settings, notices_mail=nowhere))
    assert round_once(database, sinks, print) == AGAIN_S
    assert any("account.locked" in name for name in told(database))


@verifies("P11-300d-1")
def test_a_flood_of_strangers_is_one_notice(database: Database, keller: Someone) -> None:
    fail(database, replace(keller, login="nobody.here"), 8)
    with database.engine.begin() as connection:  # the minute is over
        connection.execute(
            sa.text("UPDATE audit.attempt_pool SET minute = minute - interval '1 min'")
        )
    fail(database, replace(keller, login="nobody.here"), 1)
    seal(database)
    round_once(database, exchange.sinks_of(database.settings), print)
    ((name, text),) = told(database).items()
    assert "attempt.refused" in name
    assert "attempts of nobody we know" in text
    assert people.SOURCE in text


@verifies("A11D-11.8-1", "A11D-11.9-1")
def test_the_watch_tells_idle_locks_and_forgets_old_sessions(
    database: Database, keller: Someone
) -> None:
    token = people.sign_in(database, keller)
    with database.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE identity.session SET last_input = last_input - interval '11 min'")
        )
    round_once(database, (), print, tidy=True)
    assert people.acts(database, f"account/{keller.account}")[-1] == "session.locked"
    with database.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE identity.session SET opened_at = opened_at - interval '31 days'")
        )
        old = connection.scalar(
            sa.text(
                "UPDATE audit.request SET at = at - interval '30 days 1 min' WHERE ctid ="
                " (SELECT ctid FROM audit.request LIMIT 1) RETURNING request"
            )
        )
        kept = set(connection.scalars(sa.text("SELECT request FROM audit.request"))) - {old}
    round_once(database, (), print, tidy=True)
    with database.engine.connect() as connection:
        left = set(connection.scalars(sa.text("SELECT request FROM audit.request")))
    assert old not in left
    assert kept <= left
    with reading(database) as session:
        assert identity.session_of(session, Secret(token)) is None


@verifies("P11-300d-1")
def test_the_process_delivers_by_itself_and_stops_when_asked(
    database: Database, keller: Someone
) -> None:
    fail(database, keller, 5)
    seal(database)
    outside = {name: text for name, text in os.environ.items() if not name.startswith("EBR_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "ebr", "follow", "notices"],
        cwd=ROOT,
        env=outside | database.settings.to_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        until = time.monotonic() + 60
        while not any("account.locked" in name for name in told(database)):
            assert time.monotonic() < until
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=30)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0
    assert "following the ledger" in said


def test_a_service_cannot_tidy_without_the_right(database: Database) -> None:
    with pytest.raises(Exception, match="keep_house"):
        perform(
            database, Actor.service("x", "SERVER"), identity.forget_sessions, None, str(new_id())
        )


@verifies("P11-300d-1")
def test_an_entry_that_cannot_be_read_stops_no_follower(database: Database) -> None:
    with plant.connect(database.settings, "app") as connection:
        connection.execute(
            "SELECT audit.append('attempt/X-1', NULL, %s)", (guards.act("account.locked", {}),)
        )
        connection.execute(
            "SELECT audit.append('batch/7', 0, %s)", (guards.act("batch.released", {}),)
        )
    seal(database)
    assert round_once(database, exchange.sinks_of(database.settings), print) == EVERY_S
    (notice,) = told(database).values()
    assert "cannot be read" in notice
    assert "attempt/X-1 no. 1" in notice
    renderer.follow(database)
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM reports.job").scalar() == 0
