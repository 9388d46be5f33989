"""Every reason against drafting, approving and making a recipe effective; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from ebr.kernel import Reason, told
from ebr.recipes.lifecycle import LIFECYCLE, State, Verb


class No(StrEnum):
    """Why a recipe version does not move on, in order of precedence."""

    WRONG_NUMBER = "recipe_wrong_number"
    ERRORS_OPEN = "recipe_errors_open"
    REMARKS_NOT_ACCEPTED = "recipe_remarks_not_accepted"
    AUTHOR_MAY_NOT_APPROVE = "recipe_author_may_not_approve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the rules need to know of a version."""

    code: str
    number: int
    state: State
    author: UUID
    author_name: str
    errors: Sequence[str]
    remarks: Sequence[str]


def reasons_against_drafting(code: str, number: int, expected: int) -> Iterator[Reason]:
    """Versions are numbered without a gap, so that nobody can wonder about a missing one."""
    if number != expected:
        yield Reason(
            No.WRONG_NUMBER,
            f"The text says version {number} of {code}; the next version is {expected}.",
            f"Write `version: {expected}`.",
        )


def reasons_against_approving(
    found: Standing, approver: UUID, *, remarks_accepted: bool
) -> Iterator[Reason]:
    """A draft without errors, with its remarks accepted, by another person than its author."""
    yield from told(LIFECYCLE.reasons_against(found.state, Verb.APPROVE))
    if found.errors:
        yield Reason(
            No.ERRORS_OPEN,
            f"{len(found.errors)} errors are open: " + " ".join(found.errors),
            "Correct the text and bring it in again.",
        )
    if found.remarks and not remarks_accepted:
        yield Reason(
            No.REMARKS_NOT_ACCEPTED,
            f"{len(found.remarks)} remarks are not accepted: " + " ".join(found.remarks),
            "Weigh the remarks and accept them, or correct the text.",
        )
    if approver == found.author:
        # 21 CFR 211.100(a), 211.186(a): who wrote a master record does not approve it alone.
        yield Reason(
            No.AUTHOR_MAY_NOT_APPROVE,
            f"{found.author_name} wrote version {found.number} of {found.code} "
            "and cannot approve it.",
            "Ask another person with the right to approve recipes.",
            "C211-186a-1",
        )
