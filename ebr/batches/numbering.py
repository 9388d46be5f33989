"""The numbers by which people name the steps: operation and place in it, as in `2.4`.

A step in a loop keeps the number of the recipe and adds its pass, `2.4-2`, so that a number once
written on a record never means another step when a further pass begins.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import workflows
from workflows import recipe
from workflows.recipe import Level
from workflows.unrolling import unrolled


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationPart:
    """An operation of the procedure with its steps, in the order of the recipe."""

    key: str
    number: str
    title: str
    steps: tuple[str, ...]
    unit_procedure: str
    parallel: bool


@lru_cache(maxsize=256)
def operations(whole: recipe.Recipe) -> tuple[OperationPart, ...]:
    """The operations in order; steps outside any operation form one of their own."""
    return _parts(whole.procedure)


@lru_cache(maxsize=256)
def numbers(whole: recipe.Recipe) -> Mapping[str, str]:
    """Step key → number, such as `2.4`."""
    return {
        step: f"{operation.number}.{place}"
        for operation in operations(whole)
        for place, step in enumerate(operation.steps, 1)
    }


def operations_of(batch: workflows.Batch) -> tuple[OperationPart, ...]:
    """The operations of a batch, with the passes of its loops as far as they are begun."""
    if not batch.loops:
        return operations(batch.recipe)
    return _laid_out(batch.recipe, _passes(batch))[0]


def numbers_of(batch: workflows.Batch) -> Mapping[str, str]:
    """Step key → number, such as `2.4`, or `2.4-2` in the second pass of a loop."""
    if not batch.loops:
        return numbers(batch.recipe)
    return _laid_out(batch.recipe, _passes(batch))[1]


def _passes(batch: workflows.Batch) -> tuple[tuple[str, int], ...]:
    return tuple((key, loop.passes) for key, loop in batch.loops.items())


@lru_cache(maxsize=256)
def _laid_out(
    whole: recipe.Recipe, passes: tuple[tuple[str, int], ...]
) -> tuple[tuple[OperationPart, ...], Mapping[str, str]]:
    known, numbered = {each.key: each.number for each in operations(whole)}, numbers(whole)
    found = tuple(
        replace(each, number=_with_pass(known, each.key))
        for each in _parts(unrolled(whole, dict(passes)).procedure)
    )
    return found, {step: _with_pass(numbered, step) for each in found for step in each.steps}


def _with_pass(known: Mapping[str, str], key: str) -> str:
    block, _, name = key.partition("#")
    return f"{known[block]}-{name}" if name else known[block]


def _parts(procedure: recipe.Sequence) -> tuple[OperationPart, ...]:
    found: list[OperationPart] = []
    for block, unit in _operations(procedure, procedure.title):
        steps = tuple(phase.key for phase in recipe.phases(block))
        found.append(
            OperationPart(
                key=block.key,
                number=str(len(found) + 1),
                title=block.title,
                steps=steps,
                unit_procedure=unit,
                parallel=isinstance(block, recipe.Parallel),
            )
        )
    return tuple(found)


def _operations(block: recipe.Block, unit: str) -> Iterator[tuple[recipe.Block, str]]:
    """Blocks that count as operations: those labelled so, and what lies beside them."""
    if isinstance(block, recipe.Phase) or block.level is Level.OPERATION:
        yield block, unit
        return
    children = recipe.blocks_in(block)
    inside = block.title if block.level is Level.UNIT_PROCEDURE else unit
    if not any(_holds_operation(child) for child in children):
        yield block, unit
        return
    for child in children:
        yield from _operations(child, inside)


def _holds_operation(block: recipe.Block) -> bool:
    if isinstance(block, recipe.Phase):
        return False
    return block.level is not None or any(
        _holds_operation(child) for child in recipe.blocks_in(block)
    )
