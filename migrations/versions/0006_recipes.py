"""Master recipes and their versions."""

import sqlalchemy as sa
from alembic import op

from migrations import guards

revision = "0006_recipes"
down_revision = "0005_readings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Master recipes and their versions."""
    guards.create_schema(op, "recipes")
    op.create_table(
        "recipe",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.Text(), nullable=False, unique=True),
        schema="recipes",
    )
    texts = ("title", "product", "size", "status", "text", "compiled", "digest", "findings")
    op.create_table(
        "version",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recipe_id", sa.Uuid(), sa.ForeignKey("recipes.recipe.id"), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("author", sa.Uuid(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approver_name", sa.Text()),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.Column("effective_from", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("recipe_id", "number", name="uq_version_recipe_id_number"),
        sa.CheckConstraint(
            "status in ('draft','approved','effective','superseded','withdrawn')",
            name="ck_version_status",
        ),
        schema="recipes",
    )
    for status in ("draft", "effective"):
        op.create_index(
            f"ix_version_{status}",
            "version",
            ["recipe_id"],
            unique=True,
            schema="recipes",
            postgresql_where=sa.text(f"status = '{status}'"),
        )
    guards.arm(op, "recipes.recipe")
    guards.arm(op, "recipes.version")
    guards.explain(
        op,
        "0006_recipes",
        "Adds master recipes and their versions.",
        added=["recipes.recipe", "recipes.version"],
    )
