"""What may be asked of paper."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from ebr.reports.catalogue import Copy
from ebr.reports.prints import Print, Rendered
from ebr.reports.seal import Seal


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRecord:
    """Have the record of a batch rendered: a draft before it is closed, a further copy after."""

    batch: UUID
    kind: Copy
    purpose: str = field(metadata={"most": 200})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRecord:
    """Keep what was rendered for a job."""

    job: UUID
    batch: UUID
    batch_number: str
    seal: Seal
    print_: Print
    rendered: Rendered


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueClosed:
    """Have the controlled copy of a batch made that was just decided."""

    batch: UUID
    entry: int
    asked_by: str
    asked_at: datetime
    purpose: str
