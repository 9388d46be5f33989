"""The site's log as the database has it, to be verified or copied by who needs no more than that.

It reads as whoever may read, the auditor's login at best, and holds only a connection string, so
that it can be sent to another process. The log's end is the newest checkpoint when it was opened,
or the newest that is no longer than was asked for.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from audit.ledger import Unreadable
from audit.merkle import TILE_WIDTH

PIECE_BYTES = 1 << 20
ANY_SIZE = (1 << 63) - 1
LEAVES_AT_ONCE = 4_096
_LEAVES = """SELECT s.idx, e.leaf FROM audit.site_leaf s LEFT JOIN audit.entry e ON e.id = s.entry
  WHERE s.idx >= %s AND s.idx < %s ORDER BY s.idx"""


class DatabaseSource:
    """The log of one site in PostgreSQL."""

    def __init__(self, url: str, size_most: int = ANY_SIZE) -> None:
        self._url = url
        self._size_most = size_most
        self._engine: sa.Engine | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {"_url": self._url, "_size_most": self._size_most, "_engine": None}

    def close(self) -> None:
        """Let go of the database."""
        if self._engine is not None:
            self._engine.dispose()

    def origin(self) -> str:
        """The site's name, as the database tells it."""
        return str(self._rows("SELECT origin FROM audit.site")[0][0])

    def checkpoint(self) -> bytes:
        """The newest signed note, of those that are no longer than was asked for."""
        found = self._rows(
            "SELECT note FROM audit.checkpoint WHERE size <= %s ORDER BY size DESC LIMIT 1",
            self._size_most,
        )
        if not found:
            raise Unreadable(0, TILE_WIDTH, "audit.checkpoint", "nothing was signed yet")
        return bytes(found[0][0].encode())

    def leaves(self, start: int, end: int) -> Iterator[bytes]:
        """The leaves in the order of the log."""
        for first in range(start, end, LEAVES_AT_ONCE):
            last = min(end, first + LEAVES_AT_ONCE)
            expected = first
            for number, leaf in self._rows(_LEAVES, first, last):
                if number != expected or leaf is None:
                    break
                yield leaf.encode()
                expected += 1
            if expected < last:
                place = f"entry {expected}"
                raise Unreadable(expected, expected + 1, place, "it is not in the database")

    def tile(self, level: int, index: int, width: int) -> bytes | None:
        """The stored hashes of a full tile; unfinished ones are not kept in the database."""
        if width < TILE_WIDTH:
            return None
        found = self._rows(
            "SELECT hashes FROM audit.tile WHERE level = %s AND n = %s", level, index
        )
        if not found:
            place = f"tile {level}/{index}"
            raise Unreadable(index * TILE_WIDTH, index * TILE_WIDTH + 1, place, "it is missing")
        return bytes(found[0][0])

    def blob(self, digest: str) -> Iterator[bytes] | None:
        """The bytes of a blob in pieces."""
        found = self._rows("SELECT length(content) FROM audit.blob WHERE sha256 = %s", digest)
        return self._pieces(digest, found[0][0]) if found else None

    def _pieces(self, digest: str, size: int) -> Iterator[bytes]:
        for start in range(0, size, PIECE_BYTES):
            yield bytes(
                self._rows(
                    "SELECT substr(content, %s, %s) FROM audit.blob WHERE sha256 = %s",
                    start + 1,
                    PIECE_BYTES,
                    digest,
                )[0][0]
            )

    def blobs(self) -> Iterator[str]:
        """The digests of all blobs, each once."""
        last = ""
        while found := self._rows(
            "SELECT sha256 FROM audit.blob WHERE sha256 > %s ORDER BY sha256 LIMIT 1000", last
        ):
            yield from (row[0] for row in found)
            last = found[-1][0]

    def _rows(self, statement: str, *values: Any) -> Any:
        if self._engine is None:
            options = "-c timezone=UTC -c default_transaction_read_only=on"
            self._engine = sa.create_engine(
                self._url, pool_size=1, connect_args={"options": options}
            )
        with self._engine.connect() as connection:
            return connection.exec_driver_sql(statement, values).all()
