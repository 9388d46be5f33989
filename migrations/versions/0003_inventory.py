"""Materials, lots, containers and their moves."""

revision = "0003_inventory"
down_revision = "0002_identity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Materials, lots, containers and their moves."""
