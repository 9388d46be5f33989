"""Questions about the stock: what a scan means, lists of lots, what may be used next."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from audit.canonical import Plain
from ebr.inventory import allocation, labels, rules, statements
from ebr.inventory.lifecycle import LOT, LotStatus, LotVerb
from ebr.inventory.model import Container, Lot, Material, Move, Place
from ebr.inventory.views import (
    Choice,
    ContainerView,
    LotLine,
    LotView,
    MaterialView,
    MoveView,
    PlaceView,
    ScanView,
)
from ebr.kernel import Page, Reason, Refused, Unknown, Why, page, refuse_if
from workflows.quantity import Quantity, plain


def scan(session: Session, code: str, *, lock: bool = False) -> ScanView | None:
    """The container that a scanned code means, or None when we do not know the code.

    `lock` is for acts: the container is held against other draws, the lot against decisions,
    until the act ends. Raises `Refused` for a label that is unreadable, names no container, or
    contradicts the record.
    """
    try:
        label = labels.read(code)
    except labels.Unreadable as fault:
        raise Refused((rules.unreadable(fault),)) from fault
    if not label.code:
        raise Refused(
            (
                Reason(
                    rules.Code.LABEL_NAMES_NO_CONTAINER,
                    f"The label names lot {label.lot or '?'} but no container (field 21).",
                    "Scan the container's own code.",
                    "C211-101d-1",
                ),
            )
        )
    if lock:
        _lock(session, label.code)
    row = session.execute(_SCAN.where(Container.code == label.code)).one_or_none()
    if row is None:
        return None
    lot, material, container = row.Lot, row.Material, row.Container
    refuse_if(
        rules.reasons_against_label(
            label, lot=lot.number, expires_on=lot.expires_on, gtin=material.gtin
        )
    )
    return ScanView(
        scanned=code,
        container=container.id,
        code=container.code,
        place=container.place,
        remaining=_quantity(container.remaining, container.unit),
        lot=lot.id,
        lot_stream=f"lot/{lot.id}",
        lot_number=lot.number,
        supplier_lot=lot.supplier_lot,
        status=LotStatus(lot.status),
        expires_on=lot.expires_on,
        retest_on=lot.retest_on,
        usable_from=lot.usable_from,
        material=material.code,
        material_name=material.name,
    )


_SCAN = (
    select(Container, Lot, Material)
    .join(Lot, Lot.id == Container.lot_id)
    .join(Material, Material.id == Lot.material_id)
    .execution_options(populate_existing=True)
)


def _lock(session: Session, code: str) -> None:
    # The container first, then its lot: every act takes them in this order.
    held = select(Container.lot_id).where(Container.code == code).with_for_update()
    if (lot := session.scalar(held)) is not None:
        session.execute(select(Lot.id).where(Lot.id == lot).with_for_update(read=True))


def lots(
    session: Session,
    *,
    material: str | None = None,
    status: LotStatus | None = None,
    after: str | None = None,
    size: int = 100,
) -> Page[LotLine]:
    """The lots, newest first, each with what is left of it; one statement a page."""
    statement = _LINES
    if material:
        statement = statement.where(Material.code == material)
    if status:
        statement = statement.where(Lot.status == status)
    found = page(session, statement, Lot.id, after=after, size=size, newest_first=True)
    return found.map(_line)


_HELD = (
    select(
        func.count(Container.id).label("containers"),
        func.coalesce(func.sum(Container.remaining), 0).label("remaining"),
    )
    .where(Container.lot_id == Lot.id)
    .lateral("held")
)
_LINES = (
    select(
        Lot.id,
        Lot.number,
        Material.code,
        Material.name,
        Lot.status,
        Lot.expires_on,
        Lot.retest_on,
        Lot.usable_from,
        Lot.batch,
        _HELD.c.containers,
        _HELD.c.remaining,
        Material.unit,
    )
    .join(Material, Material.id == Lot.material_id)
    .join(_HELD, onclause=Lot.id.is_not(None))
)


def _line(row: tuple[Any, ...]) -> LotLine:
    (lot, number, material, name, status, expires, retest, usable, batch, count, left, unit) = row
    return LotLine(
        id=lot,
        number=number,
        material=material,
        material_name=name,
        status=LotStatus(status),
        expires_on=expires,
        retest_on=retest,
        usable_from=usable,
        batch=batch,
        containers=count,
        remaining=_quantity(left, unit),
    )


def lot(session: Session, number: str) -> LotView:
    """Everything about one lot; `Unknown` when there is none of this number."""
    rows = session.execute(_LOT, {"number": number}).all()
    if not rows:
        raise Unknown(f"lot {number}")
    return _lot_view(
        rows[0].Lot, rows[0].Material, [row.Container for row in rows if row.Container]
    )


_LOT = (
    select(Lot, Material, Container)
    .join(Material, Material.id == Lot.material_id)
    .outerjoin(Container, Container.lot_id == Lot.id)
    .where(Lot.number == bindparam("number"))
    .order_by(Container.code)
)


def lot_view(session: Session, row: Lot, material: Material) -> LotView:
    """The view of a lot whose row was read already."""
    inside = select(Container).where(Container.lot_id == row.id).order_by(Container.code)
    return _lot_view(row, material, session.scalars(inside))


def _lot_view(row: Lot, material: Material, containers: Iterable[Container]) -> LotView:
    return LotView(
        id=row.id,
        stream=f"lot/{row.id}",
        number=row.number,
        material=material_view(material),
        status=LotStatus(row.status),
        supplier=row.supplier,
        maker=row.maker,
        supplier_lot=row.supplier_lot,
        received_on=row.received_on,
        expires_on=row.expires_on,
        retest_on=row.retest_on,
        usable_from=row.usable_from,
        batch=row.batch,
        awaits_batch=row.awaits_batch,
        containers=tuple(container_view(one) for one in containers),
        choices=tuple(
            Choice(
                verb=way.verb,
                right=way.right,
                meaning=way.meaning.value if way.meaning else None,
                reason=way.needs_reason,
            )
            for way in LOT.possible(LotStatus(row.status))
        ),
    )


def container_view(row: Container) -> ContainerView:
    """The view of a container whose row was read already."""
    return ContainerView(
        id=row.id,
        code=row.code,
        place=row.place,
        filled=_quantity(row.filled, row.unit),
        remaining=_quantity(row.remaining, row.unit),
    )


def materials(session: Session, *, after: str | None = None, size: int = 100) -> Page[MaterialView]:
    """The materials, by code."""
    return page(session, select(Material), Material.code, after=after, size=size).map(material_view)


def material(session: Session, code: str) -> MaterialView:
    """One material; `Unknown` when there is none of this code."""
    row = session.scalar(select(Material).where(Material.code == code))
    if row is None:
        raise Unknown(f"material {code}")
    return material_view(row)


def material_view(row: Material) -> MaterialView:
    """The view of a material whose row was read already."""
    return MaterialView(
        id=row.id, code=row.code, name=row.name, kind=row.kind, unit=row.unit, gtin=row.gtin
    )


def places(session: Session, *, after: str | None = None, size: int = 100) -> Page[PlaceView]:
    """The places, by code."""
    found = page(session, select(Place), Place.code, after=after, size=size)
    return found.map(lambda row: PlaceView(code=row.code, name=row.name))


def suggested(
    session: Session, material: str, needed: Quantity, *, now: datetime, today: date
) -> allocation.Allocation:
    """The containers to take next for a need, first expired first out."""
    return allocation.allocate(needed, stock_of(session, material), now, today)


def shelf(
    session: Session, material: str, *, now: datetime, today: date
) -> tuple[allocation.Stock, ...]:
    """The containers of a material that may be used now, the one to take first at the front."""
    return allocation.in_order(stock_of(session, material), now, today)


def statuses(
    session: Session, numbers: Iterable[str], *, lock: bool = False
) -> dict[str, LotStatus]:
    """How lots stand now, by number; a number that nobody knows is left out.

    With `lock` they stay so until the end of the act that asks.
    """
    asked = select(Lot.number, Lot.status).where(Lot.number.in_(set(numbers)))
    # In the order of their numbers, so that two who ask never wait for each other.
    asked = asked.order_by(Lot.number).with_for_update(read=True) if lock else asked
    found = session.execute(asked)
    return {number: LotStatus(status) for number, status in found}


def statement_for_decision(
    session: Session, number: str, verb: LotVerb, why: Why | None
) -> dict[str, Plain]:
    """What whoever decides about a lot is shown and signs."""
    return statements.of_decision(lot(session, number), verb, why)


def statement_for_retest(
    session: Session, number: str, retest_on: date, why: Why | None
) -> dict[str, Plain]:
    """What whoever records a retest is shown and signs."""
    return statements.of_retest(lot(session, number), retest_on, why)


def statement_for_expiry(
    session: Session, number: str, expires_on: date, why: Why | None
) -> dict[str, Plain]:
    """What whoever brings an expiry forward is shown and signs."""
    return statements.of_expiry(lot(session, number), expires_on, why)


def statement_for_count(
    session: Session, container: str, found: Quantity, why: Why | None
) -> dict[str, Plain]:
    """What whoever counts a container is shown and signs."""
    row = session.execute(
        select(Container, Lot.number)
        .join(Lot, Lot.id == Container.lot_id)
        .where(Container.code == container)
    ).one_or_none()
    if row is None:
        raise Unknown(f"container {container}")
    return statements.of_count(container_view(row[0]), row[1], found, why)


def stock_of(session: Session, material: str) -> tuple[allocation.Stock, ...]:
    """Every container of a material that is not empty, usable or not."""
    found = (
        select(Container, Lot)
        .join(Lot, Lot.id == Container.lot_id)
        .join(Material, Material.id == Lot.material_id)
        .where(Material.code == material, Container.remaining > 0)
    )
    return tuple(_stock(row) for row in session.execute(found))


def _stock(row: Row[Container, Lot]) -> allocation.Stock:
    container, lot = row
    return allocation.Stock(
        container=container.id,
        code=container.code,
        lot=lot.number,
        remaining=_quantity(container.remaining, container.unit),
        status=LotStatus(lot.status),
        expires_on=lot.expires_on,
        retest_on=lot.retest_on,
        usable_from=lot.usable_from,
    )


def moves(
    session: Session, number: str, *, after: str | None = None, size: int = 100
) -> Page[MoveView]:
    """The journal of a lot, in the order in which it happened."""
    source, target = aliased(Container), aliased(Container)
    found = (
        select(Move, source.code, target.code)
        .join(Lot, Lot.id == Move.lot_id)
        .outerjoin(source, source.id == Move.from_container_id)
        .outerjoin(target, target.id == Move.to_container_id)
        .where(Lot.number == number)
    )
    return page(session, found, Move.id, after=after, size=size).map(_move)


def _move(row: tuple[Move, str | None, str | None]) -> MoveView:
    move, source, target = row
    outside = f"{move.outside} {move.outside_name}"
    return MoveView(
        id=move.id,
        at=move.at,
        kind=move.kind,
        quantity=_quantity(move.quantity, move.unit),
        source=f"{source} at {move.from_place}" if source else outside,
        target=f"{target} at {move.to_place}" if target else outside,
    )


def balance(session: Session, container: str, *, until: datetime | None = None) -> Quantity:
    """What a container holds by its journal alone, now or at an earlier moment."""
    row = session.scalar(select(Container).where(Container.code == container))
    if row is None:
        raise Unknown(f"container {container}")
    entered = func.sum(Move.quantity).filter(Move.to_container_id == row.id)
    left = func.sum(Move.quantity).filter(Move.from_container_id == row.id)
    found = select(func.coalesce(entered, 0) - func.coalesce(left, 0)).where(
        Move.lot_id == row.lot_id
    )
    if until is not None:
        found = found.where(Move.at <= until)
    return _quantity(session.scalar(found), row.unit)


def _quantity(amount: Any, unit: str) -> Quantity:
    return Quantity(plain(amount), unit)
