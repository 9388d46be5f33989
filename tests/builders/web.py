"""Visitors of the site for tests: a browser without scripts, and a program that speaks JSON."""

import json
import re
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from ebr.kernel import new_id
from tests.builders.identity import Someone

HIDDEN = re.compile(r'<input type="hidden" name="(csrf|request)" value="([^"]*)">')


class Browser:
    """Reads pages and sends their forms, as a browser without scripts does."""

    def __init__(self, app: Flask, station: str = "DB-2") -> None:
        self.client = app.test_client()
        self.client.set_cookie("batchline_station", station)

    def get(self, url: str, **headers: str) -> TestResponse:
        return self.client.get(url, headers=_named(headers))

    def send(self, url: str, page: str = "", **fields: str) -> TestResponse:
        """Send a form to `url` with the hidden fields of the page on which it stands."""
        shown = self.get(page or url).text
        return self.post(url, **{**dict(HIDDEN.findall(shown)), **fields})

    def post(self, url: str, **fields: str) -> TestResponse:
        return self.client.post(url, data={n.replace("__", "."): v for n, v in fields.items()})

    def sign_in(self, someone: Someone) -> TestResponse:
        return self.send("/sign-in", login=someone.login, secret=someone.password)

    @property
    def token(self) -> str:
        """What the session's cookie carries."""
        found = self.client.get_cookie("batchline_session")
        assert found is not None
        return found.value


@dataclass
class Program:
    """Speaks to the API with a cookie, the token for acts, and a new key for every act."""

    app: Flask
    csrf: str = ""

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def sign_in(self, someone: Someone, station: str = "DB-2") -> TestResponse:
        opening = {"login": someone.login, "secret": someone.password, "station": station}
        answer = self.client.post("/api/v1/session", json=opening)
        if answer.status_code == 201:
            self.csrf = str(answer.get_json()["csrf"])
        return answer

    def get(self, url: str, **headers: str) -> TestResponse:
        return self.client.get(f"/api/v1{url}", headers=_named(headers))

    def send(
        self, url: str, body: Any = None, *, method: str = "POST", key: str = "", **headers: str
    ) -> TestResponse:
        given = {
            "X-CSRF-Token": self.csrf,
            "Idempotency-Key": key or str(new_id()),
            **_named(headers),
        }
        content = None if body is None else json.dumps(body)
        kind = "application/json" if body is not None else None
        return self.client.open(
            f"/api/v1{url}", method=method, data=content, content_type=kind, headers=given
        )


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
