"""A person at a screen, as the API sees one: signs in, asks, acts, signs.

A request that got no answer is sent again with the same idempotency key until the plant answers,
so that a server killed in the middle of an act costs time and nothing else.
"""

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Any

from ebr.kernel import new_id

API = "/api/v1"
ANSWER_S = 30.0
PATIENCE_S = 90.0
PAUSE_S = 0.25
_AWAY = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE})


class NotDone(Exception):
    """The plant said no; the problem document says why."""

    def __init__(self, what: str, status: int, problem: Mapping[str, Any]) -> None:
        reasons = [str(each.get("text", "")) for each in problem.get("reasons", [])]
        faults = [f"{name}: {' '.join(said)}" for name, said in problem.get("faults", {}).items()]
        told = " ".join(reasons + faults) or problem.get("detail") or problem.get("title")
        super().__init__(f"{what}: {status}, {told}")
        self.status = status
        self.code = str(problem.get("code", ""))
        self.codes = frozenset(str(each.get("code", "")) for each in problem.get("reasons", []))
        self.problem = problem


@dataclass(slots=True)
class Person:
    """Somebody with a login, at a station."""

    host: str
    port: int
    login: str
    secret: str
    station: str
    _cookies: dict[str, str] = field(default_factory=dict)
    _csrf: str = ""
    _signed: bool = False

    def sign_in(self) -> Mapping[str, Any]:
        """Open a session at the station."""
        body = {"login": self.login, "secret": self.secret, "station": self.station}
        session: Mapping[str, Any] = self.post("/session", body)
        self._csrf = str(session["csrf"])
        self._signed = False
        return session

    def get(self, path: str) -> Any:
        """Ask for something."""
        return self._exchange("GET", path, None)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Do something, once, however often it has to be sent."""
        return self._exchange("POST", path, body or {})

    def sign(
        self,
        path: str,
        statement: str,
        body: Mapping[str, Any] | None = None,
        second: "Person | None" = None,
    ) -> Any:
        """Read the statement, then do the act with a signature over it.

        The first signature of a session gives both components, later ones the secret alone; a
        `second` person signs at this screen and always gives both.
        """
        signatures = []
        for shown in self.get(statement)["statements"]:
            given = {"meaning": shown["meaning"], "shown": shown["shown"]}
            if shown["second_person"] and second is not None:
                given |= {"login": second.login, "secret": second.secret}
            else:
                given |= {"secret": self.secret} | ({} if self._signed else {"login": self.login})
            signatures.append(given)
        answer = self.post(path, {**(body or {}), "signatures": signatures})
        self._signed = self._signed or second is None
        return answer

    def sign_alone(
        self, path: str, shown: str, meaning: str, body: Mapping[str, Any] | None = None
    ) -> Any:
        """Do an act with the one signature that it asks for, over what was shown."""
        login = {} if self._signed else {"login": self.login}
        given = {"meaning": meaning, "shown": shown, "secret": self.secret, **login}
        answer = self.post(path, {**(body or {}), "signature": given})
        self._signed = True
        return answer

    def _exchange(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        headers = {"Accept": "application/json"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": str(new_id())}
            headers |= {"X-CSRF-Token": self._csrf} if self._csrf else {}
        status, answer = self._until_answered(method, path, body, headers)
        if status >= HTTPStatus.BAD_REQUEST:
            raise NotDone(f"{self.login} {method} {path}", status, answer)
        return answer

    def _until_answered(
        self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> tuple[int, Any]:
        """The same request, again and again, until the plant answers or patience ends."""
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                status, answer = self._once(method, path, body, headers)
            except (OSError, http.client.HTTPException):
                if time.monotonic() > until:
                    raise
            else:
                if status not in _AWAY or time.monotonic() > until:
                    return status, answer
            time.sleep(PAUSE_S)

    def _once(
        self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> tuple[int, Any]:
        """One request, one answer."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=ANSWER_S)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        try:
            connection.request(
                method,
                API + path,
                None if body is None else json.dumps(body).encode(),
                {**headers, **({"Cookie": cookies} if cookies else {})},
            )
            response = connection.getresponse()
            content = response.read()
            for header in response.headers.get_all("Set-Cookie", []):
                for name, morsel in SimpleCookie(header).items():
                    self._cookies[name] = morsel.value
            kind = response.headers.get_content_type()
            return response.status, json.loads(content) if "json" in kind else content
        finally:
            connection.close()
