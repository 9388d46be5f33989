"""Brings a database to the newest shape: every migration in order, in one transaction.

All or nothing: a migration that fails leaves the database as it was. Two migrators at once wait
for each other.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from ebr.settings import Settings
from migrations import guards

HERE = Path(__file__).parent
UNPREPARED = (
    "this database is not prepared: a superuser runs migrations/sql/provision.sql in it, once"
)


class MigrationFault(RuntimeError):
    """The database cannot be migrated; the message says what to do first."""


def migrate(settings: Settings) -> None:
    """Bring the database of these settings to the newest shape, as its owner."""
    engine = sa.create_engine(
        settings.url("owner"),
        poolclass=sa.NullPool,
        connect_args={"options": "-c timezone=UTC -c client_min_messages=warning"},
    )
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('batchline.migrate'))"))
        prepared = connection.scalar(
            sa.text("SELECT to_regprocedure('audit.ddl()') IS NOT NULL AND current_user = :owner"),
            {"owner": guards.OWNER},
        )
        if not prepared:
            raise MigrationFault(UNPREPARED)
        _announce(connection)
        config = configuration()
        config.attributes.update(connection=connection, origin=settings.origin)
        command.upgrade(config, "head")


def configuration() -> Config:
    """Alembic's configuration, without a file: where the migrations are."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    return config


def newest() -> str:
    """The revision to which this release brings a database."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    if head is None:
        raise MigrationFault("there are no migrations")
    return head


def current(connection: sa.Connection) -> str | None:
    """The revision that a database has; None when it was never migrated."""
    options = {"version_table_schema": "audit"}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def _announce(connection: sa.Connection) -> None:
    """Say in `system/migration` that a migration begins, so that its DDL is part of that act."""
    found = connection.scalar(sa.text("SELECT to_regclass('audit.entry')::text"))
    if found is None or (before := current(connection)) == (release := newest()):
        return
    body = guards.act("system.migration.started", {"before": before, "release": release})
    guards.append(connection, "system/migration", body)
