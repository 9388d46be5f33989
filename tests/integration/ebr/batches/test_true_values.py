"""No field of any step stops at a limit: what was read off can be entered, whatever it is."""

from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

import pytest
from flask import Flask

from ebr import batches
from tests.builders import whole
from tests.builders.batch import Line
from tests.builders.web import Browser
from tests.plugin import verifies
from workflows import commands as acts
from workflows.recipe import InputKind

HINDERS = {"min", "max", "step", "pattern", "maxlength", "minlength", "disabled", "readonly"}
SPINNERS = {"number", "range"}
PICKED = {InputKind.CONFIRMATION, InputKind.CHOICE}  # both answers are offered


class Fields(HTMLParser):
    """The fields under which a page takes a value: each with its form's address."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.form = ""
        self.found: list[tuple[str, str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.form = str(given.get("action", ""))
        elif tag in ("input", "select", "textarea", "button") and given.get("name") == "value":
            self.found.append((self.form, tag, given))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = ""


def hindered(page: str, kinds: Iterable[InputKind]) -> Iterator[str]:
    """What would keep a person from entering what they read off."""
    picked = all(kind in PICKED for kind in kinds)
    for form, tag, given in Fields(page).found:
        stops = HINDERS & given.keys() or given.get("type") in SPINNERS
        if stops or (tag == "select" and not picked):
            yield f"{form}: {tag} {given}"


@verifies("FDAWL-1")
@pytest.mark.parametrize("stops", ["type=number", 'max="110"', "pattern=[0-9]+", "maxlength=4"])
def test_the_look_at_a_page_finds_what_stops_at_a_limit(stops: str) -> None:
    page = f'<form action="/values"><input name="value" {stops}></form>'
    assert list(hindered(page, [InputKind.NUMBER]))


@verifies("FDAWL-1")
def test_no_field_of_any_step_hinders_a_true_value(app: Flask, line: Line) -> None:
    browser = Browser(app)
    browser.sign_in(line.people["m.keller"])
    line.start()
    wrong: list[str] = []
    seen: set[InputKind] = set()
    while steps := whole.to_do(line):
        for key in steps:
            url = f"/batches/{line.batch}/steps/{key}"
            line.do("m.keller", batches.start_step, acts.StartStep(batch=line.batch, step=key))
            view, page = line.step(key), browser.get(url).text
            asked = [each for each in view.inputs if each.kind is not InputKind.CALCULATED]
            wrong += hindered(page, [InputKind.NUMBER])
            assert len({form for form, _, _ in Fields(page).found}) == bool(asked), key
            seen |= {each.kind for each in asked}
            if view.kind == "weigh":
                dialog = browser.get(f"{url}/typed-weight").text
                assert Fields(dialog).found, key
                wrong += hindered(dialog, [InputKind.WEIGHT])
            whole.work(line, key)
            for each in asked:
                dialog = browser.get(f"{url}/correct?input={each.key}").text
                assert Fields(dialog).found, key
                wrong += hindered(dialog, [each.kind])
            whole.make(line, key)
    assert wrong == []
    assert {InputKind.NUMBER, InputKind.CONFIRMATION} <= seen
