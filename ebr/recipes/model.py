"""Master recipes and their versions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ebr.kernel import Base, Recorded, table
from ebr.recipes.lifecycle import State


class Recipe(Base):
    """A master recipe: one code for ever, many versions."""

    __tablename__ = "recipe"
    __table_args__ = table("recipes", Recorded(), UniqueConstraint("code"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]

    @property
    def stream(self) -> str:
        """Where its acts are recorded."""
        return f"recipe/{self.id}"


class Version(Base):
    """One version: the text as written, the compiled value, its digest, its state."""

    __tablename__ = "version"
    __table_args__ = table(
        "recipes",
        Recorded(),
        UniqueConstraint("recipe_id", "number"),
        CheckConstraint(
            "status in ('draft','approved','effective','superseded','withdrawn')", name="status"
        ),
        Index(
            "ix_version_effective",
            "recipe_id",
            unique=True,
            postgresql_where=text("status = 'effective'"),
        ),
        Index(
            "ix_version_draft", "recipe_id", unique=True, postgresql_where=text("status = 'draft'")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    recipe_id: Mapped[UUID] = mapped_column(ForeignKey("recipes.recipe.id"))
    number: Mapped[int]
    title: Mapped[str]
    product: Mapped[str]
    size: Mapped[str]
    status: Mapped[str]
    text: Mapped[str]
    compiled: Mapped[str]
    digest: Mapped[str]
    findings: Mapped[str]
    author: Mapped[UUID]
    author_name: Mapped[str]
    drafted_at: Mapped[datetime]
    approver_name: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    effective_from: Mapped[datetime | None]

    @property
    def state(self) -> State:
        """Its state, as the lifecycle knows it."""
        return State(self.status)
