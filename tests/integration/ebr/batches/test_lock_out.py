"""Failures at the door and in the dialog of a signature are one count, told to who guards."""

from dataclasses import replace

from flask import Flask

from ebr import exchange
from ebr.exchange.watch import round_once
from tests.builders.batch import Line
from tests.builders.identity import acts, entries
from tests.builders.operator import Operator, attempts
from tests.builders.sealed import seal
from tests.builders.web import Program
from tests.plugin import verifies

WRONG = "eleven grey herons wait"


def at_the_door(app: Flask, operator: Operator) -> int:
    return Program(app).sign_in(replace(operator.person, password=WRONG)).status_code


def in_the_dialog(_: Flask, operator: Operator) -> int:
    (shown,) = operator.shown("clear-line", "complete")
    given = {**operator.given(shown), "secret": WRONG}
    return operator.act("clear-line", "complete", signatures=[given]).status_code


def told(line: Line) -> list[str]:
    """What reached the folder of the security contact."""
    seal(line.database)
    settings = line.database.settings
    round_once(line.database, exchange.sinks_of(settings), lambda _: None)
    return [path.read_text("utf-8") for path in sorted(settings.notices_dir.glob("*.txt"))]


@verifies("P11-300d-1")
def test_failures_at_the_door_and_in_the_dialog_lock_together_and_the_contact_is_told(
    app: Flask, operator: Operator
) -> None:
    operator.clear()
    line, account = operator.line, operator.person.account
    before = len(entries(line.database, f"batch/{line.batch}"))
    ways = (at_the_door, in_the_dialog, at_the_door, in_the_dialog, in_the_dialog)
    answers = [way(app, operator) for way in ways]
    assert answers == [401, 403, 401, 403, 403]
    assert acts(line.database, f"account/{account}")[-1] == "account.locked"
    failed = [each for each in attempts(line, "m.keller") if each["act"] == "attempt.failed"]
    assert [each["events"][0]["data"]["failures"] for each in failed] == [1, 2, 3, 4]
    assert {each["station"] for each in failed} == {"DB-2"}
    assert all(each["events"][0]["data"]["source"] for each in failed)
    assert operator.program.get("/session").status_code == 401
    assert Program(app).sign_in(operator.person).status_code == 401
    assert len(entries(line.database, f"batch/{line.batch}")) == before
    notices = told(line)
    (locked,) = (each for each in notices if "is locked after 5 failed attempts" in each)
    assert "The login m.keller of M. Keller" in locked
    assert WRONG not in "".join(notices)


@verifies("P11-300d-1")
def test_one_mistyped_password_and_then_the_right_one_go_through_and_both_are_logged(
    app: Flask, operator: Operator
) -> None:
    operator.clear()
    assert at_the_door(app, operator) == 401
    assert Program(app).sign_in(operator.person).status_code == 201
    assert in_the_dialog(app, operator) == 403
    assert operator.sign("clear-line", "complete", "complete").status_code == 200
    told_of = [each["act"] for each in attempts(operator.line, "m.keller")]
    assert told_of.count("attempt.failed") == 2
    log = acts(operator.line.database, f"account/{operator.person.account}")
    assert log[-1] == "session.started"
