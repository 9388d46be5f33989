"""The values of one input, drawn in the order in which they were recorded, against their limits.

SVG in the page's own text, with attributes and classes only (CSP), so that the same drawing stands
on a page, on paper and in a review. A value beyond its limits has a shape of its own, not only a
colour, and the whole drawing has a sentence for readers who do not see it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from ebr.web.filters import number
from workflows.quantity import plain

WIDTH, HEIGHT = 400, 196
LEFT, RIGHT, TOP, BOTTOM = 44, 16, 14, 28
MOST_LABELS = 6
_STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value: its amount, how it is written, when it was recorded, whether it lies outside."""

    amount: Decimal
    shown: str
    at: str
    outside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From amounts to places on the drawing."""

    least: Decimal
    most: Decimal
    count: int

    def y(self, amount: Decimal) -> Decimal:
        """How far down an amount stands."""
        share = (self.most - amount) / (self.most - self.least)
        return TOP + share * (HEIGHT - TOP - BOTTOM)

    def x(self, place: int) -> Decimal:
        """How far to the right the n-th value stands."""
        width = Decimal(WIDTH - LEFT - RIGHT)
        return LEFT + width * (2 * place + 1) / (2 * self.count)


def chart(
    points: Sequence[Point], *, low: Decimal | None, high: Decimal | None, unit: str, words: str
) -> Markup:
    """The drawing; `words` says what it shows."""
    ends = [each for each in (low, high) if each is not None]
    ticks = _ticks([*ends, *(each.amount for each in points)])
    scale = Scale(least=ticks[0], most=ticks[-1], count=len(points))
    parts = [
        *_zones(scale, low, high),
        *_axis(scale, ticks),
        *_limits(scale, low, high, unit),
        *_series(scale, points),
    ]
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, words, Markup("").join(parts)
    )


def _ticks(amounts: Sequence[Decimal]) -> list[Decimal]:
    """Round numbers that reach a little beyond everything that is drawn."""
    least, most = min(amounts), max(amounts)
    spread = (most - least) or abs(most) or Decimal(1)
    size = Decimal(1).scaleb(spread.adjusted() - 1)
    step = next((size * each for each in _STEPS if spread / (size * each) <= 5), size * 20)
    first = (least - step / 4) // step * step
    while first > least - step / 4:
        first -= step
    found = [first]
    while found[-1] < most + step / 4:
        found.append(found[-1] + step)
    return found


def _zones(scale: Scale, low: Decimal | None, high: Decimal | None) -> Iterator[Markup]:
    for ends in ((scale.most, high), (low, scale.least)):
        if ends[0] is not None and ends[1] is not None:
            top, bottom = scale.y(ends[0]), scale.y(ends[1])
            yield Markup('<rect class="zone" x="{}" y="{}" width="{}" height="{}"/>').format(
                LEFT, _place(top), WIDTH - LEFT - RIGHT, _place(bottom - top)
            )


def _axis(scale: Scale, ticks: Sequence[Decimal]) -> Iterator[Markup]:
    for tick in ticks:
        y = scale.y(tick)
        yield Markup(
            '<line class="ax" x1="{}" x2="{}" y1="{}" y2="{}"/>'
            '<text x="{}" y="{}" text-anchor="end">{}</text>'
        ).format(
            LEFT,
            WIDTH - RIGHT,
            _place(y),
            _place(y),
            LEFT - 8,
            _place(y + 4),
            number(plain(tick)),
        )


def _limits(scale: Scale, low: Decimal | None, high: Decimal | None, unit: str) -> Iterator[Markup]:
    for limit, down in ((high, -6), (low, 15)):
        if limit is not None:
            y = scale.y(limit)
            words = f"Limit {number(plain(limit))} {unit}".strip()
            yield Markup(
                '<line class="lim" x1="{}" x2="{}" y1="{}" y2="{}"/>'
                '<text class="r" x="{}" y="{}" text-anchor="end">{}</text>'
            ).format(
                LEFT,
                WIDTH - RIGHT,
                _place(y),
                _place(y),
                WIDTH - RIGHT - 4,
                _place(y + down),
                words,
            )


def _series(scale: Scale, points: Sequence[Point]) -> Iterator[Markup]:
    places = [(scale.x(n), scale.y(each.amount)) for n, each in enumerate(points)]
    line = " ".join(f"{_place(x)},{_place(y)}" for x, y in places)
    yield Markup('<polyline class="ser" points="{}"/>').format(line)
    every = -(-len(points) // MOST_LABELS)
    for n, ((x, y), each) in enumerate(zip(places, points, strict=True)):
        yield _mark(x, y) if each.outside else _dot(x, y)
        if n % every == 0 or n == len(points) - 1:
            above = y - 13 if y > TOP + 24 else y + 22
            yield Markup(
                '<text class="{}" x="{}" y="{}" text-anchor="middle">{}</text>'
                '<text x="{}" y="{}" text-anchor="middle">{}</text>'
            ).format(
                "r" if each.outside else "k",
                _place(x),
                _place(above),
                each.shown,
                _place(x),
                HEIGHT - 9,
                each.at,
            )


def _mark(x: Decimal, y: Decimal) -> Markup:
    return Markup(
        '<rect class="ptx" x="{}" y="{}" width="14" height="14" transform="rotate(45 {} {})"/>'
    ).format(_place(x - 7), _place(y - 7), _place(x), _place(y))


def _dot(x: Decimal, y: Decimal) -> Markup:
    return Markup('<circle class="pt" cx="{}" cy="{}" r="4.5"/>').format(_place(x), _place(y))


def _place(value: Decimal) -> str:
    return plain(value.quantize(Decimal("0.1")))
