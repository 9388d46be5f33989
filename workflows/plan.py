"""What follows from a recipe alone, worked out once a batch: order, waiting, who reads which value.

Derived, never stored: the recipe is the truth.
"""

from collections.abc import Mapping
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

_K = TypeVar("_K")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A recipe, turned so that each question of the engine is one look-up."""

    phases: Mapping[str, Phase]  # in the order of the procedure
    before: Mapping[str, frozenset[str]]  # every step that must be done before this one
    readers: Mapping[tuple[str, str], tuple[str, ...]]  # (step, input) → steps that use the value
    lines: Mapping[str, FormulaLine]
    equipment: Mapping[str, EquipmentRequirement]
    material_steps: Mapping[str, tuple[str, ...]]  # formula line → steps that identify it
    equipment_steps: Mapping[str, tuple[str, ...]]  # requirement → steps that identify it
    weigh_steps: Mapping[str, tuple[str, ...]]  # formula line → steps that weigh it


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


def _append(index: dict[_K, tuple[str, ...]], key: _K, step: str) -> None:
    index[key] = (*index.get(key, ()), step)


def plan_of(recipe: Recipe) -> Plan:
    """Work out the plan of a recipe that is well formed (or nearly: findings are `validity`'s)."""
    steps = {phase.key: phase for phase in phases(recipe.procedure)}
    before: dict[str, frozenset[str]] = {}
    _waiting(recipe.procedure, frozenset(), before)
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
        phases=steps,
        before=before,
        readers=readers,
        lines={line.key: line for line in recipe.formula},
        equipment={each.key: each for each in recipe.equipment},
        material_steps=material,
        equipment_steps=equipment,
        weigh_steps=weigh,
    )
