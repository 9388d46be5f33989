"""The description of the API as partners have it: every change of the contract shows here.

`python -m tests.golden.openapi` writes it anew. Do that only for a change that is meant, and look
at the difference: what an address has taken or answered once, programs rely on.
"""

import json
import sys
from pathlib import Path

from flask import Flask

from ebr.web import api, openapi
from ebr.web.routing import Route, register

PLACE = Path(__file__).with_name("openapi.json")


def described() -> str:
    """The description of today, one order, without the number of the release."""

    def guard(_: Route) -> None:
        """Nobody asks; the routes are only described."""

    registered = register(Flask("described"), "api", api.TABLES, guard)
    found = openapi.description(registered)
    found["info"].pop("version")
    return json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PLACE.write_text(described(), encoding="utf-8")
    sys.stdout.write(f"{PLACE.name}\n")
