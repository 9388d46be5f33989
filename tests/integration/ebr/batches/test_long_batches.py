"""A batch that has become long is told page by page: what a page costs follows what it shows."""

import re

from flask import Flask

from ebr import batches
from tests.builders.batch import Line
from tests.builders.operator import Operator
from tests.builders.web import Browser
from workflows import commands as acts
from workflows.recipe import Severity

REMARKS, ON_A_STEP = 60, 25


def grow(line: Line) -> None:
    """Many remarks, some on a step, and a few problems of different weight."""
    for number in range(1, REMARKS + 1):
        step = "clear-line" if number <= ON_A_STEP else None
        remark = acts.AddComment(batch=line.batch, step=step, text=f"Remark {number} on it.")
        line.do("m.keller", batches.add_comment, remark)
    for severity in (Severity.MINOR, Severity.MAJOR, Severity.MINOR):
        problem = acts.ReportProblem(batch=line.batch, text="The lamp flickers", severity=severity)
        line.do("m.keller", batches.report_problem, problem)


def told(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"“Remark (\d+) on it\.”", page)]


def test_remarks_and_exceptions_of_a_long_batch_are_turned_page_by_page(
    app: Flask, operator: Operator
) -> None:
    grow(operator.line)
    url = f"/batches/{operator.line.batch}"
    whole = operator.get(url)
    assert (whole["comments"], whole["exceptions"], whole["exceptions_open"]) == (REMARKS, 3, 3)
    first = operator.get(f"{url}/comments")
    rest = operator.get(f"{url}/comments?after={first['next']}")
    both = [each["text"] for each in (*first["items"], *rest["items"])]
    assert both == [f"Remark {number} on it." for number in range(REMARKS, 0, -1)]
    assert rest["next"] is None
    assert operator.program.get(f"{url}/comments?after=x").status_code == 422
    keys = [each["key"] for each in operator.get(f"{url}/exceptions?show=open")["items"]]
    assert keys == ["EX-2", "EX-3", "EX-1"]
    assert operator.get(f"{url}/exceptions?show=decided")["items"] == []
    assert operator.program.get(f"{url}/exceptions?show=some").status_code == 422
    step = operator.step("clear-line")
    assert (len(step["comments"]), step["comments_all"]) == (20, ON_A_STEP)

    browser = Browser(app)
    browser.sign_in(operator.person)
    page = browser.get(url).text
    assert told(page) == list(range(REMARKS, REMARKS - 20, -1))
    older = re.search(r'href="([^"]+)">Older comments', page)
    assert older is not None
    assert told(browser.get(older[1].replace("&amp;", "&")).text) == list(range(40, 20, -1))
    assert told(browser.get(f"{url}?step=clear-line").text) == list(range(ON_A_STEP, 5, -1))
    assert f"All {ON_A_STEP}" in browser.get(f"{url}/steps/clear-line").text
