"""An auditor takes a copy of the ledger: on record, verifiable elsewhere, nobody else's."""

import io
import tarfile
from pathlib import Path

import pytest
from flask import Flask

from audit.policy import Policy
from audit.verify import verify_export
from ebr import trail
from ebr.kernel.opening import Database
from ebr.web import responses
from tests.builders.identity import Someone, entries, somebody
from tests.builders.sealed import seal
from tests.builders.web import Browser, Program
from tests.plugin import verifies

PURPOSE = "inspection of 24 November"


@pytest.fixture
def novak(database: Database) -> Someone:
    return somebody(database, "i.novak", "auditor", name="I. Novak")


def program(app: Flask, someone: Someone) -> Program:
    found = Program(app)
    assert found.sign_in(someone).status_code == 201
    return found


@verifies("P11-10b-1")
def test_a_copy_is_on_record_and_verifies_without_us(
    app: Flask, novak: Someone, database: Database, tmp_path: Path
) -> None:
    auditor = program(app, novak)
    size = seal(database)
    asked = auditor.send("/ledger/copies", {"purpose": PURPOSE})
    assert asked.status_code == 201
    found = asked.get_json()
    (told,) = entries(database, f"copy/{found['id']}")
    assert (told["act"], told["reason"]["text"]) == ("ledger.copied", PURPOSE)
    assert (told["actor"]["name"], told["events"][0]["data"]["size"]) == ("I. Novak", size)
    assert seal(database) > size
    archive = auditor.client.get(asked.location)
    assert archive.headers["Content-Disposition"] == f'attachment; filename="ledger-{size}.tar"'
    with tarfile.open(fileobj=io.BytesIO(archive.data)) as packed:
        packed.extractall(tmp_path, filter="data")
    copy = tmp_path / f"ledger-{size}"
    policy = Policy.load(copy / "policy.json")
    assert (len(policy.vkeys()), policy.required) == (2, trail.SIGNATURES_NEEDED)
    report = verify_export(copy, policy)
    assert (report.holds, report.size) == (True, size)
    assert auditor.client.get(asked.location).data == archive.data
    (listed,) = auditor.get("/ledger/copies").get_json()["items"]
    assert listed == found


@verifies("P11-10b-1", "P11-10g-1")
def test_who_may_not_gets_no_copy_and_the_attempt_is_kept(
    app: Flask, keller: Someone, novak: Someone, database: Database
) -> None:
    seal(database)
    operator = program(app, keller)
    assert operator.send("/ledger/copies", {"purpose": PURPOSE}).status_code == 403
    mine = program(app, novak).send("/ledger/copies", {"purpose": PURPOSE})
    assert operator.client.get(mine.location).status_code == 403
    kept = entries(database, f"attempt/{keller.account}")
    assert [each["act"] for each in kept] == ["attempt.refused", "attempt.refused"]
    other = program(app, somebody(database, "o.berg", "auditor", name="O. Berg"))
    assert other.client.get(mine.location).status_code == 404


@verifies("P11-10b-1")
def test_a_copy_without_a_purpose_or_a_checkpoint_is_not_made(
    app: Flask, novak: Someone, database: Database
) -> None:
    auditor = program(app, novak)
    assert auditor.send("/ledger/copies", {"purpose": PURPOSE}).status_code == 503
    seal(database)
    for purpose in ("", "...", "x" * 201):
        refused = auditor.send("/ledger/copies", {"purpose": purpose})
        assert list(refused.get_json()["faults"]) == ["purpose"]
    assert auditor.get("/ledger/copies").get_json() == {"items": [], "next": None}
    assert auditor.get("/ledger/copies?after=x").status_code == 422


def test_people_take_a_copy_from_a_page(app: Flask, novak: Someone, database: Database) -> None:
    browser = Browser(app, "OFFICE-1")
    browser.sign_in(novak)
    size = seal(database)
    assert browser.send("/ledger/copies", "/ledger", purpose="-").status_code == 422
    assert browser.send("/ledger/copies", "/ledger", purpose=PURPOSE).location == "/ledger"
    page = browser.get("/ledger").text
    assert PURPOSE in page
    href = page.partition('href="/ledger/copies/')[2].partition('"')[0]
    archive = browser.get(f"/ledger/copies/{href}")
    assert archive.content_type == responses.TAR
    with tarfile.open(fileobj=io.BytesIO(archive.data)) as packed:
        assert packed.getnames()[-1] == f"ledger-{size}/checkpoint"
