"""Orders what was committed into the site's log, and signs how long and what it is.

One sealer at a time, by an advisory lock. A round takes, in one snapshot, every visible entry that
is not sealed yet, in the order of their numbers: within a stream that is the order of commits,
because the head's row stays locked until the commit. Entries of transactions that are still open
come with a later round; none is ever stepped over, because the next round looks at everything
from the oldest transaction on that this snapshot could not see the end of.
"""

import contextlib
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from audit.checkpoint import Checkpoint, NoteError, SigningKey, open_checkpoint
from audit.ledger import Breach, BreachKind
from audit.merkle import EMPTY_ROOT, Frontier, Tile

CHANNEL = "batchline_sealed"
LOCK = "batchline.sealer"
TABLE = "audit.checkpoint"
ENTRIES_MOST = 20_000
PAUSE_S = 0.2

_UNSEALED = """SELECT e.id, e.hash FROM audit.entry e
  WHERE e.xid >= coalesce((SELECT horizon FROM audit.sealing ORDER BY size DESC LIMIT 1), '0')
    AND NOT EXISTS (SELECT FROM audit.site_leaf s WHERE s.entry = e.id)
  ORDER BY e.id LIMIT %s"""
_LEAVES = """INSERT INTO audit.site_leaf (idx, entry, hash)
  SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])"""
_TILES = """INSERT INTO audit.tile (level, n, hashes)
  SELECT * FROM unnest(%s::int[], %s::bigint[], %s::bytea[])"""
# A round that was cut short keeps the horizon of the one before: what it left is below its own.
_HORIZON = """INSERT INTO audit.sealing (size, horizon) SELECT %s, CASE WHEN %s
  THEN coalesce((SELECT horizon FROM audit.sealing ORDER BY size DESC LIMIT 1), '0')
  ELSE pg_snapshot_xmin(pg_current_snapshot()) END"""


class SealingRefused(Exception):
    """The sealer does not sign: the log does not hold together, or another one would be told."""

    def __init__(self, breach: Breach) -> None:
        super().__init__(str(breach))
        self.breach = breach


@dataclass(frozen=True, slots=True)
class Outside:
    """The folder outside the database where the newest checkpoint is kept."""

    folder: Path

    @property
    def path(self) -> Path:
        """The file of the newest checkpoint."""
        return self.folder / "checkpoint"

    def newest(self) -> bytes | None:
        """The newest checkpoint that left the database; None when none ever did."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None

    def keep(self, note: bytes) -> None:
        """Put a checkpoint in the place of the one before, whole or not at all, and durably."""
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / ".checkpoint.part"
        with draft.open("wb") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self.path)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class Sealer:
    """The site's log as its one writer knows it."""

    def __init__(self, engine: sa.Engine, key: SigningKey, outside: Outside) -> None:
        self._engine = engine
        self._key = key
        self._outside = outside
        self._frontier = Frontier()
        self._signed = 0

    @property
    def size(self) -> int:
        """How many entries are sealed."""
        return self._frontier.size

    @contextlib.contextmanager
    def elected(self, stop: threading.Event) -> Iterator[bool]:
        """Wait to be the only one, then go on from what is there; False when told to stop."""
        with self._engine.connect() as connection:
            # Given back to the pool it would keep the lock; closed, it lets go, whatever happened.
            connection.detach()
            while not self._lock(connection):
                if stop.wait(1):
                    yield False
                    return
            self.resume()
            yield True

    def resume(self) -> None:
        """Recompute the log, and go on only if it extends all that was ever signed.

        SealingRefused when it does not: signing on would tell two stories of one site.
        """
        notes = self._notes()
        marks = {place: self._opened(place, note) for place, note in notes.items()}
        self._frontier = Frontier()
        with self._engine.connect() as connection, connection.begin():
            connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            self._recompute(connection, marks)
        for place, mark in marks.items():
            if mark.size > self.size:
                text = f"it saw {mark.size} entries, the log has {self.size}: a part was lost"
                raise SealingRefused(Breach(BreachKind.RETAINED, place, text))
        self._signed = marks[TABLE].size if TABLE in marks else -1
        if TABLE in marks and notes.get(str(self._outside.path)) != notes[TABLE]:
            self._outside.keep(notes[TABLE])
        self._sign()

    def round(self) -> int:
        """Seal what was committed since, sign it; returns how many entries were sealed."""
        sealed = 0
        while True:
            taken = self._take()
            sealed += taken
            if taken < ENTRIES_MOST:
                break
        self._sign()
        return sealed

    def _take(self) -> int:
        """Append the hashes of unsealed entries, durably; on any failure the memory is stale."""
        with self._engine.connect() as connection, connection.begin():
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            connection.exec_driver_sql("SET LOCAL synchronous_commit = on")
            found = connection.exec_driver_sql(_UNSEALED, (ENTRIES_MOST,)).all()
            if not found:
                return 0
            before = self.size
            tiles = self._frontier.extend(bytes(row[1]) for row in found)
            self._write(connection, before, found, tiles)
            connection.exec_driver_sql(_HORIZON, (self.size, len(found) == ENTRIES_MOST))
        return len(found)

    def _write(
        self, connection: sa.Connection, before: int, found: Sequence[Any], tiles: Sequence[Tile]
    ) -> None:
        numbers = list(range(before, before + len(found)))
        entries, hashes = [row[0] for row in found], [row[1] for row in found]
        connection.exec_driver_sql(_LEAVES, (numbers, entries, hashes))
        if tiles:
            levels, places = [tile.level for tile in tiles], [tile.index for tile in tiles]
            contents = [tile.content for tile in tiles]
            connection.exec_driver_sql(_TILES, (levels, places, contents))

    def _sign(self) -> None:
        """Sign the log as it was committed, where that is not signed yet.

        Never before the commit: after a crash the log could go on differently from what was signed.
        """
        if self.size == self._signed:
            return
        checkpoint = Checkpoint(self._key.name, self.size, self._frontier.root())
        note = checkpoint.sign(self._key)
        with self._engine.connect() as connection, connection.begin():
            connection.exec_driver_sql(
                "INSERT INTO audit.checkpoint (size, root, note) VALUES (%s, %s, %s)",
                (checkpoint.size, checkpoint.root, note.decode()),
            )
            connection.exec_driver_sql("SELECT pg_notify(%s, %s)", (CHANNEL, str(self.size)))
        self._outside.keep(note)
        self._signed = self.size

    def _notes(self) -> dict[str, bytes]:
        """The newest checkpoints that were signed, in the table and outside, by their place."""
        notes: dict[str, bytes] = {}
        with self._engine.connect() as connection:
            found = connection.exec_driver_sql(
                "SELECT note FROM audit.checkpoint ORDER BY size DESC LIMIT 1"
            ).scalar()
        if found is not None:
            notes[TABLE] = found.encode()
        outside = self._outside.newest()
        if outside is not None:
            notes[str(self._outside.path)] = outside
        return notes

    def _opened(self, place: str, note: bytes) -> Checkpoint:
        try:
            return open_checkpoint(note, self._key.name, [self._key.verifying])
        except NoteError as error:
            raise SealingRefused(Breach(BreachKind.CHECKPOINT, place, str(error))) from error

    def _recompute(self, connection: sa.Connection, marks: dict[str, Checkpoint]) -> None:
        sizes = {mark.size: (place, mark) for place, mark in marks.items()}
        streamed = connection.execution_options(stream_results=True, max_row_buffer=10_000)
        statement = (
            "SELECT s.idx, s.hash, e.hash = s.hash FROM audit.site_leaf s"
            " LEFT JOIN audit.entry e ON e.id = s.entry ORDER BY s.idx"
        )
        with streamed.exec_driver_sql(statement) as found:
            for number, hash_, same in found:
                if number != self.size or not same:
                    text = "it is not the hash of the entry that it names"
                    raise SealingRefused(Breach(BreachKind.ROOT, f"site log {number}", text))
                self._frontier.append(bytes(hash_))
                self._compare(sizes)
        if not self.size:
            self._compare(sizes)

    def _compare(self, sizes: dict[int, tuple[str, Checkpoint]]) -> None:
        if self.size not in sizes:
            return
        place, mark = sizes[self.size]
        root = self._frontier.root() if self.size else EMPTY_ROOT
        if root != mark.root:
            text = f"it saw the root {mark.root.hex()}, the log gives {root.hex()}"
            raise SealingRefused(Breach(BreachKind.RETAINED, place, text))

    @staticmethod
    def _lock(connection: sa.Connection) -> bool:
        with connection.begin():
            statement = sa.text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
            return bool(connection.execute(statement, {"name": LOCK}).scalar())
