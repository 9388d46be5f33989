"""Does one stream still hold together? Recomputed from its own bytes, for a page or a gate.

The whole log is the business of `ebr verify`; a reviewer asks only about the batch at hand. Both
ask whether what stands only under a signature has one: who can write into the database can leave a
signature out, but cannot make one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from audit.canonical import digest
from audit.checkpoint import VerifyingKey
from audit.entry import Entry, EntryError, genesis
from audit.ledger import Head
from audit.postgres import PostgresLedger
from audit.required import Required, by_kind, missing
from audit.signature import Signature, SignatureError, SignedAct, check

# Under this name a session carries the public keys that prove signatures; set where it is opened.
SIGNATURE_KEYS = "signature_keys"


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


def judge(session: Session, stream: str, required: Iterable[Required]) -> ChainJudgement:
    """Every link, signature and content of a stream, recomputed (21 CFR 11.70).

    `required` says which events its entries may tell only under which signatures.
    """
    keys: Sequence[VerifyingKey] = session.info[SIGNATURE_KEYS]
    ledger = PostgresLedger(session.connection())
    try:
        entries = tuple(ledger.read(stream))
    except EntryError as error:
        return ChainJudgement(0, 0, (f"an entry is not of the promised form: {error}",))
    links = _links(ledger.origin(), stream, entries, ledger.head(stream))
    rules = by_kind(required)
    unsigned = (
        f"entry {entry.header.seq}: {text}" for entry in entries for text in missing(rules, entry)
    )
    breaches = (*_proofs(entries, keys), *unsigned, *_contents(ledger, entries), *links)
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
    named = [dict.fromkeys(each.digest for each in entry.references) for entry in entries]
    kept = ledger.kept_all({name for names in named for name in names})
    for entry, names in zip(entries, named, strict=True):
        for name in names:
            if name not in kept:
                yield f"entry {entry.header.seq}: the content {name[:16]}… is missing"
            elif digest(kept[name]) != name:
                yield f"entry {entry.header.seq}: the content {name[:16]}… is not what was kept"
