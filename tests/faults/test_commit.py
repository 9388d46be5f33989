"""Every step of the commit is lost twice, before and after it took effect.

Whatever was lost, the same request again leaves exactly one entry and one row.
"""

import contextlib
from collections.abc import Iterator

import pytest

from ebr.embedded import Embedded
from ebr.kernel import Unavailable, history, new_id
from ebr.kernel.opening import Database, perform, reading
from ebr.settings import Settings
from tests.faults.losing import Script, losing
from tests.integration import plant
from tests.plugin import verifies

STEPS = [(step, effect) for step in ("flush", "append", "commit") for effect in ("before", "after")]


@pytest.fixture
def vessels(settings: Settings, server: Embedded) -> Iterator[Database]:
    plant.build(settings)
    database = Database.connect(settings)
    yield database
    database.close()


def entries(database: Database) -> list[int]:
    with reading(database) as session:
        streams = [
            plant.stream_of(vessel.id) for vessel in session.query(plant.Vessel).order_by("number")
        ]
        return [len(history(session, stream)) for stream in streams]


@verifies("P11-10e-1")
@pytest.mark.parametrize(("step", "effect"), STEPS)
def test_a_loss_in_the_middle_is_healed_by_itself(
    vessels: Database, step: str, effect: str
) -> None:
    script = Script(step, effect, times=1)
    lossy = losing(vessels, script)
    perform(lossy, plant.OPERATOR, plant.fill, plant.Fill("V-1", "10"), str(new_id()))
    lossy.close()
    assert script.met == 1
    assert entries(vessels) == [1]


@verifies("P11-10e-1")
@pytest.mark.parametrize(("step", "effect"), STEPS)
def test_after_a_loss_that_was_told_the_same_request_leaves_one_entry(
    vessels: Database, step: str, effect: str
) -> None:
    asked, command = str(new_id()), plant.Fill("V-1", "10")
    script = Script(step, effect, times=2)
    lossy = losing(vessels, script)
    made = None
    with contextlib.suppress(Unavailable):
        made = perform(lossy, plant.OPERATOR, plant.fill, command, asked)
    lossy.close()
    again = perform(vessels, plant.OPERATOR, plant.fill, command, asked)
    assert made in (None, again)
    assert entries(vessels) == [1]


@verifies("P11-10e-1")
def test_an_answer_that_nobody_heard_is_given_again(vessels: Database) -> None:
    asked, command = str(new_id()), plant.Fill("V-1", "10")
    perform(vessels, plant.OPERATOR, plant.fill, command, asked)
    perform(vessels, plant.OPERATOR, plant.fill, command, asked)
    assert entries(vessels) == [1]


def test_a_pooled_connection_whose_server_has_gone_is_replaced(
    vessels: Database, server: Embedded
) -> None:
    perform(vessels, plant.OPERATOR, plant.fill, plant.Fill("V-1", "10"), str(new_id()))
    with plant.superuser(server, vessels.settings) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = 'batchline_app'"
        )
    assert entries(vessels) == [1]
