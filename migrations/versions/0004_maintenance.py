"""Equipment and its calibration."""

revision = "0004_maintenance"
down_revision = "0003_inventory"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Equipment and its calibration."""
