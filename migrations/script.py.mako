"""${message}."""

from alembic import op

from migrations import guards

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """${message}."""
    guards.explain(op, revision, ${repr(message)})
