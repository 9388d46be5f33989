"""The batch record as one frozen value: what paper, screen and an inspector's program all read.

Who printed a copy, when and why is no part of it, so every copy of one record has one digest.
`entries` has the hash of every entry that the parts name by its sequence.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from ebr.batches.record.parts import (
    CommentRecord,
    EquipmentRecord,
    Instant,
    LimitRecord,
    LoopRecord,
    OperationRecord,
    SignatureRecord,
    StepRecord,
)
from workflows import BatchStatus
from workflows.commands import Decision
from workflows.events import ExceptionKind, Source, Verdict
from workflows.people import Who
from workflows.recipe import Criticality, Meaning, Scaling, Severity

SCHEMA: Literal["batchline-record/v1"] = "batchline-record/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRecord:
    """A right value put beside a wrong one, and the steps that lost their signatures by it."""

    key: str
    step: str
    step_number: str
    input: str
    title: str
    was: str
    was_by: Who
    was_at: Instant
    becomes: str
    unit: str | None
    why: str
    by: Who
    witness: Who | None
    at: Instant
    station: str
    signed: bool  # the old value stood under a signature
    unsigned: tuple[str, ...]  # numbers of steps
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """One decision on an exception; a returned one is followed by another."""

    decision: Decision
    reason: str
    reference: str
    at: Instant
    by: Who
    station: str
    signatures: tuple[SignatureRecord, ...]
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionRecord:
    """A departure from the recipe with everything that was decided about it."""

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
    raised_at: Instant
    raised_by: Who
    station: str
    decisions: tuple[DecisionRecord, ...]
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRecord:
    """What went in from one container."""

    container: str
    lot: str
    supplier_lot: str
    lot_status: str
    expiry: date | None
    net: str
    unit: str
    balance: str
    calibration_due: date | None
    source: Source
    reading: UUID | None
    frame: str
    at: Instant
    by: Who


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialRecord:
    """A formula line as it was charged: target, actual, deviation, from which containers."""

    line: str
    material: str
    title: str
    planned: str
    scaling: Scaling
    step: str
    step_number: str
    target: str | None
    least: str | None
    most: str | None
    actual: str | None
    unit: str
    deviation_percent: str | None
    verdict: Verdict
    charges: tuple[ChargeRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRecord:
    """A result that decides on release, or a yield or reconciliation that was computed."""

    title: str
    criticality: Criticality
    calculated: bool
    step: str
    step_number: str
    input: str
    value: str
    unit: str | None
    target: str | None
    limits: tuple[LimitRecord, ...]
    verdict: Verdict
    corrected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRecord:
    """A lot that the batch produced."""

    number: str
    material: str
    quantity: str
    earlier: tuple[str, ...]
    theoretical: str | None
    expires: date
    usable_from: Instant
    step: str
    step_number: str
    at: Instant
    by: Who
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """One line of the signature register: everyone who took part."""

    key: str
    person: UUID
    name: str
    roles: tuple[str, ...]
    stations: tuple[str, ...]
    meanings: tuple[Meaning, ...]
    signatures: int
    acts: int
    first_at: Instant
    last_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRecord:
    """An act on the recipe before the batch: drafted, approved, made effective."""

    act: str
    name: str
    role: str
    at: Instant
    meanings: tuple[str, ...]  # of its signatures; empty: it takes none
    stream: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeRecord:
    """The recipe that the batch was bound to, whole."""

    code: str
    version: int
    title: str
    source: str
    digest: str  # SHA-256 of `control`
    master_digest: str  # of the master recipe as approved
    approvals: tuple[ApprovalRecord, ...]
    control: str  # canonical text of the control recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderRecord:
    """What the record is about and where it stands."""

    id: UUID
    stream: str
    number: str
    order: str
    product: str
    title: str
    size: str
    status: BatchStatus
    started_at: Instant
    started_by: Who
    completed_at: Instant | None
    reviewed_at: Instant | None
    reviewed_by: Who | None
    closed_at: Instant | None
    closed_by: Who | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DispositionRecord:
    """What became of the batch, under which signatures."""

    status: BatchStatus
    at: Instant | None
    by: Who | None
    why: str  # of a rejection
    lots: tuple[str, ...]
    signatures: tuple[SignatureRecord, ...]  # review and disposition, superseded ones too


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsRecord:
    """Totals, every one counted from the data below it."""

    steps: int
    complete: int
    skipped: int
    unsigned: int  # steps that are not under standing signatures
    values: int
    limited: int
    within: int
    alert: int
    out: int
    corrections: int
    manual: int  # weights that were typed
    weighings: int
    exceptions: int
    exceptions_open: int
    comments: int
    signatures: int
    superseded: int
    lots: int
    refused: int
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRecord:
    """A rule of completeness that ran over the record: how many it looked at, how many fail."""

    code: str
    text: str
    looked_at: int
    failing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRecord:
    """An attempt on the batch that was refused and changed nothing."""

    at: Instant
    name: str
    role: str
    station: str
    operation: str
    error: str
    reasons: tuple[str, ...]
    stream: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRecord:
    """One entry of the batch's stream, where it stands in the ledger."""

    seq: int
    hash: str
    at: Instant
    act: str
    events: tuple[str, ...]
    name: str
    role: str
    station: str
    why: str
    signatures: int
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRecord:
    """The whole record of one batch."""

    schema: Literal["batchline-record/v1"]
    language: Literal["en"]
    site: str
    zone: str
    batch: HeaderRecord
    recipe: RecipeRecord
    disposition: DispositionRecord
    counts: CountsRecord
    rule_set: str
    checks: tuple[CheckRecord, ...]
    people: tuple[PersonRecord, ...]
    materials: tuple[MaterialRecord, ...]
    equipment: tuple[EquipmentRecord, ...]
    operations: tuple[OperationRecord, ...]
    results: tuple[ResultRecord, ...]
    lots: tuple[LotRecord, ...]
    exceptions: tuple[ExceptionRecord, ...]
    corrections: tuple[CorrectionRecord, ...]
    comments: tuple[CommentRecord, ...]
    refused: tuple[RefusedRecord, ...]
    entries: tuple[EntryRecord, ...]
    loops: tuple[LoopRecord, ...] = ()  # left out of the document where the recipe has none

    @property
    def steps(self) -> tuple[StepRecord, ...]:
        """Every step, in the order of the procedure."""
        return tuple(step for operation in self.operations for step in operation.steps)
