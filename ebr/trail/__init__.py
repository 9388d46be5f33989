"""The audit trail as people ask it: sentences, filters, from an entry to the record and back."""

from ebr.trail.queries import KINDS, PAGE, entries, entry, people, seal
from ebr.trail.views import (
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
    "Diff",
    "EntryLine",
    "EntryView",
    "Filter",
    "Part",
    "Seal",
    "SignatureLine",
    "Target",
    "TrailPage",
    "entries",
    "entry",
    "people",
    "seal",
]
