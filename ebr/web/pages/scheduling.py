"""Orders for the supervisor: what shall be made, and the batch that came of it."""

from flask import Response, request

from ebr import recipes, scheduling
from ebr.identity import Right
from ebr.kernel import Malformed
from ebr.scheduling import (
    CancelOrder,
    CompleteOrder,
    CreateOrder,
    OrderStatus,
    ReleaseOrder,
    StartOrder,
)
from ebr.web import binding, responses, work
from ebr.web.routing import Route


def list_orders() -> Response:
    """Orders, the newest first."""
    asked = request.args.get("status", "")
    if asked and asked not in set(OrderStatus):
        raise Malformed({"status": (f"Choose one of {', '.join(OrderStatus)}.",)})
    status = OrderStatus(asked) if asked else None
    found = work.ask(scheduling.orders, status=status, after=request.args.get("after") or None)
    states, newer = tuple(OrderStatus), "after" in request.args
    return responses.show(
        "scheduling/orders.html", found=found, asked=asked, states=states, newer=newer
    )


def new_order() -> Response:
    """Ask for so much of what a recipe makes."""
    return responses.show("scheduling/new.html", recipes=work.ask(recipes.orderable))


def create_order() -> Response:
    """Ask for so much of what a recipe makes."""
    number = work.act(scheduling.create_order, binding.bind(CreateOrder))
    return responses.see(f"/orders/{number}", said=f"Order {number} is created.")


def show_order(order: str) -> Response:
    """One order: what it asks for, what can be done with it, its batch."""
    return responses.show("scheduling/order.html", order=work.ask(scheduling.order, order))


def release_order(order: str) -> Response:
    """Let production begin with an order."""
    work.act(scheduling.release_order, ReleaseOrder(order=order))
    return responses.see(f"/orders/{order}", said="Released to production.")


def start_order(order: str) -> Response:
    """Make the batch of an order, bound to the recipe in force."""
    started = work.act(scheduling.start_order, StartOrder(order=order))
    return responses.see(f"/batches/{started.batch}", said=f"Batch {started.number} is started.")


def complete_order(order: str) -> Response:
    """Close an order whose batch has no step left to do."""
    work.act(scheduling.complete_order, CompleteOrder(order=order))
    return responses.see(f"/orders/{order}", said="The order is complete.")


def cancel_order(order: str) -> Response:
    """Give an order up before its batch was started, with the reason."""
    work.act(scheduling.cancel_order, binding.bind(CancelOrder, order=order))
    return responses.see(f"/orders/{order}", said="The order is cancelled.")


LOOK, MAKE, START = Right.VIEW_ORDERS, Right.CREATE_ORDERS, Right.START_ORDERS
ONE = "/orders/<order>"
ROUTES = (
    Route("GET", "/orders", list_orders, LOOK, menu="Orders", icon="clipboard-list"),
    Route("GET", "/orders/new", new_order, MAKE),
    Route("POST", "/orders", create_order, MAKE, form=new_order),
    Route("GET", ONE, show_order, LOOK),
    Route("POST", ONE + "/release", release_order, START, form=show_order),
    Route("POST", ONE + "/start", start_order, START, form=show_order),
    Route("POST", ONE + "/complete", complete_order, START, form=show_order),
    Route("POST", ONE + "/cancel", cancel_order, MAKE, form=show_order),
)
