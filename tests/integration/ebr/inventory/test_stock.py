"""Containers: what a scan finds, what batches draw, what a place has to do with it."""

import threading
from datetime import timedelta

import pytest

from ebr import inventory
from ebr.kernel import EbrError, Malformed, Refused, Unknown, history, new_id
from ebr.kernel.opening import Database, perform, reading
from tests.builders import stock
from tests.plugin import verifies
from workflows.quantity import Quantity


def _kg(value: str) -> Quantity:
    return Quantity(value, "kg")


def _scan(database: Database, code: str) -> inventory.ScanView | None:
    with reading(database) as session:
        return inventory.scan(session, code)


@pytest.fixture
def drum(database: Database) -> str:
    """A container with 25 kg of ethanol in lot ETH96-1."""
    stock.begin(database)
    stock.received(database, "ETH96-1", "25.000")
    return "C-000001"


def test_a_scan_tells_material_lot_status_dates_and_what_is_left(
    database: Database, drum: str
) -> None:
    found = _scan(database, drum)
    assert found is not None
    assert (found.code, found.lot_number, found.material, str(found.remaining)) == (
        drum,
        "ETH96-1",
        "RM-ETH96",
        "25.000 kg",
    )
    assert (found.status, found.supplier_lot, found.place) == ("quarantine", "A-77/3", "WH-1")


def test_an_unknown_code_finds_nothing(database: Database, drum: str) -> None:
    assert _scan(database, "C-999999") is None


@verifies("C211-101d-1")
@pytest.mark.parametrize(
    ("scanned", "code"),
    [
        ("C-000001\x1b", "label_unreadable"),
        ("(01)09506000134352(10)ETH96-1", "label_names_no_container"),
        ("(10)ETH96-2(21)C-000001", "label_contradicts_record"),
        ("(17)200101(21)C-000001", "label_contradicts_record"),
    ],
)
def test_a_label_that_cannot_be_trusted_is_refused(
    database: Database, drum: str, scanned: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        _scan(database, scanned)
    assert [one.code for one in refused.value.reasons] == [code]


@verifies("C211-184-2")
def test_a_batch_draws_exactly_what_it_charged(database: Database, drum: str) -> None:
    stock.drawn(database, inventory.Charge(container=drum, quantity=Quantity("6750.5", "g")))
    found = _scan(database, drum)
    assert found is not None
    assert str(found.remaining) == "18.2495 kg"
    stock.given_back(database, inventory.Charge(container=drum, quantity=Quantity("0.5", "g")))
    with reading(database) as session:
        assert inventory.balance(session, drum).compare(_kg("18.25")) == 0
        kinds = [one.kind for one in inventory.moves(session, "ETH96-1").items]
    assert kinds == ["received", "consumed", "returned"]


@verifies("C211-184-2")
def test_more_than_a_container_holds_is_refused_with_the_numbers(
    database: Database, drum: str
) -> None:
    with pytest.raises(Refused) as refused:
        stock.drawn(database, inventory.Charge(container=drum, quantity=_kg("25.001")))
    (reason,) = refused.value.reasons
    assert reason.code == "container_overdrawn"
    assert reason.text == "Container C-000001 holds 25.000 kg; 25.001 kg were asked of it."
    with reading(database) as session:
        assert inventory.balance(session, drum) == _kg("25.000")


@pytest.mark.parametrize(
    ("container", "quantity", "error"),
    [
        ("C-000001", Quantity("1", "L"), Refused),
        ("C-000001", Quantity("0", "kg"), Malformed),
        ("C-000001", Quantity("-1", "kg"), Malformed),
        ("C-999999", Quantity("1", "kg"), Unknown),
    ],
)
def test_what_is_no_charge_is_not_drawn(
    database: Database, drum: str, container: str, quantity: Quantity, error: type[EbrError]
) -> None:
    with pytest.raises(error):
        stock.drawn(database, inventory.Charge(container=container, quantity=quantity))


@verifies("C211-184-2")
def test_the_same_quantity_cannot_be_drawn_from_two_screens_at_once(
    database: Database, drum: str
) -> None:
    start, drew, refused = threading.Barrier(8), [], []

    def draw(number: int) -> None:
        start.wait()
        charge = inventory.Charge(container=drum, quantity=_kg("4.0"))
        try:
            stock.drawn(database, charge, batch=f"HR1-2611-{number:03d}")
        except Refused as error:
            refused.append(error.reasons[0].code)
        else:
            drew.append(number)

    threads = [threading.Thread(target=draw, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(drew), refused) == (6, ["container_overdrawn"] * 2)
    found = _scan(database, drum)
    assert found is not None
    assert found.remaining == _kg("1.000")
    with reading(database) as session:
        assert inventory.balance(session, drum) == _kg("1.000")


@verifies("C211-101d-1")
def test_a_scan_in_an_act_waits_for_a_draw_under_way(database: Database, drum: str) -> None:
    held, scanned = threading.Event(), []

    def scan() -> None:
        held.wait()
        with stock.act(database) as work:
            found = inventory.scan(work.session, drum, lock=True)
            assert found is not None
            scanned.append(str(found.remaining))

    reader = threading.Thread(target=scan)
    reader.start()
    with stock.act(database) as work:
        charge = inventory.Charge(container=drum, quantity=_kg("24"))
        inventory.consume(work, (charge,), by="HR1-2611-001")
        held.set()
        reader.join(0.3)
        assert scanned == []
        stock.tell(work)
    reader.join()
    assert scanned == ["1.000 kg"]


@verifies("EU5-5-1")
def test_a_transfer_keeps_status_and_quantity(database: Database, drum: str) -> None:
    def move(place: str) -> None:
        command = inventory.MoveContainer(container=drum, place=place)
        perform(database, stock.KEEPER, inventory.move_container, command, str(new_id()))

    move("DB-2")
    lot = stock.lot(database, "ETH96-1")
    assert (lot.status, lot.containers[0].place) == ("quarantine", "DB-2")
    with reading(database) as session:
        assert inventory.balance(session, drum) == _kg("25.000")
        assert inventory.moves(session, "ETH96-1").items[-1].target == "C-000001 at DB-2"
        assert [one.act for one in history(session, lot.stream)] == [
            "lot.received",
            "lot.container.moved",
        ]
    with pytest.raises(Refused):
        move("DB-2")
    with pytest.raises(Unknown):
        move("NOWHERE")


def test_first_expired_goes_first_and_the_rest_is_told(database: Database) -> None:
    stock.begin(database)
    for number, days in (("LATE", 300), ("SOON", 30), ("GONE", -1)):
        expires_on = stock.TODAY + timedelta(days=days)
        stock.received(database, number, "10.0", expires_on=expires_on)
    with reading(database) as session:
        assert [one.lot for one in inventory.stock_of(session, "RM-ETH96")] == [
            "LATE",
            "SOON",
            "GONE",
        ]


def test_a_balance_can_be_asked_for_an_earlier_moment(database: Database, drum: str) -> None:
    with reading(database) as session:
        received = inventory.moves(session, "ETH96-1").items[0].at
    stock.drawn(database, inventory.Charge(container=drum, quantity=_kg("5")))
    with reading(database) as session:
        assert inventory.balance(session, drum, until=received) == _kg("25.000")
        assert inventory.balance(session, drum) == _kg("20.000")
