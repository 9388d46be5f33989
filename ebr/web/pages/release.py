"""Quality's pages: the queue, the review of a batch by its exceptions, its release."""

from typing import Any
from uuid import UUID

from flask import Response, request

from ebr import batches, release
from ebr.batches import (
    BatchRow,
    CompleteReview,
    DecideException,
    ExceptionView,
    RejectBatch,
    ReleaseBatch,
    Shown,
    StatementView,
)
from ebr.identity import Right
from ebr.kernel import Page, Reason, Refused
from ebr.release import ReviewView
from ebr.web import asking, binding, responses, sessions, work
from ebr.web.filters import PlantTime
from ebr.web.routing import Route
from ebr.web.screens import disposition
from ebr.web.screens import review as screens
from workflows import BatchStatus
from workflows import commands as acts
from workflows.commands import Decision
from workflows.standing import CLOSED

REJECT = "reject"


def show_queue() -> Response:
    """The batches that wait for quality, the oldest first."""
    after = request.args.get("after") or None
    waiting: Page[BatchRow] = work.ask(batches.awaiting_review, after=after)
    running = work.ask(batches.batches, status=BatchStatus.RUNNING)
    closed = [
        row
        for status in (BatchStatus.RELEASED, BatchStatus.REJECTED)
        for row in work.ask(batches.batches, status=status, size=10).items
    ]
    closed.sort(key=lambda row: (row.closed_at is not None, row.closed_at), reverse=True)
    return responses.show(
        "release/queue.html",
        waiting=waiting,
        newer=after is not None,
        running=running,
        closed=closed[:10],
    )


def show_review(batch: UUID) -> Response:
    """A batch as its reviewer needs it, opened at its most serious open exception."""
    return _show("release/review.html", batch, None)


def show_exception(batch: UUID, exception: str) -> Response:
    """The same, opened at one exception: every exception has an address of its own."""
    return _show("release/review.html", batch, exception)


def ask_decision(batch: UUID, exception: str) -> Response:
    """What would be signed with this decision; nothing is kept."""
    asked = binding.bind(acts.DecideException, batch=batch, exception=exception)
    release.refuse_decision(asked)
    found = _possible(asked)
    return _show(
        "release/decide.html",
        batch,
        exception,
        decision=asked,
        decided=disposition.DECISIONS[asked.decision],
        **_ceremony(found),
        rows=disposition.decision_rows(found.statement, _place(batch, exception)),
    )


def decide_exception(batch: UUID, exception: str) -> Response:
    """Say what an exception means for quality, signed."""
    work.act(
        release.decide_exception, binding.bind(DecideException, batch=batch, exception=exception)
    )
    return responses.see(f"/batches/{batch}/review", said=f"{exception} decided and signed.")


def ask_review(batch: UUID) -> Response:
    """What would be signed with the whole review."""
    found = _possible(acts.CompleteReview(batch=batch))
    return _show(
        "release/complete.html",
        batch,
        None,
        **_ceremony(found),
        rows=disposition.summary_rows(found.statement),
    )


def complete_review(batch: UUID) -> Response:
    """Declare the whole record reviewed, signed."""
    work.act(release.complete_review, binding.bind(CompleteReview, batch=batch))
    said = "Review complete. The batch waits for its release."
    return responses.see(f"/batches/{batch}/release", said=said)


def show_release(batch: UUID) -> Response:
    """What stands before the release, and the statement of the release itself."""
    return _release("release/release.html", batch)


def release_batch(batch: UUID) -> Response:
    """Certify the batch for use, signed."""
    work.act(release.release_batch, binding.bind(ReleaseBatch, batch=batch))
    return responses.see(f"/batches/{batch}/release", said="Released and signed.")


def ask_rejection(batch: UUID) -> Response:
    """What would be signed with the rejection; nothing is kept."""
    asked = binding.bind(acts.RejectBatch, batch=batch)
    found = _possible(asked)
    return _release(
        "release/reject.html",
        batch,
        why=asked.why,
        **_ceremony(found),
        rows=disposition.summary_rows(found.statement),
    )


def reject_batch(batch: UUID) -> Response:
    """Close the batch as unfit for use, signed."""
    work.act(release.reject_batch, binding.bind(RejectBatch, batch=batch))
    return responses.see(f"/batches/{batch}/release", said="Rejected and signed.")


def _show(template: str, batch: UUID, exception: str | None, **more: Any) -> Response:
    view: ReviewView = asking.ask(release.review, batch, asking.settings().zone)
    asked, after = request.values.get("show", ""), request.args.get("after", "")
    shown = Shown(asked) if asked in set(Shown) else Shown.OPEN if view.open else Shown.ALL
    folded = work.ask(batches.read, batch).existing
    page: Page[ExceptionView] = work.ask(batches.exceptions, batch, show=shown, after=after)
    found = page.map(lambda each: screens.line(folded, each, shown, after))
    line = found.items[0] if found.items else None
    if exception is not None:
        one: ExceptionView = work.ask(batches.exception, batch, exception)
        line = screens.line(folded, one, shown, after)
    chosen = None
    if line is not None:
        chosen = screens.opened(
            folded,
            line,
            found.items,
            moments=work.ask(release.timeline, batch, line.exception.key),
            against=_against_deciding(batch, line.exception.key),
            clock=PlantTime(asking.settings().zone).hms,
        )
    waiting: Page[BatchRow] = work.ask(batches.awaiting_review)
    return responses.show(
        template,
        blocks=("review",),
        etag=None,
        screen=screens.screen(view, found, chosen, shown=shown, after=after),
        queue=screens.place_in_queue(waiting, view.batch.number),
        rights=sessions.require().rights,
        signing=bool(more),
        choices=tuple(
            (key, disposition.DECISIONS[key], disposition.HINTS[key]) for key in Decision
        ),
        **more,
    )


def _release(template: str, batch: UUID, **more: Any) -> Response:
    view: ReviewView = asking.ask(release.review, batch, asking.settings().zone)
    rejecting = template != "release/release.html" or request.values.get("to") == REJECT
    given = more or _offered(view)
    return responses.show(
        template,
        review=view,
        gates=screens.gate_lines(view),
        checked=screens.checked(view),
        signed=disposition.signed_so_far(view.batch),
        rights=sessions.require().rights,
        signing=bool(more),
        rejecting=rejecting or "why" in request.form,
        closed=view.batch.status in CLOSED,
        **given,
    )


def _offered(view: ReviewView) -> dict[str, Any]:
    """The statement of the release, when there is still something to release."""
    if view.batch.status in CLOSED:
        return {"found": None, "meaning": "", "first": False, "rows": ()}
    found = _statement(acts.ReleaseBatch(batch=view.batch.id))
    return {**_ceremony(found), "rows": disposition.summary_rows(found.statement)}


def _statement(command: acts.Command) -> StatementView:
    found: tuple[StatementView, ...] = asking.ask(batches.statements_for, command)
    return found[0]


def _possible(command: acts.Command) -> StatementView:
    """The statement of an act that would not be refused: nobody is asked to sign in vain."""
    found = _statement(command)
    if found.reasons:
        reasons = (
            Reason(each.code, each.text, each.remedy, each.requirement) for each in found.reasons
        )
        raise Refused(tuple(reasons))
    return found


def _ceremony(found: StatementView) -> dict[str, Any]:
    """What the dialog says of the signature itself."""
    return {
        "found": found,
        "meaning": disposition.meaning_of(found),
        "first": not sessions.require().continuous,
    }


def _against_deciding(batch: UUID, exception: str) -> tuple[batches.ReasonView, ...]:
    """Why the person at this screen could not decide it, whatever they wrote."""
    command = acts.DecideException(
        batch=batch,
        exception=exception,
        decision=Decision.DEVIATION,
        reason="asked before anything was written",
        reference="asked",
    )
    found: tuple[batches.ReasonView, ...] = asking.ask(batches.reasons_against, command)
    return found


def _place(batch: UUID, exception: str) -> str:
    found: ExceptionView = work.ask(batches.exception, batch, exception)
    return f"{found.step_number} {found.step_title}" if found.step else "The batch as a whole"


ONE, LOOK = "/batches/<uuid:batch>", Right.VIEW_RECORDS
EXCEPTION = ONE + "/exceptions/<exception>"
DECIDE, REVIEW = Right.DECIDE_EXCEPTIONS, Right.REVIEW_BATCHES
ROUTES = (
    Route("GET", "/review", show_queue, LOOK, menu="Review", icon="list-checks"),
    Route("GET", ONE + "/review", show_review, LOOK),
    Route("GET", EXCEPTION, show_exception, LOOK),
    Route("POST", EXCEPTION + "/decision/sign", ask_decision, DECIDE, form=show_exception),
    Route("POST", EXCEPTION + "/decision", decide_exception, DECIDE, form=ask_decision),
    Route("GET", ONE + "/review/sign", ask_review, REVIEW),
    Route("POST", ONE + "/review", complete_review, REVIEW, form=ask_review),
    Route("GET", ONE + "/release", show_release, LOOK),
    Route("POST", ONE + "/release", release_batch, Right.RELEASE_BATCHES, form=show_release),
    Route("POST", ONE + "/reject/sign", ask_rejection, Right.REJECT_BATCHES, form=show_release),
    Route("POST", ONE + "/reject", reject_batch, Right.REJECT_BATCHES, form=ask_rejection),
)
