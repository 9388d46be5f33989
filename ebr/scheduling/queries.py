"""Questions about orders."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ebr.kernel import Page, Unknown, page
from ebr.scheduling.lifecycle import ORDER, OrderStatus
from ebr.scheduling.model import Order
from ebr.scheduling.views import OrderView
from workflows.quantity import parse


def orders(
    session: Session,
    *,
    status: OrderStatus | None = None,
    after: str | None = None,
    size: int = 50,
) -> Page[OrderView]:
    """The orders, newest first."""
    found = select(Order)
    if status:
        found = found.where(Order.status == status.value)
    rows = page(session, found, Order.id, after=after, size=size, newest_first=True)
    return rows.map(order_view)


def order(session: Session, number: str) -> OrderView:
    """One order; `Unknown` when there is none of this number."""
    row = session.scalar(select(Order).where(Order.number == number))
    if row is None:
        raise Unknown(f"order {number}")
    return order_view(row)


def order_view(row: Order) -> OrderView:
    """The view of an order whose row was read already."""
    return OrderView(
        id=row.id,
        stream=f"order/{row.id}",
        number=row.number,
        recipe=row.recipe,
        product=row.product,
        size=parse(row.size),
        due_on=row.due_on,
        status=OrderStatus(row.status),
        batch=row.batch_id,
        batch_number=row.batch_number,
        verbs=tuple(way.verb for way in ORDER.possible(OrderStatus(row.status))),
    )
