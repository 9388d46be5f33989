"""A loop in the browser: the steps tell each pass, how it was judged, what it waits for."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ebr import batches, recipes
from ebr.embedded import Embedded
from ebr.settings import Settings
from tests.builders.batch import Line
from tests.builders.looped import looped
from tests.conftest import Equipped, provided
from tests.journeys.conftest import Site, Tab
from workflows import commands as acts

Open = Callable[..., Tab]
ME = "m.keller"


@pytest.fixture
def settings(server: Embedded, equipped: Equipped, tmp_path: Path) -> Iterator[Settings]:
    """An installation where a line stands ready."""
    with provided(server, equipped.name, tmp_path) as found:
        yield found


@pytest.fixture
def coated(site: Site, equipped: Equipped) -> Line:
    """A line whose batch has been coated three times, and not enough."""
    line = equipped.line.copied(site.database)
    line.effective(recipes.dump(replace(looped(), code="MR-COAT", version=1)))
    line.start("MR-COAT")
    do(line, "prepare")
    for number, mass in enumerate(("102.0", "102.5", "102.9"), 1):
        do(line, f"spray#{number}")
        do(line, f"sample#{number}", mass)
        do(line, f"work-out#{number}")
    return line


def do(line: Line, step: str, mass: str = "") -> None:
    """One step from its start to its signature."""
    line.do(ME, batches.start_step, acts.StartStep(batch=line.batch, step=step))
    if mass:
        value = acts.RecordValue(batch=line.batch, step=step, input="mass", value=mass, unit="g")
        line.do(ME, batches.record_value, value)
    if step.startswith("work-out"):
        line.do(ME, batches.calculate, acts.Calculate(batch=line.batch, step=step))
    line.sign(ME, batches.complete_step, acts.CompleteStep(batch=line.batch, step=step))


def test_the_passes_of_a_loop_are_read_at_every_size(tab: Open, coated: Line) -> None:
    window = tab("DB-2")
    page = window.sign_in(coated.people[ME], f"/batches/{coated.batch}")
    expect(page.get_by_text("Coat, pass 2 of at most 3")).to_be_visible()
    expect(page.get_by_text("waits for quality to decide EX-1")).to_be_visible()
    window.judge("a batch with a loop")
    page.get_by_role("link", name="1.3-2 Weigh ten tablets, pass 2").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1.3-2 Weigh ten tablets, pass 2")
    here = page.get_by_role("main").get_by_text("Coat, pass 2 of at most 3, repeated until")
    expect(here).to_be_visible()
    window.judge("a step of a second pass")
