"""The audit trail: entries, captured changes, blobs, site log."""

import sqlalchemy as sa
from alembic import context, op

from migrations import guards

revision = "0001_ledger"
down_revision = None
branch_labels = None
depends_on = None

LEDGER = (
    "audit.site", "audit.entry", "audit.entry_ref", "audit.change", "audit.blob",
    "audit.site_leaf", "audit.tile", "audit.sealing", "audit.checkpoint",
)  # fmt: skip
FUNCTIONS = (
    "audit.append(text,bigint,text)",
    "audit.begin_stream(text)",
    "audit.capture()",
    "audit.cell(text)",
    "audit.ddl()",
    "audit.dropped()",
    "audit.forbid()",
    "audit.forget_told()",
    "audit.function_digest(text)",
    "audit.guard_findings()",
    "audit.hide(jsonb,text[])",
    "audit.hold(text)",
    "audit.keep(bytea)",
    "audit.make_month(timestamptz)",
    "audit.make_months(integer)",
    "audit.must_be_explained()",
    "audit.origin()",
    "audit.own_body(text,text)",
    "audit.record_ddl(text,text[])",
    "audit.refuse(text,bigint,text)",
    "audit.row_key(jsonb,text)",
    "audit.trigger_finding(oid,name,regprocedure,integer,text)",
)


def upgrade() -> None:
    """The audit trail: entries, captured changes, blobs, site log."""
    guards.run_file(op, "tables.sql")
    op.get_bind().execute(
        sa.text("INSERT INTO audit.site (origin) VALUES (:origin)"),
        {"origin": context.config.attributes["origin"]},
    )
    for name in ("capture", "append", "check", "grants"):
        guards.run_file(op, f"{name}.sql")
    # From ddl.sql on DDL is recorded, unless a migration has begun in this transaction.
    started = guards.act("system.migration.started", {"before": None, "release": revision})
    guards.append(op.get_bind(), "system/migration", started)
    guards.run_file(op, "ddl.sql")
    guards.ledger(op, LEDGER)
    for name in ("audit.head", "audit.told", "audit.alembic_version"):
        guards.kept(op, name)
    for name in ("audit.request", "audit.attempt_pool", "audit.cursor"):
        guards.operational(op, name)
    for name in FUNCTIONS:
        guards.function(op, name)
    op.execute("SELECT audit.make_months(1)")
    guards.explain(op, revision, "The audit trail", added=[*LEDGER, "audit.guard", "audit.head"])
