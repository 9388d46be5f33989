"""One released batch for all tests of this folder: making it takes longer than looking at it."""

from collections.abc import Iterator

import pytest

from ebr.embedded import Embedded
from ebr.kernel.opening import Database
from tests.builders.batch import Line
from tests.builders.whole import released
from tests.conftest import Equipped, provided


@pytest.fixture(scope="session")
def line(
    server: Embedded, equipped: Equipped, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Line]:
    """A line whose handrub batch was made, corrected, reviewed and released."""
    with provided(server, equipped.name, tmp_path_factory.mktemp("reports")) as settings:
        database = Database.connect(settings)
        yield released(equipped.line.copied(database))
        database.close()
