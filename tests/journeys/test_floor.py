"""An operator at a screen: scans, values, weights, signatures, and what goes wrong with them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ebr import batches
from ebr.embedded import Embedded
from ebr.settings import Settings
from tests import server as servers
from tests.builders.balance import balance
from tests.builders.batch import Line, now
from tests.builders.identity import Someone
from tests.builders.whole import make, to_do, work
from tests.conftest import Equipped, provided
from tests.journeys.conftest import Site, Tab
from tests.plugin import verifies
from workflows import StepStatus
from workflows import commands as acts
from workflows.events import ExceptionKind

Open = Callable[..., Tab]


@pytest.fixture
def settings(server: Embedded, equipped: Equipped, tmp_path: Path) -> Iterator[Settings]:
    """An installation where a line stands ready."""
    with provided(server, equipped.name, tmp_path) as found:
        yield found


@pytest.fixture
def line(site: Site, equipped: Equipped) -> Line:
    """A line with a batch just begun."""
    ready = equipped.line.copied(site.database)
    ready.start()
    return ready


def make_until(line: Line, step: str) -> None:
    """Everything that comes before a step, one after the other."""
    while (first := to_do(line)[0]) != step:
        make(line, first)


def address(line: Line, step: str) -> str:
    return f"/batches/{line.batch}/steps/{step}"


def sign(page: Page, someone: Someone, *, both: bool) -> None:
    """Fill the dialog of a signature, as its person does."""
    if both:
        page.get_by_label("Your login").fill(someone.login)
    page.get_by_label(re.compile("^(Your secret|Secret of the second person)$")).fill(
        someone.password
    )
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^(Sign|Witness)")).click()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@verifies("P11-200a1i-1", "P11-200a1ii-1", "DIQA-12-1")
def test_the_first_steps_are_confirmed_scanned_and_signed(
    site: Site, tab: Open, line: Line
) -> None:
    keller = line.people["m.keller"]
    page = tab("DB-2", size="tablet").sign_in(keller, "/work")
    page.get_by_role("link", name=re.compile("1.1 Clear the booth")).click()
    press(page, "Start step")
    expect(page.get_by_text("Still to record")).to_be_visible()
    for _ in range(3):
        page.get_by_role("button", name=re.compile("^Yes")).first.click()
        page.wait_for_load_state("networkidle")
    page.get_by_role("link", name="Sign as performer").click()
    sign(page, keller, both=True)
    expect(page.get_by_text("Signed.", exact=True)).to_be_visible()
    page.get_by_role("link", name=re.compile("^Next: 1.2")).click()
    press(page, "Start step")
    expect(page.get_by_text("Scan the dispensing balance")).to_be_visible()
    page.keyboard.type("SC-04", delay=2)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Sign as performer").click()
    expect(page.get_by_label("Your login")).to_have_count(0)
    sign(page, keller, both=False)
    expect(page.get_by_text("Signed.", exact=True)).to_be_visible()
    done = {step.key: step.status for each in line.view().operations for step in each.steps}
    assert done["clear-line"] is done["scan-balance"] is StepStatus.COMPLETE


def test_a_wrong_or_expired_container_says_what_was_scanned_and_changes_nothing(
    site: Site, tab: Open, line: Line
) -> None:
    make_until(line, "scan-ethanol")
    line.do("m.keller", batches.start_step, acts.StartStep(batch=line.batch, step="scan-ethanol"))
    booth = tab("DB-2")
    page = booth.sign_in(line.people["m.keller"], address(line, "scan-ethanol"))
    booth.scan(line.containers["RM-H2O2"])
    refused = page.locator("#refused")
    expect(refused).to_contain_text(line.containers["RM-H2O2"])
    expect(refused).to_contain_text("RM-ETH96")
    expect(refused).to_be_focused()
    old = line.free(line.receive("RM-ETH96", "5.0000"))
    line.expire(old, now().date() - timedelta(days=1))
    booth.scan(old)
    expect(refused).to_contain_text("expired")
    booth.judge("a refused scan")
    assert line.step("scan-ethanol").containers == ()
    booth.scan(line.containers["RM-ETH96"])
    expect(page.get_by_role("heading", name="Identified")).to_be_visible()
    assert [each.code for each in line.step("scan-ethanol").containers] == [
        line.containers["RM-ETH96"]
    ]


@verifies("FDAWL-1", "DIQA-12-1")
def test_a_value_outside_its_limits_is_recorded_on_leaving_the_field_and_then_corrected(
    site: Site, tab: Open, line: Line
) -> None:
    make_until(line, "density-ethanol")
    keller = line.people["m.keller"]
    begin = acts.StartStep(batch=line.batch, step="density-ethanol")
    line.do("m.keller", batches.start_step, begin)
    booth = tab("DB-2")
    page = booth.sign_in(keller, address(line, "density-ethanol"))
    field = page.get_by_role("textbox", name="Density at 20 °C")
    assert field.get_attribute("min") is None
    assert field.get_attribute("max") is None
    field.fill("0.8152")
    field.press("Tab")
    page.mouse.click(5, 300)
    expect(page.get_by_text("Outside the limits, exception raised")).to_be_visible()
    on_record = line.step("density-ethanol").inputs[0].value
    assert on_record is not None
    assert on_record.value == "0.8152"
    page.get_by_role("link", name="Correct Density at 20 °C").click()
    page.get_by_label("Right value").fill("0.8074")
    page.get_by_label("In your words").fill("Took the line below")
    press(page, "Go on")
    expect(page.get_by_text("Misread: Took the line below")).to_be_visible()
    press(page, "Correct")
    expect(page.get_by_text("Corrected; both values stay on record.")).to_be_visible()
    expect(page.get_by_role("main").locator("del")).to_have_text(re.compile("0.8152"))
    expect(page.get_by_text("Inside the limits")).to_be_visible()


class TestATrainingSite:
    """The database that comes with us, and a balance that is none."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, data_dir=servers.folder())

    @verifies("P11-70-1", "PICS-9.7-1")
    def test_a_weight_comes_from_the_balance_and_a_second_person_witnesses_it(
        self, site: Site, tab: Open, line: Line
    ) -> None:
        make_until(line, "weigh-ethanol")
        keller, brandt = line.people["m.keller"], line.people["j.brandt"]
        with balance(line, site.settings) as pan:
            booth = tab("DB-2")
            page = booth.sign_in(keller, address(line, "weigh-ethanol"))
            press(page, "Start step")
            expect(page.locator("#live")).to_contain_text("Simulated", timeout=20_000)
            page.reload()
            page.get_by_label("On the pan, container included").fill("7000.0 g")
            press(page, "Put on the pan")
            expect(page.locator("#net")).to_have_text("7000.0", timeout=20_000)
            expect(page.locator("#live")).to_contain_text("Too heavy by")
            pan.load("6728.1 g")
            expect(page.locator("#live")).to_contain_text("In tolerance and stable")
            press(page, "Take weight")
            press(page, "Accept 6728.1 g")
            expect(page.get_by_text("On record, in tolerance")).to_be_visible()
            booth.judge("a weight on record")
            page.get_by_role("link", name="Sign as performer").click()
            sign(page, keller, both=True)
            page.get_by_role("link", name="Witness", exact=True).click()
            sign(page, keller, both=True)
            expect(page.locator("#refused")).to_contain_text(re.compile("cannot witness"))
            sign(page, brandt, both=True)
            expect(page.get_by_text("Witnessed.")).to_be_visible()
        view = line.step("weigh-ethanol")
        assert view.status is StepStatus.COMPLETE
        assert [each.name for each in view.signatures] == ["M. Keller", "J. Brandt"]
        assert view.weigh is not None
        assert view.weigh.weighings[0].net == "6728.1"


def test_a_weight_is_typed_in_two_parts_when_the_scale_is_silent(tab: Open, line: Line) -> None:
    make_until(line, "weigh-ethanol")
    keller, brandt = line.people["m.keller"], line.people["j.brandt"]
    booth = tab("DB-2")
    page = booth.sign_in(keller, address(line, "weigh-ethanol"))
    press(page, "Start step")
    for net, part in (("4000.0", True), ("2728.1", False)):
        page.get_by_role("link", name="Type value").click()
        page.get_by_role("textbox", name="Net weight").fill(net)
        page.get_by_label("Why does the scale not send it?").fill("The cable of SC-04 is broken.")
        page.get_by_label("More will be weighed").set_checked(part)
        press(page, "Go on to the second person")
        page.get_by_label("Your login").fill(brandt.login)
        page.get_by_label("Secret of the second person").fill(brandt.password)
        page.get_by_role("dialog").get_by_role("button", name="Record").click()
        expect(page.get_by_text("Typed weight recorded, with an exception.")).to_be_visible()
    booth.judge("a weight typed in two parts")
    page.get_by_role("link", name="Sign as performer").click()
    sign(page, keller, both=True)
    expect(page.get_by_text("Signed.", exact=True)).to_be_visible()
    view = line.step("weigh-ethanol")
    assert view.weigh is not None
    assert [each.net for each in view.weigh.weighings] == ["4000.0", "2728.1"]
    assert [each.kind for each in view.exceptions] == [ExceptionKind.MANUAL_WEIGHT] * 2


@verifies("SIG-WYS-1")
def test_what_changed_after_it_was_shown_is_told_before_it_can_be_signed(
    site: Site, tab: Open, line: Line
) -> None:
    make_until(line, "density-ethanol")
    key, keller = "density-ethanol", line.people["m.keller"]
    line.do("m.keller", batches.start_step, acts.StartStep(batch=line.batch, step=key))
    value = acts.RecordValue(batch=line.batch, step=key, input="density", value="0.8074")
    line.do("m.keller", batches.record_value, value)
    page = tab("DB-2").sign_in(keller, address(line, key) + "/sign")
    expect(page.get_by_role("cell", name="0.8074 g/mL")).to_be_visible()
    other = acts.CorrectValue(
        batch=line.batch, step=key, input="density", value="0.8090", why="Misread the line"
    )
    line.sign("m.keller", batches.correct_value, other)
    sign(page, keller, both=True)
    expect(page.get_by_role("dialog")).to_contain_text("The content changed after it was shown")
    changed = page.get_by_role("dialog").get_by_role("row", name=re.compile("^Density at"))
    expect(changed.locator("del")).to_have_text("0.8074 g/mL")
    expect(changed.locator("ins")).to_contain_text("0.8090 g/mL")
    sign(page, keller, both=True)
    expect(page.get_by_text("Signed.", exact=True)).to_be_visible()


def test_the_screens_of_the_floor_are_open_to_everybody(site: Site, tab: Open, line: Line) -> None:
    booth = tab("DB-2")
    page = booth.sign_in(line.people["m.keller"], "/work")
    booth.judge("work list")
    for key in ("clear-line", "scan-balance"):
        page.goto(site.url + address(line, key))
        booth.judge(f"{key}, open")
        press(page, "Start step")
        expect(page.get_by_role("link", name="Sign as performer")).to_be_visible()
        booth.judge(key)
        booth.targets(44)
        for part in ("sign", "problem", "comment"):
            page.goto(f"{site.url}{address(line, key)}/{part}")
            booth.judge(f"{key}, {part}")
        work(line, key)
        make(line, key)
    page.goto(f"{site.url}/batches/{line.batch}")
    booth.judge("batch")
    page.goto(f"{site.url}/batches")
    booth.judge("batches")
    page.goto(f"{site.url}/orders")
    booth.judge("orders")


def test_a_step_is_done_without_scripts(site: Site, browser: Any, line: Line) -> None:
    keller = line.people["m.keller"]
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "batchline_station", "value": "DB-2", "url": site.url}])
    page = context.new_page()
    page.goto(site.url + "/work")
    page.get_by_label("Login").fill(keller.login)
    page.get_by_label("Secret", exact=True).fill(keller.password)
    press(page, "Sign in")
    page.get_by_role("link", name=re.compile("1.1 Clear the booth")).click()
    press(page, "Start step")
    for _ in range(3):
        page.get_by_role("button", name=re.compile("^Yes")).first.click()
    page.get_by_role("link", name="Sign as performer").click()
    sign(page, keller, both=True)
    expect(page.get_by_text("Signed.", exact=True)).to_be_visible()
    context.close()
