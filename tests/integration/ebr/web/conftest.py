"""The application on a database of its own, with two operators and an administrator."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from ebr.kernel.opening import Database
from ebr.settings import Settings
from ebr.web import create_app
from tests.builders.identity import Someone, somebody


@pytest.fixture
def app(settings: Settings, database: Database) -> Flask:
    return create_app(settings, database)


@pytest.fixture
def keller(database: Database) -> Someone:
    return somebody(database, "m.keller", "operator", name="M. Keller")


@pytest.fixture
def brandt(database: Database) -> Someone:
    return somebody(database, "j.brandt", "operator", name="J. Brandt")


@pytest.fixture
def time_passes(database: Database) -> Callable[[int], None]:
    """Let every open session have had its last input so many seconds earlier."""

    def pass_by(seconds: int) -> None:
        with database.engine.begin() as connection:
            connection.execute(
                text(
                    "UPDATE identity.session"
                    " SET last_input = last_input - make_interval(secs => :s),"
                    " opened_at = opened_at - make_interval(secs => :s)"
                ),
                {"s": seconds},
            )

    return pass_by


@pytest.fixture
def last_input(database: Database) -> Callable[[], Any]:
    """When the server last noted a person's input in the one session there is."""

    def asked() -> Any:
        with database.engine.connect() as connection:
            return connection.execute(
                text("SELECT last_input FROM identity.session ORDER BY opened_at DESC LIMIT 1")
            ).scalar_one()

    return asked
