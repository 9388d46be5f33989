"""The drawn procedure of a large recipe: 150 phases in operations, branches and loops."""

import statistics
import time
from collections.abc import Iterator
from itertools import count

from ebr import procedures
from ebr.procedures import BatchSheet, Standing
from tests.bench.figure import Figure
from workflows import StepStatus, recipe
from workflows.quantity import Quantity
from workflows.recipe import (
    Block,
    Instruction,
    Level,
    Parallel,
    Phase,
    Recipe,
    Repeat,
    Sequence,
    Until,
    ValueRef,
)

OPERATIONS, PHASES, GOAL_MS, TIMES = 25, 6, 10.0, 40


def figures() -> Iterator[Figure]:
    """Every phase drawn anew, from the recipe to the text that is sent."""
    whole = large()
    taken, text = [], ""
    for n in range(TIMES):
        sheet = sheet_of(whole, str(n))
        begun = time.perf_counter()
        text = str(procedures.drawing(procedures.chart(sheet), "bench"))
        taken.append((time.perf_counter() - begun) * 1000)
    if text.count('class="n open') != OPERATIONS * PHASES:
        raise RuntimeError("a phase was not drawn")
    name = f"drawing of {OPERATIONS * PHASES} phases with branches and loops: median"
    yield Figure(name, statistics.median(taken), "ms", GOAL_MS, at_most=True)


def sheet_of(whole: Recipe, turn: str) -> BatchSheet:
    """A batch at its beginning; the words differ each time, so that nothing is remembered."""
    procedure = whole.procedure
    looped = {phase.key for loop in recipe.loops(procedure) for phase in recipe.phases(loop)}
    keys = [
        f"{phase.key}#1" if phase.key in looped else phase.key for phase in recipe.phases(procedure)
    ]
    steps = {
        key: Standing(
            key=key,
            number="1.1",
            status=StepStatus.OPEN,
            words=f"Open now {turn}",
            href="/",
            exceptions=n % 2,
        )
        for n, key in enumerate(keys)
    }
    numbers = {each.key: str(n) for n, each in enumerate(procedure.blocks, 1)}
    return BatchSheet(whole=whole, operations=numbers, steps=steps, everything=True)


def large() -> Recipe:
    """Operations of six phases: every second one with two branches, every third one in a loop."""
    number = count(1)
    blocks = tuple(_operation(n, number) for n in range(OPERATIONS))
    return Recipe(
        code="MR-LARGE",
        version=1,
        title="A large recipe",
        product="FP",
        size=Quantity("1", "kg"),
        formula=(),
        equipment=(),
        procedure=Sequence(key="procedure", title="Procedure", blocks=blocks),
    )


def _operation(n: int, number: Iterator[int]) -> Block:
    phases = [
        Phase(key=f"p{key}", title=f"Phase {key} of the recipe", instruction="", work=Instruction())
        for key in (next(number) for _ in range(PHASES))
    ]
    inside: Block = Sequence(key=f"s{n}", title="", blocks=tuple(phases))
    if n % 2:
        halves = phases[:3], phases[3:]
        branches = tuple(
            Sequence(key=f"b{n}-{m}", title="", blocks=tuple(half)) for m, half in enumerate(halves)
        )
        inside = Parallel(key=f"f{n}", title="", branches=branches)
    if not n % 3:
        until = Until(value=ValueRef(step=phases[-1].key, input="loss"), equals="dry")
        inside = Repeat(key=f"l{n}", title="Dry", body=inside, until=until, most=5)
    return Sequence(key=f"o{n}", title=f"Operation {n}", blocks=(inside,), level=Level.OPERATION)
