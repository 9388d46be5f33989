"""A real browser on a real server with a database of its own; a journey fails on what nobody saw.

A violation of the security policy, an error in a script or on the console, a request to another
host: each shows only in the browser, so each fails the journey that met it.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from werkzeug.serving import make_server

from ebr.kernel.opening import Database
from ebr.settings import Settings
from ebr.web import create_app
from tests.builders.identity import Someone, somebody

CHROMIUM = "/usr/bin/chromium"
AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"desk": (1280, 800), "tablet": (768, 1024), "phone": (412, 915)}
# A refusal is answered with its status, and the browser notes that on its console.
EXPECTED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
PATIENCE_MS = 10_000


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The system's Chromium; nothing is downloaded."""
    return {
        "executable_path": CHROMIUM,
        "args": ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    }


@dataclass
class Site:
    """The plant under test: where it answers, who works there."""

    url: str
    database: Database
    settings: Settings
    stop: Callable[[], None]
    start: Callable[[], None]

    def somebody(self, login: str, *roles: str, name: str = "") -> Someone:
        return somebody(self.database, login, *roles, name=name)


@pytest.fixture
def idle_lock_s() -> int:
    """After how long a session locks; a journey may set its own."""
    return 600


@pytest.fixture
def dressed() -> Callable[[Flask], None]:
    """What a journey adds to the application before it is served; nothing, as a rule."""
    return lambda _: None


@pytest.fixture
def site(
    settings: Settings,
    database: Database,
    idle_lock_s: int,
    dressed: Callable[[Flask], None],
) -> Iterator[Site]:
    """The application, served over HTTP by threads of this process."""
    setting = replace(settings, idle_lock_s=idle_lock_s)
    database.settings = setting
    app = create_app(setting, database)
    dressed(app)
    probe = make_server("127.0.0.1", 0, app, threaded=True)
    port = probe.server_port
    probe.server_close()
    running: list[Any] = []

    def start() -> None:
        server = make_server("127.0.0.1", port, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        running.append((server, thread))

    def stop() -> None:
        while running:
            server, thread = running.pop()
            server.shutdown()
            server.server_close()
            thread.join()

    start()
    yield Site(f"http://127.0.0.1:{port}", database, setting, stop, start)
    stop()


class Tab:
    """One browser window of one person at one station, and everything it complained about."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.context, self.site = context, site
        self.complaints: list[str] = []
        self.offline = False
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("request", self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        lost = self.offline and "net::ERR" in message.text
        if message.type in ("error", "warning") and not EXPECTED.search(message.text) and not lost:
            self.complaints.append(f"console: {message.text}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.site.url, "data:")):
            self.complaints.append(f"another host: {request.url}")

    def open(self, path: str) -> Page:
        self.page.goto(self.site.url + path)
        return self.page

    def sign_in(self, someone: Someone, path: str = "/") -> Page:
        """Sign in on the page that was asked for, and land there."""
        self.open(path)
        self.page.get_by_label("Login").fill(someone.login)
        self.page.get_by_label("Secret", exact=True).fill(someone.password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("button", name="Lock this screen").wait_for()
        return self.page

    def scan(self, code: str, *, delay_ms: float = 2) -> None:
        """What a keyboard-wedge scanner does: types the code wherever it is, then Enter."""
        self.page.keyboard.type(code, delay=delay_ms)
        self.page.keyboard.press("Enter")

    def judge(self, what: str = "") -> None:
        """No finding of axe and nothing wider than the window, at every size and in both themes.

        Behind sticky bars axe cannot see contrast, so the desk is looked at in a very high window;
        the dark theme differs in its colours only.
        """
        before = self.page.viewport_size
        for size, (width, height) in SIZES.items():
            self.page.set_viewport_size({"width": width, "height": height})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{what}: {wide} px wide in a window of {width} px"
            if size == "desk":
                below = self.page.evaluate(
                    "document.querySelector('.shell .cols')"
                    " ? document.documentElement.scrollHeight - innerHeight : 0"
                )
                assert below <= 0, f"{what}: {below} px of nothing below the page"
                self.page.set_viewport_size({"width": width, "height": 3200})
            self._axe(f"{what} at {size}", {"type": "tag", "values": RULES})
            if size != "tablet":
                self.page.emulate_media(color_scheme="dark")
                dark = {"type": "rule", "values": ["color-contrast"]}
                self._axe(f"{what} at {size}, dark", dark)
                self.page.emulate_media(color_scheme="light")
        if before is not None:
            self.page.set_viewport_size(before)

    def _axe(self, what: str, only: dict[str, Any]) -> None:
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(only)}}})")
        told = [
            f"{rule['id']}: {node['html'][:160]}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]
        assert not told, f"{what}: {told}"

    def targets(self, least: int) -> None:
        """Everything that is pressed is large enough for who presses it."""
        small = self.page.evaluate(
            """(least) => [...document.querySelectorAll('button,summary,input:not([type=hidden])')]
              .filter((n) => n.checkVisibility() && !n.closest('label') && !n.closest('[inert]'))
              .map((n) => [n.outerHTML.slice(0, 120), n.getBoundingClientRect().height])
              .filter(([, height]) => height < least)""",
            least,
        )
        assert small == []


@pytest.fixture
def tab(browser: Browser, site: Site) -> Iterator[Callable[..., Tab]]:
    """Open a window: `tab("DB-2", size="tablet")`; complaints fail the journey."""
    opened: list[Tab] = []

    def new(station: str = "DB-2", *, size: str = "desk") -> Tab:
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height})
        context.add_cookies([{"name": "batchline_station", "value": station, "url": site.url}])
        opened.append(Tab(context, site))
        return opened[-1]

    yield new
    complaints = [complaint for one in opened for complaint in one.complaints]
    for one in opened:
        one.context.close()
    assert complaints == []
