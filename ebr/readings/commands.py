"""What may be asked of the plant's devices."""

from dataclasses import dataclass
from uuid import UUID

from devices import Act
from ebr.kernel import Why


@dataclass(frozen=True, slots=True, kw_only=True)
class AskReading:
    """Ask a device for a weight at rest, a tare or a zero, for one step of one batch."""

    device: str  # the equipment code
    act: Act
    batch: UUID
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchDevice:
    """Somebody is looking at a device: read it several times a second for a while."""

    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UseReading:
    """A step takes this reading as its weight; no other step may take it again."""

    reading: UUID
    batch: UUID
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainOrphan:
    """Say what a reading that nobody asked for was, and to which batch it belongs, if to any."""

    reading: UUID
    batch: UUID | None
    why: Why
