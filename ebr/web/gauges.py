"""The bar beside a measured value: where limits and value lie, in words and in percent.

The band between the limits always stands at the same place (37.5 % to 62.5 % of the bar), so that
eyes learn it; the rest of the scale follows from its width. Exact decimals up to the drawing.
"""

from dataclasses import dataclass
from decimal import Decimal

from ebr.web.filters import number, quantity
from workflows.quantity import Quantity, plain

BAND_FROM, BAND_TO = Decimal("37.5"), Decimal("62.5")
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Gauge:
    """One bar, ready to draw: places in percent of its width, and the words for a reader."""

    at: str
    over_width: str
    target_at: str
    state: str
    words: str
    low: str
    target: str
    high: str
    least: str
    most: str


def gauge(value: Quantity, low: Quantity, high: Quantity, target: Quantity | None = None) -> Gauge:
    """The bar of a value between two limits; units are brought to the value's own."""
    unit = value.unit
    lower, upper = low.to(unit), high.to(unit)
    width = upper.amount - lower.amount
    if width <= 0:
        raise ValueError("the upper limit must lie above the lower one")
    aim = target.to(unit) if target is not None else None
    least = max(Decimal(0), lower.amount - width * Decimal("1.5"))
    most = upper.amount + width * Decimal("1.5")
    place = _place(value.amount, lower.amount, upper.amount)
    state = "in"
    side = "inside the allowed range"
    if value.amount > upper.amount:
        state, side = "over", "above the upper limit"
    elif value.amount < lower.amount:
        state, side = "under", "below the lower limit"
    return Gauge(
        at=_percent(place),
        over_width=_percent(place - BAND_TO) if state == "over" else "",
        target_at=_percent(_place(aim.amount, lower.amount, upper.amount)) if aim else "",
        state=state,
        words=f"{quantity(value)} is {side} of {number(lower.value)} to {quantity(upper)}.",
        low=number(lower.value),
        target=number(aim.value) if aim else "",
        high=number(upper.value),
        least=_rough(least, lower),
        most=_rough(most, upper),
    )


def _place(amount: Decimal, lower: Decimal, upper: Decimal) -> Decimal:
    place = BAND_FROM + (BAND_TO - BAND_FROM) * (amount - lower) / (upper - lower)
    return min(Decimal(100), max(Decimal(0), place))


def _percent(place: Decimal) -> str:
    return plain(place.quantize(HUNDREDTH))


def _rough(amount: Decimal, like: Quantity) -> str:
    return number(plain(amount.quantize(Decimal(1).scaleb(-like.decimals))))
