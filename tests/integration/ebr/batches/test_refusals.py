"""What the server refuses over HTTP: every reason told, nothing changed, remembered."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from ebr.kernel.opening import reading
from ebr.web import create_app
from tests.builders.batch import Line, now
from tests.builders.identity import entries, somebody
from tests.builders.web import Program
from tests.plugin import verifies
from workflows import commands as acts

FIRST = ("clear-line", "scan-balance", "scan-vessel")


@pytest.fixture
def app(line: Line) -> Flask:
    """The site of the line's plant."""
    return create_app(line.database.settings, line.database)


class Operator:
    """An operator's screen, seen as the API."""

    def __init__(self, app: Flask, line: Line, login: str = "m.keller") -> None:
        self.line, self.login = line, login
        self.person = line.people[login]
        self.program = Program(app)
        assert self.program.sign_in(self.person).status_code == 201
        self.signed = False

    def path(self, step: str) -> str:
        return f"/batches/{self.line.batch}/steps/{step}"

    def get(self, url: str) -> Any:
        answer = self.program.get(url)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def step(self, key: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.get(self.path(key))
        return found

    def act(self, step: str, what: str, **body: Any) -> TestResponse:
        return self.program.send(f"{self.path(step)}/{what}", body)

    def did(self, step: str, what: str, **body: Any) -> Any:
        answer = self.act(step, what, **body)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def shown(self, step: str, act: str, **fields: str) -> list[dict[str, str]]:
        query = "&".join(f"{name}={value}" for name, value in {"act": act, **fields}.items())
        found: list[dict[str, str]] = self.get(f"{self.path(step)}/statement?{query}")["statements"]
        return found

    def given(self, shown: Mapping[str, str], login: str | None = None) -> dict[str, str]:
        """What this person enters over one statement; `login` names somebody else."""
        entered = {"meaning": shown["meaning"], "shown": shown["shown"]}
        if login is not None:
            return entered | {"login": login, "secret": self.line.people[login].password}
        both = {} if self.signed else {"login": self.login}
        return entered | both | {"secret": self.person.password}

    def sign(self, step: str, act: str, what: str, **body: str) -> TestResponse:
        given = [self.given(each) for each in self.shown(step, act, **body)]
        answer = self.act(step, what, **body, signatures=given)
        self.signed = self.signed or answer.status_code == 200
        return answer

    def clear(self) -> None:
        """Do the first step as far as its signature."""
        self.did("clear-line", "start")
        for key in ("empty", "labels", "ignition"):
            self.did("clear-line", "values", input=key, value="yes")

    def through(self, *steps: str) -> None:
        """Bring early steps to their end."""
        for step in steps:
            if step == "clear-line":
                self.clear()
            else:
                self.did(step, "start")
                code = {"scan-balance": "SC-04", "scan-vessel": "MX-10"}[step]
                self.did(step, "equipment", code=code)
            assert self.sign(step, "complete", "complete").status_code == 200


@pytest.fixture
def operator(app: Flask, line: Line) -> Operator:
    """M. Keller at the screen, before a batch that has just begun."""
    line.start()
    return Operator(app, line)


def codes(answer: TestResponse) -> list[str]:
    """The reasons of a refusal, in their order."""
    assert answer.status_code in (403, 409), answer.text
    return [reason["code"] for reason in answer.get_json()["reasons"]]


def attempts(line: Line, login: str) -> list[dict[str, Any]]:
    """The refused attempts that the ledger remembers of an account."""
    return entries(line.database, f"attempt/{line.people[login].account}")


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


@verifies("P11-200a1-1")
def test_the_first_signature_with_the_secret_alone_is_refused(operator: Operator) -> None:
    operator.clear()
    operator.signed = True  # enters the secret alone
    answer = operator.sign("clear-line", "complete", "complete")
    assert answer.status_code == 409
    operator.signed = False
    assert operator.sign("clear-line", "complete", "complete").status_code == 200


@verifies("P11-200a1i-1")
def test_a_later_signature_takes_the_secret_and_nothing_less(operator: Operator) -> None:
    operator.through("clear-line")
    operator.did("scan-balance", "start")
    operator.did("scan-balance", "equipment", code="SC-04")
    shown = operator.shown("scan-balance", "complete")[0]
    for wrong in ({}, {"secret": ""}, {"login": "m.keller", "secret": ""}):
        entered = {"meaning": shown["meaning"], "shown": shown["shown"], **wrong}
        refused = operator.act("scan-balance", "complete", signatures=[entered])
        assert refused.status_code in (403, 409, 422), refused.text
    assert operator.sign("scan-balance", "complete", "complete").status_code == 200


@verifies("SIG-WYS-1")
def test_a_signature_over_content_that_changed_is_refused_and_the_new_content_shown(
    operator: Operator,
) -> None:
    operator.through(*FIRST)
    operator.did("scan-ethanol", "start")
    operator.did("scan-ethanol", "material", code=operator.line.containers["RM-ETH96"])
    operator.sign("scan-ethanol", "complete", "complete")
    operator.did("density-ethanol", "start")
    operator.did("density-ethanol", "values", input="density", value="0.8074", unit="g/mL")
    given = [operator.given(each) for each in operator.shown("density-ethanol", "complete")]
    fix = {"input": "density", "value": "0.8075", "unit": "g%2FmL", "why": "misread last digit"}
    corrected = [operator.given(e) for e in operator.shown("density-ethanol", "correct", **fix)]
    body = {**fix, "unit": "g/mL", "signatures": corrected}
    assert operator.act("density-ethanol", "corrections", **body).status_code == 200
    answer = operator.act("density-ethanol", "complete", signatures=given)
    assert codes(answer) == ["content_changed"]
    assert "0.8075" in answer.text
    assert operator.step("density-ethanol")["status"] == "running"


@verifies("P11-100a-1", "P11-10f-1")
def test_the_performer_cannot_witness_under_a_second_account(
    operator: Operator, app: Flask
) -> None:
    line = operator.line
    weighed(operator)
    second = somebody(line.database, "m.keller2", "operator", person=line.people["m.keller"].person)
    line.people["m.keller2"] = second
    shown = operator.shown("weigh-ethanol", "witness")[0]
    given = [operator.given(shown, login="m.keller2")]
    answer = operator.act("weigh-ethanol", "witness", signatures=given)
    assert codes(answer) == ["witness_involved"]
    given = [operator.given(shown, login="j.brandt")]
    assert operator.act("weigh-ethanol", "witness", signatures=given).status_code == 200
    del app


@verifies("P11-200a1ii-1")
def test_a_witness_gives_both_components_every_time_and_leaves_no_session(
    operator: Operator,
) -> None:
    weighed(operator)
    shown = operator.shown("weigh-ethanol", "witness")[0]
    secret = {
        "meaning": shown["meaning"],
        "shown": shown["shown"],
        "secret": operator.line.people["j.brandt"].password,
    }
    assert operator.act("weigh-ethanol", "witness", signatures=[secret]).status_code in (403, 409)
    given = [operator.given(shown, login="j.brandt")]
    assert operator.act("weigh-ethanol", "witness", signatures=given).status_code == 200
    assert operator.get("/session")["login"] == "m.keller"


def weighed(operator: Operator) -> None:
    """Bring the batch as far as the witness of the ethanol."""
    operator.through(*FIRST)
    line = operator.line
    for step, what, body in (
        ("scan-ethanol", "material", {"code": line.containers["RM-ETH96"]}),
        ("density-ethanol", "values", {"input": "density", "value": "0.8074", "unit": "g/mL"}),
        ("mass-ethanol", "calculate", {}),
    ):
        operator.did(step, "start")
        operator.did(step, what, **body)
        assert operator.sign(step, "complete", "complete").status_code == 200
    operator.did("weigh-ethanol", "start")
    found = line.weigh("weigh-ethanol", "6728.1")
    operator.did("weigh-ethanol", "weight", reading=str(found))
    assert operator.sign("weigh-ethanol", "complete", "complete").status_code == 200


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


@verifies("FDAWL-1")
def test_a_value_beyond_its_limits_is_kept_judged_and_never_replaced(operator: Operator) -> None:
    operator.through(*FIRST)
    operator.did("scan-peroxide", "start")
    operator.did("scan-peroxide", "material", code=operator.line.containers["RM-H2O2"])
    operator.sign("scan-peroxide", "complete", "complete")
    operator.did("density-peroxide", "start")
    one = {"input": "density", "unit": "g/mL"}
    operator.did("density-peroxide", "values", value="1.0300", **one)
    view = operator.step("density-peroxide")
    assert view["inputs"][0]["value"]["verdict"] == "action"
    assert view["exceptions"][0]["kind"] == "out_of_limit"
    again = operator.act("density-peroxide", "values", value="1.0095", **one)
    assert codes(again) == ["value_present"]
    fix = {"input": "density", "value": "1.0095", "why": "decimals misread on the certificate"}
    shown = operator.shown("density-peroxide", "correct", **fix, unit="g%2FmL")
    given = [operator.given(each) for each in shown]
    operator.did("density-peroxide", "corrections", **fix, unit="g/mL", signatures=given)
    held = operator.step("density-peroxide")["inputs"][0]
    assert [each["value"] for each in held["earlier"]] == ["1.0300"]
    assert held["value"]["value"] == "1.0095"


@verifies("A11-9-1")
@pytest.mark.parametrize("why", ["", "   ", ".", "-", "xxx", "reason", "a"])
def test_a_correction_needs_a_reason_that_says_something(operator: Operator, why: str) -> None:
    operator.clear()
    shown = operator.shown("clear-line", "correct", input="empty", value="no", why="left a beaker")
    given = [operator.given(each) for each in shown]
    body = {"input": "empty", "value": "no", "why": why, "signatures": given}
    answer = operator.act("clear-line", "corrections", **body)
    assert answer.status_code in (409, 422)
    held = operator.step("clear-line")["inputs"][0]
    assert (held["value"]["value"], held["earlier"]) == ("yes", [])


@verifies("P11-10e-2")
def test_four_generations_of_a_value_stand_side_by_side(operator: Operator) -> None:
    operator.clear()
    for value, why in (("no", "a beaker stood there"), ("yes", "beaker removed"), ("no", "dust")):
        fix = {"input": "empty", "value": value, "why": why}
        given = [operator.given(e) for e in operator.shown("clear-line", "correct", **fix)]
        operator.did("clear-line", "corrections", **fix, signatures=given)
        operator.signed = True
    held = operator.step("clear-line")["inputs"][0]
    assert [each["value"] for each in held["earlier"]] == ["yes", "no", "yes"]
    assert [each["why"] for each in (*held["earlier"], held["value"])][1:] == [
        "a beaker stood there",
        "beaker removed",
        "dust",
    ]


@verifies("P11-70-2")
def test_a_corrected_input_unsigns_its_step_and_the_calculation_that_used_it(
    operator: Operator,
) -> None:
    weighed(operator)
    fix = {"input": "density", "value": "0.8080", "why": "read from the wrong certificate"}
    shown = operator.shown("density-ethanol", "correct", **fix, unit="g%2FmL")
    given = [operator.given(each) for each in shown]
    operator.did("density-ethanol", "corrections", **fix, unit="g/mL", signatures=given)
    assert operator.step("density-ethanol")["status"] == "unsigned"
    mass = operator.step("mass-ethanol")
    assert mass["status"] == "unsigned"
    assert [each["value"] for each in mass["inputs"][0]["earlier"]] == ["6728.1"]
    assert mass["inputs"][0]["value"]["value"] == "6733.1"
    assert {each["superseded"] for each in mass["signatures"]} == {"C-1"}
    assert codes(operator.sign("mass-ethanol", "complete", "complete")) == ["earlier_step_open"]
    assert operator.sign("density-ethanol", "complete", "complete").status_code == 200
    assert operator.sign("mass-ethanol", "complete", "complete").status_code == 200


@verifies("PICS-9.6-1", "DIQA-12-1")
def test_each_value_is_an_act_of_its_own_with_its_own_time(operator: Operator) -> None:
    operator.clear()
    kept = entries(operator.line.database, f"batch/{operator.line.batch}")
    times = [each["header"]["at"] for each in kept]
    assert [e["act"] for e in kept][2:] == ["batch.value.recorded"] * 3
    assert times == sorted(set(times))
    assert [each["header"]["seq"] for each in kept] == [1, 2, 3, 4, 5]


@verifies("A11D-12.2-1")
def test_an_entry_says_who_what_when_why_and_where(operator: Operator) -> None:
    operator.clear()
    said = entries(operator.line.database, f"batch/{operator.line.batch}")[-1]
    person = operator.line.people["m.keller"]
    assert said["actor"] == {
        "account": str(person.account),
        "kind": "human",
        "name": "M. Keller",
        "person": str(person.person),
        "role": "Operator",
    }
    assert said["station"] == "DB-2"
    data = said["events"][0]["data"]
    assert (data["title"], data["value"]) == (
        "No source of ignition is near, ventilation runs",
        "yes",
    )


@verifies("P11-10e-1")
def test_nothing_stands_in_the_projection_that_the_stream_does_not_say(
    operator: Operator,
) -> None:
    operator.through(*FIRST)
    with reading(operator.line.database) as session:
        done = session.scalar(
            text("SELECT steps_done FROM batches.batch WHERE id = :id"),
            {"id": operator.line.batch},
        )
    assert done == 3
    assert acts.COMMANDS


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
