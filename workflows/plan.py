"""What follows from a recipe, and from how far its loops have come: order, waiting, who reads what.

Derived, never stored: the recipe and the passes begun are the truth. It is worked out when a batch
starts, and again when a pass begins.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar, assert_never

from workflows.commands import WEIGHT
from workflows.recipe import (
    Block,
    Calculation,
    Check,
    Confirm,
    Entry,
    EquipmentRequirement,
    FormulaLine,
    IdentifyEquipment,
    IdentifyMaterial,
    Input,
    InputKind,
    Parallel,
    Phase,
    Produce,
    Recipe,
    Repeat,
    Sequence,
    ValueRef,
    Weigh,
    blocks_in,
    phases,
)
from workflows.unrolling import LaidOut, Unrolled, unrolled

_K = TypeVar("_K")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A recipe, turned so that each question of the engine is one look-up."""

    procedure: Sequence  # with every pass of its loops, as far as they are begun
    loops: Mapping[str, LaidOut]  # inner ones first
    awaited: Mapping[str, frozenset[str]]  # step → loops that must have ended before it
    places: Mapping[str, Mapping[str, int]]  # step in loops → loop → pass
    phases: Mapping[str, Phase]  # in the order of the procedure
    before: Mapping[str, frozenset[str]]  # every step that must be done before this one
    readers: Mapping[tuple[str, str], tuple[str, ...]]  # (step, input) → steps that use the value
    lines: Mapping[str, FormulaLine]
    equipment: Mapping[str, EquipmentRequirement]
    material_steps: Mapping[str, tuple[str, ...]]  # formula line → steps that identify it
    equipment_steps: Mapping[str, tuple[str, ...]]  # requirement → steps that identify it
    weigh_steps: Mapping[str, tuple[str, ...]]  # formula line → steps that weigh it

    def seen_from(self, step: str, others: Iterable[str]) -> tuple[str, ...]:
        """Of some steps those that one goes by: not the ones of other passes of its own loop."""
        here = self.places.get(step, {})
        return tuple(
            other
            for other in others
            if all(here.get(loop, n) == n for loop, n in self.places.get(other, {}).items())
        )


def references(phase: Phase) -> tuple[ValueRef, ...]:
    """The values of other steps that this step uses."""
    match phase.work:
        case Calculation(operands=operands):
            return tuple(each.value for each in operands if each.value is not None)
        case Weigh(target=ValueRef() as target):
            return (target,)
        case Produce(theoretical=ValueRef() as theoretical):
            return (theoretical,)
        case _:
            return ()


def recorded_inputs(phase: Phase) -> tuple[Input, ...]:
    """What a person records in this step."""
    match phase.work:
        case Confirm(inputs=inputs) | Entry(inputs=inputs) | Check(inputs=inputs):
            return inputs
        case Produce(quantity=quantity):
            return (quantity,)
        case _:
            return ()


def written_inputs(phase: Phase) -> tuple[Input, ...]:
    """Every value that other steps may use from this one."""
    match phase.work:
        case Calculation(result=result):
            return (result,)
        case Weigh() as weigh:
            return (
                Input(
                    key=WEIGHT,
                    title=phase.title,
                    kind=InputKind.WEIGHT,
                    unit=weigh.unit,
                    decimals=weigh.decimals,
                    criticality=weigh.criticality,
                ),
            )
        case _:
            return recorded_inputs(phase)


def _waiting(
    block: Block, earlier: frozenset[str], found: dict[str, frozenset[str]]
) -> frozenset[str]:
    """Note for each step below the block what it waits for; return the steps of the block."""
    match block:
        case Phase(key=key):
            found[key] = earlier
            return frozenset({key})
        case Sequence() | Repeat():
            inside: frozenset[str] = frozenset()
            for child in blocks_in(block):
                inside |= _waiting(child, earlier | inside, found)
            return inside
        case Parallel(branches=branches):
            return frozenset().union(*(_waiting(each, earlier, found) for each in branches))
        case _:
            assert_never(block)


def _awaiting(
    block: Block,
    earlier: frozenset[str],
    loops: Mapping[str, LaidOut],
    found: dict[str, frozenset[str]],
) -> frozenset[str]:
    """Note for each step which loops come before it; return the loops of the block, itself too."""
    inside: frozenset[str] = frozenset()
    if isinstance(block, Phase):
        found[block.key] = earlier
    for child in blocks_in(block):
        before = earlier if isinstance(block, Parallel) else earlier | inside
        inside |= _awaiting(child, before, loops, found)
    return inside | {block.key} if block.key in loops else inside


def _append(index: dict[_K, tuple[str, ...]], key: _K, step: str) -> None:
    index[key] = (*index.get(key, ()), step)


def plan_of(recipe: Recipe) -> Plan:
    """The plan of a recipe that is well formed, or nearly: a loop counts as done once."""
    return _plan(recipe, Unrolled(procedure=recipe.procedure, loops={}, places={}))


def plan_at(recipe: Recipe, passes: Mapping[str, int]) -> Plan:
    """The plan of a batch that has begun so many passes of its loops."""
    return _plan(recipe, unrolled(recipe, passes))


def _plan(recipe: Recipe, laid_out: Unrolled) -> Plan:
    procedure = laid_out.procedure
    steps = {phase.key: phase for phase in phases(procedure)}
    before: dict[str, frozenset[str]] = {}
    _waiting(procedure, frozenset(), before)
    awaited: dict[str, frozenset[str]] = {}
    _awaiting(procedure, frozenset(), laid_out.loops, awaited)
    readers: dict[tuple[str, str], tuple[str, ...]] = {}
    material: dict[str, tuple[str, ...]] = {}
    equipment: dict[str, tuple[str, ...]] = {}
    weigh: dict[str, tuple[str, ...]] = {}
    for key, phase in steps.items():
        for ref in dict.fromkeys(references(phase)):
            _append(readers, (ref.step, ref.input), key)
        match phase.work:
            case IdentifyMaterial(line=line):
                _append(material, line, key)
            case IdentifyEquipment(equipment=requirement):
                _append(equipment, requirement, key)
            case Weigh(line=line):
                _append(weigh, line, key)
            case _:
                pass
    return Plan(
        procedure=procedure,
        loops=laid_out.loops,
        awaited=awaited,
        places=laid_out.places,
        phases=steps,
        before=before,
        readers=readers,
        lines={line.key: line for line in recipe.formula},
        equipment={each.key: each for each in recipe.equipment},
        material_steps=material,
        equipment_steps=equipment,
        weigh_steps=weigh,
    )
