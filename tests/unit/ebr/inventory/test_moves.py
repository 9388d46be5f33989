"""Stock is conserved: whatever leaves one place enters another, exactly."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebr.inventory.moves import End, Move, MoveKind, Overdrawn, Where, less, more, post, total
from ebr.kernel import new_id
from tests.plugin import verifies
from workflows.quantity import Quantity, plain

LOT = new_id()
SUPPLIER = Where(End.SUPPLIER, "Chemie Nord")
BATCH = Where(End.BATCH, "HR1-2611-001")
DRUM = Where(End.CONTAINER, "C-000001", "WH-1")
CAN = Where(End.CONTAINER, "C-000002", "WH-1")

units = st.sampled_from(("kg", "g", "mg"))
amounts = st.integers(1, 10**9).map(lambda n: plain(Decimal(n).scaleb(-3)))
quantities = st.builds(Quantity, amounts, units)
ends = st.sampled_from((SUPPLIER, BATCH, DRUM, CAN, replace(DRUM, place="DB-2")))


def _move(quantity: Quantity, source: Where = SUPPLIER, target: Where = DRUM) -> Move:
    return Move(kind=MoveKind.RECEIVED, lot=LOT, quantity=quantity, source=source, target=target)


@st.composite
def journeys(draw: st.DrawFn) -> list[Move]:
    """Any moves between any two places, each of more than nothing."""
    pairs = draw(st.lists(st.tuples(quantities, ends, ends).filter(lambda one: one[1] != one[2])))
    return [_move(*one) for one in pairs]


@verifies("C211-184-2")
@given(journeys())
def test_what_leaves_one_place_enters_another_whatever_the_moves(moves: list[Move]) -> None:
    try:
        after = post({}, moves)
    except Overdrawn:
        return
    assert total(after.values(), "mg").amount == 0
    assert all(
        balance.amount >= 0 for where, balance in after.items() if where.end is End.CONTAINER
    )


@verifies("C211-184-2")
@given(quantities, quantities)
def test_a_container_never_holds_less_than_nothing(held: Quantity, asked: Quantity) -> None:
    stocked = post({}, (_move(held),))
    if held.compare(asked) < 0:
        with pytest.raises(Overdrawn) as refused:
            post(stocked, (_move(asked, DRUM, BATCH),))
        assert (refused.value.held, refused.value.asked) == (held, asked)
    else:
        after = post(stocked, (_move(asked, DRUM, BATCH),))
        assert more(after[DRUM], asked).compare(held) == 0


@verifies("C211-184-2")
def test_ten_thousand_moves_of_a_gram_are_exactly_ten_kilograms() -> None:
    moves = [_move(Quantity("0.001", "kg"))] * 10_000
    assert post({}, moves)[DRUM] == Quantity("10.000", "kg")


def test_the_digits_as_weighed_survive_a_change_of_unit() -> None:
    assert less(Quantity("25.000", "kg"), Quantity("12.50", "g")) == Quantity("24.98750", "kg")


@pytest.mark.parametrize("value", ["0", "-1", "0.000"])
def test_a_move_of_nothing_is_no_move(value: str) -> None:
    with pytest.raises(ValueError, match="more than nothing"):
        _move(Quantity(value, "kg"))


def test_a_move_needs_two_places() -> None:
    with pytest.raises(ValueError, match="two places"):
        _move(Quantity("1", "kg"), DRUM, DRUM)


@verifies("C211-184-2")
def test_unlike_units_are_never_added() -> None:
    with pytest.raises(ValueError, match="cannot be expressed"):
        post({DRUM: Quantity("1", "kg")}, (_move(Quantity("1", "L")),))
