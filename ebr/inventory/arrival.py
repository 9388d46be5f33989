"""A new lot comes into the stock: numbered, in its containers, with the moves that filled them.

All in one statement, since most of the time of a new lot is spent between statements. So its
numbers are drawn where they are used: a delivery that is refused leaves no gap.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from ebr.inventory.model import Container, Lot
from ebr.inventory.moves import MoveKind, Where
from ebr.kernel import UnitOfWork, new_id

_ARRIVAL = text("""
WITH lot AS (
  INSERT INTO inventory.lot
  SELECT made.* FROM jsonb_populate_record(NULL::inventory.lot, :lot || CASE WHEN :own_number
    THEN '{}' ELSE jsonb_build_object('number',
      'L-' || to_char(nextval('inventory.lot_number'), 'FM999999000000')) END) made
  RETURNING number),
container AS (
  INSERT INTO inventory.container
  SELECT made.* FROM jsonb_array_elements(:containers) cells,
    LATERAL jsonb_populate_record(NULL::inventory.container, cells || jsonb_build_object('code',
      'C-' || to_char(nextval('inventory.container_number'), 'FM999999000000'))) made
  RETURNING id, code),
move AS (
  INSERT INTO inventory.move
  SELECT * FROM jsonb_populate_recordset(NULL::inventory.move, :moves))
SELECT lot.number, (SELECT jsonb_object_agg(id, code) FROM container) FROM lot
""").bindparams(*(bindparam(name, type_=JSONB) for name in ("lot", "containers", "moves")))


def arrive(
    work: UnitOfWork, lot: Lot, containers: Sequence[Container], kind: MoveKind, source: Where
) -> None:
    """Put a new lot into the stock, each container filled from outside.

    The containers get their codes here, and a lot without a number the next one: never given twice.
    """
    given = {
        "lot": _cells(lot),
        "own_number": bool(lot.number),
        "containers": [_cells(row) for row in containers],
        "moves": [_told(_filling(work, lot, row, kind, source)) for row in containers],
    }
    lot.number, codes = work.session.execute(_ARRIVAL, given).one()
    for row in containers:
        row.code = codes[str(row.id)]


def _cells(row: Lot | Container) -> dict[str, object]:
    return _told({column.name: getattr(row, column.name) for column in row.__table__.columns})


def _filling(
    work: UnitOfWork, lot: Lot, row: Container, kind: MoveKind, source: Where
) -> dict[str, object]:
    """The line of the journal that filled a container."""
    return {
        "id": new_id(),
        "at": work.now,
        "kind": kind.value,
        "lot_id": lot.id,
        "quantity": row.filled,
        "unit": row.unit,
        "to_container_id": row.id,
        "to_place": row.place,
        "outside": source.end.value,
        "outside_name": source.name,
    }


def _told(cells: Mapping[str, object]) -> dict[str, object]:
    """The cells as the database reads them out of JSON: every digit of an amount is kept."""
    kept = (str, bool, type(None))
    return {name: value if isinstance(value, kept) else str(value) for name, value in cells.items()}
