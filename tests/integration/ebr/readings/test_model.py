"""The tables of readings are what the model says, and nobody changes what a device said."""

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, NullPool, create_engine

from ebr.kernel import Base
from ebr.readings import model
from ebr.settings import Settings
from tests.plugin import verifies


def test_the_tables_are_as_the_model_says(settings: Settings) -> None:
    ours = MetaData(naming_convention=Base.metadata.naming_convention)
    for table in (model.Reading, model.Use, model.Explanation, model.Request, model.Live):
        table.__table__.to_metadata(ours)  # type: ignore[attr-defined]  # always a Table here
    engine = create_engine(settings.url("owner"), poolclass=NullPool)
    with engine.connect() as connection:
        options = {
            "include_schemas": True,
            "include_name": lambda name, kind, _: kind != "schema" or name == "readings",
            "compare_type": True,
        }
        found = compare_metadata(MigrationContext.configure(connection, opts=options), ours)
    assert [difference for difference in found if "remove_table" not in difference] == []


@verifies("PICS-9.7-1", "ALCOA-E-1")
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE readings.reading SET value = '12.50'",
        "DELETE FROM readings.reading",
        "TRUNCATE readings.reading CASCADE",
        "UPDATE readings.use SET step = 'another'",
        "DELETE FROM readings.use",
        "DELETE FROM readings.explanation",
    ],
)
@pytest.mark.parametrize("role", ["app", "owner"])
def test_what_a_device_said_is_never_changed_or_removed(
    settings: Settings, attack: str, role: str
) -> None:
    url = settings.url(role).replace("+psycopg", "")
    with psycopg.connect(url) as connection, pytest.raises(psycopg.Error) as refused:
        connection.execute(attack)
    assert refused.value.sqlstate is not None


@verifies("PICS-9.7-1")
def test_the_collectors_login_adds_readings_and_writes_nothing_else(settings: Settings) -> None:
    """Whoever takes over the machine beside the devices can add a reading, and that is all."""
    url = settings.url("collector").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        writable = connection.execute(
            "SELECT format('%I.%I', n.nspname, c.relname), p FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace,"
            " unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p"
            " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.relkind IN"
            " ('r', 'p') AND CASE WHEN p IN ('INSERT', 'UPDATE') THEN has_any_column_privilege"
            " (c.oid, p) ELSE has_table_privilege(c.oid, p) END ORDER BY 1, 2"
        ).fetchall()
        assert writable == [
            ("readings.live", "INSERT"),
            ("readings.live", "UPDATE"),
            ("readings.reading", "INSERT"),
            ("readings.request", "UPDATE"),  # of its answer, not of its question: below
        ]
        for attack in (
            "UPDATE readings.request SET person_name = 'J. Brandt'",
            "SELECT audit.append('batch/1', 0, '{}')",
            "SELECT audit.keep('x')",
            "SELECT * FROM identity.credential",
            "SELECT * FROM audit.entry",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(attack.encode())
