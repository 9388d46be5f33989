"""A plant with one balance, people who ask it, and the collector's store."""

from collections.abc import Iterator

import pytest

from ebr.kernel.opening import Database
from ebr.readings import PlantSink
from tests.builders.readings import Mouth, Plant


@pytest.fixture
def plant(database: Database) -> Plant:
    plant = Plant(database)
    plant.balance()
    return plant


@pytest.fixture
def sink(plant: Plant) -> Iterator[PlantSink]:
    """The store as the collector's own login reaches it."""
    database = Database.connect(plant.database.settings, role="collector")
    yield PlantSink(database)
    database.close()


@pytest.fixture
def mouth(sink: PlantSink) -> Mouth:
    mouth = Mouth()
    sink.report(mouth.ready())
    return mouth
