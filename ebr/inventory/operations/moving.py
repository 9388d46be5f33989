"""Bringing containers elsewhere, and counting what is in them."""

from sqlalchemy import select

from ebr import identity
from ebr.identity import Right, needs
from ebr.inventory import rules, statements
from ebr.inventory.commands import CountContainer, MoveContainer
from ebr.inventory.events import ContainerCounted, ContainerMoved
from ebr.inventory.journal import carry, held, inside, quantity_in, write
from ebr.inventory.model import Container, Lot, Material, Place
from ebr.inventory.moves import End, Move, MoveKind, Where, less
from ebr.inventory.queries import container_view
from ebr.kernel import Reason, UnitOfWork, Unknown, refuse_if, require_why
from workflows.quantity import Quantity
from workflows.recipe import Meaning


@needs(Right.MOVE_CONTAINERS)
def move_container(work: UnitOfWork, command: MoveContainer) -> None:
    """Bring a container to another place; status and content stay as they are."""
    row = held(work, (command.container,))[command.container]
    if work.session.scalar(select(Place.id).where(Place.code == command.place)) is None:
        raise Unknown(f"place {command.place}")
    refuse_if(_already_there(row, command.place))
    lot, _ = _lot_of(work, row)
    source, quantity = inside(row), quantity_in(row)
    row.place = command.place
    if quantity.amount > 0:
        moved = Move(
            kind=MoveKind.TRANSFERRED,
            lot=lot.id,
            quantity=quantity,
            source=source,
            target=inside(row),
        )
        write(work, {row.code: row}, (moved,))
    work.record(
        f"lot/{lot.id}",
        ContainerMoved(
            container=row.code,
            lot=lot.number,
            quantity=quantity,
            source=source.place,
            target=row.place,
        ),
    )


@needs(Right.SET_LOT_STATUS)
def count_container(work: UnitOfWork, command: CountContainer) -> None:
    """Record what a count found in a container; the difference moves with its reason, signed."""
    row = held(work, (command.container,))[command.container]
    lot, material = _lot_of(work, row)
    was, why = quantity_in(row), require_why(command.why)
    refuse_if(rules.reasons_against_unit((command.found,), row.unit))
    found = command.found.to(row.unit)
    refuse_if(_nothing_changed(was, found))
    signature = identity.sign(
        work,
        statements.of_count(container_view(row), lot.number, command.found, why),
        command.signature,
        meaning=Meaning.DECIDED,
        right=Right.SET_LOT_STATUS,
    )
    carry(work, {row.code: row}, (_counted(row, was, found),))
    work.record(
        f"lot/{lot.id}",
        ContainerCounted(
            container=row.code, lot=lot.number, material=material, was=was, found=found
        ),
        why=why,
        signatures=(signature,),
    )


def _counted(row: Container, was: Quantity, found: Quantity) -> Move:
    count = Where(End.COUNT, row.code)
    more = found.compare(was) > 0
    return Move(
        kind=MoveKind.COUNTED,
        lot=row.lot_id,
        quantity=less(found, was) if more else less(was, found),
        source=count if more else inside(row),
        target=inside(row) if more else count,
    )


def _lot_of(work: UnitOfWork, row: Container) -> tuple[Lot, str]:
    found = work.session.execute(
        select(Lot, Material.code)
        .join(Material, Material.id == Lot.material_id)
        .where(Lot.id == row.lot_id)
        .with_for_update(read=True, of=Lot)
    ).one()
    return found[0], found[1]


def _already_there(row: Container, place: str) -> tuple[Reason, ...]:
    if row.place != place:
        return ()
    return (
        Reason(
            rules.Code.ALREADY_THERE,
            f"Container {row.code} stands at {place} already.",
            "Scan the place where it stands now.",
        ),
    )


def _nothing_changed(was: Quantity, found: Quantity) -> tuple[Reason, ...]:
    if was.compare(found) != 0:
        return ()
    return (
        Reason(
            rules.Code.NOTHING_CHANGED,
            f"The record says {was} too; there is nothing to put right.",
        ),
    )
