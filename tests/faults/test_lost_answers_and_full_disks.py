"""An act whose answer is lost, or for which the disk has no room: done once, or not at all."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from werkzeug.serving import make_server

from ebr.demo.client import Person
from ebr.embedded import Embedded
from ebr.settings import Settings
from ebr.web import create_app
from tests.builders.batch import Line
from tests.builders.identity import acts, entries
from tests.builders.operator import Operator
from tests.faults.wire import Fate, Plan, wire_to
from tests.integration.plant import superuser
from tests.plugin import verifies

KEY = "one-and-the-same-key"
NO_ROOM = """
CREATE FUNCTION public.no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'could not extend file "base/5/16631": No space left on device'
    USING ERRCODE = 'disk_full';
END $$"""
# Where PostgreSQL may find that there is no room for an act: its rows, its request, its entry, the
# head of its stream, and the commit itself.
PLACES = {
    "rows": "CREATE TRIGGER full_disk BEFORE UPDATE ON batches.step",
    "request": "CREATE TRIGGER full_disk BEFORE INSERT ON audit.request",
    "entry": "CREATE TRIGGER full_disk BEFORE INSERT ON audit.entry",
    "head": "CREATE TRIGGER full_disk BEFORE UPDATE ON audit.head",
    "commit": "CREATE CONSTRAINT TRIGGER full_disk AFTER UPDATE ON batches.step"
    " DEFERRABLE INITIALLY DEFERRED",
}


@pytest.fixture
def app(line: Line) -> Flask:
    return create_app(line.database.settings, line.database)


@pytest.fixture
def operator(app: Flask, line: Line) -> Operator:
    line.start()
    return Operator(app, line)


@contextmanager
def full_disk(server: Embedded, settings: Settings, place: str) -> Iterator[None]:
    """PostgreSQL says what it says when there is no room, at this place."""
    with superuser(server, settings) as keeper:
        keeper.execute("SET event_triggers = off")  # the ledger tells of DDL, in an entry
        keeper.execute(NO_ROOM)
        keeper.execute(f"{PLACES[place]} FOR EACH ROW EXECUTE FUNCTION public.no_room()")
    try:
        yield
    finally:
        with superuser(server, settings) as keeper:
            keeper.execute("SET event_triggers = off")
            keeper.execute("DROP FUNCTION public.no_room() CASCADE")


@contextmanager
def served(app: Flask, plan: Plan) -> Iterator[int]:
    """The site behind a network with this plan."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    worker = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    worker.start()
    try:
        with wire_to(server.server_port, plan) as port:
            yield port
    finally:
        server.shutdown()
        worker.join()
        server.server_close()


@verifies("P11-10e-2")
@pytest.mark.parametrize("fate", [Fate(reaches_plant=False), Fate(answer_arrives=False)])
def test_an_act_that_nobody_heard_the_answer_of_is_done_once(
    app: Flask, line: Line, fate: Fate
) -> None:
    line.start()
    sent: dict[str, int] = {}

    def first_time_lost(method: str, path: str) -> Fate:
        sent[path] = sent.get(path, 0) + (method == "POST")
        return fate if method == "POST" and sent[path] == 1 else Fate()

    keller = line.people["m.keller"]
    step = f"/batches/{line.batch}/steps/clear-line"
    with served(app, first_time_lost) as port:
        person = Person("127.0.0.1", port, keller.login, keller.password, "DB-2")
        person.sign_in()
        person.post(f"{step}/start")
        for key in ("empty", "labels", "ignition"):
            person.post(f"{step}/values", {"input": key, "value": "yes"})
        person.sign(f"{step}/complete", f"{step}/statement?act=complete")
    assert sent[f"/api/v1{step}/start"] == 2
    assert acts(line.database, f"batch/{line.batch}") == [
        "batch.started",
        "batch.step.started",
        *["batch.value.recorded"] * 3,
        "batch.step.completed",
    ]


@pytest.mark.parametrize("place", PLACES)
def test_a_full_disk_is_told_and_leaves_nothing_half_recorded(
    operator: Operator, server: Embedded, place: str
) -> None:
    database = operator.line.database
    stream = f"batch/{operator.line.batch}"
    before = entries(database, stream)
    url = f"{operator.path('clear-line')}/start"
    with full_disk(server, database.settings, place):
        answer = operator.program.send(url, {}, key=KEY)
    assert answer.status_code == 503, answer.text
    assert answer.get_json()["code"] == "unavailable"
    assert "disk of the database is full" in answer.get_json()["detail"]
    assert int(answer.headers["Retry-After"]) > 0
    assert entries(database, stream) == before
    assert operator.step("clear-line")["status"] == "open"

    assert operator.program.send(url, {}, key=KEY).status_code == 200
    assert acts(database, stream) == ["batch.started", "batch.step.started"]
