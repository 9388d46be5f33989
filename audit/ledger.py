"""What a ledger must be able to do, whoever keeps it, and how a breach of it is told.

`Ledger` is what the unit of work writes to; `Source` is what a verifier reads and an export is made
from, be it the database, a folder of files or a list in memory.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from audit.entry import Body, Entry


class StaleHead(Exception):
    """Somebody else wrote to this stream meanwhile: decide again, on its new head."""

    def __init__(self, stream: str, found: int, expected: int) -> None:
        super().__init__(f"{stream} is at {found}, not {expected}")
        self.stream = stream
        self.found = found
        self.expected = expected


class Head(NamedTuple):
    """The last entry of a stream; sequence 0 with the genesis hash before the first one."""

    seq: int
    hash: bytes


class Ledger(Protocol):
    """Streams of entries, to which anybody may add and which nobody may change."""

    def append(self, stream: str, expected: int | None, body: Body) -> bytes:
        """Write one entry after `expected` and return its hash; StaleHead if another came first.

        `expected` is None only for `attempt/…` and `system/…`: they tell, they decide nothing.
        """

    def head(self, stream: str) -> Head:
        """Where the stream stands."""

    def read(self, stream: str, after: int = 0) -> Iterator[Entry]:
        """The entries of a stream in order, those after that sequence."""

    def keep(self, content: bytes) -> str:
        """Keep bytes that an entry will refer to; returns their digest."""

    def kept(self, digest: str) -> bytes | None:
        """The bytes of that digest, if any were kept."""


class Unreadable(Exception):
    """A source cannot give the leaf at `index`; the next that may be readable is `resume`."""

    def __init__(self, index: int, resume: int, place: str, text: str) -> None:
        super().__init__(f"{place}: {text}")
        self.index = index
        self.resume = resume
        self.place = place
        self.text = text


class Source(Protocol):
    """A site's log as it can be read again: checkpoint, leaves, tiles of hashes, blobs.

    It must survive being sent to another process, since verification uses two.
    """

    def checkpoint(self) -> bytes:
        """The newest signed note; Unreadable when there is none."""

    def leaves(self, start: int, end: int) -> Iterator[bytes]:
        """The leaves from index `start` up to `end`, in the log's order; may raise Unreadable."""

    def tile(self, level: int, index: int, width: int) -> bytes | None:
        """The stored hashes of a tile; None when this source does not keep that one.

        Unreadable when it ought to, but cannot give it.
        """

    def blob(self, digest: str) -> Iterable[bytes] | None:
        """The bytes of a blob in pieces; None when there is no such blob."""

    def blobs(self) -> Iterator[str]:
        """The digests of all blobs, each once."""


class BreachKind(StrEnum):
    """What can be wrong with a ledger, most telling first."""

    CHECKPOINT = "checkpoint"
    RETAINED = "retained"
    ROOT = "root"
    MISSING = "missing"
    TILE = "tile"
    FORM = "form"
    SITE = "site"
    SEQUENCE = "sequence"
    CHAIN = "chain"
    TIME = "time"
    SIGNATURE = "signature"
    UNSIGNED = "unsigned"
    BLOB = "blob"
    POLICY = "policy"


@dataclass(frozen=True, slots=True, order=True)
class Breach:
    """One finding: of which kind, where, and what is wrong there."""

    kind: BreachKind
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.place}: {self.text}"
