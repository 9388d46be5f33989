"""Stock as a journal: every quantity leaves one place and enters another, so nothing is lost.

21 CFR 211.184(c): what was received, used and left over reconciles. A move is never edited; a
mistake is corrected by another move. Balances are sums of moves, and a container never holds
less than nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, localcontext
from enum import StrEnum
from uuid import UUID

from workflows.quantity import Quantity, plain

_EXACT = Context(prec=60)


class End(StrEnum):
    """The sorts of place where stock can come from and go to."""

    CONTAINER = "container"
    SUPPLIER = "supplier"
    BATCH = "batch"
    COUNT = "count"  # what a physical count found more or less than the record


class MoveKind(StrEnum):
    """What a move was for."""

    RECEIVED = "received"
    PRODUCED = "produced"
    CONSUMED = "consumed"
    RETURNED = "returned"
    AMENDED = "amended"
    COUNTED = "counted"
    TRANSFERRED = "transferred"


@dataclass(frozen=True, slots=True)
class Where:
    """One end of a move: a container at its place, or a party outside the stock by its name."""

    end: End
    name: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.end} {self.name}" + (f" at {self.place}" if self.place else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An exact quantity of one lot on its way; ValueError for a move of nothing or to itself."""

    kind: MoveKind
    lot: UUID
    quantity: Quantity
    source: Where
    target: Where

    def __post_init__(self) -> None:
        if self.quantity.amount <= 0:
            raise ValueError(f"a move is of more than nothing, not {self.quantity}")
        if self.source == self.target:
            raise ValueError(f"a move needs two places, not {self.source} twice")


class Overdrawn(ValueError):
    """More would leave a container than it holds."""

    def __init__(self, container: str, held: Quantity, asked: Quantity) -> None:
        self.container, self.held, self.asked = container, held, asked
        super().__init__(f"{container} holds {held}, {asked} were asked of it")


Balances = Mapping[Where, Quantity]


def post(balances: Balances, moves: Iterable[Move]) -> dict[Where, Quantity]:
    """The balances after the moves, in order; `Overdrawn` when a container would fall below zero.

    Parties outside may be owed: what came from a supplier stands there as a negative amount.
    """
    after = dict(balances)
    for move in moves:
        held = after.get(move.source, Quantity("0", move.quantity.unit))
        left = less(held, move.quantity)
        if left.amount < 0 and move.source.end is End.CONTAINER:
            raise Overdrawn(move.source.name, held, move.quantity)
        after[move.source] = left
        there = after.get(move.target, Quantity("0", move.quantity.unit))
        after[move.target] = more(there, move.quantity)
    return after


def less(held: Quantity, taken: Quantity) -> Quantity:
    """What is left, exactly, in the unit of what was held; may be below zero."""
    with localcontext(_EXACT):
        return Quantity(plain(held.amount - taken.to(held.unit).amount), held.unit)


def more(held: Quantity, added: Quantity) -> Quantity:
    """What is there afterwards, exactly, in the unit of what was held."""
    with localcontext(_EXACT):
        return Quantity(plain(held.amount + added.to(held.unit).amount), held.unit)


def total(quantities: Iterable[Quantity], unit: str) -> Quantity:
    """The exact sum in the given unit."""
    result = Quantity("0", unit)
    for quantity in quantities:
        result = more(result, quantity)
    return result
