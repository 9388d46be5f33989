"""The life of an order: created, released to production, in progress, completed or cancelled.

Who starts an order that nobody released apart releases it with that. Once a batch was started the
order is never cancelled: the batch has a record and gets a decision.
"""

from enum import StrEnum

from ebr.identity import Right
from workflows.lifecycle import Lifecycle, Transition


class OrderStatus(StrEnum):
    """How far an order is."""

    CREATED = "created"
    RELEASED = "released"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class OrderVerb(StrEnum):
    """What can be done with an order."""

    RELEASE = "release"
    START = "start"
    COMPLETE = "complete"
    CANCEL = "cancel"


def _row(
    state: OrderStatus, verb: OrderVerb, becomes: OrderStatus, right: Right
) -> Transition[OrderStatus, OrderVerb]:
    return Transition(state=state, verb=verb, becomes=becomes, right=right)


def _cancelled(state: OrderStatus) -> Transition[OrderStatus, OrderVerb]:
    return Transition(
        state=state,
        verb=OrderVerb.CANCEL,
        becomes=OrderStatus.CANCELLED,
        right=Right.CREATE_ORDERS,
        needs_reason=True,
    )


ORDER: Lifecycle[OrderStatus, OrderVerb] = Lifecycle(
    name="order",
    initial=OrderStatus.CREATED,
    transitions=(
        _row(OrderStatus.CREATED, OrderVerb.RELEASE, OrderStatus.RELEASED, Right.START_ORDERS),
        _row(OrderStatus.CREATED, OrderVerb.START, OrderStatus.IN_PROGRESS, Right.START_ORDERS),
        _cancelled(OrderStatus.CREATED),
        _row(OrderStatus.RELEASED, OrderVerb.START, OrderStatus.IN_PROGRESS, Right.START_ORDERS),
        _cancelled(OrderStatus.RELEASED),
        _row(
            OrderStatus.IN_PROGRESS,
            OrderVerb.COMPLETE,
            OrderStatus.COMPLETED,
            Right.START_ORDERS,
        ),
    ),
)
