"""A batch as its history has left it: values, never objects that notify each other.

Nothing here judges. `Batch.steps` holds every step of the recipe from the start, of a loop those of
the passes begun; a new state shares all untouched steps with the old one, so that an event costs
one small copy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from workflows.commands import Decision
from workflows.events import ExceptionKind, Source, Verdict
from workflows.people import Who
from workflows.plan import Plan
from workflows.quantity import Quantity
from workflows.recipe import (
    NUMERIC,
    Criticality,
    InputKind,
    Limits,
    Meaning,
    Recipe,
    Severity,
    ValueRef,
)


class BatchStatus(StrEnum):
    """Where a batch stands."""

    RUNNING = "running"
    COMPLETED = "completed"  # every step done and signed; awaits review
    REVIEWED = "reviewed"
    RELEASED = "released"
    REJECTED = "rejected"


class StepStatus(StrEnum):
    """Where a step stands. `OPEN` is never stored: routing tells which idle steps are open."""

    IDLE = "idle"
    OPEN = "open"
    RUNNING = "running"
    AWAITING_WITNESS = "awaiting_witness"
    COMPLETE = "complete"
    UNSIGNED = "unsigned"  # a correction took its signatures away
    SKIPPED = "skipped"


class Role(StrEnum):
    """How a person took part, for the rules of independence; the text completes `N. N. … it`."""

    STARTED = "started"
    PERFORMED = "performed"
    WITNESSED = "witnessed"
    CORRECTED = "corrected"
    REPORTED = "reported a problem in"
    COMMENTED = "commented on"
    DECIDED = "decided an exception of"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One way in which a person took part: in a step, or (`None`) in the batch as a whole."""

    role: Role
    step: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One generation of a value; an empty `value` was withdrawn or could not be computed."""

    input: str
    title: str
    kind: InputKind
    value: str
    unit: str | None
    limits: Limits | None
    verdict: Verdict
    source: Source
    criticality: Criticality
    at: datetime
    by: Who
    attempt: int = 1
    why: str = ""
    correction: str | None = None
    fault: str = ""

    @property
    def shown(self) -> str:
        """The value with its unit, as a sentence names it."""
        if not self.value:
            return "nothing"
        return self.value if self.unit in {None, "1"} else f"{self.value} {self.unit}"

    @property
    def amount(self) -> Quantity | None:
        """What others compute with; None where there is no number."""
        if self.kind not in NUMERIC or not self.value:
            return None
        return Quantity(self.value, self.unit or "1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container identified for a formula line."""

    container: UUID
    code: str
    lot: UUID
    lot_number: str
    material: str
    material_title: str
    expiry: date | None
    remaining: Quantity  # by the books, when it was scanned
    part: bool
    at: datetime
    by: Who


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """The equipment that stands for a requirement."""

    equipment: UUID
    code: str
    title: str
    equipment_class: str
    calibration_due: date | None
    calibration: str
    at: datetime
    by: Who


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """One amount that went from a container into the batch; earlier amounts if it was corrected."""

    number: int
    net: Quantity
    container: UUID
    container_code: str
    lot: UUID
    lot_number: str
    part: bool
    source: Source
    reading: UUID | None
    at: datetime
    by: Who
    target: Quantity
    least: Quantity
    most: Quantity
    earlier: tuple[Quantity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An amount that went into the batch from a container without being weighed."""

    container: UUID
    container_code: str
    lot: UUID
    lot_number: str
    quantity: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signature that a step carries; `superseded` names the correction that took it away."""

    meaning: Meaning
    by: Who
    at: datetime
    superseded: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of one batch."""

    key: str
    title: str
    status: StepStatus = StepStatus.IDLE
    holder: Who | None = None
    started_at: datetime | None = None
    completed_by: Who | None = None
    completed_at: datetime | None = None
    first_completed_at: datetime | None = None  # what hold times and expiry count from
    ended_by: Who | None = None  # who completed, witnessed or skipped it last
    ended_at: datetime | None = None
    generation: int = 0
    values: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    containers: tuple[Container, ...] = ()
    equipment: Equipment | None = None
    weighings: tuple[Weighing, ...] = ()
    issues: tuple[Issue, ...] = ()
    signatures: tuple[Signed, ...] = ()
    exceptions: tuple[str, ...] = ()
    comments: int = 0

    def value(self, key: str) -> Value | None:
        """The value in force, or None."""
        generations = self.values.get(key, ())
        return generations[-1] if generations else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionState:
    """An exception and what was decided about it; a returned one is still open."""

    exception: str
    kind: ExceptionKind
    severity: Severity
    step: str | None
    input: str | None
    text: str
    blocks: bool
    needs_deviation: bool
    raised_at: datetime
    raised_by: Who
    decision: Decision | None = None
    reason: str = ""
    reference: str = ""
    decided_by: Who | None = None
    decided_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether somebody still has to decide it."""
        return self.decision in {None, Decision.RETURN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How a pass stood to what ends its loop, by the value that it had then."""

    number: int  # of the pass
    value: str
    unit: str | None
    holds: bool
    text: str
    at: datetime
    correction: str | None
    exception: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """How far a loop has come: its passes begun, every judgement of them, and how it ended."""

    key: str
    title: str
    passes: int = 1
    judgements: tuple[Judgement, ...] = ()
    met: bool | None = None  # None: it has not ended
    because: str = ""
    exception: str = ""  # that quality decided, where it ended without its condition
    ended_at: datetime | None = None

    @property
    def ended(self) -> bool:
        """Whether what follows need not wait for it."""
        return self.met is not None

    def judgement(self, number: int) -> Judgement | None:
        """The last judgement of a pass."""
        return next((each for each in reversed(self.judgements) if each.number == number), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A remark."""

    step: str | None
    text: str
    at: datetime
    by: Who


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducedLot:
    """A lot that this batch produced."""

    step: str
    lot: UUID
    number: str
    material: str
    quantity: Quantity
    expires: date
    usable_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch: its recipe, its steps, its exceptions, who took part, where it stands."""

    id: UUID
    number: str
    order: str
    size: Quantity
    recipe: Recipe
    recipe_digest: str
    master_digest: str
    plan: Plan
    started_at: datetime
    started_by: Who
    steps: Mapping[str, Step]
    version: int = 1  # how many events made it
    status: BatchStatus = BatchStatus.RUNNING
    loops: Mapping[str, Loop] = field(default_factory=dict)
    exceptions: Mapping[str, ExceptionState] = field(default_factory=dict)
    people: Mapping[UUID, tuple[Part, ...]] = field(default_factory=dict)
    readings: frozenset[UUID] = frozenset()
    corrections: int = 0
    comments: tuple[Comment, ...] = ()
    lots: tuple[ProducedLot, ...] = ()
    completed_at: datetime | None = None
    reviewed_by: Who | None = None
    reviewed_at: datetime | None = None
    closed_by: Who | None = None
    closed_at: datetime | None = None

    def value(self, step: str, key: str) -> Value | None:
        """The value in force of an input of a step, or None."""
        return self.steps[step].value(key)

    def amount(self, ref: ValueRef) -> Quantity | None:
        """The number in force that a reference points to; None where there is none."""
        value = self.value(ref.step, ref.input)
        return value.amount if value is not None else None

    def open_exceptions(self) -> tuple[ExceptionState, ...]:
        """Every exception that nobody has decided."""
        return tuple(each for each in self.exceptions.values() if each.open)

    def blocked_by(self, step: str) -> tuple[ExceptionState, ...]:
        """The undecided exceptions of a step that hold the batch up."""
        mine = (self.exceptions[key] for key in self.steps[step].exceptions)
        return tuple(each for each in mine if each.blocks and each.open)
