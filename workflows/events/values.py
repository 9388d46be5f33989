"""What can have happened to a value: recorded, calculated, corrected, judged again."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from workflows.events.vocabulary import BatchEvent, OperandValue, Source, Verdict
from workflows.people import Who
from workflows.quantity import Quantity, Rounding
from workflows.recipe import Criticality, InputKind, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRecorded(BatchEvent):
    """A value was recorded as given, then judged."""

    KIND: ClassVar[str] = "batch.value.recorded"
    VERSION: ClassVar[int] = 1
    step: str
    step_title: str
    input: str
    title: str
    input_kind: InputKind
    value: str
    unit: str | None
    limits: Limits | None
    verdict: Verdict
    source: Source
    criticality: Criticality
    attempt: int = 1
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCalculated(BatchEvent):
    """A result was computed, or found impossible to compute (`value` empty, `fault` says why)."""

    KIND: ClassVar[str] = "batch.value.calculated"
    VERSION: ClassVar[int] = 1
    step: str
    step_title: str
    input: str
    title: str
    expression: str
    operands: tuple[OperandValue, ...]
    exact: str  # before rounding
    value: str
    unit: str
    decimals: int
    rounding: Rounding
    limits: Limits | None
    verdict: Verdict
    criticality: Criticality
    fault: str = ""
    correction: str | None = None  # the correction that caused a new generation
    source: Source = Source.CALCULATED


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCorrected(BatchEvent):
    """A right value was put beside a wrong one."""

    KIND: ClassVar[str] = "batch.value.corrected"
    VERSION: ClassVar[int] = 1
    correction: str
    step: str
    step_title: str
    input: str
    title: str
    input_kind: InputKind
    was: str
    was_by: Who
    was_at: datetime
    becomes: str
    unit: str | None
    limits: Limits | None
    verdict: Verdict
    source: Source
    criticality: Criticality
    why: str
    signed: bool  # the value stood under a signature
    weighing: int | None = None
    witness: Who | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueJudged(BatchEvent):
    """A weight already on record was judged again, or for the first time as a whole."""

    KIND: ClassVar[str] = "batch.value.judged"
    VERSION: ClassVar[int] = 1
    step: str
    step_title: str
    input: str
    title: str
    total: Quantity
    target: Quantity
    least: Quantity
    most: Quantity
    verdict: Verdict
    correction: str | None  # None: judged at completion, because more was announced
