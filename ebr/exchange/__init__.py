"""What leaves the house: notices to a security contact, by following the ledger."""

from ebr.exchange.notices import Notice, notices_of
from ebr.exchange.sinks import Folder, Mail, Sink, sinks_of
from ebr.exchange.watch import watch

__all__ = ["Folder", "Mail", "Notice", "Sink", "notices_of", "sinks_of", "watch"]
