"""What the migrations made of stock, equipment and orders, beside what the models say."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from ebr import inventory, maintenance, scheduling
from ebr.kernel import Base
from ebr.settings import Settings
from tests.plugin import verifies

SCHEMAS = tuple(
    module.__name__.partition(".")[2] for module in (inventory, maintenance, scheduling)
)


@pytest.fixture(params=["owner", "app"])
def connection(request: pytest.FixtureRequest, settings: Settings) -> Iterator[sa.Connection]:
    engine = sa.create_engine(settings.url(request.param), poolclass=sa.NullPool)
    with engine.connect() as opened:
        yield opened


def test_the_migrated_tables_are_the_ones_that_the_models_declare(
    connection: sa.Connection,
) -> None:
    context = MigrationContext.configure(
        connection,
        opts={
            "include_schemas": True,
            "include_name": lambda name, kind, _: kind != "schema" or name in SCHEMAS,
        },
    )
    written = [repr(each) for each in compare_metadata(context, Base.metadata)]
    assert [each for each in written if any(f"schema='{name}'" in each for name in SCHEMAS)] == []


@verifies("C211-184-2")
def test_a_move_is_never_edited_by_anyone(connection: sa.Connection) -> None:
    with pytest.raises(sa.exc.DBAPIError, match=r"refused|permission denied"):
        connection.execute(sa.text("UPDATE inventory.move SET quantity = 1"))


def test_the_database_finds_nothing_wrong_with_its_guards(connection: sa.Connection) -> None:
    found = connection.execute(sa.text("SELECT * FROM audit.guard_findings()")).all()
    assert [row for row in found if row.place.partition(".")[0] in SCHEMAS] == []


def test_the_acts_of_the_migration_follow_each_other_without_gap_or_double(
    connection: sa.Connection,
) -> None:
    streams = connection.execute(
        sa.text(
            "SELECT stream, count(*), count(DISTINCT seq), max(seq) FROM audit.entry"
            " GROUP BY stream"
        )
    ).all()
    assert {row.stream for row in streams} >= {"system/ddl", "system/migration"}
    assert [row for row in streams if not row[1] == row[2] == row[3]] == []
