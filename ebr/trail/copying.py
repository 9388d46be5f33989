"""A copy of the whole ledger for who inspects it: asked for on record, written while it is sent.

The act names the checkpoint at which the copy ends, so that it can be fetched again and is the same
to the byte. It is read through the auditor's login, which can only read.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any, cast
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from audit.checkpoint import SigningKey, VerifyingKey
from audit.database import DatabaseSource
from audit.entry import parse_leaf
from audit.export import archive
from audit.policy import SIGNATURES, Policy
from ebr import batches, inventory, recipes
from ebr.identity import Right, needs
from ebr.kernel import Malformed, Page, Unavailable, UnitOfWork, Unknown, Why, new_id, require_why
from ebr.settings import Settings
from ebr.trail import queries
from ebr.trail.commands import CopyLedger
from ebr.trail.events import LedgerCopied
from ebr.trail.views import CopyView, Filter

# Which acts of the house stand only under which signatures: the rules of a copy's policy.
SIGNATURES_NEEDED = (
    *batches.SIGNATURES_NEEDED,
    *inventory.SIGNATURES_NEEDED,
    *recipes.SIGNATURES_NEEDED,
)
RETRY_S = 2
PAGE = 20
LONGEST_MARK = 19


@needs(Right.EXPORT_LEDGER)
def copy_ledger(work: UnitOfWork, command: CopyLedger) -> str:
    """Say on record that the ledger is copied up to its newest checkpoint, and what for."""
    why = require_why(Why(command.purpose), "purpose")
    newest = queries.seal(work.session)
    if newest is None:
        raise Unavailable("The audit trail", RETRY_S, "Nothing was sealed yet: ask in a moment.")
    copy_id = new_id()
    event = LedgerCopied(copy=copy_id, size=newest.size, root=newest.root)
    work.record(_stream(copy_id), event, expected=0, why=why)
    return str(copy_id)


def copies(session: Session, *, after: str | None = None, size: int = PAGE) -> Page[CopyView]:
    """Every copy that was taken, the newest first."""
    if after and not (after.isascii() and after.isdigit() and len(after) < LONGEST_MARK):
        raise Malformed({"after": ("This is not the mark of a page.",)})
    before = int(after) if after else None
    rows = queries.found(session, Filter(kind=LedgerCopied.KIND), before=before, size=size + 1)
    items = tuple(_view(row) for row in rows[:size])
    return Page(items, str(items[-1].entry) if len(rows) > size else None)


def copy(session: Session, copy_id: UUID, person: UUID | None) -> CopyView:
    """A copy that this person asked for; `Unknown` to everybody else, who ask for their own."""
    rows = queries.found(session, Filter(record=_stream(copy_id)), size=1)
    found = _view(rows[0]) if rows else None
    if found is None or found.person != person:
        raise Unknown("copy")
    return found


def written(settings: Settings, asked: CopyView) -> Iterator[bytes]:
    """The archive of a copy, piece by piece, for as long as somebody takes them."""
    with closing(DatabaseSource(settings.url("auditor"), asked.size)) as source:
        policy = _policy(settings, source.origin())
        yield from archive(source, policy, asked.name, int(asked.at.timestamp()))


def _policy(settings: Settings, origin: str) -> Policy:
    """Rules and keys as far as they are known here: an auditor pins a copy of their own."""
    signature = SigningKey.load_or_create(settings.key_dir / "signature.key", origin + SIGNATURES)
    log = settings.log_vkey
    keys = [VerifyingKey.parse(log.read_text("ascii").strip())] if log.exists() else []
    return Policy.of(origin, keys, [signature.verifying], SIGNATURES_NEEDED)


def _stream(copy_id: UUID) -> str:
    return f"copy/{copy_id}"


def _view(row: RowMapping) -> CopyView:
    body = cast("Mapping[str, Any]", parse_leaf(row["leaf"].encode()).body)
    (event,), actor = body["events"], body["actor"]
    return CopyView(
        id=UUID(event["data"]["copy"]),
        entry=row["id"],
        size=event["data"]["size"],
        root=event["data"]["root"],
        purpose=body["reason"]["text"],
        at=row["at"],
        by=actor["name"],
        role=actor["role"],
        station=body["station"],
        person=UUID(actor["person"]) if actor["person"] else None,
    )
