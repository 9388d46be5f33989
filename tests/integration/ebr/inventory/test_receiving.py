"""Deliveries come into quarantine, container by container, each act with its entry."""

from typing import Any

import pytest
import sqlalchemy as sa

from ebr import inventory
from ebr.kernel import Forbidden, Malformed, Refused, Unknown, history, new_id
from ebr.kernel.opening import Database, perform, reading
from tests.builders import stock
from tests.plugin import verifies
from workflows.quantity import Quantity


@verifies("C211-184-1", "EU5-5-1")
def test_a_delivery_stands_in_quarantine_with_a_code_on_every_container(
    database: Database,
) -> None:
    stock.begin(database)
    stock.received(database, "ETH96-1", "25.000", "12.50")
    lot = stock.lot(database, "ETH96-1")
    assert (lot.status, lot.supplier_lot) == (inventory.LotStatus.QUARANTINE, "A-77/3")
    assert [(one.code, str(one.remaining), one.place) for one in lot.containers] == [
        ("C-000001", "25.000 kg", "WH-1"),
        ("C-000002", "12.50 kg", "WH-1"),
    ]
    with reading(database) as session:
        told = history(session, lot.stream)
        journal = inventory.moves(session, "ETH96-1").items
    assert [(one.source, one.target, str(one.quantity)) for one in journal] == [
        ("supplier Chemie Nord", "C-000001 at WH-1", "25.000 kg"),
        ("supplier Chemie Nord", "C-000002 at WH-1", "12.50 kg"),
    ]
    (entry,) = told.entries
    (event,) = entry.events
    assert event.KIND == "lot.received"
    assert event.total == Quantity("37.500", "kg")


def test_a_lot_without_a_number_gets_the_next_one(database: Database) -> None:
    stock.begin(database)
    assert [stock.received(database, None) for _ in range(2)] == ["L-000001", "L-000002"]


@verifies("C211-184-1")
def test_a_lot_number_is_never_given_twice(database: Database) -> None:
    stock.begin(database)
    stock.received(database, "ETH96-1")
    with pytest.raises(Refused) as refused:
        stock.received(database, "ETH96-1", material="RM-GLY98")
    assert [one.code for one in refused.value.reasons] == ["lot_number_taken"]


@verifies("C211-184-2")
def test_a_material_kept_by_volume_takes_no_weight(database: Database) -> None:
    stock.begin(database)
    with pytest.raises(Refused) as refused:
        stock.received(database, "FP-1", "1.0", material="FP-HR1")
    assert [one.code for one in refused.value.reasons] == ["unit_of_other_kind"]


@pytest.mark.parametrize("changes", [{"material": "RM-NONE"}, {"place": "NOWHERE"}])
def test_what_is_not_known_cannot_be_received(database: Database, changes: dict[str, Any]) -> None:
    stock.begin(database)
    command = stock.a_delivery("ETH96-1", **changes)
    with pytest.raises(Unknown):
        perform(database, stock.KEEPER, inventory.receive_lot, command, str(new_id()))


def test_a_delivery_of_nothing_is_malformed() -> None:
    with pytest.raises(Malformed) as refused:
        stock.a_delivery("lower case", "0")
    assert set(refused.value.faults) == {"number", "quantities"}


@verifies("P11-10g-1")
def test_nobody_receives_without_the_right(database: Database) -> None:
    stock.begin(database)
    command = stock.a_delivery()
    with pytest.raises(Forbidden):
        perform(database, stock.STRANGER, inventory.receive_lot, command, str(new_id()))


def test_a_code_and_a_gtin_belong_to_one_material_for_ever(database: Database) -> None:
    stock.begin(database)

    def create(code: str) -> None:
        command = inventory.CreateMaterial(
            code=code,
            name="Bottle 500 mL",
            kind=inventory.MaterialKind.PACKAGING,
            unit="1",
            gtin="09506000134352",
        )
        perform(database, stock.KEEPER, inventory.create_material, command, str(new_id()))

    create("PM-BTL")
    for code, reason in (("PM-BTL", "code_taken"), ("PM-BTL2", "gtin_taken")):
        with pytest.raises(Refused) as refused:
            create(code)
        assert [one.code for one in refused.value.reasons] == [reason]


def test_the_list_of_lots_turns_pages_without_a_gap_in_one_question_each(
    database: Database,
) -> None:
    stock.begin(database)
    numbers = [stock.received(database, f"ETH96-{n}", "1.0", "2.5") for n in range(7)]
    seen: list[str] = []
    after = None
    while after is not None or not seen:
        with reading(database) as session:
            asked: list[str] = []
            sa.event.listen(
                session.connection(),
                "before_cursor_execute",
                lambda _, __, statement, *___, to=asked: to.append(statement),
            )
            page = inventory.lots(session, after=after, size=3)
            assert len(asked) == 1
        seen += [line.number for line in page.items]
        assert all(str(line.remaining) == "3.5 kg" for line in page.items)
        after = page.next
    assert seen == numbers[::-1]
