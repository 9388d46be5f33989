"""Does one stream still hold together? Recomputed from its own bytes, for a page or a gate.

The whole log is the business of `ebr verify`; a reviewer asks only about the batch at hand. Both
ask whether what stands only under a signature has one: who can write into the database can leave a
signature out, but cannot make one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from audit.canonical import digest
from audit.checkpoint import VerifyingKey
from audit.entry import Entry, genesis
from audit.ledger import Head
from audit.postgres import PostgresLedger
from audit.signature import Signature, SignatureError, SignedAct, check

# Under this name a session carries the public keys that prove signatures; set where it is opened.
SIGNATURE_KEYS = "signature_keys"

# From what an event says to the meanings with which its entry has to be signed.
Needed: TypeAlias = Callable[[Mapping[str, Any]], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ChainJudgement:
    """How many entries and signatures were read again, and every breach that was found."""

    entries: int
    signatures: int
    breaches: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong with the stream."""
        return not self.breaches


def judge(session: Session, stream: str, needed: Mapping[str, Needed]) -> ChainJudgement:
    """Every link, signature and content of a stream, recomputed (21 CFR 11.70).

    `needed` says by kind of event which signatures its entry must carry.
    """
    keys: Sequence[VerifyingKey] = session.info[SIGNATURE_KEYS]
    ledger = PostgresLedger(session.connection())
    entries = tuple(ledger.read(stream))
    links = _links(ledger.origin(), stream, entries, ledger.head(stream))
    missing = (breach for entry in entries for breach in _unsigned(entry, needed))
    breaches = (*_proofs(entries, keys), *missing, *_contents(ledger, entries), *links)
    return ChainJudgement(
        entries=len(entries),
        signatures=sum(len(entry.signed) for entry in entries),
        breaches=breaches,
    )


def _links(origin: str, stream: str, entries: Sequence[Entry], head: Head) -> Iterator[str]:
    before, at = genesis(origin, stream).hex(), ""
    for place, entry in enumerate(entries, 1):
        header = entry.header
        if header.seq != place:
            yield f"entry {header.seq} stands where {place} should: one is missing or doubled"
        if header.prev != before:
            yield f"entry {header.seq} does not follow the entry before it"
        if header.stream != stream or header.site != origin:
            yield f"entry {header.seq} belongs to {header.stream} of {header.site}"
        if header.at < at:
            yield f"entry {header.seq} is earlier than the entry before it"
        before, at = entry.hash.hex(), header.at
    if head.hash.hex() != before:
        yield f"the head of the stream is not its last entry ({len(entries)})"


def _proofs(entries: Sequence[Entry], keys: Sequence[VerifyingKey]) -> Iterator[str]:
    for entry in entries:
        act = SignedAct(entry.events, entry.request, entry.header.site, entry.header.stream)
        for signature in entry.signed:
            try:
                check(keys, Signature.parse(signature), act)
            except SignatureError as error:
                yield f"entry {entry.header.seq}: {error}"


def _contents(ledger: PostgresLedger, entries: Sequence[Entry]) -> Iterator[str]:
    """What signers were shown, attachments and long texts: kept once, never another byte."""
    wanted = {each.digest for entry in entries for each in entry.references}
    kept = ledger.kept_all(wanted)
    for entry in entries:
        for name in dict.fromkeys(each.digest for each in entry.references):
            if name not in kept:
                yield f"entry {entry.header.seq}: the content {name[:16]}… is missing"
            elif digest(kept[name]) != name:
                yield f"entry {entry.header.seq}: the content {name[:16]}… is not what was kept"


def unsigned(connection: sa.Connection, needed: Mapping[str, Needed]) -> Iterator[str]:
    """Every act of the whole log that lacks a signature without which it does not stand."""
    for entry in PostgresLedger(connection).telling(tuple(needed)):
        for breach in _unsigned(entry, needed):
            yield f"{entry.header.stream}: {breach}"


def _unsigned(entry: Entry, needed: Mapping[str, Needed]) -> Iterator[str]:
    events = cast("Sequence[Mapping[str, Any]]", entry.events)
    signatures = cast("Sequence[Mapping[str, Any]]", entry.signed)
    try:
        given = {signature["meaning"] for signature in signatures}
        wanted = [
            (event["kind"], meaning)
            for event in events
            if event["kind"] in needed
            for meaning in needed[event["kind"]](event["data"])
        ]
    except (KeyError, TypeError, ValueError):
        yield f"entry {entry.header.seq}: what it tells or who signed it is not whole"
        return
    for kind, meaning in wanted:
        if meaning not in given:
            yield f"entry {entry.header.seq}: {kind} is not signed as {str(meaning)!r}"
