"""The record on screen says what the data and the paper say."""

import json
import re
from datetime import datetime
from html import unescape
from typing import Any

import pytest

from ebr.kernel.writing import PlantTime
from ebr.web import create_app
from tests.builders.batch import Line
from tests.builders.identity import entries
from tests.builders.web import Browser
from tests.plugin import verifies


@pytest.fixture(scope="module")
def reviewer(line: Line) -> Browser:
    """A reviewer at a desk."""
    browser = Browser(create_app(line.database.settings, line.database), "QA-1")
    assert browser.sign_in(line.people["s.lindqvist"]).status_code == 303
    return browser


@pytest.fixture(scope="module")
def data(line: Line, reviewer: Browser) -> dict[str, Any]:
    """The record as data."""
    found: dict[str, Any] = json.loads(reviewer.get(f"/api/v1/batches/{line.batch}/record").data)
    return found


@pytest.fixture(scope="module")
def said(line: Line, reviewer: Browser) -> str:
    """What the page says, without its tags."""
    page = reviewer.get(f"/batches/{line.batch}/record")
    assert page.status_code == 200
    return unescape(" ".join(re.sub(r"<[^>]+>", "", page.text).split()))


@verifies("P11-50b-1")
def test_every_signature_stands_on_screen_with_the_name_time_and_meaning_of_the_data(
    line: Line, data: dict[str, Any], said: str
) -> None:
    time = PlantTime(line.database.settings.zone)
    signatures = [
        signature
        for operation in data["operations"]
        for step in operation["steps"]
        for signature in step["signatures"]
    ] + data["disposition"]["signatures"]
    assert len(signatures) > 31
    for one in signatures:
        assert f"{one['name']}, {one['role']}, {one['meaning'].capitalize()}" in said
        assert time.instant(datetime.fromisoformat(one["at"])) in said


@verifies("P11-10e-2")
def test_every_generation_of_a_corrected_value_stands_on_screen(said: str) -> None:
    for words in ("generation 1 of 4", "generation 4 of 4, C-3", "Read from the wrong line"):
        assert words in said
    for value in ("0.8071", "0.8075"):
        assert value in said
    assert said.count("Superseded by C-") == 1


def test_the_page_tells_every_step_and_every_entry(data: dict[str, Any], said: str) -> None:
    for operation in data["operations"]:
        for step in operation["steps"]:
            assert f"{step['number']} {step['title']}" in said
    assert f"{data['counts']['entries']} entries" in said


def test_a_further_copy_is_asked_for_from_the_page(line: Line, reviewer: Browser) -> None:
    page = f"/batches/{line.batch}/record"
    refused = reviewer.send(f"{page}/copies", page, kind="uncontrolled", purpose="-")
    assert refused.status_code == 422
    asked = reviewer.send(f"{page}/copies", page, kind="uncontrolled", purpose="audit of June")
    assert asked.status_code == 303
    assert reviewer.get(f"{page}.pdf").status_code in {200, 503}
    listed = json.loads(reviewer.get("/api/v1/reports").data)["items"]
    # Asked for again at the same state of the batch it is the same copy, whatever the purpose.
    copy = next(each for each in listed if each["kind"] == "uncontrolled")
    assert copy["batch"] == str(line.batch)
    assert copy["purpose"] in reviewer.get("/reports").text


@verifies("P11-10g-1")
def test_the_list_of_all_copies_is_refused_without_its_right_and_the_attempt_is_kept(
    line: Line,
) -> None:
    operator = Browser(create_app(line.database.settings, line.database))
    operator.sign_in(line.people["m.keller"])
    stream = f"attempt/{line.people['m.keller'].account}"
    before = len(entries(line.database, stream))
    for url in ("/reports", "/api/v1/reports"):
        assert operator.get(url).status_code == 403
    assert len(entries(line.database, stream)) == before + 2
