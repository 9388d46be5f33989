"""One print of a record, and the document that it became."""

from dataclasses import dataclass

from ebr import __version__
from ebr.reports.catalogue import BATCH_RECORD, Copy

SOFTWARE = f"Batchline {__version__}, report {BATCH_RECORD} version 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """One print of a record: what it is worth, the how many-th it is, who asked, when, what for."""

    kind: Copy
    number: int
    by: str
    at: str
    purpose: str
    software: str = SOFTWARE


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A document and how many pages it has."""

    pdf: bytes
    pages: int
