"""What can have happened to a step: taken in hand, signed, unsigned, skipped, departed from."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from workflows.commands import Decision
from workflows.events.vocabulary import BatchEvent, ExceptionKind, SupersededSignature
from workflows.people import Who
from workflows.recipe import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted(BatchEvent):
    """A step was taken in hand."""

    KIND: ClassVar[str] = "batch.step.started"
    VERSION: ClassVar[int] = 1
    step: str
    step_title: str
    instruction: str
    critical: bool
    needs_witness: bool
    held_s: int | None = None  # since the step that its hold time counts from
    hold_most_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCompleted(BatchEvent):
    """A step was declared done as recorded, by who performed it."""

    KIND: ClassVar[str] = "batch.step.completed"
    VERSION: ClassVar[int] = 1
    step: str
    step_title: str
    started_at: datetime
    generation: int  # 1 for the first signing, 2 after the first correction …
    awaits_witness: bool
    exceptions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWitnessed(BatchEvent):
    """A second person confirmed that a step was done as recorded."""

    KIND: ClassVar[str] = "batch.step.witnessed"
    VERSION: ClassVar[int] = 1
    step: str
    step_title: str
    performer: Who
    completed_at: datetime
    window_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUnsigned(BatchEvent):
    """The signatures of a step no longer stand; it has to be signed again, in order."""

    KIND: ClassVar[str] = "batch.step.unsigned"
    VERSION: ClassVar[int] = 1
    step: str
    step_title: str
    correction: str
    because: str
    superseded: tuple[SupersededSignature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSkipped(BatchEvent):
    """A step was left out, as the recipe allows."""

    KIND: ClassVar[str] = "batch.step.skipped"
    VERSION: ClassVar[int] = 1
    step: str
    step_title: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionRaised(BatchEvent):
    """The batch departed from its recipe, or somebody said so."""

    KIND: ClassVar[str] = "batch.exception.raised"
    VERSION: ClassVar[int] = 1
    exception: str
    exception_kind: ExceptionKind
    severity: Severity
    step: str | None
    step_title: str
    input: str | None
    text: str
    blocks: bool
    needs_deviation: bool  # may not simply be accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionDecided(BatchEvent):
    """Quality said what an exception means."""

    KIND: ClassVar[str] = "batch.exception.decided"
    VERSION: ClassVar[int] = 1
    exception: str
    exception_kind: ExceptionKind
    step: str | None
    text: str
    decision: Decision
    reason: str
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentAdded(BatchEvent):
    """Somebody left a remark."""

    KIND: ClassVar[str] = "batch.comment.added"
    VERSION: ClassVar[int] = 1
    step: str | None
    step_title: str
    text: str
