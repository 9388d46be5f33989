"""Why a copy of a record is not rendered."""

from collections.abc import Iterator
from enum import StrEnum

from ebr.kernel import Reason
from ebr.reports.catalogue import Copy
from workflows import BatchStatus
from workflows.standing import CLOSED


class ReportRefusal(StrEnum):
    """Every reason, in order of precedence."""

    CONTROLLED_BY_ITSELF = "controlled_copy_by_itself"
    RECORD_IS_CLOSED = "record_is_closed"
    RECORD_IS_OPEN = "record_is_open"


def reasons_against_asking(number: str, status: BatchStatus, kind: Copy) -> Iterator[Reason]:
    """The controlled copy comes by itself; drafts are of open records, copies of closed ones."""
    closed = status in CLOSED
    if kind is Copy.CONTROLLED:
        yield Reason(
            ReportRefusal.CONTROLLED_BY_ITSELF,
            f"The controlled copy of {number} is made once, when the batch is decided.",
            "Ask for an uncontrolled copy, or fetch the controlled one.",
            "REP-CTRL-1",
        )
    elif kind is Copy.DRAFT and closed:
        yield Reason(
            ReportRefusal.RECORD_IS_CLOSED,
            f"Batch {number} is {status}: there is no draft of a closed record.",
            "Fetch the controlled copy, or ask for an uncontrolled one.",
            "REP-CTRL-1",
        )
    elif kind is Copy.UNCONTROLLED and not closed:
        yield Reason(
            ReportRefusal.RECORD_IS_OPEN,
            f"Batch {number} is {status}: its record is not closed.",
            "Ask for a draft.",
            "REP-CTRL-1",
        )
