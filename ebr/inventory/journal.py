"""Writes moves into the journal, and the remaining quantities that follow from them.

The arithmetic is that of `moves`; this room only carries it to the rows. Containers come in locked
(`held`), so that two acts can never draw the same quantity.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from sqlalchemy import Table, insert, select

from ebr.inventory import rules
from ebr.inventory.model import Container, Lot
from ebr.inventory.model import Move as Line
from ebr.inventory.moves import End, Move, Overdrawn, Where, post
from ebr.kernel import Refused, UnitOfWork, Unknown, new_id
from workflows.quantity import Quantity, plain

_JOURNAL = insert(cast("Table", Line.__table__))  # straight into the table: no objects are made


def held(work: UnitOfWork, codes: Iterable[str]) -> dict[str, Container]:
    """The containers of these codes, locked in the order of their identifiers; `Unknown` else."""
    wanted = set(codes)
    found = work.session.scalars(
        select(Container)
        .where(Container.code.in_(wanted))
        .order_by(Container.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    rows = {row.code: row for row in found}
    if missing := sorted(wanted - rows.keys()):
        raise Unknown(f"container {', '.join(missing)}")
    return rows


def inside(row: Container) -> Where:
    """A container at the place where it stands."""
    return Where(End.CONTAINER, row.code, row.place)


def quantity_in(row: Container) -> Quantity:
    """What a container holds."""
    return Quantity(plain(row.remaining), row.unit)


def carry(work: UnitOfWork, rows: Mapping[str, Container], moves: Sequence[Move]) -> None:
    """Write the moves and what they leave in the containers; refused below zero, with numbers."""
    before = {inside(row): quantity_in(row) for row in rows.values()}
    try:
        after = post(before, moves)
    except Overdrawn as fault:
        raise Refused((rules.overdrawn(fault),)) from fault
    for row in rows.values():
        row.remaining = after[inside(row)].amount
    write(work, rows, moves)


def write(work: UnitOfWork, rows: Mapping[str, Container], moves: Sequence[Move]) -> None:
    """Write moves into the journal, in one statement."""
    work.session.flush()
    work.session.execute(_JOURNAL, [_line(work, rows, move) for move in moves])


def _line(work: UnitOfWork, rows: Mapping[str, Container], move: Move) -> dict[str, object]:
    ends = (move.source, move.target)
    stored = {end: rows[end.name] for end in ends if end.end is End.CONTAINER}
    outside = next((end for end in ends if end not in stored), None)
    source, target = stored.get(move.source), stored.get(move.target)
    unit = next(iter(stored.values())).unit
    return {
        "id": new_id(),
        "at": work.now,
        "kind": move.kind.value,
        "lot_id": move.lot,
        "quantity": move.quantity.to(unit).amount,
        "unit": unit,
        "from_container_id": source.id if source else None,
        "from_place": move.source.place if source else None,
        "to_container_id": target.id if target else None,
        "to_place": move.target.place if target else None,
        "outside": outside.end.value if outside else None,
        "outside_name": outside.name if outside else None,
    }


def lot_held(work: UnitOfWork, number: str) -> Lot:
    """The lot of this number, locked against other decisions; `Unknown` when there is none."""
    row = work.session.scalar(
        select(Lot)
        .where(Lot.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise Unknown(f"lot {number}")
    return row
