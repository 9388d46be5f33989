"""The host's time of a reading, kept beside the time at which the database stored it."""

from datetime import UTC, datetime, timedelta

from ebr.kernel.clock import unix_ms

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def host_now() -> datetime:
    """The instant on this host, to the millisecond."""
    return _EPOCH + timedelta(milliseconds=unix_ms())
