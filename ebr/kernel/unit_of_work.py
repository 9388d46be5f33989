"""The one place where rows and entries become true together.

One command, one entry, one stream. An operation changes rows and says what happened; on leaving
the block the rows are flushed, the database captures their cells, the entry that explains them is
appended, and all of it is committed at once, or none of it. A changed row that no event explains
cannot commit.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar, cast

import psycopg
import sqlalchemy as sa
from sqlalchemy.orm import Session

from audit.canonical import CanonicalError, Plain, canonical, digest
from audit.checkpoint import SigningKey
from audit.entry import abridge
from audit.ledger import Head, StaleHead
from audit.postgres import Asked, PostgresLedger
from audit.signature import SignatureDraft, SignedAct, prove
from ebr.kernel.actor import Actor
from ebr.kernel.codec import Event, written
from ebr.kernel.errors import (
    EbrError,
    Malformed,
    Overtaken,
    Reason,
    Refused,
    Stale,
    Unavailable,
    Why,
)
from ebr.kernel.history import History, history_of
from ebr.settings import Settings

Row = TypeVar("Row")

# What a broken constraint means to people, by its name. Modules add theirs beside their tables.
_CONSTRAINTS: dict[str, Reason] = {}
REQUEST_TAKEN = "request_pkey"
REQUESTS_KEPT = timedelta(days=30)  # no page lives as long: its session ended long before
DISK_FULL = (
    "The disk of the database is full: nothing more can be recorded, and nothing of this was. "
    "Tell the keeper of the system; please try again when there is room."
)
_DEADLOCK = frozenset({"40001", "40P01", "55P03"})


def constraint(name: str, reason: Reason) -> None:
    """Say what it means to people when this constraint of the database is broken."""
    if _CONSTRAINTS.setdefault(name, reason) != reason:
        raise ValueError(f"the constraint {name} has its words already")


@dataclass(frozen=True, slots=True)
class _Record:
    """What the entry of this unit will say."""

    stream: str
    events: tuple[Event, ...]
    expected: int | None
    why: Why | None
    signatures: tuple[SignatureDraft, ...]
    refs: tuple[str, ...]


@dataclass(slots=True)
class UnitOfWork:
    """One act while it is being carried out: its rows, its actor, its clock, its one entry.

    `seen`: the sequences of its stream at one of which whoever asked for it has looked; None when
    they did not say.
    """

    session: Session
    actor: Actor
    request: str
    now: datetime
    settings: Settings
    origin: str
    key: SigningKey | None = None
    seen: frozenset[int] | None = None
    recorded: _Record | None = field(default=None, init=False)
    _seen: dict[str, int] = field(default_factory=dict, init=False)
    _blobs: dict[str, bytes] = field(default_factory=dict, init=False)

    @property
    def today(self) -> date:
        """The date on the plant's wall."""
        return self.now.astimezone(self.settings.zone).date()

    def add(self, row: Row) -> Row:
        """Take a new row into this act."""
        self.session.add(row)
        return row

    def record(
        self,
        stream: str,
        *events: Event,
        expected: int | None = None,
        why: Why | None = None,
        signatures: Sequence[SignatureDraft] = (),
        refs: Sequence[str] = (),
    ) -> None:
        """Say what happened: the one entry of this act, written when the block is left.

        `expected` is the sequence that the decision was taken on: by default the one that
        `history` showed, and where no history was read, the head as it stands.
        """
        if self.recorded is not None:
            raise ValueError("an act is one entry: it was recorded already")
        if not events:
            raise ValueError("an act without an event explains nothing")
        if expected is None:
            expected = self._seen.get(stream)
        if self.seen is not None:
            expected = self.head(stream).seq if expected is None else expected
            if expected not in self.seen:
                raise Overtaken(expected)
        self.recorded = _Record(
            stream, events, expected, why, tuple(signatures), tuple(dict.fromkeys(refs))
        )

    def history(self, stream: str) -> History:
        """Everything that happened to a thing, in order."""
        return self.tail(stream, 0)

    def tail(self, stream: str, after_seq: int) -> History:
        """What happened to a thing after a sequence; `anchor` is the hash at that sequence."""
        found = history_of(self._ledger(), stream, after_seq)
        self._seen[stream] = found.seq
        return found

    def head(self, stream: str) -> Head:
        """Where a stream stands: its sequence and hash."""
        return self._ledger().head(stream)

    def keep(self, content: bytes) -> str:
        """Keep bytes with this act, once; returns their SHA-256, by which an event names them."""
        name = digest(content)
        self._blobs[name] = content
        return name

    @contextmanager
    def apart(self) -> Iterator[sa.Connection]:
        """A transaction of its own, true at once whatever becomes of the act: only for counting.

        It must wait for nothing that this act has locked.
        """
        with self.session.get_bind().engine.begin() as connection:
            yield connection

    def forget_requests(self) -> None:
        """Throw away requests that nobody sends again: from here on they would be done anew."""
        before = {"before": self.now - REQUESTS_KEPT}
        self.session.execute(sa.text("DELETE FROM audit.request WHERE at < :before"), before)

    def close(self, asked: Asked | None = None) -> None:
        """Write rows, blobs and the entry, and make them true."""
        if self.seen is not None and self.recorded is None:
            raise Malformed({"If-Match": ("This act leaves no entry to compare with.",)})
        self.session.flush()
        ledger = self._ledger()
        body = None if self.recorded is None else self._body(self.recorded)
        if self._blobs:
            ledger.keep_all(list(self._blobs.values()))
        if self.recorded is not None and body is not None:
            # Last: the head of the stream stays locked from here to the commit, and no longer.
            _append(ledger, self.recorded, body, asked)
        elif asked is not None:
            ledger.ask(asked)
        self.session.commit()  # ← the point of no return

    def _ledger(self) -> PostgresLedger:
        return PostgresLedger(self.session.connection())

    def _body(self, record: _Record) -> str:
        """The entry in canonical form, long texts put aside, signatures bound to what they sign."""
        events = [cast("Any", abridge(written(event), self.keep)) for event in record.events]
        act = SignedAct(events, self.request, self.origin, record.stream)
        actor = self.actor
        body: dict[str, Plain] = {
            "act": record.events[0].KIND,
            "actor": {
                "person": str(actor.person) if actor.person else None,
                "account": str(actor.account) if actor.account else None,
                "name": actor.name,
                "role": actor.role,
                "kind": actor.kind,
            },
            "events": events,
            "reason": None
            if record.why is None
            else {"code": record.why.code, "text": abridge(record.why.text, self.keep)},
            "refs": list(record.refs),
            "request": self.request,
            "signatures": [self._proved(draft, act) for draft in record.signatures],
            "station": actor.station,
        }
        try:
            return canonical(body).decode()
        except CanonicalError as error:
            raise Malformed({"": [f"This cannot stand on a record: {error}."]}) from error

    def _proved(self, draft: SignatureDraft, act: SignedAct) -> Plain:
        if self.key is None:
            raise ValueError("this process holds no key to prove a signature with")
        return prove(self.key, draft, act).plain()


def _append(ledger: PostgresLedger, record: _Record, body: str, asked: Asked | None) -> None:
    teller = record.stream.startswith(("attempt/", "system/"))
    if record.expected is None and not teller:
        ledger.append_at_head(record.stream, body, asked)
    else:
        ledger.append_text(record.stream, record.expected, body, asked)


def history(session: Session, stream: str, after: int = 0) -> History:
    """The history of a stream for a page or a query, which never writes."""
    return history_of(PostgresLedger(session.connection()), stream, after)


def kept(session: Session, name: str) -> bytes | None:
    """The bytes that were kept under this SHA-256."""
    return PostgresLedger(session.connection()).kept(name)


def told_as(error: Exception) -> EbrError | None:
    """What an error of the database means to people; None when it is our bug."""
    if isinstance(error, StaleHead):
        stale = Stale(error.found, error.expected)
        stale.stream = error.stream
        return stale
    if isinstance(error, sa.exc.TimeoutError):
        return Unavailable("The database")
    if not isinstance(error, sa.exc.DBAPIError) or not isinstance(error.orig, psycopg.Error):
        return None
    cause = error.orig
    state = cause.sqlstate or ""
    name = cause.diag.constraint_name or ""
    if name in _CONSTRAINTS:
        return Refused([_CONSTRAINTS[name]])
    if name == REQUEST_TAKEN or state in _DEADLOCK:
        return Stale(0, 0)
    if state == psycopg.errors.ProgramLimitExceeded.sqlstate:
        return Refused([Reason("act_too_large", str(cause.diag.message_primary), "Split it.")])
    if state == psycopg.errors.DiskFull.sqlstate:
        return Unavailable("The database", message=DISK_FULL)
    if error.connection_invalidated or state.startswith(("08", "57P", "53")) or not state:
        return Unavailable("The database")
    return None
