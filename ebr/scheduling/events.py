"""What can have happened to an order; its start rides in the batch's first entry."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ebr.kernel import register
from ebr.scheduling.lifecycle import OrderStatus, OrderVerb
from workflows.quantity import Quantity


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCreated:
    """Somebody asked for so much of a product, until a day."""

    KIND: ClassVar[str] = "order.created"
    VERSION: ClassVar[int] = 1
    number: str
    recipe: str
    recipe_version: int
    product: str
    size: Quantity
    due_on: date | None


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStatusChanged:
    """An order was released to production, completed or cancelled."""

    KIND: ClassVar[str] = "order.status.changed"
    VERSION: ClassVar[int] = 1
    number: str
    verb: OrderVerb
    was: OrderStatus
    becomes: OrderStatus
    batch: str | None
