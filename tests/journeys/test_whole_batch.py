"""A whole batch in the browser, as its people make it: order, every step, review, release."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from ebr.demo.scripts import HANDRUB
from ebr.embedded import Embedded
from ebr.settings import Settings
from tests import server as servers
from tests.builders.balance import balance
from tests.builders.batch import Line
from tests.builders.identity import Someone
from tests.builders.whole import EQUIPMENT, to_do
from tests.conftest import Equipped, provided
from tests.journeys.conftest import Site, Tab
from tests.plugin import verifies
from workflows import BatchStatus, StepStatus

Open = Callable[..., Tab]
SLOW_MS = 20_000
SLIP = HANDRUB.slips[0]


@pytest.fixture
def settings(server: Embedded, equipped: Equipped, tmp_path: Path) -> Iterator[Settings]:
    """A training site where a line stands ready: the balance is simulated."""
    with provided(server, equipped.name, tmp_path) as found:
        yield replace(found, data_dir=servers.folder())


@pytest.fixture
def line(site: Site, equipped: Equipped) -> Line:
    return equipped.line.copied(site.database)


@dataclass
class Worker:
    """A person at a window, and the batch that is made."""

    page: Page
    someone: Someone
    line: Line

    def press(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("button", name=name, exact=isinstance(name, str)).click()

    def sign(self, by: Someone | None = None) -> None:
        """Fill the dialog of a signature: this person's, or a second one's."""
        dialog = self.page.get_by_role("dialog")
        dialog.wait_for()
        login = dialog.get_by_label("Your login")
        if login.count():
            login.fill((by or self.someone).login)
        dialog.get_by_label(re.compile("^(Your secret|Secret of the second person)$")).fill(
            (by or self.someone).password
        )
        dialog.get_by_role("button", name=re.compile("^(Sign|Witness|Correct)")).click()

    def make(self, key: str, colleague: Someone) -> None:
        """One step from its start to its last signature."""
        view = self.line.step(key)
        self.page.goto(re.sub(r"(https?://[^/]+).*", r"\1", self.page.url) + self.path(key))
        if view.status is StepStatus.OPEN:
            self.press("Start step")
            start = self.page.get_by_role("button", name="Start step")
            expect(start).to_have_count(0, timeout=SLOW_MS)
        self.work(key)
        self.page.get_by_role("link", name="Sign as performer").click()
        self.sign()
        expect(self.page.get_by_text("Signed.", exact=True)).to_be_visible(timeout=SLOW_MS)
        if SLIP.place[0] == key:
            self.correct()
        if view.witness:
            self.page.get_by_role("link", name="Witness", exact=True).click()
            self.sign(colleague)
            expect(self.page.get_by_text("Witnessed.")).to_be_visible(timeout=SLOW_MS)

    def path(self, key: str) -> str:
        return f"/batches/{self.line.batch}/steps/{key}"

    def work(self, key: str) -> None:
        view = self.line.step(key)
        match view.kind:
            case "calculation":
                self.press(re.compile("^Calculate"))
            case "identify_material":
                assert view.wanted_material is not None
                self.scan(self.line.containers[view.wanted_material.code])
            case "identify_equipment":
                assert view.wanted_equipment is not None
                self.scan(EQUIPMENT[view.wanted_equipment.code])
            case "weigh":
                self.weigh()
            case "timer":
                expect(self.page.get_by_text("The time is not over yet")).to_have_count(
                    0, timeout=SLOW_MS
                )
            case _:
                for asked in view.inputs:
                    place = (key, asked.key)
                    value = HANDRUB.values.get(place, (asked.target or "yes").split(" ")[0])
                    self.record(asked.title, SLIP.wrong if SLIP.place == place else value)

    def record(self, title: str, value: str) -> None:
        card = self.page.get_by_role("region", name=title, exact=True)
        if value == "yes":
            card.get_by_role("button", name=re.compile("^Yes")).click()
        else:
            card.get_by_role("textbox").fill(value)
            card.get_by_role("textbox").press("Enter")
        expect(self.verdict(card)).to_be_visible(timeout=SLOW_MS)

    def verdict(self, card: Locator) -> Locator:
        return card.locator(".verdict").first

    def scan(self, code: str) -> None:
        self.page.keyboard.type(code, delay=2)
        self.page.keyboard.press("Enter")
        identified = self.page.get_by_role("heading", name="Identified")
        expect(identified).to_be_visible(timeout=SLOW_MS)

    def weigh(self) -> None:
        """What the screen offers as target lies on the pan; the weight is taken and accepted."""
        self.press("Put on the pan")
        live = self.page.locator("#live")
        expect(live).to_contain_text("In tolerance and stable", timeout=SLOW_MS)
        self.press("Take weight")
        self.page.get_by_role("button", name=re.compile("^Accept ")).click(timeout=SLOW_MS)
        expect(self.page.get_by_text("On record, in tolerance")).to_be_visible(timeout=SLOW_MS)

    def correct(self) -> None:
        """The slip of the pen, put right; what it had been signed as is signed again."""
        step, asked = SLIP.place
        self.page.get_by_role("link", name=re.compile("^Correct")).first.click()
        self.page.get_by_label("Right value").fill(HANDRUB.values[(step, asked)])
        self.page.get_by_label("In your words").fill(SLIP.why)
        self.press("Go on")
        self.sign()
        told = self.page.get_by_text("Corrected; both values stay on record.")
        expect(told).to_be_visible(timeout=SLOW_MS)
        self.page.get_by_role("link", name="Sign as performer").click()
        self.sign()
        expect(self.page.get_by_text("Signed.", exact=True)).to_be_visible(timeout=SLOW_MS)


@verifies("P11-10f-1", "P11-200a1-1")
def test_people_make_a_batch_in_the_browser_from_order_to_release(
    site: Site, tab: Open, line: Line
) -> None:
    def worker(login: str, station: str, path: str) -> Worker:
        someone = line.people[login]
        return Worker(tab(station).sign_in(someone, path), someone, line)

    with ExitStack() as plant:
        plant.enter_context(balance(line, site.settings))
        line.batch = _ordered(worker("l.varga", "OFFICE-1", "/orders/new"))
        pair = [worker(login, "DB-2", "/work") for login in ("m.keller", "j.brandt")]
        while steps := to_do(line):
            for turn, key in enumerate(steps):
                pair[turn % 2].make(key, pair[(turn + 1) % 2].someone)
    _reviewed(worker("s.lindqvist", "QA-1", f"/batches/{line.batch}/review"))
    _released(worker("h.aalto", "QA-1", f"/batches/{line.batch}/release"))
    view = line.view()
    assert view.status is BatchStatus.RELEASED
    assert view.steps_done == view.steps == 31
    assert view.corrections == 1


def _ordered(supervisor: Worker) -> UUID:
    """An order for what the recipe is written for, released and started."""
    supervisor.press("Create order")
    supervisor.press("Release")
    supervisor.press("Start the batch")
    supervisor.page.wait_for_url("**/batches/*")
    return UUID(supervisor.page.url.rsplit("/", 1)[1][:36])


def _reviewed(reviewer: Worker) -> None:
    """Every exception decided, the most serious first; then the whole record reviewed."""
    page = reviewer.page
    for left in range(len(reviewer.line.exceptions()), 0, -1):
        counted = f"{left} decision{'s' if left > 1 else ''} left."
        expect(page.get_by_text(counted)).to_be_visible(timeout=SLOW_MS)
        page.get_by_role("radio", name="Accept").check(force=True)
        page.get_by_label("Reason, at least 20 characters").fill("No effect on the quality seen.")
        reviewer.press("Record decision")
        reviewer.sign()
        expect(page.get_by_text("decided and signed.")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("link", name="Complete review").click()
    reviewer.sign()
    expect(page.get_by_text("The batch waits for its release.")).to_be_visible(timeout=SLOW_MS)


def _released(releaser: Worker) -> None:
    releaser.page.get_by_label("Your login").fill(releaser.someone.login)
    releaser.page.get_by_label("Your secret").fill(releaser.someone.password)
    releaser.press("Sign and release")
    told = releaser.page.get_by_role("heading", name="Released by H. Aalto")
    expect(told).to_be_visible(timeout=SLOW_MS)
