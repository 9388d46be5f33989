"""What can have happened to a reading after it came. That it came is a row, not an event."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from ebr.kernel import register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanExplained:
    """Somebody authorised said what a reading was that nobody had asked for."""

    KIND: ClassVar[str] = "reading.explained"
    VERSION: ClassVar[int] = 1

    reading: UUID
    device: str
    frame: str
    batch: UUID | None
    text: str
