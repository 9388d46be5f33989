"""Rendering jobs and printed copies."""

revision = "0009_reports"
down_revision = "0008_scheduling"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rendering jobs and printed copies."""
