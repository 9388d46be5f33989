"""What the ledger says of a record when it is printed: digest, last entry, checkpoint, proofs."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from audit.canonical import digest
from ebr import batches
from ebr.batches import BatchRecord
from ebr.kernel import chain
from ebr.settings import Settings

# The first checkpoint that covers the entry: whoever prints later prints the same one.
_COVERING = text(
    "SELECT s.idx, o.origin, c.size, c.root, c.note, c.at FROM audit.entry e"
    " JOIN audit.site_leaf s ON s.entry = e.id"
    " JOIN audit.checkpoint c ON c.size > s.idx"
    " CROSS JOIN audit.site o"
    " WHERE e.stream = :stream AND e.seq = :seq ORDER BY c.size LIMIT 1"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """The last page's facts."""

    digest: str  # SHA-256 of record.json
    bytes: int
    seq: int  # of the batch's last entry in its stream
    hash: str
    index: int  # of that entry in the site's log
    origin: str
    size: int
    root: str
    note: str
    sealed_at: str
    key: str  # the public key, or its name and id where the key is kept elsewhere
    signatures: int
    breaches: tuple[str, ...]


def seal_of(
    session: Session, record: BatchRecord, content: bytes, settings: Settings
) -> Seal | None:
    """The seal of a record; None as long as no checkpoint covers its last entry."""
    last = record.entries[-1]
    given = {"stream": record.batch.stream, "seq": last.seq}
    found = session.execute(_COVERING, given).one_or_none()
    if found is None:
        return None
    judged = chain.judge(session, record.batch.stream, batches.SIGNATURES_NEEDED)
    return Seal(
        digest=digest(content),
        bytes=len(content),
        seq=last.seq,
        hash=last.hash,
        index=found.idx,
        origin=found.origin,
        size=found.size,
        root=b64encode(found.root).decode(),
        note=found.note,
        sealed_at=batches.record_instant(found.at, settings.zone),
        key=public_key(settings.log_vkey, found.note),
        signatures=judged.signatures,
        breaches=judged.breaches,
    )


def public_key(published: Path, note: str) -> str:
    """The key that the sealer published beside its own; else the name and id that the note has."""
    try:
        return published.read_text("ascii").strip()
    except OSError:
        _, name, stamp = note.rstrip("\n").rsplit("\n", 1)[-1].split(" ")
        return f"{name}+{_key_id(stamp)}"


def _key_id(stamp: str) -> str:
    return b64decode(stamp)[:4].hex()
