"""The history of a thing as its stream tells it: entries in order, events decoded.

Who folds a history may keep the folded state by (stream, sequence, head hash) and read only the
tail; a kept state is a cache, and dropping it changes nothing.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from audit.canonical import Plain
from audit.entry import STAND_IN_NAMED, Entry, is_stand_in, stand_ins
from audit.ledger import BreachKind, Ledger
from audit.signature import Signature, SignatureError
from ebr.kernel.codec import read, without_contents
from ebr.kernel.errors import Breached, Why


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as readers want it: what happened, who did it, when, where, why, signed by whom."""

    stream: str
    seq: int
    hash: str
    at: datetime
    act: str
    events: tuple[Any, ...]
    actor: Mapping[str, Plain]
    station: str
    request: str
    why: Why | None
    signatures: tuple[Signature, ...]
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """The entries of a stream after some sequence, and where the stream stands with them.

    `anchor` is the hash of the entry before the first one: a kept state that was folded up to
    another hash is not of this stream and must be dropped.
    """

    stream: str
    seq: int
    head_hash: str
    anchor: str
    entries: tuple[Told, ...]

    def __iter__(self) -> Iterator[Told]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def events(self) -> Iterator[Any]:
        """Every event, in order."""
        return (event for entry in self.entries for event in entry.events)


@contextmanager
def held_together(stream: str, seq: int) -> Iterator[None]:
    """Tell what cannot be read or followed as a breach of this record, at this entry."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        kind = BreachKind.SIGNATURE if isinstance(error, SignatureError) else BreachKind.FORM
        raise Breached(kind, stream, seq, str(error)) from error


def history_of(ledger: Ledger, stream: str, after: int = 0) -> History:
    """The history of a stream after a sequence; `after` beyond the head gives nothing.

    Raises `Breached` for an entry that is not of the promised form: nothing after it is read.
    """
    if not after:
        entries = _entries(ledger, stream, 0)
        anchor = entries[0].header.prev if entries else ledger.head(stream).hash.hex()
    else:
        entries = _entries(ledger, stream, after - 1)
        anchor = entries.pop(0).hash.hex() if entries else ""
    texts = _texts(ledger, entries)
    told = tuple(_read(entry, texts) for entry in entries)
    seq = told[-1].seq if told else after if anchor else 0
    return History(stream, seq, told[-1].hash if told else anchor, anchor, told)


def _entries(ledger: Ledger, stream: str, after: int) -> list[Entry]:
    entries: list[Entry] = []
    found = ledger.read(stream, after)
    while True:
        with held_together(stream, after + len(entries) + 1):
            entry = next(found, None)
        if entry is None:
            return entries
        entries.append(entry)


def _texts(ledger: Ledger, entries: list[Entry]) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in entries:
        if STAND_IN_NAMED not in entry.leaf:
            continue
        told = [without_contents(event) for event in entry.events]
        for reference in stand_ins([*told, entry.body["reason"]]):
            content = ledger.kept(reference.digest)
            if content is None:
                text = f"the content {reference.digest} is not kept"
                raise Breached(BreachKind.BLOB, entry.header.stream, entry.header.seq, text)
            found[reference.digest] = content.decode()
    return found


def _read(entry: Entry, texts: Mapping[str, str]) -> Told:
    with held_together(entry.header.stream, entry.header.seq):
        return _told(entry, texts)


def _told(entry: Entry, texts: Mapping[str, str]) -> Told:
    header, body = entry.header, cast("Mapping[str, Any]", entry.body)
    if texts:
        body = cast("Mapping[str, Any]", _resolved(entry.body, texts))
    reason = body["reason"]
    return Told(
        stream=header.stream,
        seq=header.seq,
        hash=entry.hash.hex(),
        at=datetime.fromisoformat(header.at),
        act=entry.act,
        events=tuple(map(read, body["events"])),
        actor=body["actor"],
        station=entry.station,
        request=entry.request,
        why=None if reason is None else Why(reason["text"], reason["code"]),
        signatures=entry.signatures if body["signatures"] else (),
        refs=tuple(entry.refs),
    )


def _resolved(value: Plain, texts: Mapping[str, str]) -> Plain:
    if isinstance(value, Mapping):
        if is_stand_in(value):
            return texts.get(str(value["sha256"]), value)
        return {key: _resolved(part, texts) for key, part in value.items()}
    if isinstance(value, list):
        return [_resolved(part, texts) for part in value]
    return value
