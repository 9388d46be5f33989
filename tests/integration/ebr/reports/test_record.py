"""The record of a real batch, as programs get it over HTTP."""

import hashlib
import json
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient

from ebr import batches
from ebr.kernel import Unknown, new_id
from ebr.kernel.opening import reading
from ebr.web import create_app
from tests.builders.batch import Line
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
