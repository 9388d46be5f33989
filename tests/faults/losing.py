"""A connection that loses its server at a chosen step of the commit, before or after the deed."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
import sqlalchemy as sa

from ebr.kernel.opening import OPTIONS, Database


@dataclass
class Script:
    """Where the server is lost, and how many more times."""

    step: str  # flush, append or commit
    effect: str  # "before" or "after" the step took effect
    times: int
    met: int = field(default=0, init=False)

    def strikes(self, step: str, effect: str) -> bool:
        """Whether the server is lost here, now."""
        if (step, effect) != (self.step, self.effect) or self.met >= self.times:
            return False
        self.met += 1
        return True


def step_of(statement: str) -> str:
    """Which step of the commit a statement is."""
    if "audit.append" in statement:
        return "append"
    return "flush" if "plant.vessel" in statement and "SELECT" not in statement else ""


def losing(database: Database, script: Script) -> Database:
    """The same database over connections that follow the script."""

    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
            return _lossy(
                self.connection, step_of(str(query)), lambda: super(Cursor, self).execute(
                    query, *args, **kwargs
                )
            )  # fmt: skip

    class Connection(psycopg.Connection[Any]):
        def commit(self) -> None:
            _lossy(self, "commit", lambda: super(Connection, self).commit())

    def _lossy(connection: psycopg.Connection[Any], step: str, deed: Callable[[], Any]) -> Any:
        if script.strikes(step, "before"):
            raise lost(connection)
        done = deed()
        if script.strikes(step, "after"):
            raise lost(connection)
        return done

    url = sa.make_url(database.settings.url("app"))

    def connect() -> Connection:
        return Connection.connect(
            host=str(url.query["host"]), user=url.username, dbname=url.database, options=OPTIONS,
            cursor_factory=Cursor,
        )  # fmt: skip

    return replace(database, engine=sa.create_engine(database.engine.url, creator=connect))


def lost(connection: psycopg.Connection[Any]) -> psycopg.OperationalError:
    """The server is gone from this side; it will find out and undo what was not committed."""
    connection.close()
    return psycopg.OperationalError("server closed the connection unexpectedly")
