"""The database's own refusals: which table is of which kind, armed so that nobody can forget it.

Every migration arms the tables it makes and ends with `explain`, the act in `system/migration`
that says what it did. What is promised here stands in `audit.guard`; `audit.guard_findings()`
compares the promise with the catalogue, at start, on a timer and in `ebr verify`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from audit.canonical import canonical

SQL = Path(__file__).parent / "sql"
OWNER = "batchline_owner"
APP = "batchline_app"
AUDITOR = "batchline_auditor"
COLLECTOR = "batchline_collector"
NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
COLUMN = re.compile(r"[a-z0-9_]+")
# Columns that were added, renamed, retyped or dropped by the migration that is under way.
_COLUMNS = "batchline.columns"


def run_file(op: Any, name: str) -> None:
    """Run the statements of one file of `migrations/sql`."""
    run_script(op.get_bind(), (SQL / name).read_text("utf-8"))


def run_script(connection: sa.Connection, text: str) -> None:
    """Run several statements at once: the driver does so only without parameters."""
    raw = connection.connection.driver_connection
    if raw is None:
        raise RuntimeError("this connection is closed")
    raw.execute(text)


def collecting(op: Any) -> None:
    """Let the collector read the list of devices, keep readings, and answer what it was asked."""
    op.execute(f"GRANT USAGE ON SCHEMA audit, maintenance, readings TO {COLLECTOR}")
    op.execute(f"GRANT SELECT ON audit.site, maintenance.equipment TO {COLLECTOR}")
    op.execute(f"GRANT SELECT, INSERT ON readings.reading TO {COLLECTOR}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON readings.live TO {COLLECTOR}")
    answered = "state, detail, taken_by, reading"
    op.execute(f"GRANT SELECT, UPDATE ({answered}) ON readings.request TO {COLLECTOR}")


def create_schema(op: Any, schema: str) -> None:
    """Open a schema: the application and the auditor may look in, the public may not."""
    op.execute(f"CREATE SCHEMA {schema}")
    op.execute(f"REVOKE ALL ON SCHEMA {schema} FROM PUBLIC")
    op.execute(f"GRANT USAGE ON SCHEMA {schema} TO {APP}, batchline_sealer, {AUDITOR}")
    op.execute(
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {APP}"
    )


def arm(op: Any, name: str, secret: Sequence[str] = ()) -> None:
    """Make a table Recorded: every change is captured and explained, no row is ever removed.

    Cells of the columns in `secret` enter the ledger as a digest, and the auditor cannot read
    them. Arming again, after columns were changed, is how a table stays armed.
    """
    keys, columns = _key_of(op, name), _columns_of(op, name)
    if unknown := [column for column in secret if column not in columns]:
        raise ValueError(f"{name} has no column {', '.join(unknown)}")
    if wrong := [column for column in columns if not COLUMN.fullmatch(column)]:
        raise ValueError(f"{name}: {', '.join(wrong)} has no canonical form; use [a-z0-9_]+")
    _trigger(
        op, name, "capture", "AFTER INSERT OR UPDATE OR DELETE", "ROW",
        f"audit.capture('{','.join(keys)}', '{','.join(secret)}')",
    )  # fmt: skip
    _trigger(op, name, "keep_rows", "BEFORE DELETE OR TRUNCATE", "STATEMENT", "audit.forbid()")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {name} TO {APP}")
    op.execute(f"REVOKE SELECT ON {name} FROM {AUDITOR}")
    readable = ", ".join(f'"{column}"' for column in columns if column not in secret)
    op.execute(f"GRANT SELECT ({readable}) ON {name} TO {AUDITOR}")
    _promise(op, name, "recorded", keys, secret)


def derived(op: Any, name: str) -> None:
    """Make a table Derived: a projection that may be thrown away and built again."""
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {APP}")
    op.execute(f"GRANT SELECT ON {name} TO {AUDITOR}")
    _promise(op, name, "derived")


def raw(op: Any, name: str) -> None:
    """Make a table Raw: what devices said can be added and read, never changed or removed."""
    _append_only(op, name)
    op.execute(f"GRANT SELECT, INSERT ON {name} TO {APP}")
    op.execute(f"GRANT SELECT ON {name} TO {AUDITOR}")
    _promise(op, name, "raw")


def operational(op: Any, name: str) -> None:
    """Make a table Operational: sessions, cursors, drafts; no record, so it may be deleted."""
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {APP}")
    _promise(op, name, "operational")


def ledger(op: Any, names: Iterable[str]) -> None:
    """Make the tables of the ledger itself append-only, and promise it, in `audit.guard` too.

    The promises are truth like any other: a change of them is captured and explained.
    """
    for name in names:
        _append_only(op, name)
    arm(op, "audit.guard")
    op.execute(f"REVOKE INSERT, UPDATE ON audit.guard FROM {APP}")
    for name in names:
        _promise(op, name, "ledger")


def kept(op: Any, name: str) -> None:
    """Name a table that the owner's own functions keep and nobody else writes."""
    _promise(op, name, "kept")


def function(op: Any, signature: str) -> None:
    """Promise that this function stays as it is now: its text, its owner, its settings."""
    op.get_bind().execute(
        sa.text(
            "INSERT INTO audit.guard (name, kind, digest)"
            " VALUES (:name, 'function', audit.function_digest(:name))"
            " ON CONFLICT (name) DO UPDATE SET digest = excluded.digest"
        ),
        {"name": signature},
    )


def add_column(op: Any, name: str, column: sa.Column[Any], default: str | None = None) -> None:
    """Add a column to a Recorded table; rows that exist get `default`, as text."""
    schema, table = name.split(".")
    op.add_column(table, column, schema=schema)
    _changed_column(op, {"op": "added", "table": name, "column": column.name, "default": default})


def rename_column(op: Any, name: str, column: str, becomes: str) -> None:
    """Rename a column of a Recorded table."""
    schema, table = name.split(".")
    op.alter_column(table, column, new_column_name=becomes, schema=schema)
    _changed_column(op, {"op": "renamed", "table": name, "column": column, "becomes": becomes})


def retype_column(op: Any, name: str, column: str, becomes: str) -> None:
    """Give a column of a Recorded table another type, by the cast that PostgreSQL has."""
    op.execute(f'ALTER TABLE {name} ALTER "{column}" TYPE {becomes} USING "{column}"::{becomes}')
    _changed_column(op, {"op": "retyped", "table": name, "column": column, "becomes": becomes})


def drop_column(op: Any, name: str, column: str) -> None:
    """Take a column out of a Recorded table; its history stays in the ledger."""
    schema, table = name.split(".")
    op.drop_column(table, column, schema=schema)
    _changed_column(op, {"op": "dropped", "table": name, "column": column})


def explain(op: Any, revision: str, text: str, added: Iterable[str] = ()) -> None:
    """End a migration with its act in `system/migration`: what it added and which columns moved.

    Everything that the migration itself changed in Recorded tables travels inside this act.
    """
    columns = op.get_bind().info.pop(_COLUMNS, [])
    for name in dict.fromkeys(change["table"] for change in columns):
        arm(op, name, _secret_of(op, name))
    body = act(
        "system.migrated",
        {"revision": revision, "text": text, "added": sorted(added), "columns": columns},
        reason=f"release: {revision}",
    )
    append(op.get_bind(), "system/migration", body)


def act(kind: str, data: Mapping[str, Any], reason: str | None = None) -> str:
    """The body of an act of the migrator, which is a service and no person."""
    return canonical(
        {
            "act": kind,
            "actor": {
                "account": None, "kind": "service", "name": "migrator", "person": None,
                "role": "service",
            },
            "events": [{"data": dict(data), "kind": kind, "v": 1}],
            "reason": None if reason is None else {"code": None, "text": reason},
            "refs": [],
            "request": kind,
            "signatures": [],
            "station": "migration",
        }
    ).decode()  # fmt: skip


def append(connection: sa.Connection, stream: str, body: str) -> None:
    """Append an act to a stream of the system."""
    connection.execute(
        sa.text("SELECT audit.append(:stream, NULL, :body)"), {"stream": stream, "body": body}
    )


def _changed_column(op: Any, change: dict[str, Any]) -> None:
    """Note the change, and the last captured change before it, for the reconciliation of rows."""
    bind = op.get_bind()
    place = bind.scalar(sa.text("SELECT coalesce(max(id), 0) FROM audit.change"))
    bind.info.setdefault(_COLUMNS, []).append(change | {"after": str(place)})


def _append_only(op: Any, name: str) -> None:
    _trigger(
        op, name, "append_only", "BEFORE UPDATE OR DELETE OR TRUNCATE", "STATEMENT",
        "audit.forbid()",
    )  # fmt: skip


def _trigger(op: Any, name: str, trigger: str, when: str, each: str, call: str) -> None:
    # ENABLE ALWAYS: session_replication_role = replica skips ordinary triggers.
    op.execute(
        f"CREATE OR REPLACE TRIGGER {trigger} {when} ON {name} FOR EACH {each}"
        f" EXECUTE FUNCTION {call}"
    )
    op.execute(f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER {trigger}")


def _promise(
    op: Any, name: str, kind: str, keys: Sequence[str] = (), secret: Sequence[str] = ()
) -> None:
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not schema.table")
    op.get_bind().execute(
        sa.text(
            "INSERT INTO audit.guard (name, kind, key_columns, secret_columns)"
            " VALUES (:name, :kind, :keys, :secret) ON CONFLICT (name) DO UPDATE"
            " SET kind = excluded.kind, key_columns = excluded.key_columns,"
            " secret_columns = excluded.secret_columns"
        ),
        {"name": name, "kind": kind, "keys": ",".join(keys), "secret": ",".join(secret)},
    )


def _key_of(op: Any, name: str) -> list[str]:
    keys = (
        op.get_bind()
        .scalars(
            sa.text(
                "SELECT a.attname::text FROM pg_index i JOIN pg_attribute a"
                " ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)"
                " WHERE i.indisprimary AND i.indrelid = to_regclass(:name) ORDER BY 1"
            ),
            {"name": name},
        )
        .all()
    )
    if not keys:
        raise ValueError(f"{name} has no primary key: its rows could not be told apart")
    return list(keys)


def _columns_of(op: Any, name: str) -> list[str]:
    statement = sa.text(
        "SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass(:name)"
        " AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    )
    return list(op.get_bind().scalars(statement, {"name": name}).all())


def _secret_of(op: Any, name: str) -> list[str]:
    found = op.get_bind().scalar(
        sa.text("SELECT secret_columns FROM audit.guard WHERE name = :name"), {"name": name}
    )
    return [column for column in (found or "").split(",") if column]


__all__ = [
    "act",
    "add_column",
    "append",
    "arm",
    "collecting",
    "create_schema",
    "derived",
    "drop_column",
    "explain",
    "function",
    "kept",
    "ledger",
    "operational",
    "raw",
    "rename_column",
    "retype_column",
    "run_file",
    "run_script",
]
