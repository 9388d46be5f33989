"""What every test may ask for: a server, a migrated database of its own, settings."""

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ebr.embedded import Embedded
from ebr.kernel.opening import Database
from ebr.settings import Settings
from tests import server as servers
from tests.builders.batch import Line
from tests.builders.whole import done

pytest_plugins = ("tests.plugin",)

_NUMBERS = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    """The run's first process names the folder that its workers share."""
    if not hasattr(config, "workerinput"):
        servers.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The run's first process is the last to leave and takes the server with it."""
    if not hasattr(config, "workerinput"):
        servers.end()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys come last: the browser's loop stays open in a worker, and no other can run then."""
    items.sort(key=lambda item: "journeys" in item.path.parts)


@pytest.fixture(scope="session")
def server() -> Embedded:
    """The PostgreSQL of this run, shared by its workers."""
    return servers.start()


@pytest.fixture(scope="session")
def template(server: Embedded) -> str:
    """The name of the migrated database that every test's own is copied from."""
    return servers.migrated(server)


@dataclass(frozen=True)
class Equipped:
    """A database in which a line stands ready, to copy for tests that make batches."""

    name: str
    line: Line

    @classmethod
    def of(cls, settings: Settings, prepare: Callable[[Database], Line]) -> "Equipped":
        """What stands in a database once it is prepared; nobody is connected to it then."""
        opened = Database.connect(settings)
        line, name = prepare(opened), opened.engine.url.database
        opened.close()
        assert name is not None
        return cls(name, line)


@contextmanager
def provided(server: Embedded, template: str, folder: Path) -> Iterator[Settings]:
    """Settings of an installation of its own, in a fresh copy of a database."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    name = f"test_{worker}_{os.getpid()}_{next(_NUMBERS)}"
    server.provide(name, template=template)
    yield server.settings(servers.plain_settings(folder), name)
    server.drop(name)


@pytest.fixture
def settings(server: Embedded, template: str, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an installation of its own: a fresh migrated database, folders, cheap hashes."""
    with provided(server, template, tmp_path) as found:
        yield found


@pytest.fixture(scope="session")
def equipped(
    server: Embedded, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Equipped]:
    """A line with people, stock, equipment and an effective recipe, made once a run."""
    with provided(server, template, tmp_path_factory.mktemp("equipped")) as settings:
        yield Equipped.of(settings, lambda opened: Line(opened).equip())


@pytest.fixture(scope="session")
def finished(
    server: Embedded, equipped: Equipped, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Equipped]:
    """A line whose batch has every step done and waits for its review, made once a run."""
    with provided(server, equipped.name, tmp_path_factory.mktemp("finished")) as settings:
        yield Equipped.of(settings, lambda opened: done(equipped.line.copied(opened)))


@pytest.fixture
def line(server: Embedded, equipped: Equipped, tmp_path: Path) -> Iterator[Line]:
    """A line of this test's own, in a fresh copy of the equipped database."""
    with provided(server, equipped.name, tmp_path) as settings:
        opened = Database.connect(settings)
        yield equipped.line.copied(opened)
        opened.close()


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The application's connection to a fresh database: what is committed stays until the end."""
    opened = Database.connect(settings)
    yield opened
    opened.close()


@pytest.fixture
def own_folder() -> Iterator[Path]:
    """A folder for an installation with a server of its own: no other run may close the way in."""
    with tempfile.TemporaryDirectory(prefix="batchline-own-") as folder:
        yield Path(folder)
