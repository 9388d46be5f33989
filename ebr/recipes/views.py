"""What the recipes module answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ebr.recipes.lifecycle import State


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """Something found in a recipe's text: an error or a remark, with its place."""

    severity: str
    place: str
    text: str
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """One version in a list."""

    id: UUID
    code: str
    number: int
    title: str
    product: str
    size: str
    state: State
    digest: str
    author_name: str
    drafted_at: datetime
    approver_name: str | None
    approved_at: datetime | None
    effective_from: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderableView:
    """A recipe in force, with the size it is written for and those in which it may be ordered."""

    code: str
    number: int
    title: str
    size: str
    sizes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedView:
    """The file that a draft came from, as it came, and what completed it."""

    file: str
    format: str
    source: str  # SHA-256 of the file
    companion: str  # its text; empty when there was none


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView(VersionRow):
    """One version, whole: with its text and what was found in it."""

    stream: str
    text: str
    findings: tuple[FindingView, ...]
    imported: ImportedView | None
    statement: Mapping[str, Any]
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalView:
    """One act on the way of a version into force, with the meanings that were signed."""

    act: str
    name: str
    role: str
    at: datetime
    meanings: tuple[str, ...]
    stream: str
    seq: int
