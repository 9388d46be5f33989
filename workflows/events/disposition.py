"""What can have happened to a batch as a whole, from its start to its release or rejection."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from workflows.events.vocabulary import BatchEvent
from workflows.people import Who
from workflows.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchStarted(BatchEvent):
    """The record of a batch was opened, bound to the whole control recipe."""

    KIND: ClassVar[str] = "batch.started"
    VERSION: ClassVar[int] = 1
    batch: UUID
    number: str
    order: str
    product: str
    size: Quantity
    recipe_code: str
    recipe_version: int
    recipe_title: str
    recipe: str  # canonical text of the control recipe, scaled to the order
    recipe_digest: str  # SHA-256 of `recipe`
    master_digest: str  # SHA-256 of the master recipe as approved


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchCompleted(BatchEvent):
    """Every step is done and signed, or skipped."""

    KIND: ClassVar[str] = "batch.completed"
    VERSION: ClassVar[int] = 1
    number: str
    steps: int
    skipped: int
    exceptions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReviewed(BatchEvent):
    """The whole record was reviewed."""

    KIND: ClassVar[str] = "batch.reviewed"
    VERSION: ClassVar[int] = 1
    number: str
    steps: int
    signatures: int
    exceptions: int
    corrections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCleared(BatchEvent):
    """A review fell away because the record changed after it."""

    KIND: ClassVar[str] = "batch.review.cleared"
    VERSION: ClassVar[int] = 1
    because: str
    reviewer: Who
    reviewed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReleased(BatchEvent):
    """The batch was certified for use."""

    KIND: ClassVar[str] = "batch.released"
    VERSION: ClassVar[int] = 1
    number: str
    product: str
    recipe_digest: str
    lots: tuple[str, ...]
    reviewer: Who
    reviewed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRejected(BatchEvent):
    """The batch was closed as unfit for use."""

    KIND: ClassVar[str] = "batch.rejected"
    VERSION: ClassVar[int] = 1
    number: str
    product: str
    lots: tuple[str, ...]
    why: str
