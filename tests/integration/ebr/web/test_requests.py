"""What every request and answer has: token, key, headers, sizes, and words for what failed."""

import json
from dataclasses import replace

import pytest
from flask import Flask
from openapi_spec_validator import validate

from ebr.kernel import new_id
from ebr.kernel.opening import Database
from ebr.web import assets, create_app
from tests.builders.identity import Someone, acts, entries, somebody
from tests.builders.web import HIDDEN, Browser, Program
from tests.plugin import verifies


def test_an_act_without_the_token_of_our_own_page_is_refused(app: Flask, keller: Someone) -> None:
    browser = Browser(app)
    browser.sign_in(keller)
    for token in ({}, {"csrf": ""}, {"csrf": "0" * 64}):
        assert browser.post("/session/lock", **token).status_code == 403
    other = Browser(app)
    stranger = dict(HIDDEN.findall(other.get("/sign-in").text))["csrf"]
    assert browser.post("/session/lock", csrf=stranger).status_code == 403
    assert browser.get("/").status_code == 200


def test_a_sign_in_that_another_site_sends_is_refused(app: Flask, keller: Someone) -> None:
    browser = Browser(app)
    fields = {"login": keller.login, "secret": keller.password}
    assert browser.post("/sign-in", **fields).status_code == 403
    given = dict(HIDDEN.findall(browser.get("/sign-in").text)) | fields
    away = {"Origin": "https://evil.example"}
    assert browser.client.post("/sign-in", data=given, headers=away).status_code == 403
    form = browser.client.post(
        "/api/v1/session", data={**fields, "station": "DB-2"}, headers={"Origin": "null"}
    )
    assert form.status_code == 403
    own = {"Origin": "http://localhost"}
    assert browser.client.post("/sign-in", data=given, headers=own).status_code == 303


@pytest.mark.parametrize(
    ("proxies", "origin", "status", "source"),
    [
        (1, "https://ebr.plant.example", 303, "198.51.100.7"),
        (1, "http://ebr.plant.example", 403, ""),
        (1, "https://inside.local", 403, ""),
        (0, "https://ebr.plant.example", 403, ""),
        (0, "http://localhost", 303, "127.0.0.1"),
    ],
)
def test_behind_a_proxy_the_address_outside_counts_and_only_then(
    database: Database, keller: Someone, proxies: int, origin: str, status: int, source: str
) -> None:
    app = create_app(replace(database.settings, proxies=proxies), database)
    browser = Browser(app)
    told = {
        "X-Forwarded-For": "203.0.113.66, 198.51.100.7",  # the first is what the client claims
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "inside.local, ebr.plant.example",
    }
    page = browser.client.get("/sign-in", headers=told).text
    given = dict(HIDDEN.findall(page)) | {"login": keller.login, "secret": keller.password}
    answer = browser.client.post("/sign-in", data=given, headers={**told, "Origin": origin})
    assert answer.status_code == status
    if source:
        cookies = ";".join(answer.headers.getlist("Set-Cookie"))
        assert ("Secure" in cookies) == bool(proxies)
        told_by = entries(database, f"account/{keller.account}")[-1]
        assert told_by["events"][0]["data"]["source"] == source


def test_a_program_needs_the_token_beside_the_cookie(app: Flask, keller: Someone) -> None:
    program = Program(app)
    program.sign_in(keller)
    program.csrf = "0" * 64
    refused = program.send("/session/lock")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "forged")


@verifies("P11-10f-2")
def test_the_same_key_with_the_same_body_acts_once_and_with_another_body_is_refused(
    app: Flask, keller: Someone, database: Database
) -> None:
    program = Program(app)
    program.sign_in(keller)
    stream = f"account/{keller.account}"
    for _ in range(2):
        answer = program.send("/session/station", {"station": "QA-1"}, key="move-number-one")
        assert answer.status_code == 200
    assert acts(database, stream).count("session.moved") == 1
    other = program.send("/session/station", {"station": "FILL-1"}, key="move-number-one")
    assert other.status_code == 409
    assert [each["code"] for each in other.get_json()["reasons"]] == ["request_reused"]
    assert acts(database, stream).count("session.moved") == 1


@verifies("P11-10f-2")
def test_a_form_pressed_twice_acts_once(app: Flask, keller: Someone, database: Database) -> None:
    browser = Browser(app)
    browser.sign_in(keller)
    fields = dict(HIDDEN.findall(browser.get("/session/station").text)) | {"station": "QA-1"}
    assert [browser.post("/session/station", **fields).status_code for _ in "12"] == [303, 303]
    assert acts(database, f"account/{keller.account}").count("session.moved") == 1


def test_an_act_of_a_program_names_itself_by_a_key(app: Flask, keller: Someone) -> None:
    program = Program(app)
    program.sign_in(keller)
    for key in ("short", "x" * 129, "tab\tinside it"):
        body = program.send("/session/station", {"station": "QA-1"}, key=key).get_json()
        assert list(body["faults"]) == ["Idempotency-Key"]
    bare = program.client.post(
        "/api/v1/session/station",
        json={"station": "QA-1"},
        headers={"X-CSRF-Token": program.csrf},
    )
    assert bare.status_code == 422


@pytest.mark.parametrize("url", ["/sign-in", "/health", "/nothing", "/api/v1/nothing", "/"])
def test_every_answer_carries_the_strict_headers(app: Flask, url: str) -> None:
    headers = app.test_client().get(url).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["Integrity-Policy"] == "blocked-destinations=(script)"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] in ("no-store", "no-cache, private")
    assert headers["X-Request-Id"]


def test_files_of_the_build_stay_for_ever_and_other_builds_are_gone(app: Flask) -> None:
    client = app.test_client()
    sheet = client.get(assets.address("app.css"), headers={"Accept-Encoding": "gzip"})
    assert sheet.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert sheet.headers["Content-Encoding"] == "gzip"
    assert client.get(assets.address("app.css")).data == assets.assets()["app.css"].content
    assert client.get("/static/000000000000/app.css").status_code == 404
    for path in ("../app.py", "vendor/vendor.json", "%2e%2e/app.py", "fonts/../../app.py"):
        assert client.get(f"/static/{assets.build()}/{path}").status_code == 404, path


def test_what_is_too_large_is_refused_before_it_is_read(app: Flask, keller: Someone) -> None:
    program = Program(app)
    program.sign_in(keller)
    large = program.send("/session/station", {"station": "x" * 3_000_000})
    assert (large.status_code, large.get_json()["code"]) == (413, "too_large")


BODIES = (
    b"",
    b"{",
    b"[]",
    b'"text"',
    b"\xff\xfe",
    b'{"station": "QA-1", "station": "QA-1"}',
    b'{"station": NaN}',
    b'{"station":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
)


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_a_body_that_cannot_be_read_is_a_fault_and_never_our_failure(
    app: Flask, keller: Someone, body: bytes
) -> None:
    program = Program(app)
    program.sign_in(keller)
    headers = {"X-CSRF-Token": program.csrf, "Idempotency-Key": str(new_id())}
    answer = program.client.post(
        "/api/v1/session/station", data=body, content_type="application/json", headers=headers
    )
    assert answer.status_code == 422
    assert answer.get_json()["faults"]


def test_texts_that_no_record_can_hold_are_faults(app: Flask, keller: Someone) -> None:
    program = Program(app)
    for login in ("a\0b", "\ud800", "x" * 10_001):
        body = json.dumps({"login": login, "secret": "x", "station": "DB-2"})
        answer = program.client.post("/api/v1/session", data=body, content_type="application/json")
        assert answer.status_code == 422, login[:9]
        assert list(answer.get_json()["faults"]) == ["login"]


@pytest.mark.parametrize("asked", ["equipment?class=a%00b", "lots?material=%00", "lots/%00"])
def test_an_address_that_no_record_can_hold_is_a_fault(
    app: Flask, database: Database, asked: str
) -> None:
    program = Program(app)
    program.sign_in(somebody(database, "i.novak", "auditor", name="I. Novak"))
    answer = program.get(f"/{asked}")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "malformed")
    assert b"\\u0000" not in answer.data


def test_what_is_not_there_says_so_to_people_and_to_programs(app: Flask, keller: Someone) -> None:
    browser = Browser(app)
    browser.sign_in(keller)
    page = browser.get("/batchez/17")
    assert (page.status_code, "There is nothing here." in page.text) == (404, True)
    problem = browser.client.get("/api/v1/batchez/17")
    assert (problem.status_code, problem.get_json()["code"]) == (404, "unknown")
    wrong = browser.client.delete("/api/v1/openapi.json")
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "GET, HEAD")
    assert browser.client.options("/api/v1/session").status_code == 405


def test_our_own_failure_gets_a_reference_and_shows_nothing_of_itself(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> str:
        raise ZeroDivisionError

    app.view_functions["pages.site.health"] = broken
    answer = app.test_client().get("/health")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    reference = answer.headers["X-Request-Id"]
    assert reference in answer.text
    assert any(reference in record.getMessage() for record in caplog.records)


def test_the_description_of_the_api_is_valid_and_names_every_problem(
    app: Flask, keller: Someone
) -> None:
    program = Program(app)
    program.sign_in(keller)
    described = program.get("/openapi.json").get_json()
    validate(described)
    assert described["openapi"] == "3.1.0"
    schemas = described["components"]["schemas"]
    assert {"Problem", "Opening", "OpenSession"} <= schemas.keys()
    assert schemas["Opening"]["properties"]["secret"]["writeOnly"] is True


def test_a_typed_login_is_never_kept_with_a_stranger_s_attempt(
    app: Flask, database: Database
) -> None:
    Browser(app).send("/sign-in", login="my-password-by-mistake", secret="x")
    Program(app).client.post(
        "/api/v1/session",
        json={"login": "my-password-by-mistake", "secret": "x", "station": "DB-2"},
    )
    assert "my-password-by-mistake" not in str(entries(database, "attempt/DB-2"))
