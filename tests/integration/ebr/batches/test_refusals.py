"""What the server refuses over HTTP: every reason told, nothing changed, remembered."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from ebr.kernel.opening import Database
from ebr.web import create_app
from tests.builders.batch import Line, now
from tests.builders.identity import entries
from tests.builders.operator import FIRST, Operator, attempts, codes
from tests.builders.web import Program
from tests.plugin import verifies


@verifies("P11-10f-1", "P11-10g-1")
def test_a_later_step_cannot_be_started_by_its_address(operator: Operator) -> None:
    before = operator.get(f"/batches/{operator.line.batch}")
    answer = operator.act("weigh-ethanol", "start")
    assert codes(answer) == ["step_not_open"]
    assert "waits for" in answer.get_json()["reasons"][0]["text"]
    assert operator.get(f"/batches/{operator.line.batch}") == before
    assert attempts(operator.line, "m.keller")[-1]["act"] == "attempt.refused"


@verifies("P11-10f-1")
def test_a_finished_step_cannot_be_done_again(operator: Operator) -> None:
    operator.through("clear-line")
    assert codes(operator.act("clear-line", "start")) == ["step_finished"]
    again = operator.sign("clear-line", "complete", "complete")
    assert codes(again) == ["step_finished"]


@verifies("P11-10f-1")
def test_nothing_is_signed_before_its_values_are_on_record(operator: Operator) -> None:
    operator.did("clear-line", "start")
    answer = operator.sign("clear-line", "complete", "complete")
    assert codes(answer) == ["value_missing"] * len(codes(answer))
    assert len(codes(answer)) == 3


def test_an_expired_lot_is_refused_at_the_scan_with_its_date(operator: Operator) -> None:
    line = operator.line
    operator.through(*FIRST)
    code = line.free(line.receive("RM-ETH96", "20.0000"))
    yesterday = now().date() - timedelta(days=1)
    line.expire(code, yesterday)
    operator.did("scan-ethanol", "start")
    answer = operator.act("scan-ethanol", "material", code=code)
    assert codes(answer) == ["lot_expired"]
    assert yesterday.isoformat() in answer.get_json()["reasons"][0]["text"]
    assert operator.step("scan-ethanol")["containers"] == []


@pytest.mark.parametrize("scanned", ["wrong material", "not released", "unknown"])
def test_a_wrong_scan_leaves_the_step_as_it_was(operator: Operator, scanned: str) -> None:
    line = operator.line
    operator.through(*FIRST)
    operator.did("scan-ethanol", "start")
    code, wanted = {
        "wrong material": (line.containers["RM-GLY98"], "material_wrong"),
        "not released": (line.unreleased("RM-ETH96"), "lot_not_released"),
        "unknown": ("C-999999", "container_unknown"),
    }[scanned]
    answer = operator.act("scan-ethanol", "material", code=code)
    assert wanted in codes(answer)
    assert operator.step("scan-ethanol")["containers"] == []


@pytest.mark.parametrize("login", ["nobody.here", "s.lindqvist"])
def test_an_exception_that_is_not_there_is_not_decided(
    operator: Operator, app: Flask, login: str
) -> None:
    quality = Operator(app, operator.line, "s.lindqvist")
    given = {"meaning": "decided", "shown": "0" * 64, "login": login, "secret": "any at all"}
    body = {"decision": "accept", "reason": "No effect on quality at all.", "signatures": [given]}
    answer = quality.program.send(f"/batches/{operator.line.batch}/exceptions/EX-9/decision", body)
    assert answer.status_code in (404, 409), answer.text


@verifies("P11-10f-2")
def test_of_fifty_completions_at_once_one_wins(operator: Operator, app: Flask) -> None:
    operator.through("clear-line")
    operator.did("scan-balance", "start")
    operator.did("scan-balance", "equipment", code="SC-04")
    given = [operator.given(each) for each in operator.shown("scan-balance", "complete")]
    screens = [Program(app, operator.program.csrf) for _ in range(50)]
    for screen in screens:
        cookie = operator.program.client.get_cookie("batchline_session")
        assert cookie is not None
        screen.client.set_cookie("batchline_session", cookie.value)

    def complete(screen: Program) -> int:
        url = f"{operator.path('scan-balance')}/complete"
        return screen.send(url, {"signatures": given}).status_code

    with ThreadPoolExecutor(16) as pool:
        found = sorted(pool.map(complete, screens))
    assert found == [200, *[409] * 49]
    kept = entries(operator.line.database, f"batch/{operator.line.batch}")
    assert [e["act"] for e in kept].count("batch.step.completed") == 2


@verifies("P11-10f-2")
def test_a_repeated_request_has_one_effect_and_another_body_is_refused(
    operator: Operator,
) -> None:
    url = f"{operator.path('clear-line')}/start"
    first = operator.program.send(url, {}, key="one-and-the-same")
    again = operator.program.send(url, {}, key="one-and-the-same")
    assert (first.status_code, again.status_code) == (200, 200)
    other = operator.program.send(
        f"{operator.path('clear-line')}/values",
        {"input": "empty", "value": "yes"},
        key="one-and-the-same",
    )
    assert codes(other) == ["request_reused"]
    kept = entries(operator.line.database, f"batch/{operator.line.batch}")
    assert [each["act"] for each in kept] == ["batch.started", "batch.step.started"]


def test_a_release_is_refused_with_every_reason_while_anything_is_open(
    operator: Operator, app: Flask
) -> None:
    operator.clear()
    releaser = Operator(app, operator.line, "h.aalto")
    shown = releaser.get(f"/batches/{operator.line.batch}/statement?act=release")["statements"]
    body = {"signatures": [releaser.given(each) for each in shown]}
    answer = releaser.program.send(f"/batches/{operator.line.batch}/release", body)
    assert {"steps_signed", "review_complete"} <= set(codes(answer))
    assert all(reason["remedy"] for reason in answer.get_json()["reasons"])


def test_an_act_on_an_older_version_than_the_one_seen_is_not_done(operator: Operator) -> None:
    batch, send = f"/batches/{operator.line.batch}", operator.program.send
    seen = operator.program.get(batch).headers["ETag"]
    start = f"{operator.path('clear-line')}/start"
    assert send(start, {}, key="the-first-start", If_Match=seen).status_code == 200
    comment = {"text": "The booth is cold today."}
    for old in (seen, '"0"', '"something else"'):
        late = send(f"{batch}/comments", comment, If_Match=old)
        told = late.get_json()
        assert (late.status_code, told["code"], told["found"]) == (412, "overtaken", 2)
    assert operator.get(batch)["version"] == 2
    # The same request again is answered as it was, whatever has happened since.
    assert send(start, {}, key="the-first-start", If_Match=seen).status_code == 200
    for others in ("", '"0", '):
        match = others + operator.program.get(batch).headers["ETag"]
        assert send(f"{batch}/comments", comment, If_Match=match).status_code == 200, match
    assert send(f"{batch}/comments", comment, If_Match="*").status_code == 200


@verifies("DEV-SCL-1")
def test_a_simulated_weight_counts_on_no_production_site(line: Line) -> None:
    settings = replace(line.database.settings, site_kind="production")
    database = Database.connect(settings)
    operator = Operator(create_app(settings, database), line)
    line.start()
    with pytest.raises(AssertionError, match="SC-04 is simulated, and this is a production site"):
        operator.weighed()
    step = operator.step("weigh-ethanol")
    assert step["weigh"]["weighings"] == []
    database.close()
