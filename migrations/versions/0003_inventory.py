"""Materials, lots, containers and their moves."""

import sqlalchemy as sa
from alembic import op

from migrations import guards

revision = "0003_inventory"
down_revision = "0002_identity"
branch_labels = None
depends_on = None

TABLES = (
    "inventory.material",
    "inventory.place",
    "inventory.lot",
    "inventory.container",
    "inventory.move",
)


def upgrade() -> None:
    """Materials, lots, containers and their moves."""
    guards.create_schema(op, "inventory")
    _materials_and_places()
    _lots_and_containers()
    _moves()
    for number in ("lot_number", "container_number"):
        op.execute(f"CREATE SEQUENCE inventory.{number}")
    guards.arm(op, "inventory.material")
    guards.arm(op, "inventory.place")
    guards.arm(op, "inventory.lot")
    guards.arm(op, "inventory.container")
    guards.arm(op, "inventory.move")
    # A move is never edited: a mistake is put right by another move (21 CFR 211.184(c)).
    op.execute(f"REVOKE UPDATE ON inventory.move FROM {guards.APP}")
    op.execute(
        "CREATE TRIGGER never_edited BEFORE UPDATE ON inventory.move"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit.forbid()"
    )
    op.execute("ALTER TABLE inventory.move ENABLE ALWAYS TRIGGER never_edited")
    guards.explain(op, revision, "Materials, lots, containers and their moves", added=TABLES)


def _materials_and_places() -> None:
    op.create_table(
        "material",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("gtin", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("gtin"),
        schema="inventory",
    )
    op.create_table(
        "place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        schema="inventory",
    )


def _lots_and_containers() -> None:
    op.create_table(
        "lot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("material_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("supplier", sa.Text(), nullable=False),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("supplier_lot", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date()),
        sa.Column("retest_on", sa.Date()),
        sa.Column("usable_from", sa.DateTime(timezone=True)),
        sa.Column("batch", sa.Text()),
        sa.Column("awaits_batch", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
        sa.ForeignKeyConstraint(["material_id"], ["inventory.material.id"]),
        sa.CheckConstraint(
            "status IN ('quarantine', 'released', 'rejected', 'blocked')", name="status"
        ),
        sa.CheckConstraint("batch IS NOT NULL OR NOT awaits_batch", name="awaits_batch"),
        schema="inventory",
    )
    op.create_index("ix_lot_material_id_id", "lot", ["material_id", "id"], schema="inventory")
    op.create_index("ix_lot_status_id", "lot", ["status", "id"], schema="inventory")
    op.create_table(
        "container",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("filled", sa.Numeric(), nullable=False),
        sa.Column("remaining", sa.Numeric(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sa.ForeignKeyConstraint(["lot_id"], ["inventory.lot.id"]),
        sa.ForeignKeyConstraint(["place"], ["inventory.place.code"]),
        sa.CheckConstraint("remaining >= 0", name="remaining"),
        sa.CheckConstraint("filled > 0", name="filled"),
        schema="inventory",
    )
    op.create_index("ix_container_lot_id", "container", ["lot_id"], schema="inventory")


def _moves() -> None:
    op.create_table(
        "move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("from_container_id", sa.Uuid()),
        sa.Column("from_place", sa.Text()),
        sa.Column("to_container_id", sa.Uuid()),
        sa.Column("to_place", sa.Text()),
        sa.Column("outside", sa.Text()),
        sa.Column("outside_name", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["lot_id"], ["inventory.lot.id"]),
        sa.ForeignKeyConstraint(["from_container_id"], ["inventory.container.id"]),
        sa.ForeignKeyConstraint(["to_container_id"], ["inventory.container.id"]),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint(
            "num_nonnulls(from_container_id, to_container_id, outside) = 2", name="two_ends"
        ),
        sa.CheckConstraint(
            "(from_container_id IS NULL) = (from_place IS NULL)"
            " AND (to_container_id IS NULL) = (to_place IS NULL)"
            " AND (outside IS NULL) = (outside_name IS NULL)",
            name="whole_ends",
        ),
        schema="inventory",
    )
    op.create_index("ix_move_lot_id_id", "move", ["lot_id", "id"], schema="inventory")
    op.create_index(
        "ix_move_outside_outside_name", "move", ["outside", "outside_name"], schema="inventory"
    )
