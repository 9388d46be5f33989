"""What the batches module answers: frozen values that pages and JSON both see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ebr.batches.loops import LoopView
from workflows import BatchStatus, StepStatus
from workflows.commands import Decision
from workflows.events import ExceptionKind, Source, Verdict
from workflows.recipe import Criticality, InputKind, Meaning, Parameter, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonView:
    """Why something may not be done now, and what to do about it."""

    code: str
    text: str
    remedy: str
    requirement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """One batch in a list."""

    id: UUID
    number: str
    order_number: str
    product: str
    recipe_code: str
    recipe_version: int
    recipe_title: str
    recipe_digest: str
    size: str
    status: BatchStatus
    started_at: datetime
    started_by: str
    completed_at: datetime | None
    reviewed_at: datetime | None
    reviewed_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    steps: int
    steps_done: int
    exceptions: int
    exceptions_open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """One step on somebody's work list: what it is, where it stands, why not if not."""

    batch: UUID
    batch_number: str
    product: str
    step: str
    number: str
    title: str
    kind: str
    status: StepStatus
    critical: bool
    witness: bool
    mine: bool
    holder: str | None
    since: datetime | None
    why_not: tuple[ReasonView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    """The work list of one person: what can be done now, most urgent first, and what waits."""

    doable: tuple[TaskView, ...]
    blocked: tuple[TaskView, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step in the list beside the work."""

    key: str
    number: str
    title: str
    kind: str
    status: StepStatus
    critical: bool
    witness: bool
    holder: str | None
    ended_at: datetime | None
    exceptions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationView:
    """An operation with its steps."""

    number: str
    title: str
    unit_procedure: str
    parallel: bool
    done: int
    steps: tuple[StepRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationView:
    """One generation of a value: nothing is ever hidden behind a later one."""

    value: str
    unit: str | None
    verdict: Verdict
    source: Source
    at: datetime
    by: str
    why: str
    correction: str | None
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InputView:
    """One thing a step asks for, what limits it, and what is on record."""

    key: str
    title: str
    kind: InputKind
    unit: str | None
    decimals: int | None
    choices: tuple[str, ...]
    required: bool
    criticality: Criticality
    target: str | None
    limits: tuple[tuple[str, str], ...]  # layer, in words
    low: str | None  # of the narrowest layer that raises an exception
    high: str | None
    value: GenerationView | None
    earlier: tuple[GenerationView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiedContainer:
    """A container identified in the batch."""

    code: str
    lot: UUID
    lot_number: str
    material: str
    expiry: date | None
    part: bool
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiedEquipment:
    """Equipment identified in the batch."""

    code: str
    title: str
    equipment_class: str
    calibration_due: date | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighingView:
    """One amount weighed into the batch."""

    number: int
    net: str
    unit: str
    container: str
    lot_number: str
    source: Source
    reading: UUID | None
    at: datetime
    by: str
    earlier: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighView:
    """Everything a weighing screen shows besides the live weight."""

    material: str
    material_title: str
    target: str | None
    least: str | None
    most: str | None
    unit: str
    decimals: int
    tolerance: str
    total: str | None
    scale: IdentifiedEquipment | None
    containers: tuple[IdentifiedContainer, ...]
    weighings: tuple[WeighingView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerView:
    """A waiting time, counted by the server's clock."""

    started_at: datetime | None
    elapsed_s: int
    least_s: int
    most_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperandView:
    """An operand of a calculation with the value it has now, or nothing yet."""

    name: str
    value: str | None
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalculationView:
    """A calculation with its formula and operands, so that anyone can do it again."""

    expression: str
    rounding: str
    operands: tuple[OperandView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureView:
    """A signature that a step carries; a superseded one names the correction."""

    meaning: Meaning
    name: str
    role: str
    at: datetime
    superseded: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionView:
    """An exception with what was decided about it."""

    key: str
    kind: ExceptionKind
    severity: Severity
    step: str | None
    step_number: str
    step_title: str
    input: str | None
    text: str
    blocks: bool
    needs_deviation: bool
    open: bool
    raised_at: datetime
    raised_by: str
    decision: Decision | None
    reason: str
    reference: str
    decided_at: datetime | None
    decided_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentView:
    """A remark on a step or on the batch."""

    step: str | None
    step_number: str
    step_title: str
    text: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActView:
    """One thing that can be asked for here, and every reason why it would be refused now."""

    act: str
    reasons: tuple[ReasonView, ...]

    @property
    def allowed(self) -> bool:
        """Whether it would be accepted now."""
        return not self.reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedView:
    """What has to be scanned: the code of the material, or the class of the equipment."""

    code: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step as its screen needs it."""

    key: str
    number: str
    title: str
    instruction: str
    parameters: tuple[Parameter, ...]
    kind: str
    status: StepStatus
    critical: bool
    witness: bool
    may_skip: bool
    statement: str
    holder: str | None
    holder_person: UUID | None
    started_at: datetime | None
    place: int
    places: int
    operation: str
    next: tuple[StepRow, ...]
    inputs: tuple[InputView, ...]
    wanted_material: WantedView | None
    wanted_equipment: WantedView | None
    containers: tuple[IdentifiedContainer, ...]
    equipment: IdentifiedEquipment | None
    weigh: WeighView | None
    timer: TimerView | None
    calculation: CalculationView | None
    signatures: tuple[SignatureView, ...]
    exceptions: tuple[ExceptionView, ...]  # the newest, newest first
    exceptions_all: int
    comments: tuple[CommentView, ...]  # likewise
    comments_all: int
    acts: dict[str, ActView]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducedLotView:
    """A lot that the batch produced."""

    number: str
    material: str
    quantity: str
    expires: date
    usable_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """A batch with its steps, exceptions and people."""

    id: UUID
    stream: str
    version: int
    number: str
    order_number: str
    product: str
    recipe_code: str
    recipe_version: int
    recipe_title: str
    recipe_digest: str
    size: str
    status: BatchStatus
    started_at: datetime
    started_by: str
    completed_at: datetime | None
    reviewed_at: datetime | None
    reviewed_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    operations: tuple[OperationView, ...]
    loops: tuple[LoopView, ...]  # an outer one before those inside it
    steps: int
    steps_done: int
    exceptions: int  # each of them, and each remark, is told page by page
    exceptions_open: int
    comments: int
    lots: tuple[ProducedLotView, ...]
    corrections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementView:
    """What a signer is shown, and the digest that says so."""

    meaning: Meaning
    statement: Mapping[str, Any]
    shown: str
    second_person: bool
    reasons: tuple[ReasonView, ...]
