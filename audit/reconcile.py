"""Rows rebuilt from the entries, against rows as they are: what a superuser's edit cannot hide.

Chains and tree prove that the ledger is what was signed; they say nothing about the tables beside
it. Here every change that the entries tell is applied again, row by row, with the columns that
migrations added, renamed, retyped or dropped in between, and the outcome is compared with the
table. Everything is read in one snapshot, sorted by the database, so that memory stays small.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from audit.canonical import Plain
from audit.postgres import PostgresLedger

FINDINGS_MOST = 20
MIGRATED = "system.migrated"
SECRET = "sha256:"  # noqa: S105 - how the digest of a secret cell begins

# The columns beside the leaf are copies for searching: they must say what the leaf says.
_COPIES = """SELECT 'entry ' || e.id, 'the columns beside its leaf are not what the leaf says'
  FROM audit.entry e, LATERAL (SELECT split_part(e.leaf, E'\\n', 2)::jsonb AS header,
    split_part(e.leaf, E'\\n', 3)::jsonb AS body) l
  WHERE e.hash <> sha256('\\x00'::bytea || convert_to(e.leaf, 'UTF8'))
    OR e.stream <> l.header ->> 'stream' OR e.seq::text <> l.header ->> 'seq'
    OR e.xid::text <> l.header ->> 'xid' OR e.at <> (l.header ->> 'at')::timestamptz
    OR e.act <> l.body ->> 'act' OR e.station <> l.body ->> 'station'
    OR e.person IS DISTINCT FROM l.body #>> '{actor,person}'
    OR e.account IS DISTINCT FROM l.body #>> '{actor,account}'"""
_HEADS = """SELECT 'stream ' || coalesce(h.stream, e.stream),
    'its head says ' || coalesce(h.seq::text, 'nothing') || ', its last entry is '
    || coalesce(e.seq::text, 'missing')
  FROM audit.head h FULL JOIN (SELECT DISTINCT ON (stream) stream, seq, hash FROM audit.entry
    ORDER BY stream, seq DESC) e ON e.stream = h.stream
  WHERE h.seq IS DISTINCT FROM e.seq OR h.hash IS DISTINCT FROM e.hash"""
_TOLD = """SELECT 'entry ' || t.id, 'audit.change does not hold the changes that it tells'
  FROM (SELECT e.id, split_part(e.leaf, E'\\n', 4) AS told,
    (SELECT '[' || string_agg(c.body, ',' ORDER BY c.id) || ']' FROM audit.change c
      WHERE c.xid = e.xid AND c.id <= e.last_change AND c.id > coalesce((SELECT max(p.last_change)
        FROM audit.entry p WHERE p.xid = e.xid AND p.last_change < e.last_change), 0)) AS held,
    (SELECT count(*) FROM audit.change c WHERE c.xid = e.xid AND c.id <= e.last_change
      AND c.id > coalesce((SELECT max(p.last_change) FROM audit.entry p
        WHERE p.xid = e.xid AND p.last_change < e.last_change), 0)) AS held_count
    FROM audit.entry e) t
  WHERE t.told <> coalesce(t.held, '[]') AND t.told IS DISTINCT FROM '{"count":' || t.held_count
    || ',"sha256":"' || encode(sha256(convert_to(t.held, 'UTF8')), 'hex') || '","size":'
    || octet_length(t.held) || '}'"""
_UNTOLD = """SELECT 'change ' || c.id, 'no entry tells it: ' || c.tbl || ' ' || c.key
  FROM audit.change c WHERE NOT EXISTS (
    SELECT FROM audit.entry e WHERE e.xid = c.xid AND e.last_change >= c.id)"""
_CHANGES = "SELECT key, id, body FROM audit.change WHERE tbl = %s ORDER BY key, id"
_ROWS = """SELECT * FROM (SELECT {key} AS key, (SELECT json_object_agg(c.key, c.value)
  FROM jsonb_each_text(to_jsonb(t)) c) AS cells FROM {name} t) r ORDER BY key"""


class Finding(NamedTuple):
    """One thing in the database that is not what the entries say."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"row: {self.place}: {self.text}"


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """A column that a migration added, renamed, retyped or dropped, after that captured change."""

    after: int
    op: str
    column: str
    becomes: str | None


Cells = dict[str, Any]


def reconcile(engine: sa.Engine) -> list[Finding]:
    """Every difference between the entries and the database; none when they agree."""
    with engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for setting in ("timezone = 'UTC'", "bytea_output = 'hex'", "datestyle = 'ISO, MDY'"):
            connection.exec_driver_sql(f"SET LOCAL {setting}")
        connection.exec_driver_sql("SET LOCAL intervalstyle = 'iso_8601'")
        found = [*_ledger_findings(connection)]
        columns = _column_changes(connection)
        guarded = connection.exec_driver_sql(
            "SELECT name, key_columns, secret_columns FROM audit.guard"
            " WHERE kind = 'recorded' ORDER BY name"
        ).all()
        for name, keys, secrets in guarded:
            one = _Table(connection, name, keys.split(","), secrets, columns.get(name, []))
            found.extend(one.findings())
        known = {row[0] for row in guarded}
        untabled = connection.exec_driver_sql("SELECT DISTINCT tbl FROM audit.change").scalars()
        found.extend(
            Finding(name, "the entries change it, and it is no Recorded table")
            for name in untabled
            if name not in known
        )
    return found


def _ledger_findings(connection: sa.Connection) -> Iterator[Finding]:
    for question in (_COPIES, _HEADS, _TOLD, _UNTOLD):
        rows = connection.exec_driver_sql(f"{question} LIMIT {FINDINGS_MOST}")
        yield from (Finding(*row) for row in rows)


def _column_changes(connection: sa.Connection) -> dict[str, list[ColumnChange]]:
    """What migrations did to the columns of each table, in order, as their acts tell."""
    found: dict[str, list[ColumnChange]] = {}
    for entry in PostgresLedger(connection).read("system/migration"):
        for event in entry.events:
            if event["kind"] != MIGRATED:
                continue
            data = cast("Mapping[str, Any]", event["data"])
            for change in data["columns"]:
                becomes = change["default"] if change["op"] == "added" else change.get("becomes")
                one = ColumnChange(int(change["after"]), change["op"], change["column"], becomes)
                found.setdefault(change["table"], []).append(one)
    return found


class _Table:
    """One Recorded table: its rows as they should be, beside its rows as they are."""

    def __init__(
        self,
        connection: sa.Connection,
        name: str,
        keys: list[str],
        secrets: str,
        columns: list[ColumnChange],
    ) -> None:
        self.connection = connection
        self.name = name
        self.keys = sorted(keys)
        self.secrets = set(filter(None, secrets.split(",")))
        self.columns = columns

    def findings(self) -> list[Finding]:
        """The differences, at most a screenful, and then how many more there are."""
        told: list[Finding] = []
        count = 0
        for one in self._differences():
            count += 1
            if count <= FINDINGS_MOST:
                told.append(one)
        if count > FINDINGS_MOST:
            told.append(Finding(self.name, f"and {count - FINDINGS_MOST:,} rows more"))
        return told

    def _differences(self) -> Iterator[Finding]:
        wanted, actual = self._rebuilt(), self._rows()
        due, row = next(wanted, None), next(actual, None)
        while due is not None or row is not None:
            if row is None or (due is not None and due[0] < row[0]):
                if due is not None and due[1] is not None:
                    yield self._finding(due[0], "the row is missing")
                due = next(wanted, None)
            elif due is None or row[0] < due[0]:
                yield self._finding(row[0], "no entry tells of this row")
                row = next(actual, None)
            else:
                if due[1] is None:
                    yield self._finding(row[0], "the entries say that it was removed")
                elif text := self._compared(due[1], row[1]):
                    yield self._finding(row[0], text)
                due, row = next(wanted, None), next(actual, None)

    def _finding(self, key: str, text: str) -> Finding:
        return Finding(f"{self.name} {key}", text)

    def _rebuilt(self) -> Iterator[tuple[str, Cells | None]]:
        """Each row by its key as all its changes leave it; None where it was removed."""
        streamed = self._streamed(_CHANGES, self.name)
        for key, changes in groupby(streamed, key=lambda change: change[0]):
            cells: Cells | None = None
            due = list(self.columns)
            for _, number, body in changes:
                while due and due[0].after < number:
                    cells = _with_column(cells, due.pop(0))
                new = json.loads(body)["new"]
                cells = None if new is None else {**(cells or {}), **new}
            for change in due:
                cells = _with_column(cells, change)
            yield key, cells

    def _rows(self) -> Iterator[tuple[str, Cells]]:
        parts = (f"'\"{key}\":' || to_json(to_jsonb(t) ->> '{key}')" for key in self.keys)
        key = "('{' || " + " || ',' || ".join(parts) + " || '}') COLLATE \"C\""
        return self._streamed(_ROWS.format(key=key, name=self.name))

    def _streamed(self, statement: str, *values: Any) -> Iterator[Any]:
        options = {"stream_results": True, "max_row_buffer": 1_000}
        result = self.connection.execution_options(**options).exec_driver_sql(statement, values)
        return iter(result)

    def _compared(self, wanted: Cells, row: Cells) -> str:
        """What differs, in words; empty when nothing does."""
        wrong = []
        for column in sorted(wanted.keys() | row.keys()):
            if column not in wanted:
                wrong.append(f"no entry tells of column {column}")
            elif column not in row:
                wrong.append(f"column {column} is missing")
            elif not self._same(column, wanted[column], row[column]):
                wrong.append(_difference(column, wanted[column], row[column], self.secrets))
        return "; ".join(wrong)

    def _same(self, column: str, wanted: Plain, text: str | None) -> bool:
        if isinstance(wanted, Mapping):
            return text is not None and (
                wanted["sha256"] == sha256(text.encode()).hexdigest()
                and wanted["size"] == len(text.encode())
            )
        if column in self.secrets and text is not None:
            return wanted == SECRET + sha256(text.encode()).hexdigest()
        if wanted == text or wanted is None or text is None:
            return wanted == text
        types = [c.becomes for c in self.columns if c.op == "retyped" and c.column == column]
        return any(self._cast(str(wanted), kind) == text for kind in types if kind)

    def _cast(self, text: str, kind: str) -> Any:
        statement = f"SELECT to_jsonb(CAST(%s::text AS {kind})) #>> '{{}}'"
        return self.connection.exec_driver_sql(statement, (text,)).scalar()


def _with_column(cells: Cells | None, change: ColumnChange) -> Cells | None:
    """A row after a migration has changed one of its columns."""
    if cells is None:
        return None
    after = dict(cells)
    if change.op == "added":
        after.setdefault(change.column, change.becomes)
    elif change.op == "dropped":
        after.pop(change.column, None)
    elif change.op == "renamed" and change.column in after and change.becomes:
        after[change.becomes] = after.pop(change.column)
    return after


def _difference(column: str, wanted: Plain, text: str | None, secrets: set[str]) -> str:
    if column in secrets:
        return f"{column} is not what its entries say"
    return f"{column} is {_short(text)}, its entries say {_short(wanted)}"


def _short(value: Plain) -> str:
    return json.dumps(value, ensure_ascii=False, default=dict)[:200]
