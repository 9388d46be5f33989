"""What is answered about orders."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ebr.scheduling.lifecycle import OrderStatus
from workflows.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """An order, and the batch that came of it."""

    id: UUID
    stream: str
    number: str
    recipe: str
    product: str
    size: Quantity
    due_on: date | None
    status: OrderStatus
    batch: UUID | None
    batch_number: str | None
    verbs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedBatch:
    """The batch that an order has become."""

    order: str
    batch: UUID
    number: str
