"""Orders for programs."""

from flask import Response, request

from ebr import scheduling
from ebr.identity import Right
from ebr.kernel import Malformed, Page
from ebr.scheduling import (
    CancelOrder,
    CompleteOrder,
    CreateOrder,
    OrderStatus,
    OrderView,
    ReleaseOrder,
    StartedBatch,
    StartOrder,
)
from ebr.web import binding, responses, work
from ebr.web.routing import API, Route


def list_orders() -> Response:
    """Orders, newest first; `status` narrows, `after` turns the page."""
    asked = request.args.get("status")
    if asked and asked not in set(OrderStatus):
        raise Malformed({"status": (f"Choose one of {', '.join(OrderStatus)}.",)})
    status = OrderStatus(asked) if asked else None
    found = work.ask(scheduling.orders, status=status, after=request.args.get("after"))
    return responses.answer(found)


def create_order() -> Response:
    """Ask for so much of what a recipe makes."""
    number = work.act(scheduling.create_order, binding.bind(CreateOrder))
    view = work.ask(scheduling.order, number)
    return responses.answer(view, status=201, location=f"{API}/orders/{number}")


def show_order(order: str) -> Response:
    """One order, and the batch that came of it."""
    return responses.answer(work.ask(scheduling.order, order))


def release_order(order: str) -> Response:
    """Let production begin with an order."""
    work.act(scheduling.release_order, ReleaseOrder(order=order))
    return show_order(order)


def start_order(order: str) -> Response:
    """Make the batch of an order, bound to the recipe in force."""
    started = work.act(scheduling.start_order, StartOrder(order=order))
    return responses.answer(started, status=201, location=f"{API}/batches/{started.batch}")


def complete_order(order: str) -> Response:
    """Close an order whose batch has no step left to do."""
    work.act(scheduling.complete_order, CompleteOrder(order=order))
    return show_order(order)


def cancel_order(order: str) -> Response:
    """Give an order up before its batch was started, with the reason."""
    work.act(scheduling.cancel_order, binding.bind(CancelOrder, order=order))
    return show_order(order)


LOOK, ONE, START = Right.VIEW_ORDERS, "/orders/<order>", Right.START_ORDERS
ROUTES = (
    Route("GET", "/orders", list_orders, LOOK, answers=Page[OrderView], asks=("status", "after")),
    Route(
        "POST",
        "/orders",
        create_order,
        Right.CREATE_ORDERS,
        takes=CreateOrder,
        answers=OrderView,
        status=201,
    ),
    Route("GET", ONE, show_order, LOOK, answers=OrderView),
    Route("POST", ONE + "/release", release_order, START, answers=OrderView),
    Route("POST", ONE + "/start", start_order, START, answers=StartedBatch, status=201),
    Route("POST", ONE + "/complete", complete_order, START, answers=OrderView),
    Route(
        "POST",
        ONE + "/cancel",
        cancel_order,
        Right.CREATE_ORDERS,
        takes=CancelOrder,
        answers=OrderView,
    ),
)
