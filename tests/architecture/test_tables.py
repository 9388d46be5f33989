"""Every table says its kind, the database holds it to it, and model and migrations agree."""

import importlib

import sqlalchemy as sa

from ebr.batches import projection
from ebr.kernel import Base, Derived, Operational, Raw, Recorded
from ebr.kernel.opening import Database, reading
from tests.architecture import source

GUARDS = {Recorded: "recorded", Derived: "derived", Raw: "raw", Operational: "operational"}


def tables() -> dict[str, sa.Table]:
    """Every table of the house's models."""
    for path in source.of_kind(".py", product=True):
        name = source.module(path)
        if name.startswith("ebr.") and name.endswith(".model"):
            importlib.import_module(name)
    ours = {
        str(mapper.local_table)
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("ebr.")
    }
    return {name: table for name, table in Base.metadata.tables.items() if name in ours}


def test_every_table_says_its_kind() -> None:
    assert [
        name for name, table in tables().items() if type(table.info["kind"]) not in GUARDS
    ] == []


def test_every_projection_is_rebuilt_and_compared_by_verify() -> None:
    derived = {name for name, table in tables().items() if isinstance(table.info["kind"], Derived)}
    assert derived == {str(model.__table__) for model, _ in projection.TABLES}


def test_the_database_holds_every_table_to_its_kind(database: Database) -> None:
    with reading(database) as session:
        rows = session.execute(sa.text("SELECT name, kind, secret_columns FROM audit.guard")).all()
        findings = session.execute(sa.text("SELECT * FROM audit.guard_findings()")).all()
    promised = {
        name: (kind, set(filter(None, (secret or "").split(",")))) for name, kind, secret in rows
    }
    declared = {
        name: (GUARDS[type(kind)], set(kind.secret) if isinstance(kind, Recorded) else set())
        for name, table in tables().items()
        for kind in [table.info["kind"]]
    }
    assert {name: promised.get(name) for name in declared} == declared
    assert list(findings) == []


def test_model_and_migrations_agree(database: Database) -> None:
    inspector = sa.inspect(database.engine)
    for name, table in tables().items():
        found = {
            column["name"]: column["nullable"]
            for column in inspector.get_columns(table.name, schema=table.schema)
        }
        assert found == {c.name: c.nullable for c in table.columns}, name
