"""The words of a recipe: values with their kinds, limits and criticality, materials, equipment."""

from dataclasses import dataclass
from enum import StrEnum

from workflows.quantity import Quantity


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


class ParameterRole(StrEnum):
    """What a parameter of a phase is for (ISA-88: process input, output, parameter)."""

    INPUT = "process_input"
    OUTPUT = "process_output"
    PARAMETER = "process_parameter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A value that the recipe gives to a phase, for who does it: a speed, a name, a set point.

    It is told with the instruction and never judged: what is judged is an input with limits.
    `unit` is a UCUM code, or the word of the source where no code is known.
    """

    key: str
    title: str
    value: str = ""
    unit: str | None = None
    choices: tuple[str, ...] = ()
    role: ParameterRole = ParameterRole.PARAMETER

    def __str__(self) -> str:
        unit = "" if self.unit in (None, "1") else f" {self.unit}"
        amount = f"{self.value}{unit}" if self.value else ""
        return f"{self.title}: {amount or 'no value'}"
