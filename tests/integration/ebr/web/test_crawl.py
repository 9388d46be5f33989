"""Nobody without an open, active session with the right gets anything out of any address."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from ebr import identity
from ebr.identity import Right
from ebr.kernel import new_id
from ebr.kernel.opening import Database, perform
from ebr.web.routing import Registered
from tests.builders.identity import BECAUSE, FIRST_KEEPER, Someone, acts, entries, keep
from tests.builders.web import Browser, Program
from tests.plugin import verifies

SHOWN = {
    "uuid": "01a20041-1bd4-7000-8848-a30aaaf7ca4b",
    "int": "1",
    "path": "a",
    "": "a",
}
PART = re.compile(r"<(?:(\w+):)?\w+>")


def closed(app: Flask) -> list[Registered]:
    return [each for each in app.extensions["ebr.routes"] if not each.route.public]


def asked(each: Registered) -> str:
    return PART.sub(lambda part: SHOWN[part[1] or ""], each.url)


def crawl(app: Flask, cookie: str | None) -> list[str]:
    """Which closed addresses answered anything but a refusal, or showed who is signed in."""
    found = []
    for each in closed(app):
        client = app.test_client()
        client.set_cookie("batchline_station", "DB-2")
        if cookie is not None:
            client.set_cookie("batchline_session", cookie)
        answer = client.open(asked(each), method=each.route.method, json={})
        if answer.status_code != 401 or "Keller" in answer.text:
            found.append(f"{each.route.method} {each.url}: {answer.status_code}")
    return found


@verifies("P11-10d-1")
def test_without_a_session_every_closed_address_refuses_and_the_refusals_are_kept(
    app: Flask, database: Database
) -> None:
    assert crawl(app, None) == []
    assert "attempt.refused" in acts(database, "attempt/DB-2")


@verifies("P11-10d-1")
@pytest.mark.parametrize("cookie", ["", "x", "../../etc/passwd", "é" * 40, "Zk3" * 14 + "w"])
def test_a_forged_cookie_opens_nothing(app: Flask, cookie: str) -> None:
    assert crawl(app, cookie) == []


@verifies("P11-10d-1")
def test_an_expired_session_opens_nothing(
    app: Flask, keller: Someone, time_passes: Callable[[int], None]
) -> None:
    browser = Browser(app)
    browser.sign_in(keller)
    time_passes(17 * 3600)
    assert crawl(app, browser.token) == []


@verifies("P11-10d-1")
def test_the_session_of_a_disabled_account_opens_nothing(
    app: Flask, keller: Someone, brandt: Someone, database: Database
) -> None:
    browser = Browser(app)
    browser.sign_in(keller)
    assert browser.get("/").status_code == 200
    disable = identity.DisableAccount(account=keller.account, why=BECAUSE)
    keep(database, identity.disable_account, disable)
    assert crawl(app, browser.token) == []


@verifies("A11D-11.8-1", "P11-10d-1")
def test_behind_the_lock_only_the_lock_answers(app: Flask, keller: Someone) -> None:
    program = Program(app)
    program.sign_in(keller)
    program.send("/session/lock")
    cookie = program.client.get_cookie("batchline_session")
    assert cookie is not None
    leave = {"/session/leave", "/session/unlock", "/session", "/session/pulse"}
    for each in closed(app):
        if each.url.removeprefix("/api/v1") in leave:
            continue
        headers = {"X-CSRF-Token": program.csrf, "Idempotency-Key": str(new_id())}
        answer = program.client.open(
            asked(each), method=each.route.method, json={}, headers=headers
        )
        # Locking what is locked already is no harm: it answers, or refuses like the rest.
        assert answer.status_code == 423 or each.url == "/session/lock", each.url


@verifies("P11-10g-1")
def test_a_right_withdrawn_counts_at_the_very_next_call(
    app: Flask, keller: Someone, database: Database
) -> None:
    program = Program(app)
    program.sign_in(keller)
    assert program.get("/batches").status_code == 200
    withdraw = identity.WithdrawRole(account=keller.account, role="operator", why=BECAUSE)
    keep(database, identity.withdraw_role, withdraw)
    refused = program.get("/batches")
    assert (refused.status_code, refused.get_json()["right"]) == (403, Right.VIEW_BATCHES)


@verifies("P11-10g-1", "P11-10d-1")
def test_for_want_of_the_right_every_address_refuses_and_only_the_refusal_is_stored(
    app: Flask, keller: Someone, database: Database
) -> None:
    program = Program(app)
    program.sign_in(keller)
    with database.engine.connect() as connection:
        held = set(
            connection.execute(
                text("SELECT right_key FROM identity.role_right WHERE role = 'operator' AND held")
            ).scalars()
        )
    stream = f"attempt/{keller.account}"
    for each in closed(app):
        if str(each.route.right) in held:
            continue
        before = len(entries(database, stream))
        headers = {"X-CSRF-Token": program.csrf, "Idempotency-Key": str(new_id())}
        answer = program.client.open(
            asked(each), method=each.route.method, json={}, headers=headers
        )
        assert answer.status_code == 403, each.url
        assert len(entries(database, stream)) == before + 1, each.url


def test_an_attempt_for_want_of_a_right_is_remembered_in_the_name_of_who_tried(
    app: Flask, keller: Someone, database: Database
) -> None:
    program = Program(app)
    program.sign_in(keller)
    withdraw = identity.WithdrawRole(account=keller.account, role="operator", why=BECAUSE)
    perform(database, FIRST_KEEPER, identity.withdraw_role, withdraw, str(new_id()))
    assert program.get("/batches").status_code == 403
    last = entries(database, f"attempt/{keller.account}")[-1]
    assert last["act"] == "attempt.refused"
    assert "GET /batches" in str(last)
