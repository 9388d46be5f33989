"""A copy of the ledger that an inspector can verify without us, in a form that other tools read.

What the log has stored is written as it stands, even where it does not hold: an inspector is
entitled to a copy of that too, and the verifier will say what is wrong. The folder appears whole or
not at all.
"""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from audit.canonical import CanonicalError, parse
from audit.checkpoint import Checkpoint, parse_note
from audit.entry import EntryError, Reference, entry_hash, parse_leaf, stand_ins
from audit.layout import CHECKPOINT, POLICY, blob_path, pack, tile_path
from audit.ledger import Source
from audit.merkle import TILE_WIDTH, Frontier, Tile
from audit.policy import Policy


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
    try:
        exported = _Export(source, draft).run(policy)
        draft.rename(out)
    except OSError as error:
        raise ExportError(f"{error.filename} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return exported


class _Export:
    """One export on its way to a folder."""

    def __init__(self, source: Source, root: Path) -> None:
        self.source = source
        self.root = root
        self.exported = Exported(0, 0, ())
        self.frontier = Frontier()
        self.seen: set[str] = set()

    def run(self, policy: Policy) -> Exported:
        note = self.source.checkpoint()
        size = Checkpoint.parse(parse_note(note).text).size
        bundle: list[bytes] = []
        for leaf in self.source.leaves(0, size):
            bundle.append(leaf)
            if len(bundle) == TILE_WIDTH:
                self.write_bundle(bundle)
                bundle = []
        if bundle:
            self.write_bundle(bundle)
        if self.frontier.size != size:
            raise ExportError(
                f"the checkpoint tells {size} entries, {self.frontier.size} were found: run the "
                "verification of the database"
            )
        self.write_tiles(self.frontier.tiles())
        self.write(POLICY, [policy.text])
        self.write(CHECKPOINT, [note])
        return replace(self.exported, size=size)

    def write_bundle(self, leaves: list[bytes]) -> None:
        """Write up to 256 entries, the tiles that they fill and the blobs they refer to."""
        index = self.frontier.size // TILE_WIDTH
        self.write(tile_path(None, index, len(leaves)), [pack(leaves)])
        self.write_tiles(self.frontier.extend(map(entry_hash, leaves)))
        for leaf in leaves:
            try:
                entry = parse_leaf(leaf)
            except EntryError:
                continue  # no entry: it is copied all the same, and the verifier tells
            for reference in entry.references:
                self.write_blob(reference)

    def write_tiles(self, tiles: Iterable[Tile]) -> None:
        """Write tiles as the log has stored them; those it does not keep, as the entries give."""
        for tile in tiles:
            width = len(tile.hashes)
            stored = self.source.tile(tile.level, tile.index, width)
            content = tile.content if stored is None else stored
            self.write(tile_path(tile.level, tile.index, width), [content])

    def write_blob(self, reference: Reference) -> None:
        """Write a blob once, and what it refers to itself when it is an array of changes."""
        if reference.digest in self.seen:
            return
        self.seen.add(reference.digest)
        pieces = self.source.blob(reference.digest)
        if pieces is None:
            self.exported = replace(
                self.exported, missing=(*self.exported.missing, reference.digest)
            )
            return
        self.exported = replace(self.exported, blobs=self.exported.blobs + 1)
        path = self.write(blob_path(reference.digest), pieces)
        if reference.changes is None:
            return
        try:
            changes = parse(path.read_bytes())
        except CanonicalError:
            return
        for inner in stand_ins(changes):
            self.write_blob(inner)

    def write(self, name: str, pieces: Iterable[bytes]) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.writelines(pieces)
        return path
