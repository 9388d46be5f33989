"""A small plant to act in: an administrator, two operators, a reviewer, an auditor."""

from dataclasses import dataclass

import pytest

from ebr.kernel.opening import Database
from tests.builders import identity as people
from tests.builders.identity import Someone


@dataclass(frozen=True)
class Crew:
    """The people of the tests."""

    admin: Someone
    keller: Someone
    brandt: Someone


@pytest.fixture
def crew(database: Database) -> Crew:
    """Three people, each with an account of their own."""
    return Crew(
        admin=people.somebody(database, "w.admin", "administrator", name="W. Admin"),
        keller=people.somebody(database, "m.keller", "operator", name="M. Keller"),
        brandt=people.somebody(database, "j.brandt", "operator", name="J. Brandt"),
    )
