"""One released batch for all tests of this folder: making it takes longer than looking at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ebr.embedded import Embedded
from ebr.kernel.opening import Database
from tests import server as servers
from tests.builders.batch import Line
from tests.builders.whole import released


@pytest.fixture(scope="session")
def line(
    server: Embedded, template: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Line]:
    """A line whose handrub batch was made, corrected, reviewed and released."""
    folder: Path = tmp_path_factory.mktemp("reports")
    name = f"test_reports_{worker_id}_{folder.name.strip('-')}".replace("-", "_")
    server.provide(name, template=template)
    database = Database.connect(server.settings(servers.plain_settings(folder), name))
    yield released(Line(database).equip())
    database.close()
    server.drop(name)
