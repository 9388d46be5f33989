"""Signing in, the lock, and leaving: as a browser without scripts and as a program meet them."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from ebr.kernel.opening import Database
from tests.builders.identity import Someone, acts, invited
from tests.builders.web import Browser, Program
from tests.plugin import verifies

Passing = Callable[[int], None]


def test_the_door_shows_the_station_of_the_screen(app: Flask) -> None:
    page = Browser(app, "FILL-1").get("/sign-in").text
    assert "FILL-1" in page
    assert "Filling" in page
    assert "locks after 10 minutes without input" in page


def test_a_screen_without_a_station_asks_for_it_first(app: Flask, keller: Someone) -> None:
    browser = Browser(app, "GARAGE-9")
    assert "At which station does this screen stand?" in browser.get("/sign-in").text
    refused = browser.send("/sign-in", login=keller.login, secret=keller.password)
    assert refused.status_code == 422
    wrong = browser.send("/station", station="GARAGE-9")
    assert wrong.status_code == 422
    assert "There is no station" in wrong.text
    chosen = browser.send("/station", station="QA-1", next="/sign-in")
    assert (chosen.status_code, chosen.location) == (303, "/sign-in")
    assert browser.sign_in(keller).status_code == 303


def test_who_signs_in_returns_to_the_page_that_was_asked_for(app: Flask, keller: Someone) -> None:
    browser = Browser(app)
    asked = browser.get("/password?from=letter")
    assert asked.status_code == 401
    assert 'name="next" value="/password?from=letter"' in asked.text
    entered = browser.send(
        "/sign-in", login="m.keller", secret=keller.password, next="/password?from=letter"
    )
    assert (entered.status_code, entered.location) == (303, "/password?from=letter")
    assert browser.get("/").status_code == 200


def test_nobody_is_sent_to_another_site_after_signing_in(app: Flask, keller: Someone) -> None:
    away = ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "/a\nb")
    for url in away:
        browser = Browser(app)
        answer = browser.send("/sign-in", login="m.keller", secret=keller.password, next=url)
        assert answer.location == "/", url


def test_a_failed_sign_in_shows_the_form_again_without_a_hint(app: Flask, keller: Someone) -> None:
    browser = Browser(app)
    wrong = browser.send("/sign-in", login="m.keller", secret="something else entirely")
    nobody = browser.send("/sign-in", login="n.obody", secret="something else entirely")
    assert (wrong.status_code, nobody.status_code) == (401, 401)
    said = "This login and this password do not open an account here."
    assert said in wrong.text
    assert said in nobody.text
    assert 'value="m.keller"' in wrong.text
    assert "something else entirely" not in wrong.text
    assert browser.client.get_cookie("batchline_session") is None


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    app: Flask, keller: Someone
) -> None:
    browser = Browser(app)
    set_cookie = browser.sign_in(keller).headers["Set-Cookie"]
    assert "HttpOnly" in set_cookie
    assert "SameSite=Lax" in set_cookie
    assert "Max-Age" not in set_cookie
    secure = app.test_client()
    secure.set_cookie("batchline_station", "DB-2")
    answer = secure.post(
        "/api/v1/session",
        json={"login": "m.keller", "secret": keller.password, "station": "DB-2"},
        base_url="https://plant.example",
    )
    assert "Secure" in answer.headers["Set-Cookie"]


@verifies("A11D-11.8-1")
def test_an_idle_session_locks_by_itself_and_its_owner_goes_on_where_they_were(
    app: Flask, keller: Someone, time_passes: Passing
) -> None:
    browser = Browser(app)
    browser.sign_in(keller)
    time_passes(601)
    locked = browser.get("/password")
    assert locked.status_code == 423
    assert "Locked by M. Keller" in locked.text
    assert "without input" in locked.text
    assert "Present password" not in locked.text
    assert 'name="next" value="/password"' in locked.text
    opened = browser.send(
        "/session/unlock", page="/password", secret=keller.password, next="/password"
    )
    assert (opened.status_code, opened.location) == (303, "/password")
    assert "Present password" in browser.get("/password").text


@verifies("A11D-11.8-1")
def test_a_locked_session_opens_for_nobody_else_and_answers_no_program(
    app: Flask, keller: Someone, brandt: Someone, time_passes: Passing
) -> None:
    program = Program(app)
    program.sign_in(keller)
    time_passes(601)
    refused = program.get("/openapi.json")
    assert (refused.status_code, refused.get_json()["code"]) == (423, "locked")
    for act in ("/password", "/session/station", "/session/lock"):
        assert program.send(act, {}).status_code == 423, act
    other = program.send("/session/unlock", {"secret": brandt.password})
    assert (other.status_code, other.get_json()["code"]) == (403, "password_rejected")
    assert program.get("/session").get_json()["standing"] == "locked"
    assert program.send("/session/unlock", {"secret": keller.password}).status_code == 200
    assert program.get("/openapi.json").status_code == 200


@verifies("A11D-11.8-1")
def test_polling_never_keeps_a_session_open_and_a_person_does(
    app: Flask, keller: Someone, time_passes: Passing, last_input: Callable[[], Any]
) -> None:
    browser = Browser(app)
    browser.sign_in(keller)
    time_passes(300)
    before = last_input()
    for _ in range(3):
        assert browser.get("/session/pulse").get_json()["state"] == "open"
        assert browser.client.get("/api/v1/session").status_code == 200
    assert last_input() == before
    assert 0 < browser.get("/session/pulse").get_json()["locks_in_s"] <= 300
    assert browser.get("/").status_code == 200
    assert last_input() > before
    time_passes(601)
    assert browser.get("/session/pulse").get_json() | {"now": ""} == {
        "now": "",
        "offset_min": browser.get("/session/pulse").get_json()["offset_min"],
        "state": "locked",
        "locks_in_s": 0,
    }
    assert browser.send("/session/touch", page="/session/lock").status_code == 423


def test_the_lock_comes_as_a_fragment_over_a_page_and_goes_without_leaving_it(
    app: Flask, keller: Someone
) -> None:
    browser = Browser(app)
    browser.sign_in(keller)
    assert browser.send("/session/lock", page="/").status_code == 303
    part = browser.get("/session/lock", HX_Request="true", HX_Target="lock")
    assert part.status_code == 423
    assert part.text.lstrip().startswith("<div")
    assert "<html" not in part.text
    csrf = str(browser.client.get("/api/v1/session").get_json()["csrf"])
    fragment = {"HX-Request": "true", "HX-Target": "lock"}
    wrong = browser.client.post(
        "/session/unlock", data={"csrf": csrf, "secret": "not it"}, headers=fragment
    )
    assert wrong.status_code == 403
    assert "Not unlocked." in wrong.text
    assert "<html" not in wrong.text
    done = browser.client.post(
        "/session/unlock", data={"csrf": csrf, "secret": keller.password}, headers=fragment
    )
    assert done.status_code == 204
    assert done.headers["X-CSRF-Token"] == csrf


def test_leaving_ends_the_session_for_good(app: Flask, keller: Someone) -> None:
    browser = Browser(app)
    browser.sign_in(keller)
    token = browser.token
    left = browser.send("/session/leave", page="/", to="change")
    assert (left.status_code, left.location) == (303, "/sign-in")
    assert left.headers["Clear-Site-Data"] == '"cache"'
    browser.client.set_cookie("batchline_session", token)
    assert browser.get("/").status_code == 401


def test_a_temporary_password_opens_nothing_but_its_own_replacement(
    app: Flask, database: Database
) -> None:
    new = invited(database, "t.okafor", "operator", name="T. Okafor")
    browser = Browser(app)
    browser.sign_in(new)
    sent = browser.get("/")
    assert (sent.status_code, sent.location) == (303, "/password")
    assert "Choose your own password" in browser.get("/password").text
    refused = browser.client.get("/api/v1/openapi.json")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "first_password")
    differ = browser.send("/password", current=new.password, new="a b c d", again="a b c")
    assert (differ.status_code, "The two are not the same." in differ.text) == (422, True)
    short = browser.send("/password", current=new.password, new="short", again="short")
    assert short.status_code == 409
    assert "at least 15" in short.text.lower()
    chosen = "violet harbour 7 lamps"
    done = browser.send("/password", current=new.password, new=chosen, again=chosen)
    assert done.status_code == 303
    assert "Password changed." in browser.get("/").text
    assert "Password changed." not in browser.get("/").text


def test_another_station_is_told_to_the_record_and_to_the_screen(
    app: Flask, keller: Someone, database: Database
) -> None:
    browser = Browser(app)
    browser.sign_in(keller)
    assert browser.send("/session/station", station="QA-1").status_code == 303
    assert "This screen stands at QA-1 now." in browser.get("/").text
    assert acts(database, f"account/{keller.account}")[-1] == "session.moved"
    program = Program(app)
    program.sign_in(keller)
    assert program.send("/session/station", {"station": "MOON-1"}).status_code == 422
    moved = program.send("/session/station", {"station": "FILL-1"})
    assert moved.get_json()["station"] == "FILL-1"


def test_a_program_signs_in_locks_unlocks_and_signs_out(app: Flask, keller: Someone) -> None:
    program = Program(app)
    opened = program.sign_in(keller)
    assert (opened.status_code, opened.location) == (201, "/api/v1/session")
    mine = program.get("/session").get_json()
    assert (mine["name"], mine["station"], mine["standing"]) == ("M. Keller", "DB-2", "open")
    assert "execute_steps" in mine["rights"]
    assert program.send("/session/lock").get_json()["standing"] == "locked"
    assert program.send("/session/unlock", {"secret": keller.password}).status_code == 200
    changed = program.send(
        "/password", {"current": keller.password, "new": "violet harbour 7 lamps"}
    )
    assert changed.status_code == 204
    assert program.send("/session", method="DELETE").status_code == 204
    assert program.get("/session").status_code == 401


def test_a_program_that_gives_the_wrong_things_is_told_all_of_them(app: Flask) -> None:
    answer = Program(app).client.post("/api/v1/session", json={"login": 7, "colour": "blue"})
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["faults"] == {
        "login": ["This must be a text."],
        "secret": ["This is missing."],
        "station": ["This is missing."],
        "colour": ["There is no such field."],
    }


def test_the_theme_belongs_to_the_station(app: Flask, keller: Someone) -> None:
    browser = Browser(app)
    assert "prefers-color-scheme: dark" in browser.get("/sign-in").text
    assert browser.send("/theme", page="/sign-in", theme="dark").status_code == 303
    assert "prefers-color-scheme: dark" not in browser.get("/sign-in").text
    assert "/dark.css" in browser.get("/sign-in").text
    browser.send("/theme", page="/sign-in", theme="light")
    assert "/dark.css" not in browser.get("/sign-in").text
    assert browser.send("/theme", page="/sign-in", theme="pink").status_code == 422
