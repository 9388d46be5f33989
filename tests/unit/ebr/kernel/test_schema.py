"""What comes in becomes a command, or every fault of it is told at once."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, NewType
from uuid import UUID

import pytest

from ebr.kernel import Malformed, Secret, bound, schema_of, shown
from workflows.quantity import Quantity

LotId = NewType("LotId", UUID)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Order:
    """Order something."""

    lot: LotId
    amount: Quantity
    colour: Colour
    due: date
    at: datetime
    pieces: int = field(metadata={"least": 1, "most": 9})
    price: Decimal
    name: str = field(metadata={"most": 5, "pattern": "[a-z]+"})
    mode: Literal["fast", "slow"] = "fast"
    tags: tuple[str, ...] = ()
    more: dict[str, int] = field(default_factory=dict)
    free: Any = None
    note: str | None = None
    urgent: bool = False
    either: int | str | None = None
    secret: Secret | None = None


GOOD = {
    "lot": str(UUID(int=1)), "amount": {"value": "1.50", "unit": "kg"}, "colour": "red",
    "due": "2026-01-02", "at": "2026-01-02T03:04:05+02:00", "pieces": "3", "price": "12.50",
    "name": "abc", "tags": ["x"], "secret": "p w",
}  # fmt: skip


def test_a_command_is_made_of_what_came_in() -> None:
    order = bound(Order, GOOD)
    assert order.lot == UUID(int=1)
    assert order.amount == Quantity("1.50", "kg")
    assert (order.pieces, order.price, order.tags) == (3, Decimal("12.50"), ("x",))
    assert order.secret is not None
    assert order.secret.reveal() == "p w"


@pytest.mark.parametrize(
    ("name", "value", "place"),
    [
        ("amount", {"value": "1,5", "unit": "kg"}, "amount"),
        ("amount", {"value": "1", "unit": "stone"}, "amount"),
        ("amount", {"value": "1"}, "amount.unit"),
        ("colour", "blue", "colour"), ("due", "tomorrow", "due"), ("at", "2026-01-02", "at"),
        ("at", "2026-01-02T03:04:05", "at"), ("pieces", 1.5, "pieces"), ("pieces", True, "pieces"),
        ("pieces", "10", "pieces"), ("pieces", "x", "pieces"), ("price", 1.5, "price"),
        ("price", "1e3", "price"), ("price", "x", "price"), ("price", "Infinity", "price"),
        ("name", "Abc", "name"), ("name", "abcdef", "name"), ("name", "a\0", "name"),
        ("name", "\ud800", "name"), ("name", "abc\n", "name"), ("mode", "late", "mode"),
        ("tags", [1], "tags.0"), ("more", {"a": "x"}, "more.a.value"), ("lot", "x", "lot"),
        ("secret", "", "secret"), ("secret", "x" * 2_000, "secret"), ("stranger", "x", "stranger"),
        ("lot", None, "lot"),
    ],
)  # fmt: skip
def test_a_fault_is_told_by_its_field(name: str, value: object, place: str) -> None:
    with pytest.raises(Malformed) as malformed:
        bound(Order, GOOD | {name: value})
    assert list(malformed.value.faults) == [place]


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(Malformed) as malformed:
        bound(Order, {"colour": "blue", "stranger": 1})
    assert {"lot", "amount", "colour", "due", "at", "pieces", "price", "name", "stranger"} == set(
        malformed.value.faults
    )


@dataclass(frozen=True)
class View:
    at: datetime
    price: Decimal | None
    amount: Quantity
    tags: tuple[str, ...]


def test_a_view_is_shown_as_plain_data() -> None:
    view = View(datetime(2026, 1, 2, tzinfo=UTC), Decimal("1.50"), Quantity("1.0", "g"), ("a",))
    assert shown(view) == {
        "at": "2026-01-02T00:00:00.000000Z", "price": "1.50",
        "amount": {"value": "1.0", "unit": "g"}, "tags": ["a"],
    }  # fmt: skip
    assert shown(View(view.at, None, view.amount, ()))["price"] is None


def test_a_schema_is_made_once() -> None:
    assert schema_of(Order) is schema_of(Order)


@dataclass(frozen=True)
class Odd:
    value: complex


def test_a_type_without_a_field_says_so() -> None:
    with pytest.raises(TypeError, match="write this schema by hand"):
        schema_of(Odd)
