"""What a device said unasked stands in view until quality has said what it was."""

import pytest
from flask import Flask

from ebr import readings
from ebr.kernel.opening import Database
from ebr.web import create_app
from tests.builders.batch import Line, now
from tests.builders.identity import entries
from tests.builders.operator import Operator
from tests.builders.readings import Mouth
from tests.builders.web import Browser, Program
from tests.plugin import verifies

BECAUSE = {"text": "The print key was pressed during the daily check."}


@pytest.fixture
def app(line: Line) -> Flask:
    return create_app(line.database.settings, line.database)


@pytest.fixture
def database(line: Line) -> Database:
    return line.database


@pytest.fixture
def unasked(line: Line) -> readings.ReadingView:
    """The scale of a running batch says something that nobody asked."""
    line.start()
    sink, mouth = readings.PlantSink(line.database), Mouth(at=now())
    sink.report(mouth.ready())
    sink.keep((mouth.reading(value="17.20"),))
    (found,) = line.ask("m.keller", lambda session, _: readings.orphans(session)).items
    return found


def signed_in(app: Flask, line: Line, login: str) -> Program:
    program = Program(app)
    assert program.sign_in(line.people[login]).status_code == 201
    return program


@verifies("ALCOA-E-1")
def test_quality_explains_a_reading_and_both_stay(
    app: Flask, line: Line, unasked: readings.ReadingView
) -> None:
    reviewer = signed_in(app, line, "s.lindqvist")
    listed = reviewer.get("/readings/unasked").get_json()
    assert ([each["value"] for each in listed["items"]], listed["open"]) == (["17.20"], 1)
    url, body = f"/readings/{unasked.id}/explanation", {"batch": str(line.batch), "why": BECAUSE}
    answer = reviewer.send(url, body)
    assert answer.status_code == 200
    told = answer.get_json()
    assert (told["value"], told["explanation"]["text"]) == ("17.20", BECAUSE["text"])
    assert (told["batch"], told["explanation"]["batch"]) == (None, str(line.batch))
    (entry,) = entries(line.database, f"reading/{unasked.id}")
    assert entry["refs"] == [f"batch/{line.batch}"]
    assert reviewer.get("/readings/unasked").get_json()["open"] == 0
    assert len(reviewer.get("/readings/unasked?all=yes").get_json()["items"]) == 1
    again = reviewer.send(url, body)
    assert [each["code"] for each in again.get_json()["reasons"]] == ["reading_explained"]


@verifies("ALCOA-E-1", "P11-10g-1")
def test_without_the_right_or_a_reason_nothing_is_explained(
    app: Flask, line: Line, unasked: readings.ReadingView
) -> None:
    url = f"/readings/{unasked.id}/explanation"
    operator = signed_in(app, line, "m.keller")
    assert operator.send(url, {"batch": None, "why": BECAUSE}).status_code == 403
    kept = entries(line.database, f"attempt/{line.people['m.keller'].account}")
    assert [each["act"] for each in kept] == ["attempt.refused"]
    reviewer = signed_in(app, line, "s.lindqvist")
    assert reviewer.send(url, {"batch": None, "why": {"text": "..."}}).status_code == 422
    assert operator.get("/readings/unasked").get_json()["open"] == 1


@verifies("ALCOA-E-1", "REL-GATE-1")
def test_a_batch_is_not_released_while_a_reading_of_its_scale_is_unexplained(
    app: Flask, line: Line, unasked: readings.ReadingView
) -> None:
    Operator(app, line).through("clear-line", "scan-balance")
    reviewer = signed_in(app, line, "s.lindqvist")

    def gate() -> bool:
        gates = reviewer.get(f"/batches/{line.batch}/review").get_json()["gates"]
        return any(each["met"] for each in gates if each["point"] == "readings_explained")

    assert not gate()
    browser = Browser(app, "QA-1")
    browser.sign_in(line.people["s.lindqvist"])
    shown = browser.get("/readings").text
    assert "17.20 g" in shown
    form = f"/readings/{unasked.id}/explanation"
    wrong = browser.send(form, why__text=BECAUSE["text"], batch_number="HR1-NONE")
    assert (wrong.status_code, "There is no batch of this number." in wrong.text) == (422, True)
    done = browser.send(form, why__text=BECAUSE["text"], batch_number=line.view().number)
    assert done.location == "/readings"
    assert BECAUSE["text"] in browser.get("/readings?all=yes").text
    assert gate()
