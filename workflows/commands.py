"""What may be asked of a batch: one frozen value an intention, imperative.

Every command names its batch, so that a request digest covers it. `step` is the key of a step in
the recipe. Numbers travel as text and keep their digits. A weight never comes from a browser:
`AcceptReading` carries the id of a reading that the server stored.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import get_args
from uuid import UUID

from workflows.quantity import Quantity
from workflows.recipe import Severity

WEIGHT = "weight"  # the input key under which a weighing step keeps its weight


class Decision(StrEnum):
    """What quality decides about an exception."""

    ACCEPT = "accept"
    DEVIATION = "deviation"
    RETURN = "return"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchCommand:
    """An intention about one batch."""

    batch: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StartBatch(BatchCommand):
    """Open the record of a new batch, bound to a snapshot of an effective recipe."""

    number: str
    order: str
    size: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class StartStep(BatchCommand):
    """Take a step in hand; from now on it shows who holds it."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordValue(BatchCommand):
    """Record what was read off, whether or not it lies within limits.

    `why` is asked for a further attempt of an in-process check only.
    """

    step: str
    input: str
    value: str
    unit: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyMaterial(BatchCommand):
    """Scan the container from which a formula line will be charged.

    `part` says that this container alone does not hold enough and others follow.
    """

    step: str
    code: str
    part: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyEquipment(BatchCommand):
    """Scan the equipment that fills a requirement; `why` when it replaces another."""

    step: str
    code: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptReading(BatchCommand):
    """Take a stored reading of the scale as the weight charged.

    `container` is the code of the container it was taken from; without it the last one identified.
    `part` says that more will be weighed before the total is judged.
    """

    step: str
    reading: UUID
    input: str = WEIGHT
    container: str | None = None
    part: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeWeight(BatchCommand):
    """Record a weight by hand when the scale cannot send it: right, reason, second person."""

    step: str
    value: str
    unit: str
    why: str
    input: str = WEIGHT
    container: str | None = None
    part: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculate(BatchCommand):
    """Compute the result of a calculation step from what is on record."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteStep(BatchCommand):
    """Declare a step done as recorded; carries no values, signed by who performed it."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessStep(BatchCommand):
    """Confirm, as a second person, that a step was done as recorded."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipStep(BatchCommand):
    """Leave out a step that the recipe allows to be left out, with the reason."""

    step: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectValue(BatchCommand):
    """Put a right value beside a wrong one, with the reason; the wrong one stays readable.

    An empty `value` withdraws it. One of several weighings is named `weight#2`.
    """

    step: str
    input: str
    value: str
    why: str
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportProblem(BatchCommand):
    """Raise an exception by hand, about a step or the whole batch."""

    text: str
    severity: Severity
    step: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddComment(BatchCommand):
    """Leave a remark that cannot be edited, on a step or the whole batch."""

    text: str
    step: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideException(BatchCommand):
    """Say what an exception means for quality; `reference` is the number of a deviation."""

    exception: str
    decision: Decision
    reason: str
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteReview(BatchCommand):
    """Declare the whole record reviewed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseBatch(BatchCommand):
    """Certify the batch for use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectBatch(BatchCommand):
    """Close the batch as unfit for use, with the reason."""

    why: str


Command = (
    StartBatch
    | StartStep
    | RecordValue
    | IdentifyMaterial
    | IdentifyEquipment
    | AcceptReading
    | TypeWeight
    | Calculate
    | CompleteStep
    | WitnessStep
    | SkipStep
    | CorrectValue
    | ReportProblem
    | AddComment
    | DecideException
    | CompleteReview
    | ReleaseBatch
    | RejectBatch
)
COMMANDS: tuple[type[Command], ...] = get_args(Command)
