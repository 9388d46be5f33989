"""An exact amount with its unit, keeping the digits as they were given.

Weights, volumes and limits are never floating point: 10.00 g is not 10 g on a record
(21 CFR 211.68(b); Annex 11 draft 10.1). Units are UCUM codes. Conversion uses exact decimal
factors; rounding happens only where somebody declared it.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from enum import StrEnum

NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,12})?")

# Dimension and exact factor to the base unit of that dimension. One unit, one line.
UNITS: dict[str, tuple[str, Decimal]] = {
    "kg": ("mass", Decimal(1000)),
    "g": ("mass", Decimal(1)),
    "mg": ("mass", Decimal("0.001")),
    "ug": ("mass", Decimal("0.000001")),
    "kL": ("volume", Decimal(1000000)),
    "L": ("volume", Decimal(1000)),
    "mL": ("volume", Decimal(1)),
    "uL": ("volume", Decimal("0.001")),
    "g/mL": ("density", Decimal(1)),
    "kg/L": ("density", Decimal(1)),
    "g/L": ("density", Decimal("0.001")),
    "%": ("number", Decimal("0.01")),  # UCUM: 10*-2, so actual / theoretical is a result in %
    "d": ("time", Decimal(86400)),
    "h": ("time", Decimal(3600)),
    "min": ("time", Decimal(60)),
    "s": ("time", Decimal(1)),
    "Cel": ("temperature", Decimal(1)),
    "[pH]": ("acidity", Decimal(1)),
    "1": ("number", Decimal(1)),
}


class Rounding(StrEnum):
    """How a calculated value is brought to its decimals; declared, never implied."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"


_MODES = {Rounding.HALF_UP: ROUND_HALF_UP, Rounding.HALF_EVEN: ROUND_HALF_EVEN}
_EXACT = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount as written (`value`, decimal text) and its UCUM unit.

    Equality is of the writing: 1.0 g and 1.00 g differ. Compare amounts with `compare`.
    Raises ValueError for text that is not a plain decimal number and for unknown units.
    """

    value: str
    unit: str

    def __post_init__(self) -> None:
        if not NUMBER.fullmatch(self.value):
            raise ValueError(f"{self.value!r} is not a plain decimal number like 12.50")
        if self.unit not in UNITS:
            raise ValueError(f"unknown unit {self.unit!r}; known are {', '.join(sorted(UNITS))}")

    @property
    def amount(self) -> Decimal:
        """The number, exact."""
        return Decimal(self.value)

    @property
    def decimals(self) -> int:
        """How many digits stand after the point."""
        return len(self.value.partition(".")[2])

    def to(self, unit: str) -> "Quantity":
        """The same amount in another unit of the same dimension, exact; ValueError otherwise."""
        dimension, factor = UNITS[self.unit]
        other, divisor = UNITS.get(unit, ("", Decimal(1)))
        if dimension != other:
            raise ValueError(f"{self.unit} cannot be expressed in {unit}")
        if unit == self.unit:
            return self
        with localcontext(_EXACT):
            ratio = factor / divisor
            if ratio == Decimal(1).scaleb(ratio.adjusted()):
                converted = self.amount.scaleb(ratio.adjusted())  # keeps the digits as they were
            else:
                converted = self.amount * factor / divisor
            text = plain(converted)
            if converted * divisor != self.amount * factor or not NUMBER.fullmatch(text):
                raise ValueError(f"{self} cannot be written exactly in {unit}")
        return Quantity(text, unit)

    @property
    def dimension(self) -> str:
        """What it measures: mass, volume, time …"""
        return UNITS[self.unit][0]

    @property
    def base(self) -> Decimal:
        """The amount in the base unit of its dimension, exact."""
        with localcontext(_EXACT):
            return self.amount * UNITS[self.unit][1]

    def compare(self, other: "Quantity") -> int:
        """-1, 0 or 1; ValueError when the dimensions differ."""
        if self.dimension != other.dimension:
            raise ValueError(f"{self.unit} cannot be compared with {other.unit}")
        mine, theirs = self.base, other.base
        return (mine > theirs) - (mine < theirs)

    def __str__(self) -> str:
        return self.value if self.unit == "1" else f"{self.value} {self.unit}"


def plain(number: Decimal) -> str:
    """A Decimal as plain text without exponent; trailing zeros stay as they are."""
    return format(number, "f")


def added(first: Quantity, *others: Quantity) -> Quantity:
    """The exact sum, in the unit of the first; ValueError when dimensions differ."""
    with localcontext(_EXACT):
        amounts = [each.to(first.unit).amount for each in others]
        return Quantity(plain(sum(amounts, first.amount)), first.unit)


def rounded(number: Decimal, decimals: int, mode: Rounding) -> str:
    """The number brought to `decimals` places by the declared mode, as text."""
    with localcontext(_EXACT):
        return plain(number.quantize(Decimal(1).scaleb(-decimals), rounding=_MODES[mode]))


def parse(text: str) -> Quantity:
    """`12.50 kg` → Quantity; `0.5` without unit is a pure number. ValueError otherwise."""
    value, _, unit = text.strip().partition(" ")
    return Quantity(value, unit.strip() or "1")
