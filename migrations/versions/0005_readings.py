"""What devices reported, raw."""

revision = "0005_readings"
down_revision = "0004_maintenance"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What devices reported, raw."""
