"""The record of a real batch, as programs get it over HTTP."""

import contextlib
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient
from lxml import etree

from ebr import batches
from ebr.embedded import Embedded
from ebr.kernel import Unknown, new_id
from ebr.kernel.opening import Database, reading
from ebr.recipes import Document, against_schema
from ebr.web import create_app
from tests.builders.batch import Line
from tests.builders.identity import somebody
from tests.conftest import Equipped, provided
from tests.plugin import verifies


@pytest.fixture
def reviewer(line: Line) -> FlaskClient:
    """A reviewer who is signed in."""
    client = create_app(line.database.settings, line.database).test_client()
    someone = line.people["s.lindqvist"]
    body = {"login": "s.lindqvist", "secret": someone.password, "station": "QA-1"}
    assert client.post("/api/v1/session", json=body).status_code == 201
    return client


@verifies("P11-10b-1", "P11-50b-1")
def test_a_program_gets_the_whole_record_with_schema_and_digest(
    line: Line, reviewer: FlaskClient
) -> None:
    found = reviewer.get(f"/api/v1/batches/{line.batch}/record")
    assert found.status_code == 200
    schema = reviewer.get("/api/v1/schemas/batch-record.json").get_json()
    made = json.loads(found.data)
    assert not list(jsonschema.Draft202012Validator(schema).iter_errors(made))
    assert found.headers["ETag"] == f'"{hashlib.sha256(found.data).hexdigest()}"'
    same = reviewer.get(
        f"/api/v1/batches/{line.batch}/record", headers={"If-None-Match": found.headers["ETag"]}
    )
    assert same.status_code == 304
    assert made["counts"]["steps"] == 31
    assert made["counts"]["corrections"] == 3
    assert [each["act"] for each in made["recipe"]["approvals"]] == [
        "recipe.drafted",
        "recipe.approved",
        "recipe.made_effective",
    ]
    assert all(check["failing"] == 0 for check in made["checks"])
    for signature in signatures(made):
        assert signature["name"]
        assert signature["role"]
        assert signature["meaning"]
        assert signature["at"].endswith(("+01:00", "+02:00"))


def signatures(made: dict[str, Any]) -> list[dict[str, str]]:
    """Every signature on a record's steps."""
    return [
        signature
        for operation in made["operations"]
        for step in operation["steps"]
        for signature in step["signatures"]
    ]


def test_a_batch_that_is_not_there_has_no_record(line: Line, reviewer: FlaskClient) -> None:
    assert reviewer.get(f"/api/v1/batches/{new_id()}/record").status_code == 404
    settings = line.database.settings
    with reading(line.database) as session, pytest.raises(Unknown):
        batches.batch_record(session, new_id(), site=settings.site, zone=settings.zone)


@verifies("P11-10b-1")
def test_a_program_gets_the_record_as_valid_batchml_that_names_the_digest_of_the_data(
    line: Line, reviewer: FlaskClient
) -> None:
    url = f"/api/v1/batches/{line.batch}/record"
    found = reviewer.get(f"{url}.xml")
    assert found.status_code == 200
    assert found.mimetype == "application/xml"
    assert found.headers["ETag"] == f'"{hashlib.sha256(found.data).hexdigest()}"'
    assert against_schema(found.data, Document.PRODUCTION_RECORD) == ()
    root = etree.fromstring(found.data)
    data = reviewer.get(url).data
    assert root.findtext("{*}ExternalReference") == hashlib.sha256(data).hexdigest()
    assert root.findtext("{*}RecordStatus") == "final"
    made = json.loads(data)
    values = [each.text for each in root.iterfind("{*}Events/{*}Event/{*}Value/{*}ValueString")]
    assert {"0.8071", "0.8075", "0.8074"} <= set(values)
    assert root.findtext("{*}LotID") == made["lots"][0]["number"]
    assert (
        len(root.findall(".//{*}PersonnelIdentificationManifest[{*}Reason]"))
        == (made["counts"]["signatures"])
    )
    assert set(words(made)) - set(words_of(root)) == set()
    again = reviewer.get(f"{url}.xml", headers={"If-None-Match": found.headers["ETag"]})
    assert again.status_code == 304
    assert f'href="{url}.xml"' in reviewer.get(f"/batches/{line.batch}/record").text
    assert reviewer.get(f"/api/v1/batches/{new_id()}/record.xml").status_code == 404


def words(made: Any) -> Iterator[str]:
    """Every value of the record as data, instants in UTC."""
    if isinstance(made, dict | list):
        for each in made.values() if isinstance(made, dict) else made:
            yield from words(each)
    elif made not in (None, ""):
        text = str(made).lower() if isinstance(made, bool) else str(made)
        with contextlib.suppress(ValueError):
            if "T" in text:
                at = datetime.fromisoformat(text).astimezone(UTC)
                text = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        yield from text.split()


def words_of(root: Any) -> Iterator[str]:
    """Every word of the document."""
    for each in root.iter():
        for text in (each.text or "", *each.attrib.values()):
            yield from (text.removesuffix("T00:00:00") if text[:1].isdigit() else text).split()
            yield from text.split("/")  # the names of entries: person/MK, entry/12


@verifies("P11-10g-1")
def test_the_record_as_batchml_of_an_open_batch_is_a_draft_and_refused_without_its_right(
    server: Embedded, finished: Equipped, tmp_path: Path
) -> None:
    with provided(server, finished.name, tmp_path) as settings:
        opened = Database.connect(settings)
        batch = finished.line.batch
        client = create_app(settings, opened).test_client()
        url = f"/api/v1/batches/{batch}/record.xml"
        assert client.get(url).status_code == 401
        office = somebody(opened, "x.office", "administrator")
        answers = {}
        for someone in (office, finished.line.people["s.lindqvist"]):
            body = {"login": someone.login, "secret": someone.password, "station": "QA-1"}
            assert client.post("/api/v1/session", json=body).status_code == 201
            answers[someone.login] = client.get(url)
        opened.close()
    assert [each.status_code for each in answers.values()] == [403, 200]
    root = etree.fromstring(answers["s.lindqvist"].data)
    assert root.findtext("{*}RecordStatus") == "draft"
    assert "not closed" in root.findall("{*}Description")[1].text
