"""A small recipe with a loop: coats are sprayed and dried until the tablets have gained enough."""

from dataclasses import replace
from typing import Any

from tests.builders.engine import Bench
from tests.builders.small_plant import BATCH, ETHANOL, RECIPE, SCALE, phase
from workflows import commands as acts
from workflows import digest_of, written
from workflows.facts import ContainerFact, RecipeFact
from workflows.quantity import parse
from workflows.recipe import (
    Block,
    Calculation,
    Entry,
    FormulaLine,
    IdentifyEquipment,
    IdentifyMaterial,
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
    Tolerance,
    Until,
    ValueRef,
    Weigh,
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
    bench.do(acts.Calculate(batch=BATCH, step=f"work-out#{name}"))
    bench.complete(f"work-out#{name}")


def charging() -> Recipe:
    """A recipe that scans and weighs 5 g of ethanol in every pass, three times at most."""
    body = Sequence(
        key="body",
        title="Body",
        blocks=(
            phase("scan", "Scan", IdentifyMaterial(line="ethanol")),
            phase("scale", "Scale", IdentifyEquipment(equipment="scale")),
            phase(
                "weigh",
                "Weigh",
                Weigh(
                    line="ethanol",
                    scale="scale",
                    unit="g",
                    decimals=1,
                    tolerance=Tolerance(low=parse("-1 %"), high=parse("1 %")),
                ),
            ),
        ),
    )
    until = Until(value=ValueRef(step="weigh", input="weight"), within=Range(low=parse("6 g")))
    line = FormulaLine(
        key="ethanol", material="RM-ETH96", title="Ethanol", quantity=parse("5.00 g")
    )
    loop = replace(COAT, body=body, until=until)
    return looped(loop, UNLOAD, formula=(line,), equipment=RECIPE.equipment)


def charge(bench: Bench, name: str, container: ContainerFact = ETHANOL) -> None:
    """One pass of it: scan, weigh, sign."""
    bench.begin(f"scan#{name}")
    scan = acts.IdentifyMaterial(batch=BATCH, step=f"scan#{name}", code=container.code)
    bench.do(scan, container=container)
    bench.complete(f"scan#{name}").begin(f"scale#{name}")
    scan_scale = acts.IdentifyEquipment(batch=BATCH, step=f"scale#{name}", code=SCALE.code)
    bench.do(scan_scale, equipment=SCALE)
    bench.complete(f"scale#{name}").begin(f"weigh#{name}").after(1)
    reading = bench.reading("5.0 g", f"weigh#{name}")
    accept = acts.AcceptReading(batch=BATCH, step=f"weigh#{name}", reading=reading.reading)
    bench.do(accept, reading=reading, container=container, equipment=SCALE)
    bench.complete(f"weigh#{name}")
