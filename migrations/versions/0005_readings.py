"""What devices reported, raw; what they are asked; what they show right now."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, LargeBinary, Text, Uuid

from migrations import guards

revision = "0005_readings"
down_revision = "0004_maintenance"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
DEVICE_SAID = (
    ("device", Text(), False),
    ("kind", Text(), False),
    ("quality", Text(), False),
    ("cause", Text(), True),
    ("detail", Text(), False),
    ("value", Text(), True),
    ("unit", Text(), True),
    ("stable", sa.Boolean(), False),
    ("session", Uuid(), False),
    ("number", sa.BigInteger(), False),
    ("command", LargeBinary(), False),
    ("frame", LargeBinary(), False),
    ("model", Text(), False),
    ("serial", Text(), False),
    ("connection", Text(), False),
    ("profile", Text(), False),
    ("parser", Text(), False),
    ("collector", Text(), False),
    ("received_at", INSTANT, False),
)
ASKED_FOR = (
    ("request", Uuid(), True),
    ("act", Text(), True),
    ("batch", Uuid(), True),
    ("step", Text(), True),
    ("person", Uuid(), True),
    ("person_name", Text(), False),
    ("station", Text(), False),
    ("asked_at", INSTANT, True),
)


def upgrade() -> None:
    """What devices reported, raw; what they are asked; what they show right now."""
    guards.create_schema(op, "readings")
    _reading()
    _use()
    _explanation()
    _request()
    _live()
    guards.raw(op, "readings.reading")
    guards.raw(op, "readings.use")
    guards.arm(op, "readings.explanation")
    guards.operational(op, "readings.request")
    guards.operational(op, "readings.live")
    guards.collecting(op)
    guards.explain(
        op,
        revision,
        "Readings of devices, as they came",
        added=[
            "readings.reading", "readings.use", "readings.explanation", "readings.request",
            "readings.live",
        ],
    )  # fmt: skip


def _reading() -> None:
    op.create_table(
        "reading",
        Column("id", Uuid(), nullable=False),
        *(Column(name, of, nullable=empty) for name, of, empty in (*DEVICE_SAID, *ASKED_FOR)),
        Column("stored_at", INSTANT, nullable=False, server_default=sa.text("clock_timestamp()")),
        sa.PrimaryKeyConstraint("id", name="pk_reading"),
        sa.UniqueConstraint("session", "number", name="uq_reading_session_number"),
        sa.UniqueConstraint("request", name="uq_reading_request"),
        sa.CheckConstraint("(request IS NULL) = (asked_at IS NULL)", name=op.f("ck_reading_asked")),
        sa.CheckConstraint(
            "(value IS NULL) = (unit IS NULL)", name=op.f("ck_reading_value_with_unit")
        ),
        sa.CheckConstraint("quality <> 'good' OR stable", name=op.f("ck_reading_good_is_stable")),
        schema="readings",
    )
    op.create_index("ix_reading_device_id", "reading", ["device", "id"], schema="readings")
    op.create_index("ix_reading_batch_id", "reading", ["batch", "id"], schema="readings")
    op.create_index(
        "ix_reading_unasked",
        "reading",
        ["id"],
        postgresql_where=sa.text("request IS NULL"),
        schema="readings",
    )


def _use() -> None:
    op.create_table(
        "use",
        Column("reading", Uuid(), nullable=False),
        Column("batch", Uuid(), nullable=False),
        Column("step", Text(), nullable=False),
        Column("used_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("reading", name="pk_use"),
        sa.ForeignKeyConstraint(["reading"], ["readings.reading.id"], name="fk_use_reading"),
        schema="readings",
    )


def _explanation() -> None:
    op.create_table(
        "explanation",
        Column("reading", Uuid(), nullable=False),
        Column("batch", Uuid(), nullable=True),
        Column("text", Text(), nullable=False),
        Column("person_name", Text(), nullable=False),
        Column("explained_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("reading", name="pk_explanation"),
        sa.ForeignKeyConstraint(
            ["reading"], ["readings.reading.id"], name="fk_explanation_reading"
        ),
        schema="readings",
    )


def _request() -> None:
    op.create_table(
        "request",
        Column("id", Uuid(), nullable=False),
        Column("device", Text(), nullable=False),
        Column("act", Text(), nullable=False),
        Column("batch", Uuid(), nullable=False),
        Column("step", Text(), nullable=False),
        Column("person", Uuid(), nullable=True),
        Column("person_name", Text(), nullable=False),
        Column("station", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("detail", Text(), nullable=False),
        Column("asked_at", INSTANT, nullable=False),
        Column("expires_at", INSTANT, nullable=False),
        Column("taken_by", Text(), nullable=True),
        Column("reading", Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_request"),
        schema="readings",
    )
    # A device does one thing at a time: one open question, however many people ask.
    op.create_index(
        "uq_request_open",
        "request",
        ["device"],
        unique=True,
        schema="readings",
        postgresql_where=sa.text("state IN ('asked', 'taken')"),
    )
    op.create_index("ix_request_batch_step", "request", ["batch", "step"], schema="readings")


def _live() -> None:
    op.create_table(
        "live",
        Column("device", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("detail", Text(), nullable=False),
        Column("value", Text(), nullable=True),
        Column("unit", Text(), nullable=True),
        Column("stable", sa.Boolean(), nullable=False),
        Column("quality", Text(), nullable=False),
        Column("cause", Text(), nullable=True),
        Column("model", Text(), nullable=False),
        Column("serial", Text(), nullable=False),
        Column("session", Uuid(), nullable=True),
        Column("received_at", INSTANT, nullable=True),
        Column("contact_at", INSTANT, nullable=True),
        Column("watched_until", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("device", name="pk_live"),
        schema="readings",
    )
