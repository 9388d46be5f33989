"""No list grows with the plant's history: each is told page by page, nothing twice or skipped."""

from collections.abc import Callable
from datetime import date
from typing import Any, Protocol

from sqlalchemy.orm import Session

from ebr import batches, identity, inventory, maintenance, recipes, reports, scheduling
from ebr.kernel.opening import reading
from tests.builders.batch import Line, now


class Listed(Protocol):
    """A page, or an answer that is one besides."""

    @property
    def items(self) -> tuple[Any, ...]: ...
    @property
    def next(self) -> str | None: ...


List = Callable[..., Listed]
TODAY, LATER = now().date(), date(2999, 1, 1)
LISTS: dict[str, tuple[List, int]] = {
    "materials": (inventory.materials, 5),
    "places": (inventory.places, 2),
    "lots": (inventory.lots, 4),
    "equipment": (lambda *given, **more: maintenance.all_equipment(*given, today=TODAY, **more), 4),
    "usable equipment": (
        lambda *given, **more: maintenance.all_equipment(*given, today=LATER, usable=True, **more),
        0,
    ),
    "calibrations": (lambda s, **more: maintenance.calibrations(s, "SC-04", **more), 1),
    "accounts": (identity.accounts_page, 8),
    "people": (identity.people, 8),
    "recipes": (recipes.versions, 1),
    "orders": (scheduling.orders, 0),
    "batches": (batches.batches, 0),
    "batches for quality": (batches.awaiting_review, 0),
    "copies on paper": (reports.asked_for, 0),
}


def turned(session: Session, lister: List) -> list[Any]:
    """Every item, one a page."""
    found: list[Any] = []
    mark: str | None = None
    while True:
        page = lister(session, after=mark, size=1)
        assert len(page.items) <= 1
        found += page.items
        mark = page.next
        if mark is None:
            return found


def test_the_pages_of_a_list_are_the_whole_list(line: Line) -> None:
    with reading(line.database) as session:
        for name, (lister, count) in LISTS.items():
            whole = lister(session, after=None, size=500)
            assert (len(whole.items), whole.next) == (count, None), name
            assert turned(session, lister) == list(whole.items), name
