"""What was refused is remembered, although the act itself was undone.

A failed signature, a forbidden act, a refused GxP command: each leaves an entry in
`attempt/<account or station>`. Attempts of nobody we know are counted by station and minute, so
that a flood of them cannot fill the ledger. A typed login name is never written: it may be a
password in the wrong field.
"""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from audit.canonical import KEY, Plain
from ebr.kernel.codec import plain, register
from ebr.kernel.errors import EbrError, Forbidden, Refused
from ebr.kernel.secret import Secret

LETTERS_MOST = 300
PARTS_MOST = 50
NEVER_WRITTEN = frozenset({"login", "secret", "password", "token", "csrf"})

_POOL = sa.text(
    "INSERT INTO audit.attempt_pool AS p (station, minute, count)"
    " VALUES (:station, date_trunc('minute', clock_timestamp()), 0)"
    " ON CONFLICT (station) DO UPDATE SET"
    " count = CASE WHEN p.minute = excluded.minute THEN p.count + 1 ELSE 0 END,"
    " minute = excluded.minute"
    " RETURNING count"
)
_POOLED = sa.text("SELECT count FROM audit.attempt_pool WHERE station = :station FOR UPDATE")


@dataclass(frozen=True)
class RefusedBecause:
    """One reason of the refusal, as it was told."""

    code: str
    text: str


@register
@dataclass(frozen=True)
class AttemptRefused:
    """Somebody tried something and was refused; `pooled` counts the like since the last entry."""

    KIND: ClassVar[str] = "attempt.refused"
    VERSION: ClassVar[int] = 1

    operation: str
    error: str
    reasons: tuple[RefusedBecause, ...]
    right: str | None
    asked: Mapping[str, Any]
    pooled: int = 0


def refused(operation: str, command: Any, error: EbrError, pooled: int = 0) -> AttemptRefused:
    """What is remembered of an attempt: what was asked, without secrets, and every reason."""
    reasons = error.reasons if isinstance(error, Refused) else ()
    asked = without_secrets(command)
    return AttemptRefused(
        operation=operation,
        error=error.code,
        reasons=tuple(RefusedBecause(reason.code, reason.text) for reason in reasons),
        right=error.right if isinstance(error, Forbidden) else None,
        asked=asked if isinstance(asked, dict) else {},
        pooled=pooled,
    )


def stream_of(owner: str) -> str:
    """The stream of the attempts of an account or a station."""
    return "attempt/" + (re.sub(r"[^A-Za-z0-9._-]", "_", owner)[:64] or "unknown")


def pooled_before(session: Session, station: str) -> int | None:
    """How many attempts were counted since the last entry; None if this one is only counted."""
    before = session.scalar(_POOLED, {"station": station}) or 0
    return None if session.scalar(_POOL, {"station": station}) else before


def without_secrets(value: Any) -> Plain:
    """The plain data of what was asked, short enough to keep and with nothing that is secret."""
    if isinstance(value, Secret | bytes | float):
        return None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {
            str(name): without_secrets(part)
            for name, part in list(value.items())[:PARTS_MOST]
            if name not in NEVER_WRITTEN and KEY.fullmatch(str(name))
        }
    if isinstance(value, list | tuple):
        return [without_secrets(part) for part in value[:PARTS_MOST]]
    if isinstance(value, str):
        return str(plain(value)).replace("\0", "")[:LETTERS_MOST]
    result: Plain = plain(value)
    return result
