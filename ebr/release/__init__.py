"""Review by exception and disposition: what needs a decision, what stands before release."""

from ebr.release.checklist import Gate, Point
from ebr.release.operations import (
    complete_review,
    decide_exception,
    refuse_decision,
    reject_batch,
    release_batch,
)
from ebr.release.queries import gates, review, timeline
from ebr.release.views import Moment, ReviewView

__all__ = [
    "Gate",
    "Moment",
    "Point",
    "ReviewView",
    "complete_review",
    "decide_exception",
    "gates",
    "refuse_decision",
    "reject_batch",
    "release_batch",
    "review",
    "timeline",
]
