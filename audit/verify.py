"""The proof that a ledger is whole, made from nothing but its bytes and keys pinned beforehand.

Every byte is read again: the hash of each leaf, the tree against the signed checkpoint, every
link, sequence and time of every stream, the canonical form, the site, every blob, the proof of
every signature, and every checkpoint that somebody kept must be a beginning of this log. A verifier
that looks only at the ends accepts a forged middle. Memory grows with the number of streams and
blobs, not with that of entries. Whatever it is given, it answers with a report.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

from audit.canonical import CanonicalError, Plain, parse
from audit.checkpoint import Checkpoint, NoteError, open_checkpoint, parse_note
from audit.entry import EntryError, Reference, checked_changes, genesis, stand_ins
from audit.examine import (
    STRETCH,
    Findings,
    Link,
    Stretch,
    check_link,
    examine,
    place_of,
    stored_tile,
)
from audit.layout import POLICY, Directory, belongs, blob_path, tile_path
from audit.ledger import Breach, BreachKind, Source, Unreadable
from audit.merkle import TILE_HEIGHT, TILE_WIDTH, Frontier, Tile
from audit.policy import Policy, PolicyError

CHANGES_BYTES_MOST = 1 << 30  # what a bytea of PostgreSQL can hold


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification found: the first breach of each kind, and how much was read."""

    origin: str
    size: int
    root: str
    breaches: tuple[tuple[Breach, int], ...]
    notes: tuple[str, ...]
    counts: Mapping[str, int]

    @property
    def holds(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.breaches

    def plain(self) -> dict[str, Plain]:
        """The report as a value, for programs."""
        return {
            "holds": self.holds,
            "origin": self.origin,
            "size": self.size,
            "root": self.root,
            "breaches": [
                {"kind": one.kind.value, "place": one.place, "text": one.text, "count": count}
                for one, count in self.breaches
            ],
            "notes": list(self.notes),
            "counts": dict(self.counts),
        }

    def lines(self) -> Iterator[str]:
        """The report in words."""
        for breach, count in self.breaches:
            more = f" (and {count - 1:,} more)" if count > 1 else ""
            yield f"BREACH {_printable(str(breach))}{more}"
        for note in self.notes:
            yield f"note: {_printable(note)}"
        yield ", ".join(f"{number:,} {what}" for what, number in self.counts.items())
        verdict = "holds" if self.holds else "DOES NOT HOLD"
        yield f"{self.origin} at {self.size:,} entries, root {self.root or 'unknown'}: {verdict}"


def _printable(text: str) -> str:
    """Text of a stranger without what could command a terminal."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )


def verify(
    source: Source,
    policy: Policy,
    retained: Mapping[str, bytes] | None = None,
    processes: int = 1,
) -> Report:
    """Verify a log. `retained` are signed checkpoints kept from earlier, by where they were kept.

    With more than one process the source is sent to each of them.
    """
    return _Verification(source, policy).run(retained or {}, processes)


def verify_export(
    directory: Path,
    policy: Policy,
    retained: Mapping[str, bytes] | None = None,
    processes: int = 1,
) -> Report:
    """Verify an export in a folder, the files around the log included."""
    source = Directory(directory)
    verification = _Verification(source, policy)
    verification.compare_policy(source)
    report = verification.run(retained or {}, processes)
    strangers = sorted(path for path in source.files() if not belongs(path, report.size))
    if not strangers:
        return report
    note = f"{len(strangers):,} files belong to no export of this size, first {strangers[0]!r}"
    return replace(report, notes=(*report.notes, note))


class _Verification:
    """One run: what is known so far, stretch by stretch."""

    def __init__(self, source: Source, policy: Policy) -> None:
        self.source = source
        self.policy = policy
        self.findings = Findings()
        self.notes: list[str] = []
        self.frontier = Frontier()
        self.heads: dict[str, Link] = {}
        self.references: dict[Reference, int] = {}
        self.counts = dict.fromkeys(("entries", "streams", "signatures", "changes", "blobs"), 0)

    def run(self, retained: Mapping[str, bytes], processes: int) -> Report:
        """Read everything, once, in the log's order."""
        marks = self.open_retained(retained)
        checkpoint = self.open_newest()
        if checkpoint is None:
            self.notes.append("without a checkpoint nothing says how long the log is: not read")
            return self.report(0, "")
        for place, mark in marks.items():
            if mark.size > checkpoint.size:
                text = (
                    f"it saw {mark.size} entries, the log ends at {checkpoint.size}: its end was "
                    "cut off, or an older copy was put back"
                )
                self.findings.add(BreachKind.RETAINED, checkpoint.size, place, text)
        if self.read_log(checkpoint, marks, processes):
            self.compare_root(checkpoint)
        self.read_blobs()
        self.counts["streams"] = len(self.heads)
        return self.report(checkpoint.size, checkpoint.root.hex())

    def open_newest(self) -> Checkpoint | None:
        try:
            note = self.source.checkpoint()
        except Unreadable as error:
            self.findings.add(BreachKind.CHECKPOINT, 0, error.place, error.text)
            return None
        return self.open(note, "checkpoint", BreachKind.CHECKPOINT)

    def open_retained(self, retained: Mapping[str, bytes]) -> dict[str, Checkpoint]:
        opened = {
            place: self.open(note, place, BreachKind.RETAINED) for place, note in retained.items()
        }
        return {place: mark for place, mark in opened.items() if mark is not None}

    def open(self, note: bytes, place: str, kind: BreachKind) -> Checkpoint | None:
        """The checkpoint of a note, if a key that is good for its size signed it."""
        try:
            size = Checkpoint.parse(parse_note(note).text).size
            return open_checkpoint(note, self.policy.origin, self.policy.log_keys_for(size))
        except NoteError as error:
            self.findings.add(kind, 0, place, str(error))
            return None

    def read_log(
        self, checkpoint: Checkpoint, marks: Mapping[str, Checkpoint], processes: int
    ) -> bool:
        """Join all stretches; False when reading had to stop."""
        sizes = tuple(sorted({mark.size for mark in marks.values()}))
        self.check_marks(marks, {0: ()})
        for stretch in _stretches(self.source, self.policy, checkpoint.size, sizes, processes):
            if not stretch.read:
                # A whole stretch without an entry: nothing after it would tell more.
                self.findings.take(stretch.findings)
                self.notes.append(f"reading stopped at entry {stretch.start}")
                return False
            self.join(stretch, marks)
        return True

    def join(self, stretch: Stretch, marks: Mapping[str, Checkpoint]) -> None:
        """Put a stretch beside those before it: streams, tree, references, counts."""
        self.findings.take(stretch.findings)
        for stream, link in stretch.firsts.items():
            before = self.heads.get(stream)
            if before is None:
                before = Link(-1, 0, "", genesis(self.policy.origin, stream), "")
            check_link(self.findings, stream, before, link)
        self.heads.update(stretch.lasts)
        for reference, number in stretch.references.items():
            self.references.setdefault(reference, number)
        for root in stretch.tile_roots:
            self.check_marks(marks, stretch.marks)
            for tile in self.frontier.append_tile(root):
                self.compare_tile(tile)
        self.check_marks(marks, stretch.marks)
        self.frontier.extend(stretch.rest)
        self.counts["entries"] += stretch.read
        self.counts["signatures"] += stretch.signatures
        self.counts["changes"] += stretch.changes

    def check_marks(
        self, marks: Mapping[str, Checkpoint], leaves: Mapping[int, Sequence[bytes]]
    ) -> None:
        """Compare the retained checkpoints that lie within the tile that begins here."""
        for place, mark in marks.items():
            if mark.size // TILE_WIDTH * TILE_WIDTH != self.frontier.size:
                continue
            if mark.size in leaves and self.frontier.root_with(leaves[mark.size]) != mark.root:
                text = f"its first {mark.size} entries are not those that this checkpoint saw"
                self.findings.add(BreachKind.RETAINED, mark.size, place, text)

    def compare_root(self, checkpoint: Checkpoint) -> None:
        """Compare the tree of the entries with the one that was signed."""
        for tile in self.frontier.tiles():
            if tile.level:
                self.compare_tile(tile)
        root = self.frontier.root()
        if root != checkpoint.root:
            text = f"signed was the root {checkpoint.root.hex()}, the entries give {root.hex()}"
            self.findings.add(BreachKind.ROOT, checkpoint.size, "checkpoint", text)

    def compare_tile(self, tile: Tile) -> None:
        """Compare a stored tile above the leaves with the one that the entries give."""
        width = len(tile.hashes)
        stored = stored_tile(self.source, self.findings, tile.level, tile.index, width)
        for place, kept in enumerate(stored):
            if kept != tile.hashes[place]:
                # By the last entry below it, so that the entry itself, when known, stays first.
                number = ((tile.index * TILE_WIDTH + place + 1) << TILE_HEIGHT * tile.level) - 1
                where = tile_path(tile.level, tile.index, width)
                text = f"hash {place} is {kept.hex()}, the entries give {tile.hashes[place].hex()}"
                self.findings.add(BreachKind.TILE, number, where, text)

    def read_blobs(self) -> None:
        """Read every blob: those referred to must be there, and each must fit its name."""
        sizes: dict[str, int | None] = {}
        waiting = deque(self.references.items())
        while waiting:
            reference, number = waiting.popleft()
            if reference.digest not in sizes:
                sizes[reference.digest] = self.read_blob(reference.digest, number)
            size = sizes[reference.digest]
            if size is None:
                continue
            if reference.size not in (None, size):
                text = f"it has {size} bytes, the entry says {reference.size}"
                self.breach(BreachKind.BLOB, number, reference, text)
            elif reference.changes is not None:
                waiting.extend((inner, number) for inner in self.within(reference, number))
        strangers = [name for name in self.source.blobs() if name not in sizes]
        for name in strangers:
            self.read_blob(name, self.frontier.size)
        if strangers:
            self.notes.append(
                f"{len(strangers):,} blobs are referred to by no entry, first {strangers[0]}"
            )
        self.counts["blobs"] = len(sizes)

    def read_blob(self, digest: str, number: int) -> int | None:
        """The size of a blob, once its bytes were found to fit its name."""
        found, size = sha256(), 0
        try:
            pieces = self.source.blob(digest)
            for piece in pieces or ():
                found.update(piece)
                size += len(piece)
        except OSError as error:
            text = f"it cannot be read: {error.strerror}"
            self.breach(BreachKind.BLOB, number, Reference(digest), text)
            return None
        if pieces is None:
            self.breach(BreachKind.BLOB, number, Reference(digest), "it is missing")
            return None
        if found.hexdigest() != digest:
            text = f"its bytes have the digest {found.hexdigest()}"
            self.breach(BreachKind.BLOB, number, Reference(digest), text)
            return None
        return size

    def within(self, reference: Reference, number: int) -> list[Reference]:
        """What an array of changes that was too large for its entry refers to itself."""
        if (reference.size or 0) > CHANGES_BYTES_MOST:
            text = f"{reference.size} bytes are more than an array of changes can have"
            self.breach(BreachKind.FORM, number, reference, text)
            return []
        content = b"".join(self.source.blob(reference.digest) or ())
        try:
            changes = _array_of_changes(content)
        except (CanonicalError, EntryError) as error:
            self.breach(BreachKind.FORM, number, reference, str(error))
            return []
        if len(changes) != reference.changes:
            text = f"it holds {len(changes)} changes, the entry says {reference.changes}"
            self.breach(BreachKind.FORM, number, reference, text)
        return list(stand_ins(changes))

    def breach(self, kind: BreachKind, number: int, reference: Reference, text: str) -> None:
        """Note what is wrong with a blob, by the entry that refers to it."""
        place = f"{place_of(number)}, {blob_path(reference.digest)}"
        self.findings.add(kind, number, place, text)

    def compare_policy(self, source: Directory) -> None:
        """Compare the policy in an export with the pinned one, which alone is trusted."""
        try:
            content = source.policy()
            told = Policy.parse(content)
        except Unreadable as error:
            self.notes.append(str(error))
            return
        except PolicyError as error:
            self.findings.add(BreachKind.POLICY, 0, POLICY, str(error))
            return
        if content != told.text:
            self.findings.add(BreachKind.POLICY, 0, POLICY, "it is not of the canonical form")
        if told.origin != self.policy.origin or not told.vkeys() <= self.policy.vkeys():
            text = "it names an origin or keys that the pinned policy does not know"
            self.findings.add(BreachKind.POLICY, 0, POLICY, text)
        elif told != self.policy:
            self.notes.append(f"{POLICY} differs from the pinned policy, which was used")

    def report(self, size: int, root: str) -> Report:
        found = self.findings
        breaches = [
            (found.first[kind][1], found.counts[kind]) for kind in BreachKind if kind in found.first
        ]
        return Report(
            self.policy.origin, size, root, tuple(breaches), tuple(self.notes), self.counts
        )


def _array_of_changes(content: bytes) -> list[Plain]:
    changes = parse(content)
    checked_changes(changes)
    if isinstance(changes, list):
        return changes
    raise EntryError("it stands for changes and holds a stand-in itself")


def _stretches(
    source: Source, policy: Policy, size: int, marks: Sequence[int], processes: int
) -> Iterator[Stretch]:
    """The stretches of a log in order, read by one process or by several side by side."""
    starts = range(0, size, STRETCH)
    if processes == 1 or len(starts) == 1:
        for start in starts:
            yield examine(source, policy, start, min(start + STRETCH, size), marks)
        return
    # Invariant: no more stretches wait than there are processes, so that memory stays bounded.
    running: deque[Future[Stretch]] = deque()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for start in starts:
            end = min(start + STRETCH, size)
            running.append(pool.submit(examine, source, policy, start, end, marks))
            if len(running) > processes:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
