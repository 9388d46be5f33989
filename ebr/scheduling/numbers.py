"""The numbers that people call orders and batches by: by rule, unique for ever, without gaps.

`PO-2611-0001` is the first order of November 2026, `HR1-2611-001` the first batch of product
FP-HR1 in that month. A number is taken in the transaction that uses it: what is rolled back takes
none, so a gap cannot arise.
"""

from datetime import date

from sqlalchemy.dialects.postgresql import insert

from ebr.kernel import UnitOfWork
from ebr.scheduling.model import Series

ORDER_DIGITS = 4
BATCH_DIGITS = 3


def order_series(on: date) -> str:
    """The series of the orders of a month."""
    return f"PO-{on:%y%m}"


def batch_series(product: str, on: date) -> str:
    """The series of the batches of a product in a month: its code after the first dash."""
    kind, _, name = product.partition("-")
    return f"{name or kind}-{on:%y%m}"


def numbered(series: str, running: int, digits: int) -> str:
    """The number as people write it."""
    return f"{series}-{running:0{digits}d}"


def take(work: UnitOfWork, series: str, digits: int) -> str:
    """The next number of a series; others wait for it until this act ends."""
    first = insert(Series).values(name=series, last=1)
    following = first.on_conflict_do_update(
        index_elements=[Series.name], set_={"last": Series.last + 1}
    ).returning(Series.last)
    return numbered(series, work.session.execute(following).scalar_one(), digits)
