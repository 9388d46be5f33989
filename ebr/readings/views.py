"""What is answered about devices and what they reported."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from devices import Act, Cause, Kind, LinkState, Quality


class RequestState(StrEnum):
    """How far a question to a device has come. All but the first two are final."""

    ASKED = "asked"
    TAKEN = "taken"  # the collector has it; the device may be answering
    ANSWERED = "answered"  # with a good reading
    FAILED = "failed"  # with a bad reading that says why
    EXPIRED = "expired"  # nobody took it in time; the device was never asked

    @property
    def final(self) -> bool:
        """Nothing more will come."""
        return self not in (RequestState.ASKED, RequestState.TAKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationView:
    """What an authorised person found a reading to be that nobody had asked for."""

    batch: UUID | None
    text: str
    person_name: str
    explained_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingView:
    """One reading as stored before anyone used it: value, frame, device, context.

    `value` and `unit` are as printed, also where the quality forbids their use; `usable` says
    whether they are a weight that a step may take.
    """

    id: UUID
    device: str
    kind: Kind
    quality: Quality
    cause: Cause | None
    detail: str
    value: str | None
    unit: str | None
    stable: bool
    session: UUID
    number: int
    request: UUID | None
    act: Act | None
    batch: UUID | None
    step: str | None
    person: UUID | None
    person_name: str
    station: str
    asked_at: datetime | None
    command: str  # control characters written out: S␍␊
    frame: str
    frame_bytes: bytes
    model: str
    serial: str
    simulated: bool
    connection: str
    profile: str
    parser: str
    collector: str
    received_at: datetime  # by the collector's host, when the line was complete
    stored_at: datetime  # by the database
    used_batch: UUID | None
    used_step: str | None
    explanation: ExplanationView | None

    @property
    def usable(self) -> bool:
        """May a step take it as a weight: asked for, good, at rest, a number with a unit?"""
        return (
            not self.orphan
            and self.quality is Quality.GOOD
            and self.stable
            and self.value is not None
            and self.unit is not None
        )

    @property
    def orphan(self) -> bool:
        """Nobody asked for it, or it came too late; never attached to a step."""
        return self.request is None

    @property
    def used(self) -> bool:
        """A step has taken it; it cannot be taken again."""
        return self.used_batch is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """How far a question to a device has come, and the reading that answers it."""

    request: UUID
    device: str
    act: Act
    state: RequestState
    batch: UUID
    step: str
    asked_at: datetime
    detail: str
    reading: ReadingView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveView:
    """What a device shows at this moment and how it stands with it; for display only."""

    device: str
    state: LinkState
    detail: str
    in_contact: bool  # heard from within the last seconds
    value: str | None
    unit: str | None
    stable: bool
    quality: Quality
    cause: Cause | None
    model: str
    serial: str
    simulated: bool
    session: UUID | None
    received_at: datetime | None
    contact_at: datetime | None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphansPage:
    """Readings that nobody asked for, newest first; `next` is the mark of the next page.

    `open` counts all that nobody has explained yet, `oldest` is when the first of those came.
    """

    items: tuple[ReadingView, ...]
    next: str | None
    open: int
    oldest: datetime | None
