"""The office of a plant without recipes."""

import pytest

from ebr.kernel.opening import Database
from tests.builders.office import Office


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)
