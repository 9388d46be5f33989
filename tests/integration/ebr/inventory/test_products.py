"""What a batch makes: a lot of its own, decided with the batch, linked up and down for ever."""

import pytest

from ebr import inventory
from ebr.kernel import Refused, Unknown, new_id
from ebr.kernel.opening import Database, reading
from tests.builders import stock
from tests.plugin import verifies
from workflows.quantity import Quantity


def _litres(value: str) -> Quantity:
    return Quantity(value, "L")


def _made(database: Database, batch: str, material: str = "FP-HR1", amount: str = "9.9") -> None:
    unit = "L" if material == "FP-HR1" else "kg"
    with stock.act(database) as work:
        produced = inventory.ProducedLot(
            lot=new_id(),
            number=batch,
            material=material,
            quantity=Quantity(amount, unit),
            batch=batch,
            place="DB-2",
        )
        inventory.produce_lot(work, produced)
        stock.tell(work)


def _charge(container: str, value: str) -> inventory.Charge:
    return inventory.Charge(container=container, quantity=Quantity(value, "kg"))


@verifies("EU5-5-1")
def test_a_product_stands_in_quarantine_until_its_batch_is_decided(database: Database) -> None:
    stock.begin(database)
    _made(database, "HR1-2611-001")
    lot = stock.lot(database, "HR1-2611-001")
    assert (lot.status, lot.batch, lot.awaits_batch) == ("quarantine", "HR1-2611-001", True)
    with stock.act(database) as work:
        inventory.release_lot(work, "HR1-2611-001", by="HR1-2611-001")
        stock.tell(work)
    lot = stock.lot(database, "HR1-2611-001")
    assert (lot.status, lot.awaits_batch) == ("released", False)


def test_a_rejected_batch_takes_its_lot_with_it_for_good(database: Database) -> None:
    stock.begin(database)
    _made(database, "HR1-2611-001")
    with stock.act(database) as work:
        inventory.reject_lot(work, "HR1-2611-001", by="HR1-2611-001")
        stock.tell(work)
    assert stock.lot(database, "HR1-2611-001").status == "rejected"
    with pytest.raises(Refused), stock.act(database) as work:
        inventory.release_lot(work, "HR1-2611-001", by="HR1-2611-001")


def test_the_quantity_of_a_product_can_be_put_right(database: Database) -> None:
    stock.begin(database)
    _made(database, "HR1-2611-001")
    for becomes in ("10.1", "9.5", "9.5"):
        with stock.act(database) as work:
            inventory.amend_lot(work, "HR1-2611-001", _litres(becomes), by="HR1-2611-001")
            stock.tell(work)
    (container,) = stock.lot(database, "HR1-2611-001").containers
    assert (str(container.filled), str(container.remaining)) == ("9.5 L", "9.5 L")
    with reading(database) as session:
        assert inventory.balance(session, container.code) == _litres("9.5")


def test_a_batch_decides_only_about_what_it_made(database: Database) -> None:
    stock.begin(database)
    _made(database, "HR1-2611-001")
    stock.received(database, "ETH96-1")
    for number in ("HR1-2611-001", "ETH96-1"):
        with pytest.raises(Refused) as refused, stock.act(database) as work:
            inventory.release_lot(work, number, by="HR1-2611-002")
        assert [one.code for one in refused.value.reasons] == ["made_by_another_batch"]
    with reading(database) as session:
        assert inventory.statuses(session, ("HR1-2611-001", "NONE")) == {
            "HR1-2611-001": inventory.LotStatus.QUARANTINE
        }


def test_a_lot_number_of_a_product_is_never_given_twice(database: Database) -> None:
    stock.begin(database)
    _made(database, "HR1-2611-001")
    with pytest.raises(Refused):
        _made(database, "HR1-2611-001")


@verifies("S95-3")
def test_from_a_raw_lot_to_every_product_and_back(database: Database) -> None:
    stock.begin(database)
    stock.received(database, "ETH96-1", "25.0", "25.0")
    stock.received(database, "GLY98-1", "5.0", material="RM-GLY98")
    for batch, ethanol in (("HR1-2611-001", "C-000001"), ("HR1-2611-002", "C-000002")):
        stock.drawn(database, _charge(ethanol, "6.8"), _charge("C-000003", "0.2"), batch=batch)
        _made(database, batch)
    stock.drawn(database, _charge("C-000001", "1.0"), batch="HR1-2611-003")
    with reading(database) as session:
        down = inventory.products(session, "GLY98-1")
        up = inventory.origins(session, "HR1-2611-002")
        running = inventory.products(session, "ETH96-1")
    assert [(one.batch, one.product_lot, str(one.quantity)) for one in down.links] == [
        ("HR1-2611-001", "HR1-2611-001", "0.2 kg"),
        ("HR1-2611-002", "HR1-2611-002", "0.2 kg"),
    ]
    assert [(one.lot, one.container, str(one.quantity)) for one in up.links] == [
        ("ETH96-1", "C-000002", "6.8 kg"),
        ("GLY98-1", "C-000003", "0.2 kg"),
    ]
    assert ("HR1-2611-003", "") in [(one.batch, one.product_lot) for one in running.links]
    with reading(database) as session, pytest.raises(Unknown):
        inventory.origins(session, "NONE")


@verifies("S95-3")
def test_rework_of_a_product_into_itself_is_walked_once(database: Database) -> None:
    stock.begin(database)
    stock.received(database, "GLY98-1", "5.0", material="RM-GLY98")
    stock.drawn(database, _charge("C-000001", "1.0"), batch="B-1")
    _made(database, "B-1", "RM-GLY98", "1.0")
    stock.drawn(database, _charge("C-000002", "0.5"), batch="B-2")
    _made(database, "B-2", "RM-GLY98", "0.5")
    stock.drawn(database, _charge("C-000003", "0.1"), batch="B-1")
    with reading(database) as session:
        up, down = inventory.origins(session, "B-2"), inventory.products(session, "GLY98-1")
    assert {(one.lot, one.batch) for one in up.links} == {
        ("GLY98-1", "B-1"),
        ("B-1", "B-2"),
        ("B-2", "B-1"),
    }
    assert {one.product_lot for one in down.links} == {"B-1", "B-2"}


@verifies("S95-3")
def test_a_charge_that_was_given_back_whole_is_no_origin(database: Database) -> None:
    stock.begin(database)
    stock.received(database, "ETH96-1", "25.0")
    stock.drawn(database, _charge("C-000001", "1.0"), batch="B-1")
    stock.given_back(database, _charge("C-000001", "1.0"), batch="B-1")
    _made(database, "B-1")
    with reading(database) as session:
        assert inventory.origins(session, "B-1").links == ()
