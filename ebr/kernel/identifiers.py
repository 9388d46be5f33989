"""New identifiers: the only source of randomness in records.

UUIDv7 (RFC 9562): the first 48 bits are the host's milliseconds, so that rows made together lie
together; 12 bits count within the millisecond, so that identifiers of one process only grow.
"""

import secrets
import threading
from uuid import UUID

from ebr.kernel.clock import unix_ms

_COUNTS = 1 << 12
_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A new identifier for a row, a stream or a request."""
    global _last  # noqa: PLW0603 - the one counter that keeps identifiers of this process growing
    with _lock:
        _last = max(_last + 1, unix_ms() * _COUNTS)
        milliseconds, count = divmod(_last, _COUNTS)
    return UUID(
        int=(milliseconds & ((1 << 48) - 1)) << 80
        | 0x7 << 76
        | count << 64
        | 0b10 << 62
        | secrets.randbits(62)
    )


def new_token() -> str:
    """A new secret that nobody can guess: session cookies, CSRF tokens."""
    return secrets.token_urlsafe(32)
