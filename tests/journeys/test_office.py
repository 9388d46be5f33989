"""The office's day: an exception decided, a batch released, the trail read, a recipe approved."""

import re
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ebr import batches, recipes, release
from ebr.embedded import Embedded
from ebr.readings import PlantSink
from ebr.settings import Settings
from tests.builders.batch import HANDRUB, Line, now
from tests.builders.identity import acts, somebody
from tests.builders.readings import Mouth
from tests.builders.sealed import seal
from tests.conftest import Equipped, provided
from tests.journeys.conftest import Site, Tab
from tests.plugin import verifies
from workflows import commands
from workflows.commands import Decision
from workflows.recipe import Severity

Open = Callable[..., Tab]
REASON = "The sample was measured a little warm; the repeat was inside."
NEXT = HANDRUB.replace("version: 1\n", "version: 2\n", 1)


@pytest.fixture
def settings(server: Embedded, finished: Equipped, tmp_path: Path) -> Iterator[Settings]:
    """An installation where a batch waits for its review."""
    with provided(server, finished.name, tmp_path) as found:
        yield found


@pytest.fixture
def line(site: Site, finished: Equipped) -> Line:
    """A line with a batch that waits for its review."""
    return finished.line.copied(site.database)


def decide_all(line: Line) -> None:
    """Everything decided, as the reviewer."""
    for each in line.exceptions():
        if each.open:
            decide = commands.DecideException(
                batch=line.batch, exception=each.key, decision=Decision.ACCEPT, reason=REASON
            )
            line.sign("s.lindqvist", release.decide_exception, decide)


def review_all(line: Line) -> None:
    """Everything decided and the record reviewed."""
    decide_all(line)
    review = commands.CompleteReview(batch=line.batch)
    line.sign("s.lindqvist", release.complete_review, review)


def sign(page: Page, line: Line, login: str, verb: str, *, first: bool) -> None:
    """Fill the dialog in and sign."""
    if first:
        page.get_by_label("Your login").fill(login)
    page.get_by_label("Your secret").fill(line.people[login].password)
    page.get_by_role("button", name=verb).click()


@verifies("P11-200a1-1", "P11-50a-1", "A11-9-1")
def test_a_reviewer_decides_every_exception_and_completes_the_review(line: Line, tab: Open) -> None:
    page = tab("QA-1").sign_in(line.people["s.lindqvist"], "/review")
    page.get_by_role("link", name=re.compile(line.view().number)).click()
    left = sum(each.open for each in line.exceptions())
    assert left >= 2
    expect(page.get_by_text(f"{left} decisions left.")).to_be_visible()
    refused = page.get_by_role("button", name="Complete review")
    expect(refused).to_have_attribute("aria-disabled", "true")
    refused.click(force=True)
    expect(page.locator("#why")).to_be_focused()

    page.get_by_role("radio", name="Raise deviation").check(force=True)
    page.get_by_label("Reason, at least 20 characters").fill(REASON)
    page.get_by_role("button", name="Record decision").click()
    expect(page.get_by_role("alert")).to_contain_text("its number is missing")
    assert page.get_by_label("Reason, at least 20 characters").input_value() == REASON

    for number in range(left):
        page.get_by_role("radio", name="Accept").check(force=True)
        page.get_by_label("Reason, at least 20 characters").fill(REASON)
        page.get_by_role("button", name="Record decision").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text(REASON)
        sign(page, line, "s.lindqvist", "Sign decision", first=number == 0)
        expect(page.get_by_text("decided and signed.")).to_be_visible()

    page.get_by_role("link", name="Complete review").click()
    expect(page.get_by_role("dialog")).to_contain_text("all decided")
    page.get_by_label("Your secret").fill("not the secret at all")
    page.get_by_role("button", name="Sign review").click()
    expect(page.get_by_role("alert")).to_contain_text("Not accepted")
    sign(page, line, "s.lindqvist", "Sign review", first=False)
    expect(page.get_by_text("The batch waits for its release.")).to_be_visible()
    assert acts(line.database, f"batch/{line.batch}")[-1] == "batch.reviewed"


def test_a_releaser_is_told_every_reason_and_then_releases(line: Line, tab: Open) -> None:
    address = f"/batches/{line.batch}/release"
    page = tab("OFFICE-1").sign_in(line.people["h.aalto"], address)
    refused = page.get_by_role("button", name="Sign and release")
    refused.click(force=True)
    expect(page.locator("#why")).to_be_focused()
    expect(page.locator("#why")).to_contain_text("Review open")

    review_all(line)
    page.reload()
    expect(page.get_by_text("All 9 points are met.")).to_be_visible()
    problem = commands.ReportProblem(
        batch=line.batch, step=None, text="A label came off in the store.", severity=Severity.MINOR
    )
    line.do("j.brandt", batches.report_problem, problem)
    sign(page, line, "h.aalto", "Sign and release", first=True)
    told = page.get_by_role("alert")
    expect(told).to_contain_text("Not released. Nothing was signed.")
    expect(told).to_contain_text("1 exception open")
    assert "batch.released" not in acts(line.database, f"batch/{line.batch}")

    review_all(line)
    page.goto(page.url)
    sign(page, line, "h.aalto", "Sign and release", first=True)
    expect(page.get_by_role("heading", name="Released by H. Aalto")).to_be_visible()
    assert acts(line.database, f"batch/{line.batch}")[-1] == "batch.released"


@verifies("P11-10e-5")
def test_an_auditor_filters_the_trail_opens_an_entry_and_takes_it_along(
    site: Site, line: Line, tab: Open
) -> None:
    novak = somebody(site.database, "i.novak", "auditor", name="I. Novak")
    page = tab("OFFICE-1").sign_in(novak, "/trail")
    number = line.view().number
    page.get_by_label("Record").fill(number)
    page.get_by_label("Act").select_option("Signed")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".act").first).to_contain_text("signed")
    assert f"record={number}" in page.url
    first = page.locator(".act").first
    first.get_by_text("Raw entry").click()
    expect(first.locator("pre")).to_contain_text("batchline-entry/v1")
    with page.expect_download() as coming:
        page.get_by_role("link", name="CSV").click()
    rows = coming.value.path().read_text("utf-8-sig").splitlines()
    assert rows[0].startswith("entry,at,person")
    assert all("+0" in row for row in rows[1:]), "every instant carries its offset"
    first.locator(".a-t a").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Entry")
    expect(page.get_by_role("region", name=re.compile("Raw entry"))).to_contain_text('"seq"')
    page.get_by_role("link", name="Its record's trail").click()
    expect(page.locator(".act").first).to_be_visible()


@verifies("P11-10b-1")
def test_an_auditor_takes_a_copy_of_the_ledger_along(site: Site, tab: Open) -> None:
    novak = somebody(site.database, "i.novak", "auditor", name="I. Novak")
    size = seal(site.database)
    desk = tab("OFFICE-1")
    page = desk.sign_in(novak, "/trail")
    page.get_by_role("link", name="Whole ledger").click()
    page.get_by_label("What for").fill("inspection of 24 November")
    page.get_by_role("button", name="Take a copy").click()
    expect(page.get_by_text("Recorded.")).to_be_visible()
    desk.judge("copies of the ledger")
    with page.expect_download() as coming:
        page.get_by_role("link", name=f"ledger-{size}.tar").click()
    with tarfile.open(coming.value.path()) as packed:
        assert packed.getnames()[-1] == f"ledger-{size}/checkpoint"


def test_an_engineer_drafts_a_recipe_and_quality_approves_it(line: Line, tab: Open) -> None:
    desk = tab("OFFICE-1")
    page = desk.sign_in(line.people["a.moreau"], "/recipes/new")
    page.get_by_label("Text in YAML").fill("code: MR-HR1\nversion: two\n")
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_role("alert")).to_contain_text("line 2, recipe.version")
    page.get_by_label("Text in YAML").fill(NEXT)
    page.get_by_role("button", name="Check only").click()
    expect(page.get_by_text("It was not kept.")).to_be_visible()
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("version 2")
    expect(page.get_by_text("Waits for approval.")).to_be_visible()
    version = page.url

    page = tab("QA-1").sign_in(line.people["s.lindqvist"], version.removeprefix(desk.site.url))
    page.locator(".graph a").filter(has_text="3 Charge").click()
    expect(page.locator(".rs[aria-current]")).to_contain_text("3.1")
    page.get_by_role("link", name="Approve version 2").click()
    sign(page, line, "s.lindqvist", "Sign approval", first=True)
    expect(page.get_by_text("Approved and signed.")).to_be_visible()
    page.get_by_role("button", name="Make effective").click()
    expect(page.get_by_text("New orders use this version.")).to_be_visible()


def test_the_office_is_readable_in_every_size_and_theme(site: Site, line: Line, tab: Open) -> None:
    others = {
        "i.novak": somebody(site.database, "i.novak", "auditor", name="I. Novak"),
        "w.admin": somebody(site.database, "w.admin", "administrator", name="W. Admin"),
    }
    version = line.do("a.moreau", recipes.draft_recipe, recipes.DraftRecipe(text=NEXT))
    PlantSink(site.database).keep((Mouth(at=now()).reading(value="17.20"),))
    base = f"/batches/{line.batch}"
    visits = {
        "s.lindqvist": (
            "/review",
            f"{base}/review",
            "/recipes",
            f"/recipes/{version}",
            "/readings",
        ),
        "h.aalto": (f"{base}/release", f"{base}/release?to=reject"),
        "a.moreau": (
            "/recipes/new",
            "/recipes/import",
            f"/recipes/{version}/text",
            f"/recipes/{version}/batchml",
            f"/recipes/{version}/withdraw",
        ),
        "i.novak": ("/trail", "/trail/1", "/reports"),
        "n.duarte": ("/lots", "/materials"),
        "p.sato": ("/equipment", "/equipment/SC-04"),
        "w.admin": ("/accounts",),
    }
    for login, pages in visits.items():
        window = tab("QA-1")
        window.sign_in((line.people | others)[login], pages[0])
        for path in pages:
            window.open(path)
            window.judge(path)
    window = tab("QA-1")
    page = window.sign_in(line.people["s.lindqvist"], f"{base}/review")
    page.get_by_role("radio", name="Accept").check(force=True)
    page.get_by_label("Reason, at least 20 characters").fill(REASON)
    page.get_by_role("button", name="Record decision").click()
    page.get_by_role("dialog").wait_for()
    window.judge("the dialog of a decision")
