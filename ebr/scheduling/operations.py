"""The verbs of orders: create, release, start as a batch, complete, cancel."""

from sqlalchemy import select

from ebr import batches, recipes
from ebr.identity import Right, needs
from ebr.kernel import UnitOfWork, Unknown, Why, new_id, refuse_if, require_why
from ebr.scheduling import numbers, rules
from ebr.scheduling.commands import (
    CancelOrder,
    CompleteOrder,
    CreateOrder,
    ReleaseOrder,
    StartOrder,
)
from ebr.scheduling.events import OrderCreated, OrderStatusChanged
from ebr.scheduling.lifecycle import ORDER, OrderStatus, OrderVerb
from ebr.scheduling.model import Order
from ebr.scheduling.views import StartedBatch
from workflows import BatchStatus
from workflows.quantity import Quantity, parse


@needs(Right.CREATE_ORDERS)
def create_order(work: UnitOfWork, command: CreateOrder) -> str:
    """Ask for so much of what a recipe makes, until a day. Returns the order's number."""
    recipe = recipes.effective(work.session, command.recipe)
    refuse_if(
        rules.reasons_against_order(
            command.recipe,
            command.size,
            parse(recipe.size) if recipe else None,
            command.due_on,
            work.today,
        )
    )
    _refuse_size(work, command.recipe, command.size)
    assert recipe is not None
    row = work.add(
        Order(
            id=new_id(),
            number=numbers.take(work, numbers.order_series(work.today), numbers.ORDER_DIGITS),
            recipe=recipe.code,
            product=recipe.product,
            size=f"{command.size.value} {command.size.unit}",
            due_on=command.due_on,
            status=OrderStatus.CREATED.value,
            batch_id=None,
            batch_number=None,
        )
    )
    work.record(
        f"order/{row.id}",
        OrderCreated(
            number=row.number,
            recipe=recipe.code,
            recipe_version=recipe.number,
            product=recipe.product,
            size=command.size,
            due_on=command.due_on,
        ),
        expected=0,
    )
    return row.number


@needs(Right.START_ORDERS)
def release_order(work: UnitOfWork, command: ReleaseOrder) -> None:
    """Let production begin with an order, as long as its recipe is in force."""
    row = _held(work, command.order)
    recipe = recipes.effective(work.session, row.recipe)
    refuse_if(
        (
            *rules.reasons_against_verb(OrderStatus(row.status), OrderVerb.RELEASE, reason=None),
            *rules.reasons_against_recipe(
                row.recipe, parse(row.size), parse(recipe.size) if recipe else None
            ),
        )
    )
    _refuse_size(work, row.recipe, parse(row.size))
    _change(work, row, OrderVerb.RELEASE)


@needs(Right.START_ORDERS)
def start_order(work: UnitOfWork, command: StartOrder) -> StartedBatch:
    """Make the batch of an order; the change of the order rides in the batch's first entry."""
    row = _held(work, command.order)
    status = OrderStatus(row.status)
    refuse_if(rules.reasons_against_verb(status, OrderVerb.START, reason=None))
    series = numbers.batch_series(row.product, work.today)
    number = numbers.take(work, series, numbers.BATCH_DIGITS)
    batch = batches.start_batch(
        work, number=number, order=row.number, size=parse(row.size), recipe_code=row.recipe
    )
    row.status = ORDER.after(status, OrderVerb.START).becomes.value
    row.batch_id, row.batch_number = batch, number
    return StartedBatch(order=row.number, batch=batch, number=number)


@needs(Right.START_ORDERS)
def complete_order(work: UnitOfWork, command: CompleteOrder) -> None:
    """Close an order whose batch has no step left to do."""
    row = _held(work, command.order)
    refuse_if(rules.reasons_against_verb(OrderStatus(row.status), OrderVerb.COMPLETE, reason=None))
    if row.batch_id is None:
        raise Unknown(f"batch of order {row.number}")
    batch = batches.batch(work.session, row.batch_id)
    refuse_if(
        rules.reasons_against_completing(batch.number, running=batch.status is BatchStatus.RUNNING)
    )
    _change(work, row, OrderVerb.COMPLETE)


@needs(Right.CREATE_ORDERS)
def cancel_order(work: UnitOfWork, command: CancelOrder) -> None:
    """Give an order up before its batch was started, with the reason."""
    row = _held(work, command.order)
    why = require_why(command.why)
    refuse_if(
        rules.reasons_against_verb(OrderStatus(row.status), OrderVerb.CANCEL, reason=why.text)
    )
    _change(work, row, OrderVerb.CANCEL, why)


def _change(work: UnitOfWork, row: Order, verb: OrderVerb, why: Why | None = None) -> None:
    was = OrderStatus(row.status)
    becomes = ORDER.after(was, verb, reason=why.text if why else "").becomes
    row.status = becomes.value
    work.record(
        f"order/{row.id}",
        OrderStatusChanged(
            number=row.number, verb=verb, was=was, becomes=becomes, batch=row.batch_number
        ),
        why=why,
    )


def _refuse_size(work: UnitOfWork, recipe: str, size: Quantity) -> None:
    """Refuse an order now rather than at the start of its batch."""
    master = recipes.effective_for_start(work.session, recipe)
    if master is not None:
        refuse_if(rules.reasons_against_size(master.recipe, size))


def _held(work: UnitOfWork, number: str) -> Order:
    row = work.session.scalar(
        select(Order)
        .where(Order.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise Unknown(f"order {number}")
    return row
