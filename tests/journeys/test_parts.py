"""The small parts of which every page is made: in all their states, sizes and themes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from jinja2 import ChoiceLoader, FileSystemLoader
from playwright.sync_api import Dialog, expect

from audit.canonical import Plain, canonical, digest
from ebr.identity import ContentChanged, Right
from ebr.kernel import Malformed, Reason
from ebr.web import gauges, responses, routing, sessions, words
from tests.journeys.conftest import Site, Tab
from workflows.quantity import Quantity

Open = Callable[..., Tab]
KG = "kg"
BEFORE: dict[str, Plain] = {
    "step": "2.4",
    "values": [{"label": "Net weight", "value": "12.487 kg"}],
}
NOW: dict[str, Plain] = {
    "step": "2.4",
    "values": [{"label": "Net weight", "value": "12.463 kg"}],
    "comments": 1,
}


def parts_page() -> Response:
    return parts(signing=False)


def sign_page() -> Response:
    return parts(signing=True)


def parts(*, signing: bool) -> Response:
    at = datetime(2026, 11, 21, 13, 3, 22, tzinfo=UTC)
    return responses.show(
        "parts.html",
        signing=signing,
        catalogue=words.CATALOGUE,
        measure=gauges.gauge(
            Quantity("12.487", KG), Quantity("12.375", KG), Quantity("12.625", KG)
        ),
        amount=Quantity("5.002", KG),
        since=at,
        until=at + timedelta(days=9999),
        reasons=(Reason("over", "12.641 kg is 0.016 kg above 12.625 kg.", "Take some out."),),
        statement=BEFORE,
        shown=digest(canonical(BEFORE)),
    )


def refuse_form() -> Response:
    raise Malformed({"bad.value": ("Enter a number, such as 12.487.",), "net": ("Too much.",)})


def refuse_signature() -> Response:
    reason = Reason("content_changed", "The content changed after it was shown to you.", "Read it.")
    raise ContentChanged((reason,), NOW, digest(canonical(NOW)))


ROUTES = (
    routing.Route("GET", "/parts", parts_page, Right.USE_OWN_SESSION),
    routing.Route("POST", "/parts", refuse_form, Right.USE_OWN_SESSION, form=parts_page),
    routing.Route("GET", "/parts/sign", sign_page, Right.USE_OWN_SESSION),
    routing.Route("POST", "/parts/sign", refuse_signature, Right.USE_OWN_SESSION, form=sign_page),
)


@pytest.fixture
def dressed() -> Callable[[Flask], None]:
    """The page of all parts, beside the pages of the product."""

    def dress(app: Flask) -> None:
        folder = Path(__file__).parent / "templates"
        own: Any = app.jinja_env.loader
        app.jinja_env.loader = ChoiceLoader([own, FileSystemLoader(folder)])
        routing.register(app, "parts", [("parts", ROUTES)], sessions.admit)

    return dress


@pytest.fixture
def booth(site: Site, tab: Open) -> Open:
    keller = site.somebody("m.keller", "operator", name="M. Keller")

    def opened(**how: str) -> Tab:
        window = tab("DB-2", **how)
        window.sign_in(keller)
        return window

    return opened


def test_every_part_is_readable_in_every_size_and_theme(booth: Open) -> None:
    window = booth()
    window.open("/parts")
    window.judge("parts")
    window.open("/parts/sign")
    window.judge("signature")
    window.targets(44)


def test_a_refused_form_comes_back_with_its_faults_and_what_was_entered(booth: Open) -> None:
    page = booth().open("/parts")
    page.get_by_label("Normal").fill("kept as typed")
    page.get_by_label("Value with unit").fill(" 12,5 ".replace(",", "."))
    page.get_by_label("Lot, by scan").fill("LM-26-0918")
    page.get_by_label("Secret", exact=True).fill("never comes back")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Enter a number, such as 12.487.")).to_be_visible()
    expect(page.get_by_label("Normal")).to_have_value("kept as typed")
    expect(page.get_by_label("Value with unit")).to_have_value("12.5")
    expect(page.get_by_label("Secret", exact=True)).to_have_value("")


def test_the_keypad_writes_the_number_for_gloves(booth: Open) -> None:
    page = booth().open("/parts")
    pad = page.get_by_role("group", name="Net weight, keypad")
    for key in ("1", "2", ". decimal sign", "4", "8", "9", "Delete last digit", ". decimal sign"):
        pad.get_by_role("button", name=key, exact=True).click()
    expect(page.locator("#f-typed")).to_have_value("12.48")
    pad.get_by_role("button", name="+ / −").click()
    expect(page.locator("#f-typed")).to_have_value("-12.48")
    pad.get_by_role("button", name="Clear").click()
    expect(page.locator("#f-typed")).to_have_value("")


def test_a_refused_button_leads_to_its_reason(booth: Open) -> None:
    page = booth().open("/parts")
    page.get_by_role("button", name="Refused").click(force=True)
    expect(page.locator("#no")).to_be_focused()
    assert page.url.endswith("/parts")


def test_leaving_with_something_typed_asks_first(booth: Open) -> None:
    page = booth().open("/parts")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_label("Normal").press_sequentially("x")
    page.get_by_role("link", name="Batchline, start page").click()
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert page.url.endswith("/parts")


def test_a_dialog_holds_the_focus_takes_the_badge_and_closes_by_escape(booth: Open) -> None:
    window = booth()
    page = window.open("/parts/sign")
    expect(page.get_by_label("Your login")).to_be_focused()
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("Boolean(document.activeElement.closest('[role=dialog]'))")
    page.get_by_role("link", name="Close without signing").focus()
    window.scan("j.brandt")
    expect(page.get_by_label("Your login")).to_have_value("j.brandt")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_changed_content_comes_back_with_old_and_new(booth: Open) -> None:
    page = booth().open("/parts/sign")
    page.get_by_label("Your login").fill("m.keller")
    page.get_by_label("Your secret").fill("anything")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("The content changed after it was shown to you.")).to_be_visible()
    expect(page.get_by_role("dialog").locator("del").first).to_have_text("12.487 kg")
    expect(page.get_by_role("dialog").locator("ins").first).to_have_text("12.463 kg")
    expect(page.get_by_role("dialog")).to_contain_text("Comments")
    expect(page.get_by_label("Your secret")).to_have_value("")
