"""The audit trail as people ask it: sentences, filters, from an entry to the record and back."""

from ebr.trail.commands import CopyLedger
from ebr.trail.copying import SIGNATURES_NEEDED, copies, copy, copy_ledger, written
from ebr.trail.queries import KINDS, PAGE, entries, entry, people, seal
from ebr.trail.views import (
    CopyView,
    Diff,
    EntryLine,
    EntryView,
    Filter,
    Part,
    Seal,
    SignatureLine,
    Target,
    TrailPage,
)

__all__ = [
    "KINDS",
    "PAGE",
    "SIGNATURES_NEEDED",
    "CopyLedger",
    "CopyView",
    "Diff",
    "EntryLine",
    "EntryView",
    "Filter",
    "Part",
    "Seal",
    "SignatureLine",
    "Target",
    "TrailPage",
    "copies",
    "copy",
    "copy_ledger",
    "entries",
    "entry",
    "people",
    "seal",
    "written",
]
