"""The audit trail: entries, captured changes, blobs, site log."""

revision = "0001_ledger"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The audit trail: entries, captured changes, blobs, site log."""
