"""The re-reading of one stretch of the log: every byte of it, alone, before it is joined.

A stretch begins at a multiple of 65,536 entries, so that several processes can read at once. What
one stretch cannot know (what stood before it in a stream, the tree to its left) it hands on:
`verify` joins the stretches in order.
"""

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from audit.entry import Entry, EntryError, Reference, entry_hash, parse_leaf
from audit.ledger import Breach, BreachKind, Source, Unreadable
from audit.merkle import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH, root_of
from audit.policy import Policy
from audit.required import Rules, by_kind, missing
from audit.signature import Signature, SignatureError, SignedAct, check

STRETCH = TILE_WIDTH * TILE_WIDTH
UNREAD = bytes(HASH_BYTES)  # stands where a leaf could not be read: no entry has this hash


class Findings:
    """The first breach of each kind, by its place in the log, and how many there are."""

    def __init__(self) -> None:
        self.first: dict[BreachKind, tuple[int, Breach]] = {}
        self.counts: dict[BreachKind, int] = {}

    def add(self, kind: BreachKind, index: int, place: str, text: str, count: int = 1) -> None:
        """Note a breach that concerns the log from this index on."""
        self.counts[kind] = self.counts.get(kind, 0) + count
        known = self.first.get(kind)
        if known is None or index < known[0]:
            self.first[kind] = (index, Breach(kind, place, text))

    def take(self, others: "Findings") -> None:
        """Join what another stretch found."""
        for kind, (index, breach) in others.first.items():
            self.add(kind, index, breach.place, breach.text, others.counts[kind])


class Link(NamedTuple):
    """An entry as its neighbours in the stream need to know it."""

    number: int  # its index in the log
    seq: int
    prev: str
    hash: bytes
    at: str


class Stretch:
    """What one stretch holds, and what is wrong with it."""

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.findings = Findings()
        self.read = 0  # leaves that could be read
        self.signatures = 0
        self.changes = 0
        self.firsts: dict[str, Link] = {}
        self.lasts: dict[str, Link] = {}
        self.references: dict[Reference, int] = {}
        self.tile_roots: list[bytes] = []
        self.rest: tuple[bytes, ...] = ()
        self.marks: dict[int, tuple[bytes, ...]] = {}


def place_of(index: int, entry: Entry | None = None) -> str:
    """Where an entry stands, in words an auditor can follow."""
    if entry is None:
        return f"entry {index}"
    return f"entry {index} ({entry.header.stream}, sequence {entry.header.seq})"


def examine(
    source: Source, policy: Policy, start: int, end: int, marks: Sequence[int] = ()
) -> Stretch:
    """Read one stretch. `marks` are the sizes for which a root will be asked later."""
    stretch = Stretch(start, end)
    hashes = _read(source, policy, by_kind(policy.required), stretch)
    for first in range(start, end, TILE_WIDTH):
        row = tuple(hashes[first - start : first - start + TILE_WIDTH])
        _compare_tile(source, stretch.findings, first // TILE_WIDTH, row)
        if len(row) == TILE_WIDTH:
            stretch.tile_roots.append(root_of(row))
        else:
            stretch.rest = row
    for size in marks:
        if start < size <= end:
            begun = size // TILE_WIDTH * TILE_WIDTH
            stretch.marks[size] = tuple(hashes[begun - start : size - start])
    return stretch


def _read(source: Source, policy: Policy, rules: Rules, stretch: Stretch) -> list[bytes]:
    """The hashes of all leaves of the stretch, each leaf examined on the way."""
    hashes: list[bytes] = []
    while (index := stretch.start + len(hashes)) < stretch.end:
        try:
            for leaf in islice(source.leaves(index, stretch.end), stretch.end - index):
                index = stretch.start + len(hashes)
                hashes.append(_examine_leaf(policy, rules, stretch, index, leaf))
            resume, place, text = (
                stretch.end,
                place_of(stretch.start + len(hashes)),
                "no such entry",
            )
        except Unreadable as error:
            resume = min(max(error.resume, stretch.start + len(hashes) + 1), stretch.end)
            place, text = error.place, error.text
        index = stretch.start + len(hashes)
        if index < resume:
            stretch.findings.add(BreachKind.MISSING, index, place, text, resume - index)
            hashes.extend([UNREAD] * (resume - index))
    return hashes


def _examine_leaf(policy: Policy, rules: Rules, stretch: Stretch, index: int, leaf: bytes) -> bytes:
    stretch.read += 1
    try:
        entry = parse_leaf(leaf)
    except EntryError as error:
        stretch.findings.add(BreachKind.FORM, index, place_of(index), str(error))
        return entry_hash(leaf)
    header = entry.header
    link = Link(index, header.seq, header.prev, entry.hash, header.at)
    before = stretch.lasts.get(header.stream)
    if before is None:
        stretch.firsts[header.stream] = link
    else:
        check_link(stretch.findings, header.stream, before, link)
    stretch.lasts[header.stream] = link
    if header.site != policy.origin:
        text = f"it says it is of {header.site}, the log is of {policy.origin}"
        stretch.findings.add(BreachKind.SITE, index, place_of(index, entry), text)
    signatures = entry.body["signatures"]
    if signatures:
        _check_signatures(policy, stretch, index, entry)
    for text in missing(rules, entry):
        stretch.findings.add(BreachKind.UNSIGNED, index, place_of(index, entry), text)
    _note_references(stretch, index, entry)
    return entry.hash


def check_link(findings: Findings, stream: str, before: Link, link: Link) -> None:
    """Whether an entry follows the one before it in its stream: sequence, hash and time."""
    place = f"entry {link.number} ({stream}, sequence {link.seq})"
    if link.seq != before.seq + 1:
        text = f"sequence {link.seq} follows {before.seq}: an entry is missing, doubled or moved"
        findings.add(BreachKind.SEQUENCE, link.number, place, text)
    if link.prev != before.hash.hex():
        text = f"it follows {link.prev}, the entry before it is {before.hash.hex()}"
        findings.add(BreachKind.CHAIN, link.number, place, text)
    if link.at < before.at:
        text = f"its time {link.at} is earlier than {before.at} of the entry before it"
        findings.add(BreachKind.TIME, link.number, place, text)


def _check_signatures(policy: Policy, stretch: Stretch, index: int, entry: Entry) -> None:
    # 11.70: each signature must still be bound to what it was given for.
    act = SignedAct(entry.events, entry.request, entry.header.site, entry.header.stream)
    keys = policy.signature_keys_for(index + 1)
    for value in entry.signed:
        stretch.signatures += 1
        try:
            check(keys, Signature.parse(value), act)
        except SignatureError as error:
            place = place_of(index, entry)
            stretch.findings.add(BreachKind.SIGNATURE, index, place, str(error))


def _note_references(stretch: Stretch, index: int, entry: Entry) -> None:
    for reference in entry.references:
        stretch.references.setdefault(reference, index)
        stretch.changes += reference.changes or 0
    if not isinstance(entry.changes, dict):
        stretch.changes += len(entry.changes)


def _compare_tile(source: Source, findings: Findings, index: int, row: Sequence[bytes]) -> None:
    """Compare stored hashes of entries with those of the entries as they are."""
    for place, kept in enumerate(stored_tile(source, findings, 0, index, len(row))):
        if kept != row[place] and row[place] != UNREAD:
            at = index * TILE_WIDTH + place
            text = f"its bytes have the hash {row[place].hex()}, the log has {kept.hex()}"
            findings.add(BreachKind.TILE, at, place_of(at), text)


def stored_tile(
    source: Source, findings: Findings, level: int, index: int, width: int
) -> list[bytes]:
    """The stored hashes of a tile; none when this source does not keep it, or it is damaged."""
    first = index << TILE_HEIGHT * (level + 1)
    try:
        content = source.tile(level, index, width)
    except Unreadable as error:
        findings.add(BreachKind.MISSING, first, error.place, error.text)
        return []
    if content is None:
        return []
    if len(content) != HASH_BYTES * width:
        text = f"{len(content)} bytes instead of {HASH_BYTES * width}"
        findings.add(BreachKind.TILE, first, f"tile {index} of level {level}", text)
        return []
    return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]
