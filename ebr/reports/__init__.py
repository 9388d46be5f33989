"""The record of a batch for others: as PDF, rendered once and kept, and as BatchML."""

from ebr.reports.batchml import InvalidDocument, production_record
from ebr.reports.catalogue import BATCH_RECORD, REPORTS, Copy, Report
from ebr.reports.commands import AskRecord
from ebr.reports.operations import ask_for_record
from ebr.reports.prints import Print, Rendered
from ebr.reports.queries import AskedView, CopyView, KeptCopy, asked_for, copies, kept_copy
from ebr.reports.renderer import keep_rendering
from ebr.reports.seal import Seal

__all__ = [
    "BATCH_RECORD",
    "REPORTS",
    "AskRecord",
    "AskedView",
    "Copy",
    "CopyView",
    "InvalidDocument",
    "KeptCopy",
    "Print",
    "Rendered",
    "Report",
    "Seal",
    "ask_for_record",
    "asked_for",
    "copies",
    "keep_rendering",
    "kept_copy",
    "production_record",
]
