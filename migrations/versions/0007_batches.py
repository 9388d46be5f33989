"""What the screens read of a batch."""

revision = "0007_batches"
down_revision = "0006_recipes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What the screens read of a batch."""
