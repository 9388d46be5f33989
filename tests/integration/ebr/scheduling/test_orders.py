"""Orders from creation to cancellation, each act with its entry and a number without gaps."""

import threading

import pytest

from ebr import recipes, scheduling
from ebr.demo import people, plant
from ebr.kernel import Refused, Unknown, Why, history, new_id
from ebr.kernel.opening import Database, perform, reading
from ebr.scheduling import OrderStatus
from tests.builders import stock
from workflows.quantity import Quantity

ORDER = scheduling.CreateOrder(recipe="MR-HR1", size=Quantity("10", "L"))


@pytest.fixture
def plant_with_recipe(database: Database) -> Database:
    """A plant with people and a recipe in force."""
    people.load_people(database, people.Crew(database))
    plant.load_recipes(database)
    return database


def _created(database: Database) -> str:
    return perform(database, stock.KEEPER, scheduling.create_order, ORDER, str(new_id()))


def _order(database: Database, number: str) -> scheduling.OrderView:
    with reading(database) as session:
        return scheduling.order(session, number)


def test_an_order_is_created_released_and_cancelled(plant_with_recipe: Database) -> None:
    database = plant_with_recipe
    number = _created(database)
    order = _order(database, number)
    assert (order.status, order.product, str(order.size)) == ("created", "FP-HR1", "10 L")
    assert order.verbs == ("release", "start", "cancel")
    release = scheduling.ReleaseOrder(order=number)
    perform(database, stock.KEEPER, scheduling.release_order, release, str(new_id()))
    with pytest.raises(Refused):
        perform(database, stock.KEEPER, scheduling.release_order, release, str(new_id()))
    cancel = scheduling.CancelOrder(order=number, why=Why("the customer withdrew"))
    perform(database, stock.KEEPER, scheduling.cancel_order, cancel, str(new_id()))
    assert _order(database, number).status is OrderStatus.CANCELLED
    with reading(database) as session:
        entries = history(session, order.stream).entries
        assert [line.number for line in scheduling.orders(session).items] == [number]
        assert scheduling.orders(session, status=OrderStatus.CREATED).items == ()
    assert [one.act for one in entries] == [
        "order.created",
        "order.status.changed",
        "order.status.changed",
    ]
    assert entries[-1].why == Why("the customer withdrew")


def test_an_order_becomes_one_batch_bound_to_the_recipe_in_force(
    plant_with_recipe: Database,
) -> None:
    database, crew = plant_with_recipe, people.Crew(plant_with_recipe)
    number = _created(database)
    start = scheduling.StartOrder(order=number)
    started = crew.do("l.varga", scheduling.start_order, start)
    order = _order(database, number)
    assert (order.status, order.batch, order.batch_number) == (
        OrderStatus.IN_PROGRESS,
        started.batch,
        started.number,
    )
    assert started.number.startswith("HR1-")
    assert started.number.endswith("-001")
    with reading(database) as session:
        (entry,) = history(session, f"batch/{started.batch}").entries
    assert entry.act == "batch.started"
    with pytest.raises(Refused) as refused:
        crew.do("l.varga", scheduling.start_order, start)
    assert [one.code for one in refused.value.reasons] == ["transition_not_allowed"]
    complete = scheduling.CompleteOrder(order=number)
    with pytest.raises(Refused) as refused:
        crew.do("l.varga", scheduling.complete_order, complete)
    assert [one.code for one in refused.value.reasons] == ["batch_not_completed"]


def test_two_starts_of_one_order_make_one_batch(plant_with_recipe: Database) -> None:
    database = plant_with_recipe
    start, outcomes = scheduling.StartOrder(order=_created(database)), []
    crews = [people.Crew(database), people.Crew(database)]
    for crew in crews:
        crew.sign_in("l.varga", people.PEOPLE["l.varga"].password)

    def run(crew: people.Crew) -> None:
        try:
            outcomes.append(crew.do("l.varga", scheduling.start_order, start).number)
        except Refused as refused:
            outcomes.append(refused.reasons[0].code)

    threads = [threading.Thread(target=run, args=(crew,)) for crew in crews]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "transition_not_allowed" in outcomes
    assert [one[-4:] for one in outcomes if "-" in one] == ["-001"]


def test_without_a_recipe_in_force_nothing_is_ordered(database: Database) -> None:
    with pytest.raises(Refused) as refused:
        _created(database)
    assert [one.code for one in refused.value.reasons] == ["no_effective_recipe"]
    with reading(database) as session, pytest.raises(Unknown):
        scheduling.order(session, "PO-2611-0001")


def test_orders_at_once_get_numbers_without_a_gap_also_after_a_refusal(
    plant_with_recipe: Database,
) -> None:
    database, numbers = plant_with_recipe, []

    def create() -> None:
        numbers.append(_created(database))

    threads = [threading.Thread(target=create) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wrong = scheduling.CreateOrder(recipe="MR-HR1", size=Quantity("10", "kg"))
    with pytest.raises(Refused):
        perform(database, stock.KEEPER, scheduling.create_order, wrong, str(new_id()))
    numbers.append(_created(database))
    assert sorted(int(number.rpartition("-")[2]) for number in numbers) == list(range(1, 8))


@pytest.mark.parametrize("litres", ["0.0001", "9.999", "20", "99999999999999999999"])
def test_a_size_that_the_recipe_does_not_allow_is_not_ordered(
    plant_with_recipe: Database, litres: str
) -> None:
    wanted = scheduling.CreateOrder(recipe="MR-HR1", size=Quantity(litres, "L"))
    with pytest.raises(Refused) as refused:
        perform(plant_with_recipe, stock.KEEPER, scheduling.create_order, wanted, str(new_id()))
    (reason,) = refused.value.reasons
    assert reason.code == "size_not_made"
    assert f"{litres} L is outside of the sizes allowed, 10 L only" in reason.text
    with reading(plant_with_recipe) as session:
        assert [each.sizes for each in recipes.orderable(session)] == ["10 L only"]
