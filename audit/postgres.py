"""The door to the ledger in PostgreSQL: open an act, append its entry, read entries back.

Everything that writes goes through `audit.append` and `audit.keep`, which belong to the database's
owner; this file only calls them. It never begins and never ends a transaction: that is the unit of
work's, so that rows and entry become true together.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
import sqlalchemy as sa

from audit.canonical import canonical
from audit.entry import Body, Entry, genesis, parse_leaf
from audit.ledger import Head, StaleHead

STALE = "BL409"
_OPEN = "SELECT clock_timestamp()"
_OPEN_REQUEST = """SELECT clock_timestamp(), r.digest, r.outcome FROM (SELECT) one
  LEFT JOIN audit.request r ON r.owner = %s AND r.request = %s"""
_APPEND = "SELECT audit.append(%s, %s, %s)"
_APPEND_AT_HEAD = """SELECT audit.append(%s,
  coalesce((SELECT seq FROM audit.head WHERE stream = %s), 0), %s)"""
_ASKED = "WITH asked AS (INSERT INTO audit.request VALUES (%s, %s, %s, %s)) "
_READ = "SELECT leaf FROM audit.entry WHERE stream = %s AND seq >= %s ORDER BY seq"


class Asked(NamedTuple):
    """A request that is being carried out: whose, which, over what, and what it answered."""

    owner: str
    request: str
    digest: str
    outcome: str


class Opened(NamedTuple):
    """The database's clock, and digest and outcome of the same request if it was done before."""

    now: datetime
    digest: str | None = None
    outcome: str | None = None


class PostgresLedger:
    """The ledger as one transaction sees it."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def open(self, owner: str = "", request: str = "") -> Opened:
        """Read the clock, and what is known of the request, in one question."""
        if not request:
            return Opened(self._one(_OPEN)[0])
        return Opened(*self._one(_OPEN_REQUEST, owner, request))

    def origin(self) -> str:
        """The site's name in checkpoints."""
        return str(self._one("SELECT origin FROM audit.site")[0])

    def append(self, stream: str, expected: int | None, body: Body) -> bytes:
        """Write one entry after `expected` and return its hash; StaleHead if another came first."""
        return self.append_text(stream, expected, canonical(body).decode())

    def append_text(
        self, stream: str, expected: int | None, body: str, asked: Asked | None = None
    ) -> bytes:
        """As `append`, for a body in canonical form, together with its request."""
        return self._append(_APPEND, (stream, expected, body), asked)

    def append_at_head(self, stream: str, body: str, asked: Asked | None = None) -> bytes:
        """Write one entry after the head as it is seen now; StaleHead if another came between."""
        return self._append(_APPEND_AT_HEAD, (stream, stream, body), asked)

    def ask(self, asked: Asked) -> None:
        """Remember a request that left no entry, so that it is not done again."""
        self._connection.exec_driver_sql("INSERT INTO audit.request VALUES (%s, %s, %s, %s)", asked)

    def head(self, stream: str) -> Head:
        """Where the stream stands."""
        found = self._connection.exec_driver_sql(
            "SELECT seq, hash FROM audit.head WHERE stream = %s", (stream,)
        ).first()
        return Head(0, genesis(self.origin(), stream)) if found is None else Head(*found)

    def hold(self, stream: str) -> None:
        """Keep everybody else from the head of a stream until this transaction ends."""
        self._one("SELECT audit.hold(%s)", stream)

    def read(self, stream: str, after: int = 0) -> Iterator[Entry]:
        """The entries of a stream in order, those after that sequence."""
        return self.read_from(stream, after + 1)

    def read_from(self, stream: str, first: int) -> Iterator[Entry]:
        """The entries of a stream in order, from that sequence on."""
        found = self._connection.exec_driver_sql(_READ, (stream, first))
        return (parse_leaf(row[0].encode()) for row in found)

    def keep(self, content: bytes) -> str:
        """Keep bytes that an entry will refer to; returns their digest."""
        return str(self._one("SELECT audit.keep(%s)", content)[0])

    def keep_all(self, contents: Sequence[bytes]) -> None:
        """Keep several at once."""
        self._connection.exec_driver_sql(
            "SELECT audit.keep(b) FROM unnest(%s::bytea[]) b", (list(contents),)
        )

    def kept(self, digest: str) -> bytes | None:
        """The bytes of that digest, if any were kept."""
        return self.kept_all([digest]).get(digest)

    def kept_all(self, digests: Iterable[str]) -> dict[str, bytes]:
        """The bytes of those digests, as far as they were kept."""
        found = self._connection.exec_driver_sql(
            "SELECT sha256, content FROM audit.blob WHERE sha256 = ANY(%s)", (list(digests),)
        )
        return {row[0]: bytes(row[1]) for row in found}

    def _append(self, statement: str, parameters: tuple[Any, ...], asked: Asked | None) -> bytes:
        if asked is not None:
            statement, parameters = _ASKED + statement, (*asked, *parameters)
        try:
            return bytes(self._one(statement, *parameters)[0])
        except sa.exc.DBAPIError as error:
            if (found := stale_at(error)) is not None:
                expected = parameters[-2] if isinstance(parameters[-2], int) else found - 1
                raise StaleHead(str(parameters[-3]), found, expected) from error
            raise

    def _one(self, statement: str, *parameters: Any) -> Any:
        return self._connection.exec_driver_sql(statement, parameters).one()


def stale_at(error: sa.exc.DBAPIError) -> int | None:
    """Where the head stands, if that is what the database says no with."""
    cause = error.orig
    if isinstance(cause, psycopg.Error) and cause.sqlstate == STALE:
        return int(cause.diag.message_detail or 0)
    return None
