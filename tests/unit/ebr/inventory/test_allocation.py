"""First expired, first out, among what may be used."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebr.inventory.allocation import Stock, allocate, in_order, passed_over, usable
from ebr.inventory.lifecycle import LotStatus
from ebr.inventory.moves import more, total
from ebr.kernel import new_id
from tests.plugin import verifies
from workflows.quantity import Quantity

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = date(2026, 11, 21)


def _stock(code: str, kilograms: str = "5.0", **changes: Any) -> Stock:
    stock = Stock(
        container=new_id(),
        code=code,
        lot=f"L-{code}",
        remaining=Quantity(kilograms, "kg"),
        status=LotStatus.RELEASED,
        expires_on=date(2027, 6, 30),
        retest_on=None,
        usable_from=None,
    )
    return replace(stock, **changes)


@verifies("C211-86-1")
@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({}, True),
        ({"status": LotStatus.QUARANTINE}, False),
        ({"status": LotStatus.REJECTED}, False),
        ({"status": LotStatus.BLOCKED}, False),
        ({"expires_on": TODAY}, True),
        ({"expires_on": TODAY - timedelta(days=1)}, False),
        ({"expires_on": None}, True),
        ({"retest_on": TODAY}, True),
        ({"retest_on": TODAY - timedelta(days=1)}, False),
        ({"usable_from": NOW}, True),
        ({"usable_from": NOW + timedelta(seconds=1)}, False),
        ({"remaining": Quantity("0.000", "kg")}, False),
    ],
)
def test_only_released_stock_in_date_may_be_used(changes: dict[str, Any], may: bool) -> None:
    assert usable(_stock("C-1", **changes), NOW, TODAY) is may


@verifies("C211-86-1")
def test_what_expires_first_goes_first_and_of_one_date_the_emptier_container() -> None:
    late = _stock("C-1", expires_on=date(2028, 1, 1))
    never = _stock("C-2", expires_on=None)
    full = _stock("C-3")
    rest = _stock("C-4", "0.2")
    gone = _stock("C-5", expires_on=date(2026, 1, 1))
    assert [one.code for one in in_order((late, never, full, rest, gone), NOW, TODAY)] == [
        "C-4",
        "C-3",
        "C-1",
        "C-2",
    ]


def test_a_need_is_met_from_several_containers_and_what_is_short_is_told() -> None:
    found = allocate(Quantity("5500", "g"), (_stock("C-1"), _stock("C-2", "0.3")), NOW, TODAY)
    assert [(one.stock.code, int(one.quantity.amount)) for one in found.picks] == [
        ("C-2", 300),
        ("C-1", 5000),
    ]
    assert found.short.compare(Quantity("200", "g")) == 0


@given(st.lists(st.integers(0, 10_000), max_size=8), st.integers(1, 50_000))
def test_an_allocation_gives_what_is_there_and_never_more(grams: list[int], wanted: int) -> None:
    stocks = [
        _stock(f"C-{n}", str(g), remaining=Quantity(str(g), "g")) for n, g in enumerate(grams)
    ]
    need = Quantity(str(wanted), "g")
    found = allocate(need, stocks, NOW, TODAY)
    given_ = total((one.quantity for one in found.picks), "g")
    assert more(given_, found.short).compare(need) == 0
    assert given_.amount == min(sum(grams), wanted)
    assert all(one.quantity.compare(one.stock.remaining) <= 0 for one in found.picks)


@verifies("C211-86-1")
def test_a_container_that_expires_later_is_told_which_it_passes_over() -> None:
    soon, late = _stock("C-1"), _stock("C-2", expires_on=date(2028, 1, 1))
    assert [one.code for one in passed_over("C-2", (soon, late), NOW, TODAY)] == ["C-1"]
    assert passed_over("C-1", (soon, late), NOW, TODAY) == ()
    assert passed_over("C-9", (soon, late), NOW, TODAY) == ()
