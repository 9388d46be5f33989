"""What leaves the house: notices to a security contact, by following the ledger, and alarms."""

from ebr.exchange.notices import Notice, notice_of_breach, notices_of
from ebr.exchange.sinks import Folder, Mail, Sink, sinks_of, tell_of_breach
from ebr.exchange.watch import watch

__all__ = [
    "Folder",
    "Mail",
    "Notice",
    "Sink",
    "notice_of_breach",
    "notices_of",
    "sinks_of",
    "tell_of_breach",
    "watch",
]
