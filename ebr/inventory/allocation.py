"""Which container next: first expired, first out, among those that may be used at all.

21 CFR 211.86 and EU GMP chapter 5: the oldest approved stock is used first; to take another
needs a reason. Pure: it is given the stock and the moment, and looks at nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ebr.inventory.lifecycle import LotStatus
from ebr.inventory.moves import less, total
from workflows.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What one container could give, with what decides whether it may."""

    container: UUID
    code: str
    lot: str
    remaining: Quantity
    status: LotStatus
    expires_on: date | None
    retest_on: date | None
    usable_from: datetime | None


@dataclass(frozen=True, slots=True)
class Pick:
    """So much from this container."""

    stock: Stock
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class Allocation:
    """The picks in the order of use, and what the whole stock cannot give."""

    picks: tuple[Pick, ...]
    short: Quantity


def usable(stock: Stock, now: datetime, today: date) -> bool:
    """Whether it may be used now: released, in date, retest not due, waiting time over."""
    return (
        stock.status is LotStatus.RELEASED
        and stock.remaining.amount > 0
        and (stock.expires_on is None or today <= stock.expires_on)
        and (stock.retest_on is None or today <= stock.retest_on)
        and (stock.usable_from is None or now >= stock.usable_from)
    )


def in_order(stocks: Iterable[Stock], now: datetime, today: date) -> tuple[Stock, ...]:
    """What may be used, first to expire first; of one date the container that empties sooner."""
    return tuple(
        sorted(
            (stock for stock in stocks if usable(stock, now, today)),
            key=lambda stock: (_end(stock), stock.remaining.amount, stock.code),
        )
    )


def _end(stock: Stock) -> date:
    return stock.expires_on or date.max


def allocate(needed: Quantity, stocks: Iterable[Stock], now: datetime, today: date) -> Allocation:
    """Whole containers in order until the need is met; the last one in part."""
    picks: list[Pick] = []
    still = needed
    for stock in in_order(stocks, now, today):
        if still.amount <= 0:
            break
        enough = stock.remaining.compare(still) >= 0
        taken = still if enough else stock.remaining.to(still.unit)
        picks.append(Pick(stock, taken))
        still = less(still, taken)
    given = total((pick.quantity for pick in picks), needed.unit)
    return Allocation(tuple(picks), less(needed, given))


def passed_over(
    chosen: str, stocks: Iterable[Stock], now: datetime, today: date
) -> tuple[Stock, ...]:
    """Usable containers that expire before the chosen one: taking it needs a reason."""
    order = in_order(stocks, now, today)
    mine = next((stock for stock in order if stock.code == chosen), None)
    if mine is None:
        return ()
    return tuple(stock for stock in order if _end(stock) < _end(mine))
