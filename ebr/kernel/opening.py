"""Opens a unit of work; only the edges (web, command line, collector) may import it.

`perform` is how a command becomes an act: the same request is answered, not done again; a decision
that somebody overtook is taken again, at most three times; what was refused is remembered.
"""

import dataclasses
import json
import select
import typing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from audit import guard
from audit.canonical import canonical, digest
from audit.checkpoint import SigningKey
from audit.postgres import Asked, PostgresLedger
from ebr.kernel import attempts
from ebr.kernel.actor import Actor
from ebr.kernel.chain import SIGNATURE_KEYS
from ebr.kernel.codec import plain, value_of
from ebr.kernel.errors import (
    EbrError,
    Forbidden,
    Reason,
    Refused,
    SignatureRejected,
    Stale,
    Unauthenticated,
    Unavailable,
)
from ebr.kernel.secret import Secret
from ebr.kernel.unit_of_work import UnitOfWork, told_as
from ebr.settings import Settings

C = TypeVar("C")
R = TypeVar("R")
RETRIES_MOST = 3
CONNECTIONS = 20
REMEMBERED = (SignatureRejected, Forbidden, Refused, Unauthenticated)
OPTIONS = (
    "-c timezone=UTC -c bytea_output=hex -c datestyle=ISO,MDY -c intervalstyle=iso_8601"
    " -c lock_timeout=15s -c statement_timeout=60s -c idle_in_transaction_session_timeout=120s"
)


class Unguarded(RuntimeError):
    """The database would let happen what it must refuse: the message says what."""

    def __init__(self, text: str) -> None:
        super().__init__(f"this database is not guarded; {text}")


@dataclass
class Database:
    """The plant's database through one of its logins, with the key that proves signatures."""

    engine: sa.Engine
    settings: Settings
    role: str
    readers: sa.Engine = field(init=False, repr=False)
    _origin: str | None = field(default=None, init=False, repr=False)
    _key: SigningKey | None = field(default=None, init=False, repr=False)

    @classmethod
    def connect(
        cls, settings: Settings, role: str = "app", *, connections: int = CONNECTIONS
    ) -> "Database":
        """The database of these settings; nothing is opened before it is needed."""
        return cls(_pool(settings.url(role), OPTIONS, connections), settings, role)

    def __post_init__(self) -> None:
        # For questions: connections on which nothing can be written. Each question is a
        # transaction of its own; at READ COMMITTED it would see no more and no less inside a
        # longer one, and this saves the beginning and the end of every page.
        self.readers = _pool(
            self.engine.url,
            OPTIONS + " -c default_transaction_read_only=on",
            isolation_level="AUTOCOMMIT",
            skip_autocommit_rollback=True,
        )

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()
        self.readers.dispose()

    def require_guarded(self) -> None:
        """Unguarded when the database lacks a refusal that was promised: then nobody may work."""
        try:
            with _told(), self.readers.connect() as connection:
                found = guard.findings(connection)
        except sa.exc.ProgrammingError as error:
            raise Unguarded("it was never brought into shape: run ebr migrate") from error
        if found:
            lines = "".join(f"\n  {one}" for one in found)
            raise Unguarded(f"it does not refuse what it promised to:{lines}\nCall quality.")

    def known(self, connection: sa.Connection) -> tuple[str, SigningKey | None]:
        """The ledger's origin and, for the application, the key of its signatures."""
        if self._origin is None:
            self._origin = PostgresLedger(connection).origin()
        if self._key is None and self.role == "app":
            path = self.settings.key_dir / "signature.key"
            self._key = SigningKey.load_or_create(path, f"{self._origin}/signatures")
        return self._origin, self._key


def _pool(
    url: sa.URL | str, options: str, connections: int = CONNECTIONS, **more: Any
) -> sa.Engine:
    engine = sa.create_engine(
        url,
        pool_size=connections,
        # Waiting for one of them is cheaper than opening one more; the last used is given first,
        # because its process of the database has everything at hand.
        max_overflow=0,
        pool_use_lifo=True,
        pool_timeout=10,
        connect_args={"options": options, "connect_timeout": 10},
        **more,
    )
    sa.event.listen(engine, "checkout", _living)
    return engine


def _living(raw: Any, record: Any, proxy: Any) -> None:  # noqa: ARG001 - the pool's signature
    """Refuse a pooled connection whose server has gone: its socket has something to say, unasked.

    The pool then opens another one. This costs no question to the server.
    """
    poll = select.poll()
    poll.register(raw.fileno(), select.POLLIN)
    if poll.poll(0):
        raise sa.exc.DisconnectionError("the server has closed this connection")


@contextmanager
def reading(database: Database) -> Iterator[Session]:
    """A session that can only read, for pages and queries."""
    with _told(), Session(database.readers, expire_on_commit=False) as session:
        _, key = database.known(session.connection())
        session.info[SIGNATURE_KEYS] = (key.verifying,) if key else ()
        yield session


@contextmanager
def unit_of_work(database: Database, actor: Actor, request: str) -> Iterator[UnitOfWork]:
    """One act: leaving the block in peace commits it, leaving by an exception undoes it."""
    with _told(), _opened(database, actor, request) as (work, _):
        yield work
        work.close()


class Turn(NamedTuple):
    """The turn of an act that was overtaken: in which stream, doing what, and whether it is last.

    Those who were overtaken queue among themselves. One who comes new does not queue and may still
    be faster; the last time the head itself is kept, which nobody can get past. Not earlier: who
    keeps a head while he asks for rows can block another who has the rows and asks for the head.
    """

    stream: str | None
    name: str
    last: bool

    def wait(self, session: Session) -> None:
        """Return when it is this act's turn."""
        lock = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:place, 0))")
        session.execute(lock, {"place": self.stream or self.name})
        if self.last and self.stream:
            PostgresLedger(session.connection()).hold(self.stream)


def perform(
    database: Database,
    actor: Actor,
    operation: Callable[[UnitOfWork, C], R],
    command: C,
    request: str,
    seen: frozenset[int] | None = None,
) -> R:
    """Carry out a command once, whatever happens to the answer; its outcome, also the earlier one.

    With `seen`, only if the thing still stands at one of these sequences of its stream.

    Raises what the operation raises. `Stale` only after the decision was taken anew three times.
    """
    if not request:
        raise ValueError("a command needs the id of its request")
    name = getattr(operation, "__name__", type(command).__name__)
    asked = Asked(actor.owner, request, digest_of(name, command), "")
    turn: Turn | None = None
    for attempt in range(RETRIES_MOST + 1):
        try:
            return _once(database, actor, operation, _fresh(command), asked, turn, seen)
        except Stale as stale:
            turn = Turn(stale.stream, name, last=attempt + 1 == RETRIES_MOST)
            if attempt == RETRIES_MOST:
                raise
        except Unavailable as away:
            # The server may have gone in the middle. Trying again is safe: if the act became
            # true, its request is found and answered. Other things away are not asked twice.
            if attempt or not isinstance(away.__cause__, sa.exc.SQLAlchemyError):
                raise
        except REMEMBERED as error:
            remember(database, actor, name, command, request, error)
            raise
    raise AssertionError("unreachable")


def remember(
    database: Database, actor: Actor, name: str, command: Any, request: str, error: EbrError
) -> None:
    """Write down a refused attempt, and what it leads to, in an act of its own."""
    aftermath = error.aftermath
    with unit_of_work(database, actor, request) as work:
        if aftermath is not None:
            aftermath(work)
        if work.recorded is None:
            _record_attempt(work, name, command, error)
            return
    with unit_of_work(database, actor, request) as work:
        _record_attempt(work, name, command, error)


def digest_of(name: str, command: Any) -> str:
    """What tells two commands apart: what is asked, secrets left out."""
    return digest(canonical({"operation": name, "command": _asked(command)}))


def _record_attempt(work: UnitOfWork, name: str, command: Any, error: EbrError) -> None:
    actor, pooled = work.actor, 0
    if isinstance(error, Unauthenticated):
        counted = attempts.pooled_before(work.session, actor.station)
        if counted is None:
            return
        pooled = counted
    event = attempts.refused(name, command, error, pooled)
    work.record(attempts.stream_of(actor.owner), event)


def _once(
    database: Database,
    actor: Actor,
    operation: Callable[[UnitOfWork, C], R],
    command: C,
    asked: Asked,
    turn: Turn | None,
    seen: frozenset[int] | None,
) -> R:
    with _told(), _opened(database, actor, asked.request, asked.owner) as (work, earlier):
        if earlier is not None:
            return _earlier(operation, earlier, asked)
        if turn is not None:
            turn.wait(work.session)
        work.seen = seen
        outcome = operation(work, command)
        work.close(asked._replace(outcome=canonical(plain(outcome)).decode()))
        return outcome


@contextmanager
def _opened(
    database: Database, actor: Actor, request: str, owner: str = ""
) -> Iterator[tuple[UnitOfWork, tuple[str, str] | None]]:
    with Session(database.engine, expire_on_commit=False) as session:
        connection = session.connection()
        opened = PostgresLedger(connection).open(owner, request if owner else "")
        origin, key = database.known(connection)
        session.info[SIGNATURE_KEYS] = (key.verifying,) if key else ()
        work = UnitOfWork(session, actor, request, opened.now, database.settings, origin, key)
        done = opened.digest is not None and opened.outcome is not None
        yield work, (str(opened.digest), str(opened.outcome)) if done else None


def _earlier(
    operation: Callable[[UnitOfWork, Any], R], earlier: tuple[str, str], asked: Asked
) -> R:
    if earlier[0] != asked.digest:
        raise Refused(
            [
                Reason(
                    "request_reused",
                    "This request was used before for something else.",
                    "Load the page again and repeat what you did.",
                )
            ]
        )
    hint = typing.get_type_hints(operation).get("return", Any)
    outcome: R = value_of(hint, json.loads(earlier[1]))
    return outcome


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the database says into what people can be told."""
    try:
        yield
    except EbrError:
        raise
    except Exception as error:
        found = told_as(error)
        if found is None:
            raise
        raise found from error


def _asked(value: Any) -> Any:
    """The plain data of a command; secrets are left out, contents are named by their digest."""
    if isinstance(value, Secret):
        return None
    if isinstance(value, bytes):
        return digest(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _asked(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, list | tuple):
        return [_asked(part) for part in value]
    return plain(value)


def _fresh(value: Any) -> Any:
    """The same command with secrets that can be revealed once more, for one more try."""
    if isinstance(value, Secret):
        return value.copy()
    if isinstance(value, tuple):
        return tuple(_fresh(part) for part in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {
            f.name: fresh
            for f in dataclasses.fields(value)
            if f.init and (fresh := _fresh(getattr(value, f.name))) is not getattr(value, f.name)
        }
        return dataclasses.replace(value, **changed) if changed else value
    return value
