"""What a batch gathers without end, told page by page: its exceptions and its remarks.

What a page costs follows what it shows, however long the batch has become.
"""

from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from ebr.batches import history, presenting
from ebr.batches.views import CommentView, ExceptionView
from ebr.kernel import Page, Unknown, paged
from workflows.recipe import Severity
from workflows.state import ExceptionState

SIZE = 50
_SERIOUS = {severity: rank for rank, severity in enumerate(Severity)}


class Shown(StrEnum):
    """Which exceptions of a batch are asked for."""

    OPEN = "open"
    DECIDED = "decided"
    ALL = "all"

    def has(self, *, open_: bool) -> bool:
        """Whether an exception in this state is among them."""
        return self is Shown.ALL or open_ == (self is Shown.OPEN)


def exceptions(
    session: Session,
    batch_id: UUID,
    *,
    show: Shown = Shown.ALL,
    step: str | None = None,
    after: str | None = None,
    size: int = SIZE,
) -> Page[ExceptionView]:
    """The exceptions of a batch or of one step: open ones first, most serious, then newest."""
    found = history.read(session, batch_id).existing
    told = (
        (_rank(each), -place, each)
        for place, each in enumerate(found.exceptions.values())
        if show.has(open_=each.open) and step in (None, each.step)
    )
    page = paged(told, lambda each: (*each[0], each[1]), after=after, size=size)
    return page.map(lambda each: presenting.exception(found, each[2]))


def exception(session: Session, batch_id: UUID, key: str) -> ExceptionView:
    """One exception; `Unknown` when the batch has none of this name."""
    found = history.read(session, batch_id).existing
    if key not in found.exceptions:
        raise Unknown("exception")
    return presenting.exception(found, found.exceptions[key])


def comments(
    session: Session,
    batch_id: UUID,
    *,
    step: str | None = None,
    after: str | None = None,
    size: int = SIZE,
) -> Page[CommentView]:
    """The remarks on a batch and its steps, or on one step, the newest first."""
    found = history.read(session, batch_id).existing
    told = (
        (place, each)
        for place, each in enumerate(reversed(found.comments), 1 - len(found.comments))
        if step in (None, each.step)
    )
    page = paged(told, lambda each: (each[0],), after=after, size=size)
    return page.map(lambda each: presenting.comment(found, each[1]))


def _rank(each: ExceptionState) -> tuple[int, int]:
    return int(not each.open), _SERIOUS[each.severity]
