"""What every test may say about itself, and what a unit test may not do.

`@verifies("P11-70-1")` names the requirements a test proves; `validation trace` reads the same
names from the text, so a requirement without a test, or a name nobody wrote, fails the build.
A test below `tests/unit` has no network and no database.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_socket
from hypothesis import settings

Marked = TypeVar("Marked", bound=Callable[..., object] | type)

# How long an example takes says more about the machine than about the rule. What is green stays
# green until something changes; `--hypothesis-profile=search` looks for examples never tried.
settings.register_profile("house", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None)
settings.load_profile("house")

REQUIREMENT = re.compile(r"[A-Z0-9]+(-[A-Za-z0-9.]+)+")
UNIT = Path(__file__).parent / "unit"
OUTSIDE = frozenset({"server", "template", "database"})


def verifies(*requirements: str) -> Callable[[Marked], Marked]:
    """Say which requirements a test, or every test of a class, proves."""
    wrong = [name for name in requirements if not REQUIREMENT.fullmatch(name)]
    if wrong or not requirements:
        raise ValueError(f"@verifies takes requirement ids such as P11-70-1, not {wrong or '()'}")

    def mark(test: Marked) -> Marked:
        marked: Marked = pytest.mark.verifies(*requirements)(test)
        return marked

    return mark


def _is_unit(item: pytest.Item) -> bool:
    return item.path.is_relative_to(UNIT)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a unit test that asks for the database, before anything runs."""
    for item in items:
        asked = OUTSIDE.intersection(getattr(item, "fixturenames", ()))
        if asked and _is_unit(item):
            raise pytest.UsageError(
                f"{item.nodeid} is a unit test and asks for {', '.join(sorted(asked))}: "
                "move it to tests/integration, or do without"
            )


@pytest.fixture(autouse=True)
def _no_network_in_unit_tests(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close the sockets below tests/unit; event loops keep their own pair."""
    if not _is_unit(request.node):
        yield
        return
    pytest_socket.disable_socket(allow_unix_socket=True)
    try:
        yield
    finally:
        pytest_socket.enable_socket()
