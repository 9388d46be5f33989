"""Orders: what shall be made, how much, until when, and as which batch."""

from ebr.scheduling.commands import (
    CancelOrder,
    CompleteOrder,
    CreateOrder,
    ReleaseOrder,
    StartOrder,
)
from ebr.scheduling.lifecycle import ORDER, OrderStatus, OrderVerb
from ebr.scheduling.operations import (
    cancel_order,
    complete_order,
    create_order,
    release_order,
    start_order,
)
from ebr.scheduling.queries import order, orders
from ebr.scheduling.views import OrderView, StartedBatch

__all__ = [
    "ORDER",
    "CancelOrder",
    "CompleteOrder",
    "CreateOrder",
    "OrderStatus",
    "OrderVerb",
    "OrderView",
    "ReleaseOrder",
    "StartOrder",
    "StartedBatch",
    "cancel_order",
    "complete_order",
    "create_order",
    "order",
    "orders",
    "release_order",
    "start_order",
]
