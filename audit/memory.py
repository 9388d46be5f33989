"""The ledger in a list: for tests and demonstrations, with every rule of the real one.

It is a `Ledger` to write to and a `Source` to verify and export. It seals when told to, in the
order of writing.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from audit.canonical import Plain, canonical, digest, instant
from audit.checkpoint import Checkpoint, SigningKey
from audit.entry import (
    CHANGES_BYTES_MOST,
    STREAM,
    Body,
    Changes,
    Entry,
    EntryError,
    Header,
    abridge,
    genesis,
    leaf,
    parse_leaf,
)
from audit.ledger import Head, StaleHead, Unreadable
from audit.merkle import TILE_WIDTH, Frontier, Tile

UNDECIDED = ("attempt/", "system/")  # streams that tell and decide nothing


class MemoryLedger:
    """A site's ledger that lives as long as the object."""

    def __init__(
        self, origin: str, clock: Callable[[], datetime], user: str = "batchline_app"
    ) -> None:
        self.origin = origin
        self._clock = clock
        self._user = user
        self._entries: list[Entry] = []
        self._streams: dict[str, list[Entry]] = {}
        self._captured: list[Plain] = []
        self._kept: dict[str, bytes] = {}
        self._frontier = Frontier()
        self._tiles: dict[tuple[int, int], Tile] = {}
        self._note: bytes | None = None

    def capture(self, change: Plain) -> None:
        """Take a change of a row, to be explained by the next entry."""
        self._captured.append(abridge(change, self.keep))

    def append(self, stream: str, expected: int | None, body: Body) -> bytes:
        """Write one entry; StaleHead when `expected` is not the sequence the stream is at."""
        if not STREAM.fullmatch(stream):
            raise EntryError(f"{stream!r} is no stream of the form kind/id")
        if expected is None and not stream.startswith(UNDECIDED):
            raise EntryError(f"{stream} decides: say which sequence the decision was taken on")
        head = self.head(stream)
        if expected is not None and expected != head.seq:
            raise StaleHead(stream, head.seq, expected)
        history = self._streams.get(stream, [])
        before = history[-1].header.at if history else ""
        header = Header(
            at=max(instant(self._clock()), before),
            prev=head.hash.hex(),
            seq=head.seq + 1,
            site=self.origin,
            stream=stream,
            user=self._user,
            xid=str(len(self._entries) + 1),
        )
        entry = parse_leaf(leaf(header, body, self._changes()))
        self._captured = []
        self._streams.setdefault(stream, history).append(entry)
        self._entries.append(entry)
        return entry.hash

    def _changes(self) -> Changes:
        content = canonical(self._captured)
        if len(content) <= CHANGES_BYTES_MOST:
            return self._captured
        return {
            "count": len(self._captured),
            "sha256": self.keep(content),
            "size": len(content),
        }

    def head(self, stream: str) -> Head:
        """Where the stream stands."""
        history = self._streams.get(stream)
        if not history:
            return Head(0, genesis(self.origin, stream))
        return Head(history[-1].header.seq, history[-1].hash)

    def read(self, stream: str, after: int = 0) -> Iterator[Entry]:
        """The entries of a stream in order, those after that sequence."""
        return iter(self._streams.get(stream, [])[after:])

    def keep(self, content: bytes) -> str:
        """Keep bytes that an entry will refer to."""
        name = digest(content)
        self._kept[name] = content
        return name

    def kept(self, digest: str) -> bytes | None:
        """The bytes of that digest, if any were kept."""
        return self._kept.get(digest)

    def seal(self, key: SigningKey) -> bytes:
        """Take every entry written so far into the tree and sign its checkpoint."""
        for entry in self._entries[self._frontier.size :]:
            for tile in self._frontier.append(entry.hash):
                self._tiles[tile.level, tile.index] = tile
        for tile in self._frontier.tiles():
            self._tiles[tile.level, tile.index] = tile
        checkpoint = Checkpoint(self.origin, self._frontier.size, self._frontier.root())
        self._note = checkpoint.sign(key)
        return self._note

    def checkpoint(self) -> bytes:
        """The newest signed note."""
        if self._note is None:
            raise Unreadable(0, TILE_WIDTH, "checkpoint", "nothing was sealed yet")
        return self._note

    def leaves(self, start: int, end: int) -> Iterator[bytes]:
        """The leaves in the order of writing."""
        return (entry.leaf for entry in self._entries[start:end])

    def tile(self, level: int, index: int, width: int) -> bytes | None:
        """The stored hashes of a tile."""
        tile = self._tiles.get((level, index))
        return tile.content if tile is not None and len(tile.hashes) == width else None

    def blob(self, digest: str) -> tuple[bytes, ...] | None:
        """The bytes of a blob, in one piece."""
        content = self._kept.get(digest)
        return None if content is None else (content,)

    def blobs(self) -> Iterator[str]:
        """The digests of all blobs."""
        return iter(self._kept)
