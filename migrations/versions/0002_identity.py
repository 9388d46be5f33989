"""People, accounts, roles, rights, sessions."""

revision = "0002_identity"
down_revision = "0001_ledger"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """People, accounts, roles, rights, sessions."""
