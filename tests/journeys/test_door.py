"""A shift begins: sign in, the screen locks, its owner goes on, the next person takes over."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.builders.identity import acts
from tests.journeys.conftest import Site, Tab
from tests.plugin import verifies

Open = Callable[..., Tab]


def test_an_operator_signs_in_locks_and_hands_the_screen_over(site: Site, tab: Open) -> None:
    keller = site.somebody("m.keller", "operator", name="M. Keller")
    brandt = site.somebody("j.brandt", "operator", name="J. Brandt")
    booth = tab("DB-2")
    page = booth.sign_in(keller)
    expect(page.get_by_role("heading", level=1)).to_contain_text("M. Keller")
    expect(page.locator("[data-clock] b")).to_have_text(re.compile(r"\d\d:\d\d:\d\d \+0\d:00"))

    page.get_by_role("button", name="Lock this screen").click()
    expect(page.get_by_role("heading", name="Locked by M. Keller")).to_be_visible()
    expect(page.get_by_label("Secret of M. Keller")).to_be_focused()
    page.get_by_label("Secret of M. Keller").fill(brandt.password)
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_text("Not unlocked.")).to_be_visible()

    page.get_by_role("button", name="Change user").click()
    expect(page).to_have_url(site.url + "/sign-in")
    page = booth.sign_in(brandt)
    expect(page.locator("details.menu summary")).to_contain_text("J. Brandt")
    told = acts(site.database, f"account/{keller.account}")
    assert told[-3:] == ["session.started", "session.locked", "session.ended"]


class TestAnIdleScreen:
    @pytest.fixture
    def idle_lock_s(self) -> int:
        return 4

    @verifies("A11D-11.8-1")
    def test_locks_over_the_page_and_gives_back_what_stood_there(
        self, site: Site, tab: Open
    ) -> None:
        keller = site.somebody("m.keller", "operator", name="M. Keller")
        page = tab("DB-2").sign_in(keller, "/session/station")
        page.get_by_label("QA-1").check()
        lock = page.get_by_role("heading", name="Locked by M. Keller")
        expect(lock).to_be_visible(timeout=12_000)
        expect(page.locator("#main")).to_be_hidden()
        expect(page).to_have_title(re.compile("^Screen locked"))
        page.get_by_label("Secret of M. Keller").fill(keller.password)
        page.get_by_role("button", name="Unlock").click()
        expect(lock).to_be_hidden()
        expect(page.get_by_label("QA-1")).to_be_checked()
        page.get_by_role("button", name="This is the station").click()
        expect(page.get_by_text("This screen stands at QA-1 now.")).to_be_visible()

    @verifies("A11D-11.8-1")
    def test_is_locked_by_the_server_though_its_own_clock_was_stopped(
        self, site: Site, tab: Open
    ) -> None:
        keller = site.somebody("m.keller", "operator", name="M. Keller")
        page = tab("DB-2").sign_in(keller)
        page.evaluate(
            "window.setTimeout = window.setInterval = () => 0;"
            "for (let i = 0; i < 99999; i += 1) { clearTimeout(i); clearInterval(i); }"
        )
        time.sleep(4.5)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Good to see you")
        page.goto(site.url + "/password")
        expect(page.get_by_role("heading", name="Locked by M. Keller")).to_be_visible()
        page.get_by_label("Secret of M. Keller").fill(keller.password)
        page.get_by_role("button", name="Unlock").click()
        expect(page.get_by_label("Present password")).to_be_visible()

    def test_warns_before_it_locks_and_a_person_who_moves_keeps_it_open(
        self, site: Site, tab: Open
    ) -> None:
        keller = site.somebody("m.keller", "operator", name="M. Keller")
        page = tab("DB-2").sign_in(keller)
        expect(page.locator("#idle")).to_contain_text("The screen locks in")
        for _ in range(6):
            page.get_by_role("button", name="Stay").click()
            page.wait_for_timeout(1_000)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Good to see you")


@verifies("DIQA-12-1")
def test_without_the_line_nothing_is_sent_and_nothing_is_queued(site: Site, tab: Open) -> None:
    keller = site.somebody("m.keller", "operator", name="M. Keller")
    booth = tab("DB-2")
    page = booth.sign_in(keller, "/session/station")
    page.get_by_label("QA-1").check()
    booth.offline = True
    site.stop()
    page.get_by_role("button", name="This is the station").click()
    banner = page.locator("#offline")
    expect(banner).to_contain_text(re.compile(r"No connection since \d\d:\d\d:\d\d \+0\d:00\."))
    expect(banner).to_be_focused()
    assert page.url == site.url + "/session/station"
    site.start()
    expect(banner).to_be_hidden(timeout=12_000)
    expect(page.get_by_text("Connected again.")).to_be_visible()
    assert "session.moved" not in acts(site.database, f"account/{keller.account}")
    kept = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    assert set(kept) <= {"htmx-current-path-for-history"}, "an address, and no entry"
    page.get_by_role("button", name="This is the station").click()
    expect(page.get_by_text("This screen stands at QA-1 now.")).to_be_visible()
    assert acts(site.database, f"account/{keller.account}").count("session.moved") == 1


def test_a_badge_is_scanned_wherever_the_focus_is_and_presses_nothing(
    site: Site, tab: Open
) -> None:
    booth = tab("DB-2")
    page = booth.open("/sign-in")
    page.get_by_role("link", name="Can't sign in").focus()
    booth.scan("m.keller")
    expect(page.get_by_label("Login")).to_have_value("m.keller")
    expect(page.get_by_label("Secret", exact=True)).to_be_focused()
    assert page.url == site.url + "/sign-in"
    page.get_by_label("Login").fill("")
    page.get_by_role("button", name="Sign in").focus()
    page.keyboard.type("j.bra", delay=2)
    page.wait_for_timeout(150)
    page.keyboard.type("ndt", delay=2)
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Login")).to_have_value("j.brandt")
    assert page.url == site.url + "/sign-in"
    page.get_by_label("Secret", exact=True).focus()
    page.keyboard.press("F9")
    booth.scan("t.okafor")
    expect(page.get_by_label("Login")).to_have_value("t.okafor")
    expect(page.get_by_label("Secret", exact=True)).to_have_value("")


def test_the_door_works_without_scripts(site: Site, browser: Any) -> None:
    keller = site.somebody("m.keller", "operator", name="M. Keller")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url + "/password")
    page.get_by_label("FILL-1").check()
    page.get_by_role("button", name="This is the station").click()
    page.get_by_label("Login").fill(keller.login)
    page.get_by_label("Secret", exact=True).fill(keller.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Present password")).to_be_visible()
    page.get_by_role("button", name="Lock this screen").click()
    page.get_by_label("Secret of M. Keller").fill(keller.password)
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_label("Present password")).to_be_visible()
    context.close()


def test_the_keyboard_is_enough_and_stays_inside_the_lock(site: Site, tab: Open) -> None:
    keller = site.somebody("m.keller", "operator", name="M. Keller")
    page = tab("DB-2").sign_in(keller)
    page.locator("details.menu summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Change password")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("details.menu summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Secret of M. Keller")).to_be_focused()
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate("Boolean(document.activeElement.closest('[role=dialog]'))")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Locked by M. Keller")).to_be_visible()


def test_the_door_is_readable_in_every_size_and_theme(site: Site, tab: Open) -> None:
    keller = site.somebody("m.keller", "operator", name="M. Keller")
    booth = tab("DB-2")
    page = booth.open("/sign-in")
    booth.judge("sign-in")
    booth.targets(44)
    page.get_by_label("Login").fill("m.keller")
    page.get_by_label("Secret", exact=True).fill("wrong")
    page.get_by_role("button", name="Show Secret").click()
    expect(page.get_by_label("Secret", exact=True)).to_have_attribute("type", "text")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Not signed in.")).to_be_visible()
    booth.judge("refused sign-in")
    booth.open("/sign-in/help")
    booth.judge("help")
    page = booth.sign_in(keller)
    booth.judge("start page")
    page.locator("details.menu summary").click()
    booth.judge("menu")
    booth.open("/password")
    booth.judge("password")
    booth.open("/session/station")
    booth.judge("station")
    booth.open("/nowhere")
    booth.judge("unknown")
    page.get_by_role("button", name="Lock this screen").click()
    expect(page.get_by_label("Secret of M. Keller")).to_be_focused()
    booth.judge("lock")
    booth.targets(44)
