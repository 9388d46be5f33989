"""One thing found in a recipe: how serious, where, what, and an example that shows it."""

from dataclasses import dataclass
from enum import StrEnum


class FindingSeverity(StrEnum):
    """An error stops the approval; a remark is answered by the author."""

    ERROR = "error"
    REMARK = "remark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fault or a doubt, at a place of the recipe such as `weigh-ethanol.target`."""

    severity: FindingSeverity
    place: str
    text: str
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the plant has; `None` where it has not been asked."""

    materials: frozenset[str] | None = None
    equipment_classes: frozenset[str] | None = None  # those with at least one member
    rights: frozenset[str] | None = None  # those that some role holds


def error(place: str, text: str, example: str = "") -> Finding:
    """A fault that stops the approval."""
    return Finding(severity=FindingSeverity.ERROR, place=place, text=text, example=example)


def remark(place: str, text: str, example: str = "") -> Finding:
    """A doubt that the author has to answer."""
    return Finding(severity=FindingSeverity.REMARK, place=place, text=text, example=example)
