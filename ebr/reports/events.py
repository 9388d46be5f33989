"""What can have happened to the paper of a batch. Never renamed, never removed."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from ebr.kernel import Kept, register
from ebr.reports.catalogue import Copy


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRendered:
    """A batch record was rendered, and the document is kept under its SHA-256."""

    KIND: ClassVar[str] = "record.rendered"
    VERSION: ClassVar[int] = 1
    job: UUID
    batch: UUID
    batch_number: str
    kind: Copy
    number: int  # of all prints of this batch's record, from 1
    digest: str  # SHA-256 of the record as data, which is attached to the document
    pdf: Kept
    pages: int
    entry: int  # the last entry of the batch's stream that the record tells of
    checkpoint: int  # the size of the log under whose checkpoint that entry lies
    asked_by: str
    purpose: str
    software: str
