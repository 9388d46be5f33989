"""An operator at a screen, as the API sees them: steps, statements, signatures, refusals."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import Flask
from werkzeug.test import TestResponse

from tests.builders.batch import Line
from tests.builders.identity import entries
from tests.builders.web import Program

FIRST = ("clear-line", "scan-balance", "scan-vessel")


class Operator:
    """An operator's screen, seen as the API."""

    def __init__(self, app: Flask, line: Line, login: str = "m.keller") -> None:
        self.line, self.login = line, login
        self.person = line.people[login]
        self.program = Program(app)
        assert self.program.sign_in(self.person).status_code == 201
        self.signed = False

    def path(self, step: str) -> str:
        return f"/batches/{self.line.batch}/steps/{quote(step, safe='')}"

    def get(self, url: str) -> Any:
        answer = self.program.get(url)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def step(self, key: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.get(self.path(key))
        return found

    def act(self, step: str, what: str, **body: Any) -> TestResponse:
        return self.program.send(f"{self.path(step)}/{what}", body)

    def did(self, step: str, what: str, **body: Any) -> Any:
        answer = self.act(step, what, **body)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def shown(self, step: str, act: str, **fields: str) -> list[dict[str, str]]:
        query = "&".join(f"{name}={value}" for name, value in {"act": act, **fields}.items())
        found: list[dict[str, str]] = self.get(f"{self.path(step)}/statement?{query}")["statements"]
        return found

    def given(self, shown: Mapping[str, str], login: str | None = None) -> dict[str, str]:
        """What this person enters over one statement; `login` names somebody else."""
        entered = {"meaning": shown["meaning"], "shown": shown["shown"]}
        if login is not None:
            return entered | {"login": login, "secret": self.line.people[login].password}
        both = {} if self.signed else {"login": self.login}
        return entered | both | {"secret": self.person.password}

    def sign(self, step: str, act: str, what: str, **body: str) -> TestResponse:
        given = [self.given(each) for each in self.shown(step, act, **body)]
        answer = self.act(step, what, **body, signatures=given)
        self.signed = self.signed or answer.status_code == 200
        return answer

    def clear(self) -> None:
        """Do the first step as far as its signature."""
        self.did("clear-line", "start")
        for key in ("empty", "labels", "ignition"):
            self.did("clear-line", "values", input=key, value="yes")

    def through(self, *steps: str) -> None:
        """Bring early steps to their end."""
        for step in steps:
            if step == "clear-line":
                self.clear()
            else:
                self.did(step, "start")
                code = {"scan-balance": "SC-04", "scan-vessel": "MX-10"}[step]
                self.did(step, "equipment", code=code)
            assert self.sign(step, "complete", "complete").status_code == 200

    def weighed(self) -> None:
        """Bring the batch as far as the witness of the ethanol."""
        self.through(*FIRST)
        line = self.line
        for step, what, body in (
            ("scan-ethanol", "material", {"code": line.containers["RM-ETH96"]}),
            ("density-ethanol", "values", {"input": "density", "value": "0.8074", "unit": "g/mL"}),
            ("mass-ethanol", "calculate", {}),
        ):
            self.did(step, "start")
            self.did(step, what, **body)
            assert self.sign(step, "complete", "complete").status_code == 200
        self.did("weigh-ethanol", "start")
        found = line.weigh("weigh-ethanol", "6728.1")
        self.did("weigh-ethanol", "weight", reading=str(found))
        assert self.sign("weigh-ethanol", "complete", "complete").status_code == 200


def codes(answer: TestResponse) -> list[str]:
    """The reasons of a refusal, in their order."""
    assert answer.status_code in (403, 409), answer.text
    return [reason["code"] for reason in answer.get_json()["reasons"]]


def attempts(line: Line, login: str) -> list[dict[str, Any]]:
    """The refused attempts that the ledger remembers of an account."""
    return entries(line.database, f"attempt/{line.people[login].account}")
