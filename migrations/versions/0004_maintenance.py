"""Equipment and its calibrations."""

import sqlalchemy as sa
from alembic import op

from migrations import guards

revision = "0004_maintenance"
down_revision = "0003_inventory"
branch_labels = None
depends_on = None

TABLES = ("maintenance.equipment", "maintenance.calibration")


def upgrade() -> None:
    """Equipment and its calibrations."""
    guards.create_schema(op, "maintenance")
    op.create_table(
        "equipment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("equipment_class", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("needs_calibration", sa.Boolean(), nullable=False),
        sa.Column("calibration_due", sa.Date()),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text()),
        sa.Column("readability", sa.Text()),
        sa.Column("device_url", sa.Text()),
        sa.Column("device_serial", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sa.CheckConstraint(
            "status IN ('registered', 'available', 'out_of_service', 'retired')", name="status"
        ),
        sa.CheckConstraint("(device_url IS NULL) = (device_serial IS NULL)", name="device"),
        schema="maintenance",
    )
    op.create_table(
        "calibration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("equipment_id", sa.Uuid(), nullable=False),
        sa.Column("performed_on", sa.Date(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["equipment_id"], ["maintenance.equipment.id"]),
        sa.CheckConstraint("result IN ('passed', 'failed')", name="result"),
        sa.CheckConstraint("due_on > performed_on", name="due_on"),
        schema="maintenance",
    )
    op.create_index(
        "ix_calibration_equipment_id_id", "calibration", ["equipment_id", "id"],
        schema="maintenance",
    )  # fmt: skip
    guards.arm(op, "maintenance.equipment")
    guards.arm(op, "maintenance.calibration")
    guards.explain(op, revision, "Equipment and its calibrations", added=TABLES)
