"""The site itself: the start page, the files of the build, whether we are well, the theme."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, make_response, request
from sqlalchemy import text
from sqlalchemy.orm import Session

from ebr.identity import Right
from ebr.kernel import Unavailable
from ebr.kernel.clock import unix_ms
from ebr.web import assets, responses, sessions, work
from ebr.web.routing import PUBLIC, Route


def start() -> Response:
    """Where everybody begins: the pages that their rights open."""
    return responses.show("site/start.html")


def health() -> Response:
    """Whether the server and its database answer; says nothing else."""
    work.ask(_alive)
    return answer_now({})


def _alive(session: Session) -> None:
    if session.execute(text("SELECT 1")).scalar_one() != 1:
        raise Unavailable("the database")


def answer_now(more: dict[str, Any]) -> Response:
    """The server's clock, for the clock on the screen, and what else is told."""
    now = datetime.fromtimestamp(unix_ms() / 1000, UTC)
    return responses.answer({"now": now, "offset_min": sessions.here().offset_min, **more})


def static_file(build: str, name: str) -> Response:
    """One file of the build."""
    return assets.static_file(build, name)


def choose_theme() -> Response:
    """Light, dark or automatic, for this station."""
    chosen = request.form.get("theme", "")
    answer = responses.see(responses.inside(request.form.get("next", "/")))
    return sessions.keep_theme(answer, chosen)


def robots() -> Response:
    """Nothing here is for search engines."""
    answer = make_response("User-agent: *\nDisallow: /\n")
    answer.headers["Content-Type"] = "text/plain; charset=utf-8"
    return answer


ROUTES = (
    Route("GET", "/", start, Right.USE_OWN_SESSION),
    Route("GET", "/health", health, PUBLIC, passive=True),
    Route("GET", "/static/<build>/<path:name>", static_file, PUBLIC, passive=True),
    Route("GET", "/robots.txt", robots, PUBLIC, passive=True),
    Route("POST", "/theme", choose_theme, PUBLIC),
)
