"""A batch with a loop over HTTP: passes by their address, the bound, the record, the pages."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from audit.canonical import is_canonical
from ebr import batches, recipes
from ebr.batches import record_document
from ebr.kernel.opening import reading
from ebr.reports.render import html_of
from tests.builders.batch import Line
from tests.builders.looped import looped
from tests.builders.operator import Operator, codes
from tests.builders.paper import printed, seal_over
from tests.builders.web import Browser
from tests.plugin import verifies

REASON = "Assessed with the record: no effect on quality."
RECIPE = replace(looped(), code="MR-COAT", version=1)


@pytest.fixture
def coater(app: Flask, line: Line) -> Operator:
    """M. Keller before a batch whose pan is prepared for coating."""
    version = line.effective(recipes.dump(RECIPE))
    line.start("MR-COAT")
    operator = Operator(app, line)
    author = Browser(app, "OFFICE-1")
    author.sign_in(line.people["a.moreau"])
    page = told(author.get(f"/recipes/{version}").text)
    assert "Coat: repeat until Gain is 3.0 g to 5.0 g; at most 3 passes" in page
    done(operator, "prepare")
    return operator


def done(operator: Operator, step: str, *acts: tuple[str, dict[str, str]]) -> None:
    """One step from its start to its signature."""
    operator.did(step, "start")
    for act, body in acts:
        operator.did(step, act, **body)
    answer = operator.sign(step, "complete", "complete")
    assert answer.status_code == 200, answer.text
    assert rebuilt(operator.line) == []


def coat(operator: Operator, number: int, mass: str) -> None:
    """One pass of the loop, whole."""
    done(operator, f"spray#{number}")
    value = {"input": "mass", "value": mass, "unit": "g"}
    done(operator, f"sample#{number}", ("values", value))
    done(operator, f"work-out#{number}", ("calculate", {}))


def rebuilt(line: Line) -> list[tuple[str, str]]:
    """What the rows that screens read differ in from what the ledger gives."""
    with reading(line.database) as session:
        return [*batches.differences(session)]


@verifies("P11-10f-1", "C211-100b-2", "P11-10g-1")
def test_a_loop_is_made_pass_by_pass_and_quality_decides_at_its_bound(
    app: Flask, coater: Operator
) -> None:
    line = coater.line
    assert codes(coater.act("spray#2", "start")) == ["step_not_begun"]
    assert codes(coater.act("spray#9", "start")) == ["step_not_begun"]
    assert coater.program.get(coater.path("spray#2")).status_code == 404
    assert codes(coater.act("unload", "start")) == ["step_not_open"]
    for number, mass in enumerate(("102.0", "102.5", "102.9"), 1):
        coat(coater, number, mass)
    whole = coater.get(f"/batches/{line.batch}")
    (loop,) = whole["loops"]
    assert [each["number"] for each in loop["passes"]] == [1, 2, 3]
    assert loop["stands"] == "pass 3 of at most 3 waits for quality to decide EX-1."
    rows = [row for each in whole["operations"] for row in each["steps"]]
    assert [row["number"] for row in rows] == [
        *("1.1", "1.2-1", "1.3-1", "1.4-1", "1.2-2", "1.3-2", "1.4-2"),
        *("1.2-3", "1.3-3", "1.4-3", "1.5"),
    ]
    assert codes(coater.act("spray#4", "start")) == ["step_not_begun"]
    waits = coater.act("unload", "start")
    assert "waits for Work out the gain, pass 3" in waits.get_json()["reasons"][0]["text"]
    assert codes(coater.sign("work-out#3", "complete", "complete")) == ["step_finished"]
    coater.signed = False  # a refused signing breaks the row of signings
    quality = Browser(app, "QA-1")
    quality.sign_in(line.people["s.lindqvist"])
    shown = quality.get(f"/batches/{line.batch}/exceptions/EX-1").text
    assert "Last pass done, condition not met" in shown
    assert re.search("Gain, as recorded: 2.0.g at .*2.5.g at .*2.9.g at", shown)
    assert "pass 3 judged: Gain is 2.9 g" in told(shown)
    decide(app, line)
    assert rebuilt(line) == []
    done(coater, "unload")
    assert line.view().status.value == "completed"
    signing = told(quality.get(f"/batches/{line.batch}/review/sign").text)
    assert "Coat 3 passes; Gain is 2.9 g" in signing
    check_pages(app, coater)
    check_record(coater)


def decide(app: Flask, line: Line) -> None:
    """Quality accepts that the condition is not met."""
    quality = Operator(app, line, "s.lindqvist")
    body = {"decision": "accept", "reason": REASON}
    query = f"act=decide&exception=EX-1&decision=accept&reason={REASON}"
    url = f"/batches/{line.batch}"
    shown = quality.get(f"{url}/statement?{query}")["statements"]
    given = [quality.given(each) for each in shown]
    answer = quality.program.send(f"{url}/exceptions/EX-1/decision", {**body, "signatures": given})
    assert answer.status_code == 200, answer.text


def check_pages(app: Flask, operator: Operator) -> None:
    """The list of steps says the passes, how each was judged, and how the loop ended."""
    browser = Browser(app)
    browser.sign_in(operator.person)
    url = f"/batches/{operator.line.batch}"
    page = told(browser.get(url).text)
    assert "Coat, pass 2 of at most 3" in page
    assert "Repeated until Gain is 3.0 g to 5.0 g" in page
    assert "Gain is 2.5 g; Coat ends when Gain is 3.0 g to 5.0 g: not yet." in page
    assert (
        "Coat: ended with pass 3 of at most 3, its condition not met: quality decided EX-1" in page
    )
    assert page.count("Coat: ended with pass 3") == 1
    step = browser.get(f"{url}/steps/sample%232")
    assert step.status_code == 200
    assert "Coat, pass 2 of at most 3" in told(step.text)
    assert f'href="{url}/steps/spray%233"' in step.text
    assert f"{url}/steps/spray#3" not in step.text
    assert browser.get(f"{url}/steps/sample").status_code == 404
    quality = Browser(app, "QA-1")
    quality.sign_in(operator.line.people["s.lindqvist"])
    trail = told(quality.get("/trail?record=" + operator.line.view().number).text)
    assert "ended Coat with pass 3" in trail
    shown = told(quality.get(f"{url}/record").text)
    assert "Pass 3, judged by the system: Gain is 2.9 g" in shown
    assert shown.count("Coat ended with pass 3 of at most 3, its condition not met.") == 1


def check_record(operator: Operator) -> None:
    """The record has every pass in order, in its document and on its paper."""
    line = operator.line
    with reading(line.database) as session:
        place = line.database.settings
        record = batches.batch_record(session, line.batch, site=place.site, zone=place.zone)
    (loop,) = record.loops
    assert [each.steps for each in loop.passes] == [
        (f"spray#{n}", f"sample#{n}", f"work-out#{n}") for n in (1, 2, 3)
    ]
    assert [[one.value for one in each.judgements] for each in loop.passes] == [
        ["2.0"],
        ["2.5"],
        ["2.9"],
    ]
    assert (loop.met, loop.ended_by and loop.ended_by.name) == (False, "S. Lindqvist")
    assert loop.passes[0].began_at is None
    assert loop.passes[1].began_at is not None
    content = record_document(record)
    assert is_canonical(content)
    assert b'"loops":[{' in content
    paper = told(html_of(record, seal_over(record), printed(record)))
    assert paper.index("Coat, pass 2 of at most 3") < paper.index("Spray one coat, pass 2")
    assert paper.count("Coat ended with pass 3 of at most 3, its condition not met.") == 1


def told(page: str) -> str:
    """The words of a page, without its elements."""
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
    return re.sub(r" ([,.;:])", r"\1", text.replace("&#39;", "'").replace("\u00a0", " ")).replace(
        "\u202f", " "
    )


@verifies("P11-70-2")
def test_a_corrected_value_of_a_past_pass_is_told_with_both_values(
    app: Flask, coater: Operator
) -> None:
    coat(coater, 1, "102.0")
    coat(coater, 2, "103.4")
    body = {"input": "mass", "value": "103.1", "unit": "g", "why": "Misread the display"}
    answer = coater.sign("sample#1", "correct", "corrections", **body)
    assert answer.status_code == 200, answer.text
    assert rebuilt(coater.line) == []
    told_of = [each for each in coater.line.exceptions() if each.kind == "repeat_rejudged"]
    assert [each.step for each in told_of] == ["work-out#1"]
    assert "Gain is 2.0 g" in told_of[0].text
    assert "Gain is 3.1 g" in told_of[0].text
    assert codes(coater.act("unload", "start")) == ["step_not_open"]
    quality = Browser(app, "QA-1")
    quality.sign_in(coater.line.people["s.lindqvist"])
    page = quality.get(f"/batches/{coater.line.batch}/exceptions/{told_of[0].key}")
    assert "A past pass would come out otherwise" in page.text
