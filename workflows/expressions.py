"""The small arithmetic a recipe may contain: parsed to a tree, bounded, exact, with units.

Four operations, parentheses, a leading minus, `min`, `max`, `abs`, and the declared names: nothing
else can be written, so nothing else can be reached. Numbers are exact fractions until the declared
rounding; units are carried through, so that kg never meets g/mL unnoticed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import assert_never

from workflows.quantity import NUMBER, UNITS, Quantity, Rounding, plain

LENGTH_MOST = 500  # characters
NODES_MOST = 100
DEPTH_MOST = 20
DIGITS_MOST = 400  # of numerator or denominator on the way

Dimension = tuple[tuple[str, int], ...]  # base → power, sorted; () is a pure number

_BASES: Mapping[str, Dimension] = {
    "number": (),
    "density": (("mass", 1), ("volume", -1)),
}
_TOKEN = re.compile(r"\s*(?:([0-9]+(?:\.[0-9]+)?)|([a-z][a-z0-9_]*)|([-+*/(),×÷−·]))")
_SAME = {"×": "*", "·": "*", "÷": "/", "−": "-"}
_FUNCTIONS: Mapping[str, tuple[int, int]] = {"min": (2, 10), "max": (2, 10), "abs": (1, 1)}


class ExpressionError(ValueError):
    """An expression that cannot be read, or has no result; says where and why."""


@dataclass(frozen=True, slots=True)
class Number:
    """A pure number written in the expression."""

    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """An operand."""

    name: str


@dataclass(frozen=True, slots=True)
class Negative:
    """A leading minus."""

    of: "Node"


@dataclass(frozen=True, slots=True)
class Binary:
    """Two values joined by + - * /."""

    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    """min, max or abs."""

    function: str
    arguments: "tuple[Node, ...]"


Node = Number | Name | Negative | Binary | Call


@dataclass(frozen=True, slots=True)
class Amount:
    """An exact number in base units with its dimension."""

    number: Fraction
    dimension: Dimension


@dataclass(frozen=True, slots=True)
class Result:
    """What a calculation yields: before rounding, and as it goes on record."""

    exact: str
    value: str


@lru_cache(maxsize=512)
def parse(expression: str) -> Node:
    """The tree of an expression. Raises `ExpressionError` with the place of the fault."""
    if len(expression) > LENGTH_MOST:
        raise ExpressionError(f"longer than {LENGTH_MOST} characters ({len(expression)})")
    return _Reader(expression).whole()


def names_in(expression: str) -> frozenset[str]:
    """Every operand that the expression uses."""
    found: set[str] = set()
    waiting = [parse(expression)]
    while waiting:
        match waiting.pop():
            case Name(name):
                found.add(name)
            case Negative(inner):
                waiting.append(inner)
            case Binary(_, left, right):
                waiting += (left, right)
            case Call(_, arguments):
                waiting += arguments
            case _:
                pass
    return frozenset(found)


def dimension_of_unit(unit: str) -> Dimension:
    """What a unit measures, in powers of mass, volume, time and so on."""
    name = UNITS[unit][0]
    return _BASES.get(name, ((name, 1),))


def check_units(expression: str, units: Mapping[str, str], result: str) -> None:
    """Raise `ExpressionError` when the operands' units cannot yield the result's unit."""
    operands = {name: Amount(Fraction(1), dimension_of_unit(unit)) for name, unit in units.items()}
    found = _value(parse(expression), operands, units_only=True).dimension
    if found != dimension_of_unit(result):
        raise ExpressionError(f"yields {_in_words(found)}, which is not {result}")


def compute(
    expression: str,
    operands: Mapping[str, Quantity],
    *,
    unit: str,
    decimals: int,
    rounding: Rounding,
) -> Result:
    """The result in its unit, rounded once, at the end. Raises `ExpressionError` without one."""
    amounts = {
        name: Amount(Fraction(each.amount) * Fraction(UNITS[each.unit][1]), _dimension(each))
        for name, each in operands.items()
    }
    found = _value(parse(expression), amounts, units_only=False)
    if found.dimension != dimension_of_unit(unit):
        raise ExpressionError(f"yields {_in_words(found.dimension)}, which is not {unit}")
    number = found.number / Fraction(UNITS[unit][1])
    value = round_exactly(number, decimals, rounding)
    if not NUMBER.fullmatch(value):
        raise ExpressionError("the result is too large to be written down")
    return Result(exact=_written(number), value=value)


def round_exactly(number: Fraction, decimals: int, mode: Rounding) -> str:
    """The fraction brought to its decimals in one step, as text."""
    scaled = abs(number) * 10**decimals
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    twice = 2 * rest
    up = twice > scaled.denominator or (
        twice == scaled.denominator and (mode is Rounding.HALF_UP or whole % 2 == 1)
    )
    digits = str(whole + up).rjust(decimals + 1, "0")
    sign = "-" if number < 0 and whole + up else ""
    point = len(digits) - decimals
    return sign + digits[:point] + ("." + digits[point:] if decimals else "")


def _dimension(quantity: Quantity) -> Dimension:
    return dimension_of_unit(quantity.unit)


def _written(number: Fraction) -> str:
    """The unrounded number: exact where it ends within 30 digits, else to 30 digits with `…`."""
    context = Context(prec=30)
    text = context.divide(Decimal(number.numerator), Decimal(number.denominator))
    return plain(text) if Fraction(text) == number else f"{plain(text)}…"


def _value(node: Node, operands: Mapping[str, Amount], *, units_only: bool) -> Amount:
    """The amount of a tree; with `units_only`, its dimension, whatever the numbers."""
    match node:
        case Number(text):
            return Amount(Fraction(text), ())
        case Name(name):
            if name not in operands:
                raise ExpressionError(f"{name} is not declared as an operand")
            return operands[name]
        case Negative(inner):
            found = _value(inner, operands, units_only=units_only)
            return Amount(-found.number, found.dimension)
        case Binary(sign, left, right):
            first = _value(left, operands, units_only=units_only)
            second = _value(right, operands, units_only=units_only)
            return _bounded(_joined(sign, first, second, units_only=units_only))
        case Call(function, arguments):
            found_all = [_value(each, operands, units_only=units_only) for each in arguments]
            if len({each.dimension for each in found_all}) > 1:
                words = " and ".join(_in_words(each.dimension) for each in found_all)
                raise ExpressionError(f"{function} cannot compare {words}")
            chosen = _APPLIED[function]([each.number for each in found_all])
            return Amount(chosen, found_all[0].dimension)
        case _:
            assert_never(node)


def _smallest(numbers: list[Fraction]) -> Fraction:
    return min(numbers)


def _largest(numbers: list[Fraction]) -> Fraction:
    return max(numbers)


def _size(numbers: list[Fraction]) -> Fraction:
    return abs(numbers[0])


_APPLIED: Mapping[str, Callable[[list[Fraction]], Fraction]] = {
    "min": _smallest,
    "max": _largest,
    "abs": _size,
}


def _joined(sign: str, first: Amount, second: Amount, *, units_only: bool) -> Amount:
    """One operation on two amounts."""
    if sign in {"+", "-"}:
        if first.dimension != second.dimension:
            word = "added to" if sign == "+" else "subtracted from"
            raise ExpressionError(
                f"{_in_words(second.dimension)} cannot be {word} {_in_words(first.dimension)}"
            )
        if units_only:
            return first
        number = first.number + second.number if sign == "+" else first.number - second.number
        return Amount(number, first.dimension)
    if sign == "*":
        dimension = _combined(first.dimension, second.dimension, 1)
        return Amount(Fraction(1) if units_only else first.number * second.number, dimension)
    dimension = _combined(first.dimension, second.dimension, -1)
    if units_only:
        return Amount(Fraction(1), dimension)
    if second.number == 0:
        raise ExpressionError("division by zero")
    return Amount(first.number / second.number, dimension)


def _combined(first: Dimension, second: Dimension, direction: int) -> Dimension:
    powers = dict(first)
    for base, power in second:
        powers[base] = powers.get(base, 0) + direction * power
    return tuple(sorted((base, power) for base, power in powers.items() if power))


def _bounded(amount: Amount) -> Amount:
    digits = max(amount.number.numerator.bit_length(), amount.number.denominator.bit_length())
    if digits > DIGITS_MOST * 4:
        raise ExpressionError(f"a number on the way has more than {DIGITS_MOST} digits")
    return amount


def _in_words(dimension: Dimension) -> str:
    if not dimension:
        return "a pure number"
    return "·".join(base if power == 1 else f"{base}^{power}" for base, power in dimension)


class _Reader:
    """Reads the text from left to right; one instance for one parsing."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._next = 0
        self._nodes = 0
        self._depth = 0

    def whole(self) -> Node:
        """The tree of the whole text."""
        tree = self._sum()
        if (token := self._peek()) is not None:
            raise ExpressionError(f"unexpected {token[0]!r} at character {token[1]}")
        return tree

    def _peek(self) -> tuple[str, int] | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, *signs: str) -> str | None:
        token = self._peek()
        if token is None or token[0] not in signs:
            return None
        self._next += 1
        return token[0]

    def _need(self, sign: str) -> None:
        token = self._peek()
        if self._take(sign) is None:
            found = f"{token[0]!r} at character {token[1]}" if token else "the end"
            raise ExpressionError(f"{sign!r} was expected, not {found}")

    def _made(self, node: Node) -> Node:
        self._nodes += 1
        if self._nodes > NODES_MOST:
            raise ExpressionError(f"more than {NODES_MOST} parts")
        return node

    def _sum(self) -> Node:
        self._depth += 1
        if self._depth > DEPTH_MOST:
            raise ExpressionError(f"nested more than {DEPTH_MOST} deep")
        left = self._product()
        while sign := self._take("+", "-"):
            left = self._made(Binary(sign, left, self._product()))
        self._depth -= 1
        return left

    def _product(self) -> Node:
        left = self._factor()
        while sign := self._take("*", "/"):
            left = self._made(Binary(sign, left, self._factor()))
        return left

    def _factor(self) -> Node:
        if self._take("-"):
            return self._made(Negative(self._atom()))
        return self._atom()

    def _atom(self) -> Node:
        token = self._peek()
        if token is None:
            raise ExpressionError("ends where a value was expected")
        text, place = token
        self._next += 1
        if text == "(":
            inner = self._sum()
            self._need(")")
            return inner
        if text[0].isdigit():
            return self._made(Number(text))
        if not text[0].isalpha():
            raise ExpressionError(f"a value was expected, not {text!r} at character {place}")
        if text in _FUNCTIONS:
            return self._made(self._call(text))
        return self._made(Name(text))

    def _call(self, function: str) -> Node:
        self._need("(")
        arguments = [self._sum()]
        while self._take(","):
            arguments.append(self._sum())
        self._need(")")
        least, most = _FUNCTIONS[function]
        if not least <= len(arguments) <= most:
            raise ExpressionError(f"{function} takes {least} to {most} values")
        return Call(function, tuple(arguments))


def _tokens(text: str) -> list[tuple[str, int]]:
    """The words of the text with the character at which each begins, counted from 1."""
    found: list[tuple[str, int]] = []
    place, end = 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            rest = text[place:].lstrip()
            raise ExpressionError(f"cannot read {rest[:10]!r} at character {end - len(rest) + 1}")
        word = match.group(1) or match.group(2) or match.group(3)
        found.append((_SAME.get(word, word), match.end() - len(word) + 1))
        place = match.end()
    return found
