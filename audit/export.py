"""A copy of the ledger that an inspector can verify without us, in a form that other tools read.

What the log has stored is written as it stands, even where it does not hold: an inspector is
entitled to a copy of that too, and the verifier will say what is wrong. A folder appears whole or
not at all; an archive that is sent while it is made has its checkpoint last, so that what was cut
short has none.
"""

import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

from audit.canonical import CanonicalError, parse
from audit.checkpoint import Checkpoint, parse_note
from audit.entry import EntryError, Reference, entry_hash, parse_leaf, stand_ins
from audit.layout import CHECKPOINT, PIECE_BYTES, POLICY, blob_path, pack, tile_path
from audit.ledger import Source
from audit.merkle import TILE_WIDTH, Frontier, Tile
from audit.policy import Policy

File: TypeAlias = tuple[str, Iterable[bytes]]  # its path, its bytes in pieces
SPOOLED_BYTES = 1 << 20  # a longer file waits on disk until its length is known


class ExportError(Exception):
    """The export could not be written, and nothing of it stands."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds."""

    size: int
    blobs: int
    missing: tuple[str, ...]  # digests of blobs that entries refer to and nobody has


def write_export(source: Source, out: Path, policy: Policy) -> Exported:
    """Write the log up to its newest checkpoint into a folder that is empty or not there yet."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ExportError(f"{out} is not an empty folder; name one that does not exist yet")
    draft = out.with_name(f".{out.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    export = _Export(source)
    try:
        for name, pieces in export.files(policy):
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.writelines(pieces)
        draft.rename(out)
    except OSError as error:
        raise ExportError(f"{error.filename} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Exported(export.frontier.size, export.blobs, tuple(export.missing))


def archive(source: Source, policy: Policy, folder: str, at: int) -> Iterator[bytes]:
    """The same as one tar, piece by piece: no more than one file of it is held at a time.

    `folder` is what it unpacks to, `at` the time that its files carry, in seconds.
    """
    for name, pieces in _Export(source).files(policy):
        with tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES) as held:
            held.writelines(pieces)
            yield _header(f"{folder}/{name}", held.tell(), at)
            yield from _padded(held)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _header(name: str, size: int, at: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size, at, 0o444
    return member.tobuf(tarfile.PAX_FORMAT)


def _padded(held: IO[bytes]) -> Iterator[bytes]:
    size = held.tell()
    held.seek(0)
    while piece := held.read(PIECE_BYTES):
        yield piece
    yield bytes(-size % tarfile.BLOCKSIZE)


class _Export:
    """One export: its files in order, each with its bytes in pieces."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.blobs = 0
        self.missing: list[str] = []
        self.frontier = Frontier()
        self.seen: set[str] = set()

    def files(self, policy: Policy) -> Iterator[File]:
        note = self.source.checkpoint()
        size = Checkpoint.parse(parse_note(note).text).size
        bundle: list[bytes] = []
        for leaf in self.source.leaves(0, size):
            bundle.append(leaf)
            if len(bundle) == TILE_WIDTH:
                yield from self.bundle(bundle)
                bundle = []
        if bundle:
            yield from self.bundle(bundle)
        if self.frontier.size != size:
            raise ExportError(
                f"the checkpoint tells {size} entries, {self.frontier.size} were found: run the "
                "verification of the database"
            )
        yield from self.tiles(self.frontier.tiles())
        yield POLICY, [policy.text]
        yield CHECKPOINT, [note]

    def bundle(self, leaves: list[bytes]) -> Iterator[File]:
        """Up to 256 entries, the tiles that they fill and the blobs they refer to."""
        index = self.frontier.size // TILE_WIDTH
        yield tile_path(None, index, len(leaves)), [pack(leaves)]
        yield from self.tiles(self.frontier.extend(map(entry_hash, leaves)))
        for leaf in leaves:
            try:
                entry = parse_leaf(leaf)
            except EntryError:
                continue  # no entry: it is copied all the same, and the verifier tells
            for reference in entry.references:
                yield from self.blob(reference)

    def tiles(self, tiles: Iterable[Tile]) -> Iterator[File]:
        """Tiles as the log has stored them; those it does not keep, as the entries give."""
        for tile in tiles:
            width = len(tile.hashes)
            stored = self.source.tile(tile.level, tile.index, width)
            yield (
                tile_path(tile.level, tile.index, width),
                [tile.content if stored is None else stored],
            )

    def blob(self, reference: Reference) -> Iterator[File]:
        """A blob once, and what it refers to itself when it is an array of changes."""
        if reference.digest in self.seen:
            return
        self.seen.add(reference.digest)
        pieces = self.source.blob(reference.digest)
        if pieces is None:
            self.missing.append(reference.digest)
            return
        self.blobs += 1
        if reference.changes is None:
            yield blob_path(reference.digest), pieces
            return
        content = b"".join(pieces)
        yield blob_path(reference.digest), [content]
        try:
            changes = parse(content)
        except CanonicalError:
            return
        for inner in stand_ins(changes):
            yield from self.blob(inner)
