"""Findings about values that come from other values: order, units, worked examples."""

from dataclasses import replace

from tests.builders.drafts import asking, found, said, small
from tests.builders.small_plant import (
    DENSITY,
    MASS,
    RECIPE,
    calculation,
    phase,
)
from tests.plugin import verifies
from workflows.quantity import parse
from workflows.recipe import (
    BATCH_SIZE,
    Calculation,
    Input,
    InputKind,
    Operand,
    Parallel,
    ValueRef,
)
from workflows.recipe import TestVector as Vector


@verifies("C211-68b-2")
def test_a_value_is_written_before_it_is_read_also_across_branches() -> None:
    read = phase(
        "read",
        "Read",
        calculation(
            MASS,
            "mass * density / density",
            Operand(name="mass", constant=parse("1 g")),
            Operand(name="density", value=ValueRef(step="ask", input="density")),
        ),
    )
    ask = asking(replace(DENSITY, limits=None))
    assert said("side by side", Parallel(key="p", title="P", branches=(read, ask))).example == (
        "do read first, while ask is still open"
    )
    assert said("before it is written", read, ask).text == (
        "ask.density is read before it is written"
    )
    assert said("there is no step", read).text == "ask.density: there is no step ask"
    other = asking(replace(DENSITY, key="other"))
    assert said("yields no density", other, read).place == "read"
    words = asking(Input(key="density", title="D", kind=InputKind.TEXT))
    assert said("a number is needed", words, read).text == (
        "ask.density is a text; a number is needed"
    )
    optional = asking(replace(DENSITY, required=False))
    assert said("left empty", optional, read).example == "leave ask.density empty"
    assert said("may be skipped", replace(ask, may_skip=True), read).example == "skip ask"


def calculating(work: Calculation) -> list[str]:
    """The findings of a calculation alone, below its step."""
    recipe = small(phase("calc", "Calc", work), formula=RECIPE.formula)
    return [each for each in found(recipe) if each.startswith("calc")]


def vector(result: str, **operands: str) -> Vector:
    """A worked example."""
    return Vector(
        operands=tuple(Operand(name=k, constant=parse(v)) for k, v in operands.items()),
        result=parse(result),
    )


@verifies("C211-68b-2")
def test_a_calculation_is_checked_with_its_units_and_worked_examples() -> None:
    a = Operand(name="a", constant=parse("2 g"))
    work = Calculation(result=MASS, expression="a * 2", operands=(a,))
    assert calculating(work) == ["calc.vectors: has no worked example"]
    assert calculating(replace(work, vectors=(vector("4.0 g", a="2 g"),))) == []
    wrong = replace(
        work,
        vectors=(
            vector("4 g", a="2 g"),
            vector("4.0 g", b="2 g"),
            vector("4.0 g", a="2 mL"),
            vector("4.0 g"),
        ),
    )
    assert calculating(wrong) == [
        "calc.vectors.1: gives 4.0 g; the author expects 4 g",
        "calc.vectors.2: gives b; needed are a",
        "calc.vectors.3: a is 2 mL; it is measured in g",
        "calc.vectors.4: gives nothing; needed are a",
    ]
    for decimals in (-1, 13, 99_999, 999_999_999_999):
        many = replace(work, result=replace(MASS, decimals=decimals), vectors=wrong.vectors[:1])
        assert calculating(many) == ["calc.mass.decimals: says no number of decimals from 0 to 12"]
    broken = replace(work, expression="a / (a - a) * a", vectors=(vector("1.0 g", a="2 g"),))
    assert calculating(broken) == ["calc.vectors.1: has no result: division by zero"]
    assert calculating(replace(work, expression="a +")) == [
        "calc.expression: ends where a value was expected"
    ]
    assert calculating(replace(work, expression="a * a")) == [
        "calc.expression: yields mass^2, which is not g"
    ]
    assert calculating(replace(work, expression="a + b")) == [
        "calc.expression: b is not declared as an operand"
    ]
    unused = replace(
        work,
        operands=(a, a, Operand(name="b", formula="oil"), Operand(name="c")),
        vectors=(vector("4.0 g", a="2 g", b="1 g", c="1 g"),),
    )
    assert calculating(unused) == [
        "calc.operands: a is declared 2 times",
        "calc.operands.b: the formula of MR-T1 has no line oil",
        "calc.operands.c: has to be one of a value, a formula line or a constant",
        "calc.operands: b is declared and not used",
        "calc.operands: c is declared and not used",
    ]
    pure = replace(work, result=replace(MASS, unit=None, decimals=None, limits=None))
    assert "calc.mass.unit: None is no unit known here" in calculating(pure)


def test_the_size_of_the_batch_may_be_an_operand() -> None:
    size = Operand(name="size", formula=BATCH_SIZE)
    volume = replace(MASS, unit="mL", limits=None)
    work = Calculation(
        result=volume,
        expression="size / 2",
        operands=(size,),
        vectors=(vector("5000.0 mL", size="10 L"),),
    )
    assert calculating(work) == []
