"""Opens what a request needs: a unit of work for an act, a read-only session for a question.

A view that reads never gets a unit of work: a GET changes nothing (tests/architecture/test_routes).
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar

from flask import current_app, g, request
from sqlalchemy.orm import Session

from ebr.kernel import Actor, SignatureRejected, Unauthenticated, UnitOfWork, new_id
from ebr.kernel.opening import Database, perform
from ebr.kernel.opening import reading as opened_for_reading
from ebr.settings import Settings
from ebr.web import binding

__all__ = [
    "KEY",
    "Database",
    "act",
    "act_as",
    "actor",
    "ask",
    "connect",
    "database",
    "later",
    "reading",
]

KEY = "ebr.database"
REFUSED_AFTER_S = {"normal": 0.4, "test": 0.0}  # longer than a hash and what follows it take
P = ParamSpec("P")
C = TypeVar("C")
R = TypeVar("R")


def connect(settings: Settings) -> Database:
    """The database as the application's login sees it, once its guards were found in place."""
    opened = Database.connect(settings, role="app")
    try:
        opened.require_guarded()
    finally:
        opened.close()  # the server forks: a connection must not have two users
    return opened


def database() -> Database:
    """The database of this application."""
    found: Database = current_app.extensions[KEY]
    return found


def actor() -> Actor:
    """Who acts in this request: the person of the session, or the door for a stranger."""
    found: Actor = g.actor
    return found


@contextmanager
def reading() -> Iterator[Session]:
    """A session that can only read."""
    with opened_for_reading(database()) as session:
        yield session


def ask(question: Callable[Concatenate[Session, P], R], *given: P.args, **named: P.kwargs) -> R:
    """The answer of one question: `ask(batches.board, actor())`."""
    with reading() as session:
        return question(session, *given, **named)


def later() -> Callable[..., Any]:
    """`ask` for an answer that is written while it is read, when the request is over already."""
    source = database()

    def asked(question: Callable[..., Any], *given: Any, **named: Any) -> Any:
        with opened_for_reading(source) as session:
            return question(session, *given, **named)

    return asked


def act(operation: Callable[[UnitOfWork, C], R], command: C) -> R:
    """Do one act in one unit of work; the same request again gives the first outcome."""
    if request.method == "GET":
        raise AssertionError("a GET never writes")
    begun_s = time.monotonic()
    try:
        return perform(database(), actor(), operation, command, g.request_id, binding.seen())
    except (SignatureRejected, Unauthenticated):
        # As late for a login that nobody has as for a wrong password, which leaves more to write.
        floor_s = REFUSED_AFTER_S[database().settings.password_cost]
        time.sleep(max(0.0, begun_s + floor_s - time.monotonic()))
        raise


def act_as(by: Actor, operation: Callable[[UnitOfWork, C], R], command: C) -> R:
    """An act of the door, under a request of its own: it notes who came and who was refused."""
    return perform(database(), by, operation, command, str(new_id()))
