"""One value as the device gave it: the digits as printed, the frame they came in, and its worth.

A reading is evidence before it is data (PI 041-1 9.7). A weight that never came to rest, an
overloaded pan or a garbled line is a reading too: with a quality, a cause and the raw bytes, and
without a number that somebody could take for a weight.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Act(StrEnum):
    """What the shop floor may ask of a scale."""

    WEIGH = "weigh"
    TARE = "tare"
    ZERO = "zero"


class Kind(StrEnum):
    """What the value of a reading stands for."""

    NET = "net"
    TARE = "tare"
    GROSS = "gross"
    ZERO = "zero"
    NOTICE = "notice"  # a line that is no weight: a restart, noise, a foreign reply


class Quality(StrEnum):
    """How far a value may be trusted; severity as in OPC UA status codes."""

    GOOD = "good"
    UNCERTAIN = "uncertain"  # a value in motion: for display, never for a record
    BAD = "bad"


class Cause(StrEnum):
    """Why a reading is not good. Stable words: they stand in records."""

    UNSTEADY = "unsteady"
    OVERLOAD = "overload"
    UNDERLOAD = "underload"
    WRONG_UNIT = "wrong_unit"
    RESOLUTION_LOST = "resolution_lost"
    GARBLED = "garbled"
    REJECTED = "rejected"
    DEVICE_FAULT = "device_fault"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    WRONG_DEVICE = "wrong_device"
    RESTARTED = "restarted"
    INTERRUPTED = "interrupted"
    UNASKED = "unasked"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the device says it is, as read in this session."""

    model: str
    serial: str

    @property
    def simulated(self) -> bool:
        """A stand-in says so in its model, so that no simulated value lacks its mark."""
        return self.model.startswith("SIMULATED")


UNKNOWN_DEVICE = Identity(model="", serial="")


@dataclass(frozen=True, slots=True)
class Question:
    """Something the shop floor wants from one device, asked once and answered at most once."""

    id: UUID
    device: str
    act: Act


@dataclass(frozen=True, slots=True)
class Reading:
    """What one device reported, with everything needed to believe it or not.

    `question` names the question it answers; None marks an orphan: a line that nobody asked for
    or that came too late. `value` holds the digits as printed, None when there is no weight.
    """

    device: str
    session: UUID
    number: int
    question: UUID | None
    kind: Kind
    quality: Quality
    cause: Cause | None
    detail: str
    value: str | None
    unit: str | None
    stable: bool
    command: bytes
    frame: bytes
    received_at: datetime
    identity: Identity
    connection: str
    profile: str
    parser: str

    @property
    def orphan(self) -> bool:
        """Nobody asked for this, or it came too late: kept, and never attached to a step."""
        return self.question is None
