"""What a decision about a batch means for the stock and the devices, in the same transaction.

The rows of other modules change with the batch's entry and travel inside it; `refs` names their
streams, so that the act is found from there too.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

import workflows
from ebr import inventory, readings
from ebr.kernel import UnitOfWork
from workflows import events
from workflows.quantity import Quantity, plain

QUARANTINE = "QUARANTINE"  # where what was made stands until the batch is decided


def follow(work: UnitOfWork, after: workflows.Batch, happened: Sequence[workflows.Event]) -> None:
    """Draw, give back, make and free stock as the events say."""
    for event in happened:
        match event:
            case events.MaterialWeighed():
                charge = inventory.Charge(container=event.container_code, quantity=event.net)
                inventory.consume(work, (charge,), by=after.number)
                if event.reading is not None:
                    use = readings.UseReading(
                        reading=event.reading, batch=after.id, step=event.step
                    )
                    readings.use(work, use)
            case events.MaterialIssued():
                charge = inventory.Charge(container=event.container_code, quantity=event.quantity)
                inventory.consume(work, (charge,), by=after.number)
            case events.ValueCorrected(weighing=int()):
                _restate(work, after, event)
            case events.LotProduced():
                inventory.produce_lot(work, _made(after, event))
            case events.LotAmended():
                inventory.amend_lot(work, event.lot_number, event.becomes, by=after.number)
            case events.BatchReleased(lots=lots):
                for number in lots:
                    inventory.release_lot(work, number, by=after.number)
            case events.BatchRejected(lots=lots):
                for number in lots:
                    inventory.reject_lot(work, number, by=after.number)
            case _:
                pass


def refs(happened: Iterable[workflows.Event]) -> tuple[str, ...]:
    """The streams of what the events touched, besides the batch."""
    found: dict[str, None] = {}
    for event in happened:
        match event:
            case (
                events.MaterialIdentified(lot=lot)
                | events.MaterialIssued(lot=lot)
                | events.LotProduced(lot=lot)
            ):
                found[f"lot/{lot}"] = None
            case events.EquipmentIdentified(equipment=equipment):
                found[f"equipment/{equipment}"] = None
            case events.MaterialWeighed(lot=lot, scale=scale):
                found[f"lot/{lot}"] = None
                found[f"equipment/{scale}"] = None
            case _:
                pass
    return tuple(found)


def _restate(work: UnitOfWork, after: workflows.Batch, event: events.ValueCorrected) -> None:
    """A corrected weighing takes the difference from its container, or gives it back."""
    assert event.unit is not None
    weighing = after.steps[event.step].weighings[(event.weighing or 1) - 1]
    difference = Decimal(event.becomes or "0") - Decimal(event.was)
    amount = Quantity(plain(abs(difference)), event.unit)
    charge = inventory.Charge(container=weighing.container_code, quantity=amount)
    if difference > 0:
        inventory.consume(work, (charge,), by=after.number)
    elif difference < 0:
        inventory.give_back(work, (charge,), by=after.number)


def _made(after: workflows.Batch, event: events.LotProduced) -> inventory.ProducedLot:
    return inventory.ProducedLot(
        lot=event.lot,
        number=event.lot_number,
        material=event.material,
        quantity=event.quantity,
        batch=after.number,
        place=QUARANTINE,
        expires_on=event.expires,
        usable_from=event.usable_from,
    )
