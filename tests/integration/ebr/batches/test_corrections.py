"""Values over HTTP: kept as entered, corrected beside what stood there, each its own act."""

import pytest
from sqlalchemy import text

from ebr.kernel.opening import reading
from tests.builders.identity import entries
from tests.builders.operator import FIRST, Operator, codes
from tests.plugin import verifies


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
    operator.weighed()
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
