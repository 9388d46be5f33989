"""What browsers load: vendored bytes as released, nothing inline, small enough for a tablet."""

import gzip
import re
from pathlib import Path

import pytest

from ebr.web import assets, vendoring
from ebr.web.words import CATALOGUE

TEMPLATES = Path(assets.__file__).parent / "templates"
TEST_FILES = Path(__file__).parents[3] / "journeys" / "vendor"
ALL = sorted(TEMPLATES.rglob("*.html"))
SCRIPTS = ("app.js", "scan.js", "session.js")
SHEETS = ("tokens.css", "app.css", "pages.css", "dark.css")
FORBIDDEN = {
    "a style attribute": re.compile(r"[\s\"']style\s*="),
    "an event attribute": re.compile(r"\son[a-z]+\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style[\s>]", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "htmx that is evaluated": re.compile(r"hx-on|hx-vals=.js:|js:"),
    "a text that is not escaped": re.compile(r"\|\s*safe\b|autoescape false"),
    "another site": re.compile(r"(?:src|href|action)=[\"']https?:", re.IGNORECASE),
}


@pytest.mark.parametrize("folder", [vendoring.FOLDER, TEST_FILES], ids=["product", "tests"])
def test_vendored_files_are_the_bytes_of_the_lock(folder: Path) -> None:
    assert vendoring.findings(folder) == []


def test_a_changed_a_missing_and_a_foreign_file_are_found(tmp_path: Path) -> None:
    for source in vendoring.FOLDER.rglob("*"):
        if source.is_file():
            target = tmp_path / source.relative_to(vendoring.FOLDER)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    (tmp_path / "htmx" / "htmx.min.js").write_bytes(b"other")
    (tmp_path / "lucide" / "icons" / "lock.svg").unlink()
    (tmp_path / "more.js").write_bytes(b"")
    assert vendoring.findings(tmp_path) == [
        "changed: htmx/htmx.min.js",
        "missing: lucide/icons/lock.svg",
        "not in the lock: more.js",
    ]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_nothing_on_a_page_is_inline_or_evaluated(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for what, pattern in FORBIDDEN.items():
        assert not pattern.search(text), f"{what} in {path.name}"


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_every_form_that_acts_carries_its_token(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL)
    for form in forms:
        assert "ui.fields.hidden(" in form, f"a form of {path.name} has no token"


def test_our_scripts_use_nothing_that_the_policy_refuses() -> None:
    for name in SCRIPTS:
        text = assets.assets()[name].content.decode()
        assert not re.search(r"\beval\(|new Function|localStorage|sessionStorage|indexedDB", text)


def test_what_a_page_loads_first_is_small() -> None:
    def packed(*names: str) -> int:
        return sum(len(gzip.compress(assets.assets()[name].content, 9)) for name in names)

    assert packed(*SCRIPTS) < 20 * 1024
    font = len(assets.assets()["fonts/inter-ui-latin.woff2"].content)
    assert packed(*SCRIPTS, *SHEETS, "vendor/htmx/htmx.min.js") + font < 100 * 1024


def test_a_tag_carries_the_digest_that_the_browser_compares() -> None:
    tag = str(assets.script("app.js"))
    assert vendoring.integrity(assets.assets()["app.js"].content) in tag
    assert 'crossorigin="anonymous"' in tag
    assert f"/static/{assets.build()}/app.js" in tag
    with pytest.raises(KeyError):
        assets.address("not-there.js")


def test_every_icon_that_is_named_is_there() -> None:
    named = {word.icon for states in CATALOGUE.values() for word in states.values()}
    for path in ALL:
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r"\bic\('([a-z0-9-]+)'", text))
        named |= set(re.findall(r"banner\('\w+', '([a-z0-9-]+)'", text))
    for name in named:
        assert "<" in assets.icon(name)
    assert 'aria-label="a &#34;b&#34;"' in assets.icon("lock", 'a "b"')


def test_the_licences_lie_beside_what_is_vendored() -> None:
    for package in ("htmx", "inter", "lucide"):
        assert (vendoring.FOLDER / package / "LICENSE").is_file()
    assert (TEST_FILES / "axe" / "LICENSE").is_file()
