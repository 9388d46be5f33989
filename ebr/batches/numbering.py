"""The numbers by which people name the steps: operation and place in it, as in `2.4`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from workflows import recipe
from workflows.recipe import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationPart:
    """An operation of the procedure with its steps, in the order of the recipe."""

    number: str
    title: str
    steps: tuple[str, ...]
    unit_procedure: str
    parallel: bool


@lru_cache(maxsize=256)
def operations(whole: recipe.Recipe) -> tuple[OperationPart, ...]:
    """The operations in order; steps outside any operation form one of their own."""
    found: list[OperationPart] = []
    for block, unit in _operations(whole.procedure, whole.procedure.title):
        steps = tuple(phase.key for phase in recipe.phases(block))
        found.append(
            OperationPart(
                number=str(len(found) + 1),
                title=block.title,
                steps=steps,
                unit_procedure=unit,
                parallel=isinstance(block, recipe.Parallel),
            )
        )
    return tuple(found)


@lru_cache(maxsize=256)
def numbers(whole: recipe.Recipe) -> Mapping[str, str]:
    """Step key → number, such as `2.4`."""
    return {
        step: f"{operation.number}.{place}"
        for operation in operations(whole)
        for place, step in enumerate(operation.steps, 1)
    }


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
