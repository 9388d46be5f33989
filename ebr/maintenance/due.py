"""What falls due, when: is the calibration of a piece of equipment still good on this day?

21 CFR 211.68(a): a calibration holds through its due date; from the day after, the equipment
cannot supply data. Pure: it is given the dates.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

SOON_DAYS = 14


class Calibration(StrEnum):
    """How the calibration stands."""

    NOT_NEEDED = "not_needed"
    MISSING = "missing"
    CURRENT = "current"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Due:
    """How the calibration stands, and the days left (below zero: days over)."""

    state: Calibration
    days: int | None = None

    @property
    def holds(self) -> bool:
        """Whether the equipment may supply data as far as calibration goes."""
        return self.state not in (Calibration.MISSING, Calibration.OVERDUE)


def calibration(due_on: date | None, *, needed: bool, today: date) -> Due:
    """How a calibration that is due on this date stands today."""
    if not needed:
        return Due(Calibration.NOT_NEEDED)
    if due_on is None:
        return Due(Calibration.MISSING)
    days = (due_on - today).days
    if days < 0:
        return Due(Calibration.OVERDUE, days)
    return Due(Calibration.DUE_SOON if days <= SOON_DAYS else Calibration.CURRENT, days)
