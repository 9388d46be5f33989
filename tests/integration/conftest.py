"""A database with the vessels of the test plant in it."""

from collections.abc import Iterator

import pytest

from ebr.kernel.opening import Database
from ebr.settings import Settings
from tests.integration import plant


@pytest.fixture
def vessels(settings: Settings) -> Iterator[Database]:
    """The application's database, with vessels."""
    plant.build(settings)
    database = Database.connect(settings)
    yield database
    database.close()
