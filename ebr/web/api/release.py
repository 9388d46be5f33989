"""Review and release for programs."""

from uuid import UUID

from flask import Response, request

from ebr import batches, release
from ebr.batches import (
    BatchRow,
    BatchView,
    CompleteReview,
    DecideException,
    ExceptionView,
    RejectBatch,
    ReleaseBatch,
    Shown,
)
from ebr.identity import Right
from ebr.kernel import Malformed, Page
from ebr.release import Moment, ReviewView
from ebr.web import asking, binding, responses, work
from ebr.web.api.batches import show_batch
from ebr.web.routing import Route


def list_waiting() -> Response:
    """The batches that wait for quality, the oldest first; `after` turns the page."""
    return responses.answer(work.ask(batches.awaiting_review, after=request.args.get("after")))


def show_review(batch: UUID) -> Response:
    """A batch as its reviewer needs it."""
    view = asking.ask(release.review, batch, asking.settings().zone)
    return responses.answer(view)


def list_exceptions(batch: UUID) -> Response:
    """Exceptions, open ones first; `show` (open, decided) and `step` narrow, `after` pages."""
    asked = request.args.get("show") or Shown.ALL
    if asked not in set(Shown):
        raise Malformed({"show": (f"Choose one of {', '.join(Shown)}.",)})
    found = work.ask(
        batches.exceptions,
        batch,
        show=Shown(asked),
        step=request.args.get("step") or None,
        after=request.args.get("after"),
    )
    return responses.answer(found)


def show_timeline(batch: UUID, exception: str) -> Response:
    """What happened around an exception."""
    found: tuple[Moment, ...] = work.ask(release.timeline, batch, exception)
    return responses.answer(Page(found))


def decide_exception(batch: UUID, exception: str) -> Response:
    """Say what an exception means for quality."""
    command = binding.bind(DecideException, batch=batch, exception=exception)
    work.act(release.decide_exception, command)
    return show_batch(batch)


def complete_review(batch: UUID) -> Response:
    """Declare the whole record reviewed."""
    work.act(release.complete_review, binding.bind(CompleteReview, batch=batch))
    return show_batch(batch)


def release_batch(batch: UUID) -> Response:
    """Certify the batch for use."""
    work.act(release.release_batch, binding.bind(ReleaseBatch, batch=batch))
    return show_batch(batch)


def reject_batch(batch: UUID) -> Response:
    """Close the batch as unfit for use."""
    work.act(release.reject_batch, binding.bind(RejectBatch, batch=batch))
    return show_batch(batch)


BATCH = "/batches/<uuid:batch>"
EXCEPTION = BATCH + "/exceptions/<exception>"
ROUTES = (
    Route(
        "GET", "/review", list_waiting, Right.VIEW_RECORDS, answers=Page[BatchRow], asks=("after",)
    ),
    Route(
        "GET",
        BATCH + "/exceptions",
        list_exceptions,
        Right.VIEW_BATCHES,
        answers=Page[ExceptionView],
        asks=("show", "step", "after"),
    ),
    Route("GET", BATCH + "/review", show_review, Right.VIEW_RECORDS, answers=ReviewView),
    Route("GET", EXCEPTION + "/timeline", show_timeline, Right.VIEW_RECORDS, answers=Page[Moment]),
    Route(
        "POST",
        EXCEPTION + "/decision",
        decide_exception,
        Right.DECIDE_EXCEPTIONS,
        takes=DecideException,
        answers=BatchView,
    ),
    Route(
        "POST",
        BATCH + "/review",
        complete_review,
        Right.REVIEW_BATCHES,
        takes=CompleteReview,
        answers=BatchView,
    ),
    Route(
        "POST",
        BATCH + "/release",
        release_batch,
        Right.RELEASE_BATCHES,
        takes=ReleaseBatch,
        answers=BatchView,
    ),
    Route(
        "POST",
        BATCH + "/reject",
        reject_batch,
        Right.REJECT_BATCHES,
        takes=RejectBatch,
        answers=BatchView,
    ),
)
