"""Keys, sizes and texts: is every part named once, of a bearable size, and fit to be signed?"""

import re
from collections.abc import Iterator
from dataclasses import replace

from workflows.recipe import (
    Block,
    Parallel,
    Phase,
    Recipe,
    Scale,
    Sequence,
    SignOff,
    blocks_in,
    phases,
)
from workflows.scaling import scaled
from workflows.validity.finding import Finding, Known, error, remark

KEY = re.compile(r"[a-z][a-z0-9_-]{0,63}")
STEPS_MOST = 1000
DEPTH_MOST = 12
LINES_MOST = 200
TITLE_MOST = 200
TEXT_MOST = 4000


def findings(recipe: Recipe, known: Known) -> Iterator[Finding]:
    """Faults of form, from the header down to the last step."""
    yield from _header(recipe)
    yield from _keys("formula", [line.key for line in recipe.formula])
    yield from _keys("equipment", [each.key for each in recipe.equipment])
    blocks = list(_blocks(recipe.procedure, 1))
    yield from _keys("procedure", [block.key for block, _ in blocks])
    for block, depth in blocks:
        yield from _block(block, depth)
    steps = list(phases(recipe.procedure))
    if len(steps) > STEPS_MOST:
        yield error("procedure", f"{len(steps)} steps; at most {STEPS_MOST} are possible")
    for phase in steps:
        yield from _phase(phase, known)


def _header(recipe: Recipe) -> Iterator[Finding]:
    for place, text in (("code", recipe.code), ("product", recipe.product)):
        if not text.strip():
            yield error(place, "is missing")
    yield from _title("title", recipe.title)
    if recipe.version < 1:
        yield error("version", f"is {recipe.version}; versions count from 1")
    if recipe.size.amount <= 0:
        yield error("size", f"is {recipe.size}; it has to be greater than zero")
    elif recipe.scale is None:
        yield remark("scale", "is not given: an order of any size would be accepted")
    else:
        yield from _scale(recipe, recipe.scale)
    if len(recipe.formula) > LINES_MOST:
        yield error("formula", f"{len(recipe.formula)} lines; at most {LINES_MOST} are possible")


def _scale(recipe: Recipe, scale: Scale) -> Iterator[Finding]:
    """The sizes allowed, and whether the recipe can be made in its own, the least and the most."""
    ends = (("scale.minimum", scale.minimum), ("scale.maximum", scale.maximum))
    given = (*ends, ("scale.increment", scale.increment))
    wrong = [
        error(place, f"is {size}; it has to be an amount of {recipe.size.unit} greater than zero")
        for place, size in given
        if size is not None and (size.dimension != recipe.size.dimension or size.amount <= 0)
    ]
    yield from wrong
    lines = tuple(line for line in recipe.formula if line.quantity.amount > 0)  # others: resources
    for place, size in () if wrong else (("size", recipe.size), *ends):
        try:
            scaled(replace(recipe, formula=lines), size)
        except ValueError as fault:
            yield error(place, f"cannot be made: {fault}")


def _keys(place: str, keys: list[str]) -> Iterator[Finding]:
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield error(f"{place}.{key}", f"the key {key} is used {keys.count(key)} times")
    for key in keys:
        if not KEY.fullmatch(key):
            yield error(f"{place}.{key}", f"{key!r} is no key: a-z, then a-z, 0-9, - and _")


def _blocks(block: Block, depth: int) -> Iterator[tuple[Block, int]]:
    yield block, depth
    for child in blocks_in(block):
        yield from _blocks(child, depth + 1)


def _block(block: Block, depth: int) -> Iterator[Finding]:
    yield from _title(f"{block.key}.title", block.title)
    if depth > DEPTH_MOST:
        yield error(block.key, f"nested {depth} deep; at most {DEPTH_MOST} are possible")
    if isinstance(block, Sequence) and not block.blocks:
        yield error(block.key, "holds no step")
    if isinstance(block, Parallel):
        if not block.branches:
            yield error(block.key, "holds no branch")
        elif len(block.branches) == 1:
            yield remark(block.key, "has one branch only; it might as well be a sequence")


def _phase(phase: Phase, known: Known) -> Iterator[Finding]:
    if not phase.instruction.strip():
        yield error(f"{phase.key}.instruction", "is empty: nobody can sign what is not said")
    if len(phase.instruction) > TEXT_MOST:
        yield error(f"{phase.key}.instruction", f"is longer than {TEXT_MOST} characters")
    if isinstance(phase.work, SignOff) and not phase.work.statement.strip():
        yield error(f"{phase.key}.statement", "is empty: nobody can sign what is not said")
    if phase.right is not None and known.rights is not None and phase.right not in known.rights:
        yield error(
            f"{phase.key}.right", f"nobody can sign it: no role holds the right {phase.right}"
        )
    if phase.critical and not phase.witness:
        yield remark(f"{phase.key}.witness", "the step is critical and has no witness")


def _title(place: str, title: str) -> Iterator[Finding]:
    if not title.strip():
        yield error(place, "is empty")
    if len(title) > TITLE_MOST:
        yield error(place, f"is longer than {TITLE_MOST} characters")
