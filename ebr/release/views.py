"""What the reviewer and the releaser are shown."""

from dataclasses import dataclass
from datetime import datetime

from ebr.batches import BatchView, ReasonView
from ebr.release.checklist import Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One thing that happened around an exception, for its timeline."""

    at: datetime
    tone: str  # exception, comment, changed, signed, value, inside, outside
    text: str
    was: str
    becomes: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    """A batch as its reviewer needs it: what is open, then what stands before release.

    Its exceptions are told page by page, open ones first.
    """

    batch: BatchView
    open: int
    decided: int
    values: int
    values_out: int
    gates: tuple[Gate, ...]
    gates_open: int
    against_review: tuple[ReasonView, ...]
    against_release: tuple[ReasonView, ...]
    against_reject: tuple[ReasonView, ...]
