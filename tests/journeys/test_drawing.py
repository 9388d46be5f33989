"""The drawn procedure in the browser: a draft that others wrote, each finding with its box."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ebr import recipes
from ebr.embedded import Embedded
from ebr.recipes import ImportRecipe
from ebr.settings import Settings
from tests.builders.batchml import SYRUP
from tests.conftest import Equipped, provided
from tests.journeys.conftest import Site, Tab

Open = Callable[..., Tab]


@pytest.fixture
def settings(server: Embedded, equipped: Equipped, tmp_path: Path) -> Iterator[Settings]:
    """An installation where a line stands ready."""
    with provided(server, equipped.name, tmp_path) as found:
        yield found


def test_a_finding_of_an_imported_draft_shows_its_box_in_the_drawing(
    tab: Open, site: Site, equipped: Equipped
) -> None:
    line = equipped.line.copied(site.database)
    content = b64encode(SYRUP.read_bytes()).decode()
    command = ImportRecipe(name="cough-syrup.xml", content=content, companion="")
    version = line.do("a.moreau", recipes.import_recipe, command)
    window = tab("OFFICE-1")
    page = window.sign_in(line.people["a.moreau"], f"/recipes/{version}")
    drawing = page.get_by_role("region", name="Drawn procedure")
    expect(drawing.get_by_role("link", name="11 Close Pack")).to_have_count(1)
    expect(drawing.get_by_role("link", name="11.1")).to_have_count(0)

    finding = page.locator(".finds a", has_text="3.4 Mark / Label WIP").first
    finding.click()
    box = drawing.get_by_role("link", name="3.4 Mark / Label WIP")
    expect(box).to_have_attribute("aria-current", "true")
    expect(box).to_be_in_viewport()
    expect(box.get_by_role("img", name=", 1 error")).to_be_visible()
    page.locator(".finds a", has_text="Mark / Label WIP, again").first.click()
    expect(page).to_have_url(re.compile("#d-mix-slurry-1-mark-label-wip-again$"))
    loop = page.locator("#d-mix-slurry-1-mark-label-wip-again")
    expect(loop.get_by_role("img", name="loop, ")).to_be_in_viewport()
    window.judge("a finding with its box")

    page.get_by_role("link", name="Every phase").click()
    expect(drawing.get_by_role("link", name="11.1")).to_have_count(1)
    expect(box).to_be_in_viewport()
    drawing.get_by_role("link", name="3.3").click()
    expect(page.get_by_role("heading", level=3, name="3.3")).to_be_visible()
    expect(page.get_by_role("link", name="One operation")).to_be_visible()
