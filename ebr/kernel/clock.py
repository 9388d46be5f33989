"""The only reading of this machine's clock; what a record shows is the database's clock.

A unit of work reads the database's clock once; the time of an entry is read by `audit.append`.
What is left for this clock is the order of new identifiers and the length of waits.
"""

import time


def unix_ms() -> int:
    """Milliseconds since 1970 in UTC, as this host believes."""
    return time.time_ns() // 1_000_000


def monotonic_s() -> float:
    """Seconds of a clock that never jumps; only differences mean anything."""
    return time.monotonic()
