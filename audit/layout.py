"""Where everything stands in an export, and how it is read back from there.

C2SP `tlog-tiles`: `checkpoint`, `tile/<level>/<n>` with 256 hashes each, `tile/entries/<n>` with
256 entries each (two bytes of length, then the leaf), the last of a level as `<n>.p/<width>`;
beside it `blob/<sha256>` and `policy.json`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from audit.entry import DIGEST, LEAF_BYTES_BELOW
from audit.ledger import Unreadable
from audit.merkle import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH

CHECKPOINT = "checkpoint"
POLICY = "policy.json"
BLOBS = "blob"
LENGTH_BYTES = 2
BUNDLE_BYTES_MOST = TILE_WIDTH * (LENGTH_BYTES + LEAF_BYTES_BELOW)
CHECKPOINT_BYTES_MOST = 1_000_000
PIECE_BYTES = 1 << 20

_TILE_PATH = re.compile(
    r"tile/(?P<level>entries|[0-9]|[1-5][0-9])/(?P<index>(x[0-9]{3}/)*[0-9]{3})"
    r"(\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


def tile_path(level: int | None, index: int, width: int = TILE_WIDTH) -> str:
    """The place of a tile; of a bundle of entries when no level is told."""
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03}")
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{'entries' if level is None else level}/{'/'.join(groups)}{partial}"


def blob_path(digest: str) -> str:
    """The place of a blob."""
    return f"{BLOBS}/{digest}"


def width_at(index: int, level: int, size: int) -> int:
    """How many hashes a tile has in a log of that size."""
    return max(0, min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - index * TILE_WIDTH))


def belongs(path: str, size: int) -> bool:
    """Whether a file of that name is part of the export of a log of that size."""
    if path in (CHECKPOINT, POLICY):
        return True
    folder, _, name = path.partition("/")
    if folder == BLOBS:
        return DIGEST.fullmatch(name) is not None
    match = _TILE_PATH.fullmatch(path)
    if match is None:
        return False
    level = None if match["level"] == "entries" else int(match["level"])
    index = int(match["index"].replace("x", "").replace("/", ""))
    width = width_at(index, level or 0, size)
    return width > 0 and path == tile_path(level, index, width)


def pack(leaves: Sequence[bytes]) -> bytes:
    """A bundle of entries: each with its length before it."""
    return b"".join(len(leaf).to_bytes(LENGTH_BYTES, "big") + leaf for leaf in leaves)


def unpack(bundle: bytes, width: int) -> list[bytes]:
    """The leaves of a bundle; ValueError unless it holds exactly that many and nothing else."""
    leaves, offset = [], 0
    for place in range(width):
        start = offset + LENGTH_BYTES
        offset = start + int.from_bytes(bundle[start - LENGTH_BYTES : start], "big")
        if offset > len(bundle) or start > len(bundle):
            raise ValueError(f"it ends within entry {place} of {width}")
        leaves.append(bundle[start:offset])
    if offset != len(bundle):
        raise ValueError(f"{len(bundle) - offset} bytes stand after its {width} entries")
    return leaves


class Directory:
    """An export in a folder, as a `Source` for verification."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def checkpoint(self) -> bytes:
        """The newest signed note."""
        return self._read(CHECKPOINT, 0, CHECKPOINT_BYTES_MOST)

    def leaves(self, start: int, end: int) -> Iterator[bytes]:
        """The leaves of bundles; `start` and `end` are multiples of 256, or the log's size."""
        for index in range(start // TILE_WIDTH, -(-end // TILE_WIDTH)):
            width = width_at(index, 0, end)
            path = tile_path(None, index, width)
            bundle = self._read(path, index * TILE_WIDTH, BUNDLE_BYTES_MOST)
            try:
                leaves = unpack(bundle, width)
            except ValueError as error:
                raise self._unreadable(path, index * TILE_WIDTH, str(error)) from error
            yield from leaves

    def tile(self, level: int, index: int, width: int) -> bytes:
        """The stored hashes of a tile."""
        first = index * TILE_WIDTH ** (level + 1)
        return self._read(tile_path(level, index, width), first, TILE_WIDTH * HASH_BYTES)

    def blob(self, digest: str) -> Iterable[bytes] | None:
        """The bytes of a blob in pieces."""
        path = self.root / blob_path(digest)
        return _pieces(path) if path.is_file() else None

    def blobs(self) -> Iterator[str]:
        """The digests of all blobs."""
        folder = self.root / BLOBS
        names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        return (name for name in names if DIGEST.fullmatch(name) and self.blob(name) is not None)

    def policy(self) -> bytes:
        """The policy that the export itself carries: to be compared, never to be trusted."""
        return self._read(POLICY, 0, CHECKPOINT_BYTES_MOST)

    def files(self) -> Iterator[str]:
        """Every file in the folder, by its path from there."""
        for path in self.root.rglob("*"):
            if path.is_symlink() or not path.is_dir():
                yield path.relative_to(self.root).as_posix()

    def _read(self, path: str, index: int, most: int) -> bytes:
        whole = self.root / path
        if not whole.is_file():
            raise self._unreadable(path, index, "there is no such file")
        try:
            with whole.open("rb") as file:
                content = file.read(most + 1)
        except OSError as error:
            raise self._unreadable(path, index, f"it cannot be read: {error.strerror}") from error
        if len(content) > most:
            raise self._unreadable(path, index, f"it is longer than {most} bytes")
        return content

    def _unreadable(self, path: str, index: int, text: str) -> Unreadable:
        return Unreadable(index, index + TILE_WIDTH, path, text)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece
