"""The physics of a simulated pan: it settles, it has a capacity, a zero and a tare, all exact."""

import re
from collections.abc import Callable
from decimal import Decimal

_WEIGHT = re.compile(r"(-?[0-9]{1,8}(?:\.[0-9]{1,6})?) (g|kg|mg)")
_GRAMS = {"kg": Decimal(1000), "g": Decimal(1), "mg": Decimal("0.001")}
_ZERO_RANGE = Decimal("0.02")


def weight(text: str) -> tuple[Decimal, str]:
    """`12.487 g` as amount and unit; ValueError for anything else."""
    match = _WEIGHT.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a weight like 12.487 g")
    return Decimal(match[1]), match[2]


class Physics:
    """What lies on the pan and what the scale makes of it, in the digits of its capacity."""

    def __init__(self, capacity: str, settle_s: float, now: Callable[[], float]) -> None:
        self._most, self.unit = weight(capacity)
        if self._most <= 0:
            raise ValueError(f"capacity {capacity!r} is not above zero")
        self._step = Decimal(1).scaleb(-len(capacity.partition(" ")[0].partition(".")[2]))
        self._settle_s = settle_s
        self._now = now
        self._since = now() - settle_s
        self._before = Decimal(0)
        self.load = Decimal(0)
        self.zero = Decimal(0)
        self.tare = Decimal(0)
        self.unsteady = False
        self.overloaded = False

    def put(self, text: str) -> None:
        """Change what lies on the pan; it swings until it settles."""
        amount, unit = weight(text)
        self._before, self._since = self._shown(), self._now()
        self.load = amount * _GRAMS[unit] / _GRAMS[self.unit]

    @property
    def at_rest(self) -> bool:
        """Has it come to rest?"""
        return not self.unsteady and self._now() - self._since >= self._settle_s

    @property
    def over(self) -> bool:
        """Is there more on the pan than it can weigh?"""
        return self.overloaded or self.load > self._most

    @property
    def under(self) -> bool:
        """Is the pan lifted or missing?"""
        return self.load < -self._most * _ZERO_RANGE

    def net(self) -> Decimal:
        """The weight shown at this moment, in the digits of the scale."""
        return self._printed(self._shown() - self.zero - self.tare)

    def take_tare(self) -> Decimal:
        """Take what is on the pan as tare; answer it."""
        self.tare = self._printed(self._shown() - self.zero)
        return self.tare

    def set_zero(self) -> bool:
        """Make this the zero point and forget the tare; no, when too much lies on the pan."""
        if abs(self._shown()) > self._most * _ZERO_RANGE:
            return False
        self.zero, self.tare = self._shown(), Decimal(0)
        return True

    def power_up(self) -> None:
        """Start anew: no tare, and what lies on the pan within the zero range is zero."""
        self.zero = self.tare = Decimal(0)
        self.set_zero()

    def _shown(self) -> Decimal:
        """Half of the way is gone each tenth of the settling time; a digit trembles until rest."""
        if self.at_rest:
            return self.load
        elapsed = self._now() - self._since
        tenths = int(elapsed / self._settle_s * 10) if self._settle_s else 10
        distance = (self._before - self.load) / Decimal(2 ** min(tenths, 30))
        return self.load + distance + self._step * (int(elapsed * 20) % 3 - 1)

    def _printed(self, amount: Decimal) -> Decimal:
        rounded = amount.quantize(self._step)
        return rounded or abs(rounded)  # never "-0.0"
