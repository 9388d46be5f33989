"""Who, what, when, where and why stand on the record as the server knows them, not as was sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from ebr import identity
from ebr.batches import forget
from tests.builders.batch import now
from tests.builders.identity import BECAUSE, entries, keep
from tests.builders.operator import Operator, attempts, codes
from tests.builders.web import Browser
from tests.plugin import verifies

Entry = dict[str, Any]
LONG_AGO = "2001-01-01T00:00:00.000000Z"


def stream(operator: Operator) -> list[Entry]:
    return entries(operator.line.database, f"batch/{operator.line.batch}")


CLAIMED: tuple[tuple[dict[str, str | None], str], ...] = (
    ({"meaning": None}, "signatures.0.meaning"),
    ({"meaning": "released"}, "meaning_not_confirmed"),
    ({"meaning": "witnessed"}, "meaning_not_confirmed"),
    ({"at": LONG_AGO}, "signatures.0.at"),
    ({"name": "Q. Person"}, "signatures.0.name"),
    ({"role": "Qualified Person"}, "signatures.0.role"),
    ({"station": "QA-1"}, "signatures.0.station"),
)


@verifies("P11-50a-1")
def test_a_signature_with_another_meaning_name_or_time_than_the_server_s_is_refused(
    operator: Operator,
) -> None:
    operator.clear()
    before = stream(operator)
    (shown,) = operator.shown("clear-line", "complete")
    for claimed, fault in CLAIMED:
        sent = {**operator.given(shown), **claimed}
        given = {name: value for name, value in sent.items() if value is not None}
        refused = operator.act("clear-line", "complete", signatures=[given])
        if refused.status_code == 422:
            assert list(refused.get_json()["faults"]) == [fault]
        else:
            assert codes(refused) == [fault]
            assert attempts(operator.line, "m.keller")[-1]["act"] == "attempt.refused"
    assert stream(operator) == before
    assert operator.sign("clear-line", "complete", "complete").status_code == 200


@verifies("P11-50a-1")
def test_a_form_that_claims_a_time_or_a_name_is_refused_and_without_them_signs(
    app: Flask, operator: Operator
) -> None:
    operator.clear()
    before = stream(operator)
    browser = Browser(app)
    browser.sign_in(operator.person)
    step = operator.path("clear-line")
    (shown,) = operator.shown("clear-line", "complete")
    fields = {
        "login": "m.keller",
        "secret": operator.person.password,
        "meaning": "performed",
        "shown": shown["shown"],
    }

    def sent(**claimed: str) -> int:
        given = {f"signatures__0__{name}": text for name, text in (fields | claimed).items()}
        return browser.send(f"{step}/complete", f"{step}/sign", **given).status_code

    assert [sent(at=LONG_AGO), sent(name="Q. Person"), sent(meaning="released")] == [422, 422, 409]
    assert stream(operator) == before
    assert sent() == 303
    (signature,) = stream(operator)[-1]["signatures"]
    assert (signature["name"], signature["meaning"]) == ("M. Keller", "performed")


@verifies("P11-50a-1")
def test_a_signature_tells_the_name_and_the_server_s_time_also_after_a_renaming(
    operator: Operator,
) -> None:
    operator.clear()
    begun = now()
    assert operator.sign("clear-line", "complete", "complete").status_code == 200
    (signature,) = stream(operator)[-1]["signatures"]
    person = operator.line.people["m.keller"].person
    assert (signature["name"], signature["meaning"]) == ("M. Keller", "performed")
    assert begun <= datetime.fromisoformat(signature["at"]) <= now()
    assert signature["at"].endswith("Z")
    rename = identity.RenamePerson(person=person, name="M. Keller-Roth", why=BECAUSE)
    keep(operator.line.database, identity.rename_person, rename)
    forget()
    (shown,) = operator.step("clear-line")["signatures"]
    assert (shown["name"], shown["meaning"]) == ("M. Keller", "performed")
    assert stream(operator)[-1]["signatures"][0]["person"] == str(person)


@verifies("P11-10f-2", "P11-10f-1")
def test_of_two_values_at_once_one_wins_and_the_other_is_shown_the_winner(
    app: Flask, operator: Operator
) -> None:
    operator.did("clear-line", "start")
    both = (operator, Operator(app, operator.line, "j.brandt"))
    together = Barrier(2, timeout=20)

    def record(who: Operator, value: str) -> TestResponse:
        together.wait()
        return who.act("clear-line", "values", input="empty", value=value)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(record, both, ("yes", "no")))
    assert sorted(each.status_code for each in answers) == [200, 409]
    lost = next(each for each in answers if each.status_code == 409)
    won, by = ("no", "J. Brandt") if lost is answers[0] else ("yes", "M. Keller")
    assert codes(lost) == ["value_present"]
    assert f"{won}, by {by}" in lost.get_json()["reasons"][0]["text"]
    kept = [each for each in stream(operator) if each["act"] == "batch.value.recorded"]
    assert [(each["events"][0]["data"]["value"], each["actor"]["name"]) for each in kept] == [
        (won, by)
    ]
    shown = next(each for each in operator.step("clear-line")["inputs"] if each["key"] == "empty")
    assert (shown["value"]["value"], shown["earlier"]) == (won, [])
    loser = next(who for who, answer in zip(both, answers, strict=True) if answer is lost)
    assert attempts(operator.line, loser.login)[-1]["act"] == "attempt.refused"


def script(operator: Operator) -> list[tuple[str, str, dict[str, Any]]]:
    """Ten acts, and what the entry of each must tell besides who, when and where."""
    batch = str(operator.line.batch)
    operator.did("clear-line", "start")
    for key in ("empty", "labels", "ignition"):
        operator.did("clear-line", "values", input=key, value="yes")
    assert operator.sign("clear-line", "complete", "complete").status_code == 200
    operator.did("scan-balance", "start")
    operator.did("scan-balance", "equipment", code="SC-04")
    assert operator.sign("scan-balance", "complete", "complete").status_code == 200
    for what, body in (
        ("comments", {"text": "The lamp was replaced.", "step": "clear-line"}),
        ("problems", {"text": "A label came off.", "severity": "minor"}),
    ):
        assert operator.program.send(f"/batches/{batch}/{what}", body).status_code == 200
    value = {"step": "clear-line", "value": "yes", "source": "manual"}
    return [
        ("batch.step.started", "", {"step": "clear-line"}),
        ("batch.value.recorded", "", {**value, "input": "empty"}),
        ("batch.value.recorded", "", {**value, "input": "labels"}),
        ("batch.value.recorded", "", {**value, "input": "ignition"}),
        ("batch.step.completed", "performed", {"step": "clear-line"}),
        ("batch.step.started", "", {"step": "scan-balance"}),
        ("batch.equipment.identified", "", {"equipment_code": "SC-04"}),
        ("batch.step.completed", "performed", {"step": "scan-balance"}),
        ("batch.comment.added", "", {"text": "The lamp was replaced.", "step": "clear-line"}),
        ("batch.exception.raised", "", {"text": "A label came off.", "severity": "minor"}),
    ]


@verifies("A11D-12.2-1")
def test_ten_scripted_acts_stand_in_the_trail_field_by_field(operator: Operator) -> None:
    begun = now() - timedelta(seconds=1)
    person = operator.line.people["m.keller"]
    told = script(operator)
    kept = stream(operator)[1:]
    assert len(kept) == len(told) == 10
    before = begun
    for entry, (act, meaning, data) in zip(kept, told, strict=True):
        assert entry["act"] == entry["events"][0]["kind"] == act
        assert data.items() <= entry["events"][0]["data"].items(), act
        assert entry["actor"] == {
            "person": str(person.person),
            "account": str(person.account),
            "name": "M. Keller",
            "role": "Operator",
            "kind": "human",
        }
        assert entry["station"] == "DB-2"
        assert [each["meaning"] for each in entry["signatures"]] == ([meaning] if meaning else [])
        at = datetime.fromisoformat(entry["header"]["at"])
        assert before <= at <= now()
        assert at.tzinfo == UTC
        before = at
