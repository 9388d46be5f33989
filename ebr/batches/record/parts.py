"""What a step leaves on the record: values with all generations, weighings, scans, signatures.

Instants are ISO 8601 in the plant's zone, with offset; amounts are text with the digits as they
were given. `entry` names the entry of the batch's stream by its sequence.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal, NewType
from uuid import UUID

from workflows import StepStatus
from workflows.events import Source, Verdict
from workflows.people import Who
from workflows.recipe import Criticality, InputKind, Meaning, Parameter

Instant = NewType("Instant", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Superseded:
    """Why a signature no longer stands: the correction, or the change after a review."""

    by: str
    because: str
    at: Instant
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRecord:
    """An electronic signature with printed name, instant and meaning (21 CFR 11.50)."""

    key: str  # the initials by which the register names the signer
    meaning: Meaning
    name: str
    role: str
    at: Instant
    station: str
    method: str
    components: tuple[str, ...]
    shown: str  # SHA-256 of what the signer was shown
    person: UUID
    account: UUID
    proof: str
    on: str  # what it stands on: step, typed weight, correction C-1, exception EX-1, batch
    generation: int  # of the step's signing: 2 after the first correction; 0 where it has none
    superseded: Superseded | None
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRecord:
    """One layer of limits; a missing end is open."""

    layer: Literal["alert", "action", "reject", "tolerance"]
    low: str | None
    high: str | None
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperandRecord:
    """An operand with the value it had when the result was computed."""

    name: str
    value: str
    unit: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalculationRecord:
    """How a result came about, so that anyone can do it again."""

    expression: str
    operands: tuple[OperandRecord, ...]
    exact: str  # before rounding
    decimals: int
    rounding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One generation of a value; none is ever hidden behind a later one (21 CFR 11.10(e))."""

    value: str  # empty: withdrawn, or it could not be computed
    unit: str | None
    verdict: Verdict
    target: str | None
    limits: tuple[LimitRecord, ...]
    source: Source
    at: Instant
    by: Who
    station: str
    attempt: int
    why: str
    fault: str
    correction: str | None  # the correction that brought this generation
    calculation: CalculationRecord | None
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRecord:
    """A value that a step asks for, with all its generations, the one in force last."""

    input: str
    title: str
    kind: InputKind
    criticality: Criticality
    generations: tuple[Generation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """One generation of a weighed amount."""

    net: str
    unit: str
    source: Source
    at: Instant
    by: Who
    station: str
    why: str
    witness: Who | None
    correction: str | None
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighingRecord:
    """One amount weighed from a container on a scale, with the frame that the scale sent."""

    number: int
    container: str
    lot: str
    part: bool
    target: str
    least: str
    most: str
    unit: str
    scale: str
    scale_title: str
    calibration_due: date | None
    reading: UUID | None
    reading_at: Instant | None
    frame: str  # raw, control characters written out; empty where it was typed
    amounts: tuple[Amount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerRecord:
    """A container identified for a charge, as it stood when it was scanned."""

    code: str
    material: str
    title: str
    lot: str
    supplier_lot: str
    lot_status: str
    expiry: date | None
    retest: date | None
    remaining: str
    part: bool
    source: Source
    at: Instant
    by: Who
    station: str
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRecord:
    """An amount charged by the formula without being weighed."""

    material: str
    title: str
    container: str
    lot: str
    quantity: str
    at: Instant
    by: Who
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentRecord:
    """Equipment identified for use, as it stood then, and until when it served."""

    step: str
    step_number: str
    code: str
    title: str
    equipment_class: str
    status: str
    calibration_due: date | None
    calibration: str
    replaces: str
    why: str
    source: Source
    at: Instant
    by: Who
    station: str
    used_in: tuple[str, ...]  # numbers of steps
    used_until: Instant
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRecord:
    """A waiting time as the server's clock measured it."""

    least_s: int
    most_s: int | None
    elapsed_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRecord:
    """A remark; it cannot be edited."""

    text: str
    step: str | None
    step_number: str
    at: Instant
    by: Who
    station: str
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """One step as it was done."""

    key: str
    number: str
    title: str
    instruction: str
    parameters: tuple[Parameter, ...]
    statement: str  # what a sign-off signs; empty otherwise
    kind: str
    status: StepStatus
    critical: bool
    witness: bool
    started_at: Instant | None
    started_by: Who | None
    ended_at: Instant | None
    skipped: str  # why; empty when it was not
    held_s: int | None
    hold_most_s: int | None
    values: tuple[ValueRecord, ...]
    weighings: tuple[WeighingRecord, ...]
    containers: tuple[ContainerRecord, ...]
    issues: tuple[IssueRecord, ...]
    equipment: tuple[EquipmentRecord, ...]
    timer: TimerRecord | None
    signatures: tuple[SignatureRecord, ...]
    exceptions: tuple[str, ...]
    comments: tuple[CommentRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementRecord:
    """How a pass stood to what ends its loop; judged again where its value changed later."""

    value: str  # empty: there was none
    unit: str | None
    holds: bool
    text: str
    at: Instant
    by: Who
    station: str
    correction: str | None  # that brought another value
    exception: str  # that it led to
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRecord:
    """One pass of a loop with the keys of its steps."""

    number: int
    name: str  # `2`, or `2.1` in a loop in a loop
    began_at: Instant | None  # None: the first pass begins with what the loop stands in
    steps: tuple[str, ...]
    judgements: tuple[JudgementRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopRecord:
    """A block that was repeated: until when, how often, how each pass was judged, how it ended."""

    key: str
    title: str
    goal: str  # what ends it, in words
    most: int
    passes: tuple[PassRecord, ...]
    met: bool | None  # None: it has not ended
    because: str
    ended_at: Instant | None
    ended_by: Who | None
    entry: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRecord:
    """An operation of the procedure with its steps."""

    number: str
    title: str
    unit_procedure: str
    parallel: bool
    steps: tuple[StepRecord, ...]
