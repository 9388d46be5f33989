"""What a session's cookie carries, what is kept of it, and by what we know a session as ours.

The database keeps a digest of the token and a seal: a signature of the server over session,
account and token. Who can write into the database has no key, so a row of theirs opens nothing,
and neither does a true one that is put down to somebody else.
"""

import functools
import hashlib
import hmac
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from audit.canonical import canonical
from audit.checkpoint import SigningKey, VerifyingKey, from_base64
from ebr.kernel.chain import SIGNATURE_KEYS

DOMAIN = b"batchline-session/v1\n"


def digest_of(token: str) -> str:
    """What is kept of a session's token; the token itself cannot be had from it."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_of(token: str) -> str:
    """The token that shows that our own page asked; made from the session's, so kept nowhere."""
    return hmac.new(token.encode(), b"batchline-csrf/v1", hashlib.sha256).hexdigest()


def sealed(key: SigningKey | None, session: UUID, account: UUID, token: str) -> str:
    """The seal of a new session."""
    assert key is not None, "only the application opens sessions"
    return key.stamp(_message(session, account, token))


def ours(session: Session, row: Any, token: str) -> bool:
    """Whether a session was opened by this server, for this account, with this token."""
    try:
        stamp = from_base64(row.seal)
    except ValueError:
        return False
    message = _message(row.id, row.account, token)
    return any(_stamped(key, stamp, message) for key in session.info[SIGNATURE_KEYS])


@functools.lru_cache(maxsize=4096)
def _stamped(key: VerifyingKey, stamp: bytes, message: bytes) -> bool:
    """Remembered, since every request of a session asks the same: the answer cannot change."""
    return key.verifies_stamp(stamp, message)


def _message(session: UUID, account: UUID, token: str) -> bytes:
    told = {"account": str(account), "session": str(session), "token": digest_of(token)}
    return DOMAIN + canonical(told)
