"""The procedure as a tree of blocks, and the recipe that holds it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, assert_never

from workflows.quantity import Quantity
from workflows.recipe.palette import Work
from workflows.recipe.vocabulary import (
    EquipmentRequirement,
    FormulaLine,
    Level,
    Parameter,
    Range,
    Scale,
    Severity,
    ValueRef,
)


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
    `parameters` are told with the instruction.
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
    parameters: tuple[Parameter, ...] = ()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """What ends a loop: a value of its body, judged each time a pass is done.

    A number ends it when it lies `within` the range (ends included), a choice or a text when it
    `equals` the one that is named.
    """

    value: ValueRef
    within: Range | None = None
    equals: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A block done again, pass after pass, until its condition holds; at most `most` times."""

    KIND: ClassVar[str] = "repeat"
    key: str
    title: str
    body: "Block"
    until: Until
    most: int
    level: Level | None = None


Block = Sequence | Parallel | Repeat | Phase


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


def blocks_in(block: Block) -> tuple[Block, ...]:
    """The blocks directly inside a block; of a loop its body, of a phase none."""
    match block:
        case Phase():
            return ()
        case Sequence(blocks=children) | Parallel(branches=children):
            return children
        case Repeat(body=body):
            return (body,)
        case _:
            assert_never(block)


def phases(block: Block) -> Iterator[Phase]:
    """All phases below a block, in the order of the procedure; those of a loop once."""
    if isinstance(block, Phase):
        yield block
    for child in blocks_in(block):
        yield from phases(child)


def loops(block: Block) -> Iterator[Repeat]:
    """All loops below a block, an outer one before those inside it."""
    if isinstance(block, Repeat):
        yield block
    for child in blocks_in(block):
        yield from loops(child)
