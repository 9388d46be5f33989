"""Orders: what may be asked, the numbers they get, and how far they are."""

from datetime import date, timedelta
from itertools import product

import pytest

from ebr.kernel import Malformed
from ebr.scheduling import numbers, rules
from ebr.scheduling.commands import CreateOrder
from ebr.scheduling.lifecycle import ORDER, OrderStatus, OrderVerb
from workflows.quantity import Quantity

TODAY = date(2026, 11, 21)
YESTERDAY = TODAY - timedelta(days=1)
TABLE = """
    created      release   released
    created      start     in_progress
    created      cancel    cancelled
    released     start     in_progress
    released     cancel    cancelled
    in_progress  complete  completed
"""
ALLOWED = {
    (OrderStatus(state), OrderVerb(verb)): OrderStatus(becomes)
    for state, verb, becomes in (line.split() for line in TABLE.strip().splitlines())
}


@pytest.mark.parametrize(("state", "verb"), list(product(OrderStatus, OrderVerb)))
def test_only_what_stands_in_the_table_can_be_done(state: OrderStatus, verb: OrderVerb) -> None:
    found = rules.reasons_against_verb(state, verb, reason="customer cancelled")
    if (state, verb) in ALLOWED:
        assert found == ()
        way = ORDER.after(state, verb, reason="customer cancelled")
        assert way.becomes == ALLOWED[state, verb]
        assert way.needs_reason is (verb is OrderVerb.CANCEL)
    else:
        assert [one.code for one in found] == ["transition_not_allowed"]


@pytest.mark.parametrize(
    ("size", "recipe_size", "due_on", "codes"),
    [
        (Quantity("10", "L"), Quantity("10", "L"), None, []),
        (Quantity("10000", "mL"), Quantity("10", "L"), TODAY, []),
        (Quantity("10", "kg"), Quantity("10", "L"), None, ["size_of_other_kind"]),
        (Quantity("10", "L"), None, YESTERDAY, ["no_effective_recipe", "due_in_past"]),
    ],
)
def test_an_order_is_refused_with_every_reason(
    size: Quantity, recipe_size: Quantity | None, due_on: date | None, codes: list[str]
) -> None:
    found = rules.reasons_against_order("MR-HR1", size, recipe_size, due_on, TODAY)
    assert [one.code for one in found] == codes


@pytest.mark.parametrize(
    ("series", "running", "digits", "number"),
    [
        (numbers.order_series(TODAY), 1, numbers.ORDER_DIGITS, "PO-2611-0001"),
        (numbers.batch_series("FP-HR1", TODAY), 1, numbers.BATCH_DIGITS, "HR1-2611-001"),
        (numbers.batch_series("FP-HR1", TODAY), 1000, numbers.BATCH_DIGITS, "HR1-2611-1000"),
        (numbers.batch_series("HANDRUB", TODAY), 7, numbers.BATCH_DIGITS, "HANDRUB-2611-007"),
        (numbers.batch_series("FP-HR1", date(2027, 1, 1)), 2, 3, "HR1-2701-002"),
    ],
)
def test_numbers_follow_the_rule(series: str, running: int, digits: int, number: str) -> None:
    assert numbers.numbered(series, running, digits) == number


def test_an_order_of_nothing_by_no_recipe_is_malformed() -> None:
    with pytest.raises(Malformed) as refused:
        CreateOrder(recipe=" ", size=Quantity("0", "L"))
    assert set(refused.value.faults) == {"recipe", "size"}
