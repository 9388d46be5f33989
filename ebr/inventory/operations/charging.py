"""What a batch draws from the stock and adds to it; these changes ride in the batch's own entry.

Whether a lot may be used was judged by the engine, on rows that this act holds locked (`scan` with
`lock`). Here only the quantities count: exact, and never below zero. The caller records the event.
"""

from collections.abc import Sequence

from sqlalchemy import select

from ebr.inventory import rules
from ebr.inventory.arrival import arrive
from ebr.inventory.commands import Charge, ProducedLot
from ebr.inventory.journal import carry, held, inside, lot_held
from ebr.inventory.lifecycle import LOT, LotStatus, LotVerb
from ebr.inventory.model import Container, Lot, Material, Place
from ebr.inventory.moves import End, Move, MoveKind, Where, less
from ebr.kernel import Malformed, UnitOfWork, Unknown, new_id, refuse_if
from workflows.quantity import Quantity, plain


def consume(work: UnitOfWork, charges: Sequence[Charge], *, by: str) -> None:
    """Draw exact quantities out of containers for a batch; refused below zero, with numbers."""
    _charge(work, charges, by, MoveKind.CONSUMED)


def give_back(work: UnitOfWork, charges: Sequence[Charge], *, by: str) -> None:
    """Put back what a corrected weighing did not take after all; the first move stays."""
    _charge(work, charges, by, MoveKind.RETURNED)


def _charge(work: UnitOfWork, charges: Sequence[Charge], by: str, kind: MoveKind) -> None:
    if not charges:
        return
    rows = held(work, (charge.container for charge in charges))
    for charge in charges:
        refuse_if(rules.reasons_against_unit((charge.quantity,), rows[charge.container].unit))
    if wrong := [charge for charge in charges if charge.quantity.amount <= 0]:
        raise Malformed({"quantity": [f"{charge.quantity} is no charge." for charge in wrong]})
    batch = Where(End.BATCH, by)
    carry(
        work,
        rows,
        [
            Move(
                kind=kind,
                lot=rows[charge.container].lot_id,
                quantity=charge.quantity,
                source=inside(rows[charge.container]) if kind is MoveKind.CONSUMED else batch,
                target=batch if kind is MoveKind.CONSUMED else inside(rows[charge.container]),
            )
            for charge in charges
        ],
    )


def produce_lot(work: UnitOfWork, produced: ProducedLot) -> str:
    """Put what a batch made into a lot of its own, in quarantine. Returns its container's code."""
    material, taken = _facts(work, produced)
    refuse_if(
        (rules.taken(rules.Code.LOT_NUMBER_TAKEN, "lot number", produced.number),) if taken else ()
    )
    refuse_if(rules.reasons_against_unit((produced.quantity,), material.unit))
    quantity = produced.quantity.to(material.unit)
    lot = Lot(
        id=produced.lot,
        number=produced.number,
        material_id=material.id,
        status=LotStatus.QUARANTINE.value,
        supplier="",
        maker=work.settings.site,
        supplier_lot="",
        received_on=work.today,
        expires_on=produced.expires_on,
        retest_on=None,
        usable_from=produced.usable_from,
        batch=produced.batch,
        awaits_batch=True,
    )
    container = Container(
        id=new_id(),
        lot_id=produced.lot,
        place=produced.place,
        unit=material.unit,
        filled=quantity.amount,
        remaining=quantity.amount,
    )
    made_by = Where(End.BATCH, produced.batch)
    arrive(work, lot, (container,), MoveKind.PRODUCED, made_by)
    return container.code


def amend_lot(work: UnitOfWork, number: str, becomes: Quantity, *, by: str) -> None:
    """Correct the quantity that a batch made; refused when more was already drawn from it."""
    lot = _made_by(work, number, by)
    code = work.session.scalars(select(Container.code).where(Container.lot_id == lot.id)).one()
    row = held(work, (code,))[code]
    refuse_if(rules.reasons_against_unit((becomes,), row.unit))
    was, now = Quantity(plain(row.filled), row.unit), becomes.to(row.unit)
    if was.compare(now) == 0:
        return
    batch, more = Where(End.BATCH, by), now.compare(was) > 0
    row.filled = now.amount
    amended = Move(
        kind=MoveKind.AMENDED,
        lot=lot.id,
        quantity=less(now, was) if more else less(was, now),
        source=batch if more else inside(row),
        target=inside(row) if more else batch,
    )
    carry(work, {code: row}, (amended,))


def release_lot(work: UnitOfWork, number: str, *, by: str) -> None:
    """Let a produced lot go with its batch; its waiting time runs on as `usable_from`."""
    _dispose(work, number, LotVerb.RELEASE, by)


def reject_lot(work: UnitOfWork, number: str, *, by: str) -> None:
    """Close a produced lot as unfit, with its batch."""
    _dispose(work, number, LotVerb.REJECT, by)


def _dispose(work: UnitOfWork, number: str, verb: LotVerb, by: str) -> None:
    lot = _made_by(work, number, by)
    was, reason = LotStatus(lot.status), f"decided with batch {by}"
    refuse_if(
        rules.reasons_against_verb(
            was,
            verb,
            reason=reason,
            awaits_batch=False,
            expires_on=lot.expires_on,
            retest_on=lot.retest_on,
            today=work.today,
        )
    )
    lot.status = LOT.after(was, verb, reason=reason).becomes.value
    lot.awaits_batch = False


def _made_by(work: UnitOfWork, number: str, batch: str) -> Lot:
    lot = lot_held(work, number)
    refuse_if(rules.reasons_against_batch(number, made_by=lot.batch, batch=batch))
    return lot


def _facts(work: UnitOfWork, produced: ProducedLot) -> tuple[Material, bool]:
    taken = select(Lot.id).where(Lot.number == produced.number).exists()
    place = select(Place.id).where(Place.code == produced.place).exists()
    row = work.session.execute(
        select(Material, taken, place).where(Material.code == produced.material)
    ).one_or_none()
    if row is None:
        raise Unknown(f"material {produced.material}")
    if not row[2]:
        raise Unknown(f"place {produced.place}")
    return row[0], row[1]
