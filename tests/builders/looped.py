"""A small recipe with a loop: coats are sprayed and dried until the tablets have gained enough."""

from dataclasses import replace
from typing import Any

from tests.builders.engine import Bench
from tests.builders.small_plant import BATCH, RECIPE, phase
from workflows import digest_of, written
from workflows.commands import Calculate
from workflows.facts import RecipeFact
from workflows.quantity import parse
from workflows.recipe import (
    Block,
    Calculation,
    Entry,
    Input,
    InputKind,
    Instruction,
    Operand,
    Phase,
    Range,
    Recipe,
    Repeat,
    Sequence,
    TestVector,
    Until,
    ValueRef,
)

MASS = Input(key="mass", title="Mass of ten", kind=InputKind.NUMBER, unit="g", decimals=1)
GAIN = Input(key="gain", title="Gain", kind=InputKind.CALCULATED, unit="g", decimals=1)


def constant(name: str, value: str) -> Operand:
    """An operand of a worked example."""
    return Operand(name=name, constant=parse(value))


PREPARE = phase("prepare", "Prepare the pan", Instruction())
SPRAY = phase("spray", "Spray one coat", Instruction())
SAMPLE = phase("sample", "Weigh ten tablets", Entry(inputs=(MASS,)))
WORK_OUT = phase(
    "work-out",
    "Work out the gain",
    Calculation(
        result=GAIN,
        expression="mass - 100 * one",
        operands=(
            Operand(name="mass", value=ValueRef(step="sample", input="mass")),
            constant("one", "1 g"),
        ),
        vectors=(
            TestVector(
                operands=(constant("mass", "103.2 g"), constant("one", "1 g")),
                result=parse("3.2 g"),
            ),
        ),
    ),
)
UNLOAD = phase("unload", "Unload the pan", Instruction())
ENOUGH = Until(
    value=ValueRef(step="work-out", input="gain"),
    within=Range(low=parse("3.0 g"), high=parse("5.0 g")),
)
COAT = Repeat(
    key="coat",
    title="Coat",
    body=Sequence(key="one-coat", title="One coat", blocks=(SPRAY, SAMPLE, WORK_OUT)),
    until=ENOUGH,
    most=3,
)


def looped(*blocks: Block, **more: Any) -> Recipe:
    """A recipe of some blocks, by default of preparing, coating and unloading."""
    known: dict[str, Any] = {"formula": (), "equipment": ()}
    procedure = Sequence(key="procedure", title="Make it", blocks=blocks or (PREPARE, COAT, UNLOAD))
    return replace(RECIPE, procedure=procedure, **(known | more))


def asking(asked: Input, **more: Any) -> Phase:
    """The step of the loop that takes the place of the sample, and asks for something else."""
    return replace(SAMPLE, work=Entry(inputs=(asked,)), **more)


def fact_of(recipe: Recipe) -> RecipeFact:
    """A recipe as it is effective."""
    return RecipeFact(recipe=recipe, digest=digest_of(written(recipe)), effective=True)


def bench_of(recipe: Recipe) -> Bench:
    """A batch of a recipe, started."""
    return Bench(recipe=fact_of(recipe)).start()


def coating(*masses: str, recipe: Recipe | None = None) -> Bench:
    """A batch that has prepared, and coated with these masses of ten tablets."""
    bench = bench_of(recipe or looped())
    bench.drive("prepare")
    for number, mass in enumerate(masses, 1):
        coat(bench, str(number), mass)
    return bench


def coat(bench: Bench, name: str, mass: str) -> None:
    """One pass, whole."""
    bench.drive(f"spray#{name}")
    bench.begin(f"sample#{name}").record(f"sample#{name}", "mass", mass)
    bench.complete(f"sample#{name}").begin(f"work-out#{name}")
    bench.do(Calculate(batch=BATCH, step=f"work-out#{name}"))
    bench.complete(f"work-out#{name}")
