"""The palette: one frozen value a kind of phase, one rule module each in `workflows.phases`."""

from dataclasses import dataclass
from typing import ClassVar, get_args

from workflows.quantity import Quantity, Rounding
from workflows.recipe.vocabulary import Criticality, Input, Tolerance, ValueRef


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
