"""From any lot, up to its origins and down to its products, each link once, loops and all.

21 CFR 211.188(b)(3), 211.196: from a raw lot to every product it reached, and back. The links are
the moves themselves: a batch drew from containers of one lot and filled containers of another.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import CTE, Select, case, func, literal, select
from sqlalchemy.orm import Session, aliased

from ebr.inventory.model import Container, Lot, Material, Move
from ebr.inventory.moves import End, MoveKind
from ebr.inventory.views import Genealogy, Link
from ebr.kernel import Unknown, page
from workflows.quantity import Quantity, plain

_DRAWN = (MoveKind.CONSUMED.value, MoveKind.RETURNED.value)
_drawn, _made = aliased(Move, name="drawn"), aliased(Move, name="made")
# A batch ties what it drew to what it made; both sides are found through the index of the outside.
_IS_DRAWN = (_drawn.outside == End.BATCH.value) & _drawn.kind.in_(_DRAWN)
_IS_MADE = (_made.outside == End.BATCH.value) & (_made.kind == MoveKind.PRODUCED.value)
_SAME_BATCH = _made.outside_name == _drawn.outside_name


def origins(
    session: Session, number: str, *, after: str | None = None, size: int = 100
) -> Genealogy:
    """Every lot that went into this one, through any number of batches."""
    reached = _reached(session, number)
    further = (
        select(_drawn.lot_id)
        .join(_made, _SAME_BATCH & _IS_MADE)
        .join(reached, _made.lot_id == reached.c.lot)
        .where(_IS_DRAWN)
    )
    reached = reached.union(further)
    chosen = _LINKS.where(_made.lot_id.in_(select(reached.c.lot)))
    return _answer(session, number, chosen, after, size)


def products(
    session: Session, number: str, *, after: str | None = None, size: int = 100
) -> Genealogy:
    """Every lot that this one went into, and every batch that drew from it, finished or not."""
    reached = _reached(session, number)
    further = (
        select(_made.lot_id)
        .join(_drawn, _SAME_BATCH & _IS_DRAWN)
        .join(reached, _drawn.lot_id == reached.c.lot)
        .where(_IS_MADE)
    )
    # UNION drops a lot that was met before, so rework cannot loop for ever.
    reached = reached.union(further)
    chosen = _LINKS.where(_drawn.lot_id.in_(select(reached.c.lot)))
    return _answer(session, number, chosen, after, size)


def _reached(session: Session, number: str) -> CTE:
    start = session.scalar(select(Lot.id).where(Lot.number == number))
    if start is None:
        raise Unknown(f"lot {number}")
    return select(Lot.id.label("lot")).where(Lot.id == start).cte("reached", recursive=True)


def _answer(
    session: Session,
    number: str,
    chosen: Select[*tuple[Any, ...]],
    after: str | None,
    size: int,
) -> Genealogy:
    found = page(session, chosen, *_KEYS, after=after, size=size).map(_link)
    return Genealogy(lot=number, links=found.items, next=found.next)


_product_lot, _product = aliased(Lot), aliased(Material)
_QUANTITY = func.sum(
    case(
        (_drawn.kind == MoveKind.CONSUMED.value, _drawn.quantity),
        else_=-_drawn.quantity,
    )
)
_COLUMNS = (
    Lot.number,
    Material.code,
    Container.code,
    _drawn.outside_name,
    _product_lot.number,
    _product.code,
    _drawn.unit,
)
_LINKS: Select[*tuple[Any, ...]] = (
    select(*_COLUMNS, _QUANTITY)
    .select_from(_drawn)
    .join(Lot, Lot.id == _drawn.lot_id)
    .join(Material, Material.id == Lot.material_id)
    .join(
        Container, Container.id == func.coalesce(_drawn.from_container_id, _drawn.to_container_id)
    )
    .outerjoin(_made, _SAME_BATCH & _IS_MADE)
    .outerjoin(_product_lot, _product_lot.id == _made.lot_id)
    .outerjoin(_product, _product.id == _product_lot.material_id)
    .where(_IS_DRAWN)
    .group_by(*_COLUMNS, _made.id)
    .having(_QUANTITY != 0)
)
_KEYS = (
    _drawn.outside_name,
    Lot.number,
    Container.code,
    func.coalesce(_made.id, literal(UUID(int=0))),
)


def _link(row: tuple[Any, ...]) -> Link:
    lot, material, container, batch, product_lot, product, unit, amount = row
    return Link(
        lot=lot,
        material=material,
        container=container,
        batch=batch,
        product_lot=product_lot or "",
        product=product or "",
        quantity=Quantity(plain(amount), unit),
    )
