"""The renderer on a real ledger: one job one document, however often it is killed."""

import hashlib
import io
import os
import re
import signal
import subprocess
import sys
import time
from datetime import datetime
from html import unescape

import pypdf
import pytest
from flask.testing import FlaskClient

from ebr import reports
from ebr.cli import verify
from ebr.kernel import history
from ebr.kernel.opening import Database, reading
from ebr.kernel.writing import PlantTime
from ebr.reports import renderer
from ebr.web import create_app
from tests.builders.batch import Line
from tests.builders.sealed import seal
from tests.plugin import verifies


@pytest.fixture(scope="module")
def reviewer(line: Line) -> FlaskClient:
    """A reviewer who is signed in."""
    client = create_app(line.database.settings, line.database).test_client()
    body = {
        "login": "s.lindqvist",
        "secret": line.people["s.lindqvist"].password,
        "station": "QA-1",
    }
    found = client.post("/api/v1/session", json=body)
    client.environ_base["HTTP_X_CSRF_TOKEN"] = found.get_json()["csrf"]
    return client


def rendered(database: Database, line: Line) -> int:
    """How many documents the ledger tells of."""
    with reading(database) as session:
        return len(history(session, f"record/{line.batch}"))


def heard(said: str) -> None:
    """Somebody listens."""


def test_a_released_batch_has_its_controlled_copy_rendered_once(
    line: Line,
    reviewer: FlaskClient,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = f"/api/v1/batches/{line.batch}/record.pdf"
    waiting = reviewer.get(url)
    assert waiting.status_code == 503
    assert int(waiting.headers["Retry-After"]) > 0
    seal(line.database)
    renderer.follow(line.database)
    renderer.follow(line.database)
    killed_in_the_middle(line)
    assert rendered(line.database, line) == 0
    assert reviewer.get(url).status_code == 503
    assert renderer.work_once(line.database, heard)
    assert not renderer.work_once(line.database, heard)
    assert rendered(line.database, line) == 1
    found = reviewer.get(url)
    assert found.status_code == 200
    assert found.mimetype == "application/pdf"
    assert "batch-record-HR1-" in found.headers["Content-Disposition"]
    assert found.headers["ETag"] == f'"{hashlib.sha256(found.data).hexdigest()}"'
    record = reviewer.get(f"/api/v1/batches/{line.batch}/record").data
    assert pypdf.PdfReader(io.BytesIO(found.data)).attachments["record.json"] == [record]
    copies = reviewer.get(f"/api/v1/batches/{line.batch}/record/copies").get_json()["items"]
    assert [(each["number"], each["kind"], each["purpose"]) for each in copies] == [
        (1, "controlled", "release")
    ]
    assert copies[0]["digest"] == hashlib.sha256(record).hexdigest()
    seal(line.database)
    assert list(verify.ledger_findings(line.database.settings)) == []
    assert "referred to by no entry" not in capsys.readouterr().out  # the document belongs to one


def killed_in_the_middle(line: Line) -> None:
    """A renderer takes the job and is killed while it renders."""
    settings = line.database.settings
    environment = {**os.environ, **settings.to_environment()}
    process = subprocess.Popen(
        [sys.executable, "-m", "ebr", "render"], env=environment, start_new_session=True
    )
    try:
        until = time.monotonic() + 120
        while not taken(line.database) and time.monotonic() < until:
            time.sleep(0.05)
        assert taken(line.database)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    until = time.monotonic() + 30
    while taken(line.database) and time.monotonic() < until:
        time.sleep(0.05)


def taken(database: Database) -> bool:
    """Whether somebody holds a job that is not done."""
    with database.engine.connect() as connection, connection.begin():
        waiting = connection.exec_driver_sql(
            "SELECT count(*) FROM reports.job WHERE done_at IS NULL"
        ).scalar_one()
        free = connection.exec_driver_sql(
            "SELECT id FROM reports.job WHERE done_at IS NULL FOR UPDATE SKIP LOCKED"
        ).all()
        return bool(waiting) and not free


def test_a_closed_record_has_further_copies_but_no_draft_and_no_second_controlled_one(
    line: Line, reviewer: FlaskClient
) -> None:
    url = f"/api/v1/batches/{line.batch}/record/copies"

    def asked(kind: str, purpose: str = "inspection", key: str = "") -> tuple[int, str]:
        head = {"Idempotency-Key": key or f"copies-{kind}-{purpose}"}
        found = reviewer.post(url, json={"kind": kind, "purpose": purpose}, headers=head)
        body = found.get_json()
        reasons = body.get("reasons") or [{"code": ""}]
        return found.status_code, str(reasons[0]["code"])

    assert asked("draft") == (409, "record_is_closed")
    assert asked("controlled") == (409, "controlled_copy_by_itself")
    assert asked("uncontrolled", "-")[0] == 422
    assert asked("uncontrolled")[0] == 200
    assert asked("uncontrolled", key="copies-again-1")[0] == 200
    assert asked("uncontrolled", "a training of reviewers")[0] == 200
    kind = f"/api/v1/batches/{line.batch}/record.pdf?kind=uncontrolled"
    assert reviewer.get(kind).status_code == 503
    seal(line.database)
    assert renderer.work_once(line.database, heard)
    assert renderer.work_once(line.database, heard)
    assert not renderer.work_once(line.database, heard)
    found = reviewer.get(kind)
    assert found.status_code == 200
    assert "UNCONTROLLED COPY" in pypdf.PdfReader(io.BytesIO(found.data)).pages[0].extract_text()
    assert reviewer.get(f"/api/v1/batches/{line.batch}/record.pdf?kind=golden").status_code == 422
    with reading(line.database) as session:
        copies = reports.copies(session, line.batch)
    kinds = ["controlled", "uncontrolled", "uncontrolled"]
    assert [each.kind.value for each in copies] == kinds
    assert [each.purpose for each in copies][1:] == ["inspection", "a training of reviewers"]
    assert len({each.digest for each in copies}) == 1


@pytest.fixture
def paper(line: Line, reviewer: FlaskClient) -> bytes:
    """The controlled copy, rendered if it is not yet."""
    seal(line.database)
    renderer.follow(line.database)
    while renderer.work_once(line.database, heard):
        continue
    found = reviewer.get(f"/api/v1/batches/{line.batch}/record.pdf?kind=controlled")
    assert found.status_code == 200
    content: bytes = found.data
    return content


def unseen(said: str, signatures: list[dict[str, str]], time_of: PlantTime) -> list[str]:
    """The signatures whose name, role, meaning and instant after them a reader does not see."""
    plain = " ".join(said.replace("\u00a0", " ").split())
    missing = []
    for one in signatures:
        who = f"{one['name']}, {one['role']}, {one['meaning'].capitalize()}"
        at = time_of.instant(datetime.fromisoformat(one["at"])).replace("\u00a0", " ")
        if not re.search(f"{re.escape(who)}.{{0,160}}?{re.escape(at)}", plain):
            missing.append(f"{who}, {at}")
    return missing


@verifies("P11-50b-1")
def test_every_signature_is_the_same_on_the_page_on_paper_as_data_and_in_the_table(
    line: Line, reviewer: FlaskClient, paper: bytes
) -> None:
    record = reviewer.get(f"/api/v1/batches/{line.batch}/record").get_json()
    signatures = [
        *(s for o in record["operations"] for step in o["steps"] for s in step["signatures"]),
        *(s for e in record["exceptions"] for d in e["decisions"] for s in d["signatures"]),
        *record["disposition"]["signatures"],
    ]
    assert len(signatures) == record["counts"]["signatures"] > 40
    time_of = PlantTime(line.database.settings.zone)
    page = reviewer.get(f"/batches/{line.batch}/record").text
    seen = unescape(re.sub(r"<[^>]+>", "", page.replace("</span>", " </span>")))
    assert unseen(seen, signatures, time_of) == []
    pages = pypdf.PdfReader(io.BytesIO(paper)).pages
    printed = "\n".join(each.extract_text() for each in pages)
    assert unseen(printed, signatures, time_of) == []
    forged = [{**signatures[0], "name": "Q. Person"}, {**signatures[0], "meaning": "released"}]
    assert len(unseen(printed, forged, time_of)) == 2
    table = reviewer.get(f"/trail.csv?record={record['batch']['number']}").text
    for one in signatures:
        at = datetime.fromisoformat(one["at"])
        cell = f"{one['name']} ({one['role']}), {one['meaning']}, {at.isoformat()[:19]}"
        assert cell in table


@verifies("P11-50b-1")
def test_no_view_of_a_signed_step_leaves_out_who_signed_and_an_edited_copy_is_found(
    line: Line, reviewer: FlaskClient, paper: bytes
) -> None:
    for operation in line.view().operations:
        for step in operation.steps:
            url = f"/batches/{line.batch}/steps/{step.key}"
            given = reviewer.get(f"/api/v1{url}").get_json()["signatures"]
            assert given
            assert all(each["name"] and each["role"] and each["meaning"] for each in given)
            shown = reviewer.get(url).text
            assert all(each["name"] in shown for each in given if not each["superseded"]), url
    listed = reviewer.get(f"/api/v1/batches/{line.batch}/record/copies").get_json()["items"]
    edited = paper.replace(b"obj", b"0bj", 1)
    known = {each["sha256"] for each in listed}
    assert hashlib.sha256(paper).hexdigest() in known
    assert hashlib.sha256(edited).hexdigest() not in known
