"""Making materials and places known, and taking deliveries into quarantine."""

from sqlalchemy import or_, select

from ebr.identity import Right, needs
from ebr.inventory import rules
from ebr.inventory.arrival import arrive
from ebr.inventory.commands import CreateMaterial, CreatePlace, ReceiveLot
from ebr.inventory.events import Filled, LotReceived, MaterialCreated, PlaceCreated
from ebr.inventory.lifecycle import LotStatus
from ebr.inventory.model import Container, Lot, Material, Place
from ebr.inventory.moves import End, MoveKind, Where, total
from ebr.kernel import UnitOfWork, Unknown, new_id, refuse_if


@needs(Right.CREATE_MATERIALS)
def create_material(work: UnitOfWork, command: CreateMaterial) -> str:
    """Make a material known. Returns its code."""
    same = [Material.code == command.code]
    if command.gtin:
        same.append(Material.gtin == command.gtin)
    found = work.session.scalars(select(Material).where(or_(*same)))
    refuse_if(
        rules.taken(rules.Code.CODE_TAKEN, "material code", row.code)
        if row.code == command.code
        else rules.taken(rules.Code.GTIN_TAKEN, "GTIN", row.gtin or "")
        for row in found
    )
    row = work.add(
        Material(
            id=new_id(),
            code=command.code,
            name=command.name.strip(),
            kind=command.kind.value,
            unit=command.unit,
            gtin=command.gtin,
        )
    )
    work.record(
        f"material/{row.id}",
        MaterialCreated(code=row.code, name=row.name, kind=row.kind, unit=row.unit, gtin=row.gtin),
    )
    return row.code


@needs(Right.CREATE_MATERIALS)
def create_place(work: UnitOfWork, command: CreatePlace) -> str:
    """Make a place known where containers may stand. Returns its code."""
    found = work.session.scalar(select(Place.id).where(Place.code == command.code))
    refuse_if((rules.taken(rules.Code.CODE_TAKEN, "place code", command.code),) if found else ())
    row = work.add(Place(id=new_id(), code=command.code, name=command.name.strip()))
    work.record(f"place/{row.id}", PlaceCreated(code=row.code, name=row.name))
    return row.code


@needs(Right.RECEIVE_LOTS)
def receive_lot(work: UnitOfWork, command: ReceiveLot) -> str:
    """Take a delivery of one supplier's lot into quarantine. Returns the lot's number."""
    material = _facts(work, command)
    lot = _lot(command, material)
    containers = [
        Container(
            id=new_id(),
            lot_id=lot.id,
            place=command.place,
            unit=material.unit,
            filled=quantity.to(material.unit).amount,
            remaining=quantity.to(material.unit).amount,
        )
        for quantity in command.quantities
    ]
    arrive(work, lot, containers, MoveKind.RECEIVED, Where(End.SUPPLIER, lot.supplier))
    work.record(
        f"lot/{lot.id}",
        LotReceived(
            number=lot.number,
            material=material.code,
            material_name=material.name,
            supplier=lot.supplier,
            maker=lot.maker,
            supplier_lot=lot.supplier_lot,
            received_on=lot.received_on,
            expires_on=lot.expires_on,
            retest_on=lot.retest_on,
            place=command.place,
            containers=tuple(
                Filled(code=row.code, quantity=quantity)
                for row, quantity in zip(containers, command.quantities, strict=True)
            ),
            total=total(command.quantities, material.unit),
        ),
        expected=0,
    )
    return lot.number


def _facts(work: UnitOfWork, command: ReceiveLot) -> Material:
    """The material, once nothing stands against the delivery: found and judged in one question."""
    taken = select(Lot.id).where(Lot.number == command.number).exists()
    place = select(Place.id).where(Place.code == command.place).exists()
    row = work.session.execute(
        select(Material, taken, place).where(Material.code == command.material)
    ).one_or_none()
    if row is None:
        raise Unknown(f"material {command.material}")
    material, number_taken, place_known = row
    if not place_known:
        raise Unknown(f"place {command.place}")
    refuse_if(
        rules.reasons_against_receiving(
            command, material.unit, number_taken=number_taken, today=work.today
        )
    )
    return material


def _lot(command: ReceiveLot, material: Material) -> Lot:
    return Lot(
        id=new_id(),
        number=command.number or "",
        material_id=material.id,
        status=LotStatus.QUARANTINE.value,
        supplier=command.supplier.strip(),
        maker=command.maker.strip(),
        supplier_lot=command.supplier_lot.strip(),
        received_on=command.received_on,
        expires_on=command.expires_on,
        retest_on=command.retest_on,
        usable_from=None,
        batch=None,
        awaits_batch=False,
    )
