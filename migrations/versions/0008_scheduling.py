"""Orders."""

revision = "0008_scheduling"
down_revision = "0007_batches"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Orders."""
