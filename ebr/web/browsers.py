"""Which browsers show these pages rightly, and whether this one does."""

import re
from dataclasses import dataclass

SUPPORTED = "Chromium and Edge 111, Firefox 121, Safari 16.4, or newer"
# Ordered: every Edge calls itself Chrome too, and every Chrome calls itself Safari.
_KINDS = (
    ("Edge", r"Edg/(\d+)\.(\d+)", (111, 0)),
    ("Firefox", r"Firefox/(\d+)\.(\d+)", (121, 0)),
    ("Chromium", r"(?:HeadlessChrome|Chrome|Chromium)/(\d+)\.(\d+)", (111, 0)),
    ("Safari", r"Version/(\d+)\.(\d+)(?:\.\d+)? (?:Mobile/\w+ )?Safari/", (16, 4)),
)


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser that asks: its name, its version, whether it is new enough."""

    name: str
    fine: bool


def judge(agent: str) -> Browser | None:
    """The browser behind a User-Agent; None when it names none that we know."""
    for name, pattern, least in _KINDS:
        found = re.search(pattern, agent)
        if found is not None:
            version = (int(found.group(1)), int(found.group(2)))
            number = f"{version[0]}.{version[1]}" if name == "Safari" else str(version[0])
            return Browser(f"{name} {number}", version >= least)
    return None
