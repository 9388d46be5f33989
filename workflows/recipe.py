"""The immutable recipe: what shall be done, in which order, within which limits (ISA-88).

A master recipe has a header, a formula, equipment requirements and a procedure. The procedure is
a tree of blocks (`Sequence`, `Parallel`) whose leaves are phases; the shop floor calls a phase a
step. Block structure makes it sound by construction: no join waits for ever, nothing is
unreachable. Every value here is frozen; a running batch is bound to one recipe by the digest of
its canonical form.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, assert_never, get_args

from workflows.quantity import Quantity, Rounding


class Level(StrEnum):
    """ISA-88 level of a block; a label, not a rule of execution."""

    PROCEDURE = "procedure"
    UNIT_PROCEDURE = "unit_procedure"
    OPERATION = "operation"


class Criticality(StrEnum):
    """What a value means for quality: critical process parameter, quality attribute, or neither."""

    CPP = "cpp"
    CQA = "cqa"
    NONE = "none"


class Scaling(StrEnum):
    """How a formula line follows the size of the order."""

    FIXED = "fixed"
    PROPORTIONAL = "proportional"


class Severity(StrEnum):
    """How serious an exception is."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Meaning(StrEnum):
    """What a signature says (21 CFR 11.50(a)(3))."""

    PERFORMED = "performed"
    WITNESSED = "witnessed"
    CORRECTED = "corrected"
    SKIPPED = "skipped"
    AUTHORED = "authored"
    APPROVED = "approved"
    DECIDED = "decided"
    REVIEWED = "reviewed"
    RELEASED = "released"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """An interval with both ends included; a missing end is open."""

    low: Quantity | None = None
    high: Quantity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits in layers, from aim to unacceptable. No layer ever stops a value being recorded."""

    target: Quantity | None = None
    alert: Range | None = None
    action: Range | None = None
    reject: Range | None = None


class InputKind(StrEnum):
    """What sort of value an input takes."""

    NUMBER = "number"
    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"
    CONFIRMATION = "confirmation"
    WEIGHT = "weight"
    LOT = "lot"
    EQUIPMENT = "equipment"
    CALCULATED = "calculated"


NUMERIC = frozenset({InputKind.NUMBER, InputKind.WEIGHT, InputKind.CALCULATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One value that a step asks for."""

    key: str
    title: str
    kind: InputKind
    unit: str | None = None
    decimals: int | None = None
    choices: tuple[str, ...] = ()
    limits: Limits | None = None
    criticality: Criticality = Criticality.NONE
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRef:
    """Points to a value recorded or calculated in another step."""

    step: str
    input: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaLine:
    """A material the batch consumes: what, how much, how it scales."""

    key: str
    material: str
    title: str
    quantity: Quantity
    scaling: Scaling = Scaling.PROPORTIONAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The sizes in which a recipe may be made, both ends included; steps count from the least."""

    minimum: Quantity
    maximum: Quantity
    increment: Quantity | None = None

    def __str__(self) -> str:
        if self.minimum == self.maximum:
            return f"{self.minimum} only"
        steps = f" in steps of {self.increment}" if self.increment else ""
        return f"{self.minimum} to {self.maximum}{steps}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentRequirement:
    """A piece of equipment the procedure needs, by class; the instance is bound at the scan."""

    key: str
    equipment_class: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """Allowed deviation from a target: absolute in the target's unit, or in per cent of it."""

    low: Quantity
    high: Quantity


# --- the palette: one frozen value a kind of phase, one rule module each in workflows/phases ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """Something to do that leaves no value but the signature."""

    KIND: ClassVar[str] = "instruction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """Statements to read and confirm one by one."""

    KIND: ClassVar[str] = "confirm"
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Numbers, texts, choices or dates that a person reads off and records."""

    KIND: ClassVar[str] = "entry"
    inputs: tuple[Input, ...]


BATCH_SIZE = "$size"  # names the size of the batch where a formula line could stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Operand:
    """A named input of a calculation: a recorded value, a formula quantity or a constant."""

    name: str
    value: ValueRef | None = None
    formula: str | None = None
    constant: Quantity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestVector:
    """A worked example of a calculation; it runs at approval."""

    operands: tuple[Operand, ...]
    result: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """A result computed from declared operands, with declared unit, decimals and rounding."""

    KIND: ClassVar[str] = "calculation"
    result: Input
    expression: str
    operands: tuple[Operand, ...]
    rounding: Rounding = Rounding.HALF_UP
    vectors: tuple[TestVector, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyMaterial:
    """Scan the container that will be charged for a formula line."""

    KIND: ClassVar[str] = "identify_material"
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyEquipment:
    """Scan the equipment that fills a requirement."""

    KIND: ClassVar[str] = "identify_equipment"
    equipment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Weigh:
    """Weigh the identified material of a formula line on an identified scale, to a target."""

    KIND: ClassVar[str] = "weigh"
    line: str
    scale: str
    unit: str
    decimals: int
    target: ValueRef | None = None  # a calculated mass; without it the formula line's quantity
    tolerance: Tolerance
    criticality: Criticality = Criticality.CPP


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A waiting time that the server's clock measures, from the start of the step."""

    KIND: ClassVar[str] = "timer"
    least_s: int
    most_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """An in-process check: results against limits; every attempt is kept and counted."""

    KIND: ClassVar[str] = "check"
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Produce:
    """What came out: the quantity, put into a new lot with its status, expiry and earliest use."""

    KIND: ClassVar[str] = "produce"
    quantity: Input
    usable_after_s: int = 0
    expires_after_days: int
    theoretical: ValueRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """A signature alone, under a statement."""

    KIND: ClassVar[str] = "sign_off"
    statement: str


Work = (
    Instruction
    | Confirm
    | Entry
    | Calculation
    | IdentifyMaterial
    | IdentifyEquipment
    | Weigh
    | Timer
    | Check
    | Produce
    | SignOff
)
WORKS: tuple[type[Work], ...] = get_args(Work)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldTime:
    """The time allowed between the completion of another step and the start of this one."""

    after: str
    most_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionPolicy:
    """What the step's exceptions weigh, and whether they hold the batch up until decided."""

    severity: Severity = Severity.MAJOR
    blocks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A leaf of the procedure: one step with its instruction, its work and its signature policy.

    `witness` asks for a second person. `critical` shows on every screen and on the record.
    `may_skip` allows the step to be skipped with a reason (always an exception).
    `right` names the right needed to execute it, besides executing steps at all.
    """

    KIND: ClassVar[str] = "phase"
    key: str
    title: str
    instruction: str
    work: Work
    critical: bool = False
    witness: bool = False
    may_skip: bool = False
    right: str | None = None
    hold: HoldTime | None = None
    exceptions: ExceptionPolicy = ExceptionPolicy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """Blocks one after the other."""

    KIND: ClassVar[str] = "sequence"
    key: str
    title: str
    blocks: "tuple[Block, ...]"
    level: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parallel:
    """Branches at the same time; what follows waits for all of them."""

    KIND: ClassVar[str] = "parallel"
    key: str
    title: str
    branches: "tuple[Block, ...]"
    level: Level | None = None


Block = Sequence | Parallel | Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A master recipe, or the control recipe of one batch once it is scaled to the order."""

    code: str
    version: int
    title: str
    product: str  # material code of what is made
    size: Quantity
    formula: tuple[FormulaLine, ...]
    equipment: tuple[EquipmentRequirement, ...]
    procedure: Sequence
    source: str = ""  # where the recipe comes from (guide, clause)
    scale: Scale | None = None  # None: in any size

    def __hash__(self) -> int:
        # The whole procedure would be walked at every look into a cache that recipes are keys of.
        return hash((self.code, self.version))


def phases(block: Block) -> Iterator[Phase]:
    """All phases below a block, in the order of the procedure."""
    match block:
        case Phase():
            yield block
        case Sequence(blocks=children) | Parallel(branches=children):
            for child in children:
                yield from phases(child)
        case _:
            assert_never(block)
