"""A small stock for tests, made through the operations: places, materials, deliveries."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from ebr import inventory
from ebr.identity import Right
from ebr.kernel import Actor, UnitOfWork, new_id, register
from ebr.kernel.opening import Database, perform, reading, unit_of_work
from workflows.quantity import Quantity

KEEPER = Actor.service("storekeeper", "WH-1", tuple(Right))
STRANGER = Actor.service("stranger", "WH-1")
TODAY = date(2026, 11, 21)


@register
@dataclass(frozen=True, slots=True)
class StockTouched:
    """Stands for the event of a batch in whose entry changes of the stock ride."""

    KIND: ClassVar[str] = "test.stock.touched"
    VERSION: ClassVar[int] = 1


def act(database: Database) -> AbstractContextManager[UnitOfWork]:
    """An act of a batch, to be told with `tell`."""
    return unit_of_work(database, KEEPER, str(new_id()))


def tell(work: UnitOfWork) -> None:
    """Explain the act, as the batch would."""
    work.record(f"batch/{new_id()}", StockTouched())


def drawn(database: Database, *charges: inventory.Charge, batch: str = "HR1-2611-001") -> None:
    """What a batch draws from the stock."""
    with act(database) as work:
        inventory.consume(work, charges, by=batch)
        tell(work)


def given_back(database: Database, *charges: inventory.Charge, batch: str = "HR1-2611-001") -> None:
    """What a corrected weighing puts back."""
    with act(database) as work:
        inventory.give_back(work, charges, by=batch)
        tell(work)


def begin(database: Database) -> None:
    """A place, a second one, and three materials."""
    for place in ("WH-1", "DB-2"):
        command = inventory.CreatePlace(code=place, name=f"Place {place}")
        perform(database, KEEPER, inventory.create_place, command, str(new_id()))
    for code, kind, unit in (
        ("RM-ETH96", inventory.MaterialKind.RAW, "kg"),
        ("RM-GLY98", inventory.MaterialKind.RAW, "kg"),
        ("FP-HR1", inventory.MaterialKind.PRODUCT, "L"),
    ):
        made = inventory.CreateMaterial(code=code, name=f"Material {code}", kind=kind, unit=unit)
        perform(database, KEEPER, inventory.create_material, made, str(new_id()))


def received(
    database: Database,
    number: str | None = "ETH96-1",
    *quantities: str,
    material: str = "RM-ETH96",
    expires_on: date | None = None,
) -> str:
    """A lot in quarantine, one container a quantity (kg)."""
    command = a_delivery(number, *quantities, material=material, expires_on=expires_on)
    return perform(database, KEEPER, inventory.receive_lot, command, str(new_id()))


def a_delivery(
    number: str | None = "ETH96-1",
    *quantities: str,
    material: str = "RM-ETH96",
    expires_on: date | None = None,
    place: str = "WH-1",
) -> inventory.ReceiveLot:
    """The command that takes a delivery in."""
    return inventory.ReceiveLot(
        material=material,
        supplier="Chemie Nord",
        maker="Alkohol AG",
        supplier_lot="A-77/3",
        quantities=tuple(Quantity(value, "kg") for value in quantities or ("25.000",)),
        received_on=date(2026, 11, 1),
        place=place,
        number=number,
        expires_on=expires_on or TODAY + timedelta(days=365),
    )


def lot(database: Database, number: str) -> inventory.LotView:
    """A lot as it stands."""
    with reading(database) as session:
        return inventory.lot(session, number)
