"""Master recipes and their versions."""

revision = "0006_recipes"
down_revision = "0005_readings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Master recipes and their versions."""
