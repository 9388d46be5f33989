"""A reader of the site's log that remembers its place: what may happen after an act, happens here.

Followers read sealed entries only, in the log's order, so that none commits late behind their
back. Delivery is at least once: the place moves after the deed, and who receives must bear to
hear the same number twice.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

import sqlalchemy as sa

from audit.entry import Entry, parse_leaf

_NEXT = """SELECT s.idx, e.id, e.leaf FROM audit.site_leaf s JOIN audit.entry e ON e.id = s.entry
  WHERE s.idx >= %s ORDER BY s.idx LIMIT %s"""
_MOVE = """INSERT INTO audit.cursor (follower, size) VALUES (%s, %s)
  ON CONFLICT (follower) DO UPDATE SET size = excluded.size"""


class Sealed(NamedTuple):
    """An entry with its number in the site's log, and in the database."""

    number: int
    id: int
    entry: Entry


class Follower:
    """One reader by name; two processes of the same name take turns, never both at once."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self._engine = engine
        self._name = name

    def place(self) -> int:
        """How many entries were dealt with."""
        with self._engine.connect() as connection:
            return self._place(connection)

    def advance(self, deliver: Callable[[Sealed], None], most: int = 500) -> int:
        """Deliver the next entries in order, each then behind us; returns how many.

        None are delivered while another process of this name is at work. What
        `deliver` raises stops it there,
        and the same entry comes first next time.
        """
        with self._alone() as connection:
            if connection is None:
                return 0
            found = self._next(connection, most)
            for one in found:
                deliver(one)
                with self._engine.connect() as own, own.begin():
                    own.exec_driver_sql(_MOVE, (self._name, one.number + 1))
            return len(found)

    def _next(self, connection: sa.Connection, most: int) -> list[Sealed]:
        rows = connection.exec_driver_sql(_NEXT, (self._place(connection), most)).all()
        return [Sealed(row[0], row[1], parse_leaf(row[2].encode())) for row in rows]

    def _place(self, connection: sa.Connection) -> int:
        found = connection.exec_driver_sql(
            "SELECT size FROM audit.cursor WHERE follower = %s", (self._name,)
        ).scalar()
        return int(found or 0)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[sa.Connection | None]:
        with self._engine.connect() as connection, connection.begin():
            statement = sa.text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
            name = {"name": f"batchline.follower.{self._name}"}
            yield connection if connection.execute(statement, name).scalar() else None
