"""What can have happened to a master recipe. Never renamed, never removed."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from ebr.kernel import Kept, register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeDrafted:
    """A version came in as text."""

    KIND: ClassVar[str] = "recipe.drafted"
    VERSION: ClassVar[int] = 1
    version: UUID
    code: str
    number: int
    title: str
    digest: str
    text: str
    findings: tuple[str, ...]


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeImported:
    """The draft came from a file of another system; file and companion are kept as they came."""

    KIND: ClassVar[str] = "recipe.imported"
    VERSION: ClassVar[int] = 1
    version: UUID
    code: str
    number: int
    file: str
    format: str
    source: Kept
    companion: str  # its text; empty when there was none


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeApproved:
    """A version was approved by another person than its author."""

    KIND: ClassVar[str] = "recipe.approved"
    VERSION: ClassVar[int] = 1
    version: UUID
    code: str
    number: int
    digest: str
    remarks: tuple[str, ...]


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeMadeEffective:
    """A version is in force for new orders from this instant."""

    KIND: ClassVar[str] = "recipe.made_effective"
    VERSION: ClassVar[int] = 1
    version: UUID
    code: str
    number: int
    digest: str
    effective_from: datetime
    supersedes: UUID | None


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeWithdrawn:
    """A draft was given up."""

    KIND: ClassVar[str] = "recipe.withdrawn"
    VERSION: ClassVar[int] = 1
    version: UUID
    code: str
    number: int
