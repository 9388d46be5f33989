"""What the recipe tells a phase: kept in text and digest, judged where it cannot be meant."""

from dataclasses import replace

import pytest

from tests.builders.drafts import NOTHING, found, small
from workflows import plain
from workflows.recipe import Parameter, ParameterRole

SPEED = Parameter(key="speed", title="Speed", value="120", unit="/min")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((Parameter(key="mass", title="Mass", value="2.50", unit="kg"),), []),
        ((Parameter(key="who", title="Who", value="b", choices=("a", "b")),), []),
        ((SPEED,), ["nothing.speed.unit: '/min' is no unit known here; it is told as a word"]),
        (
            (Parameter(key="caps", title="Caps", value="caps", unit="kg"),),
            ["nothing.caps.unit: the unit kg stands beside 'caps', which is no number"],
        ),
        (
            (Parameter(key="who", title="Who", value="c", choices=("a", "b")),),
            ["nothing.who.value: 'c' is none of the choices: a, b"],
        ),
        ((Parameter(key="x", title="Waste"),), ["nothing.x.value: Waste has no value"]),
        (
            (Parameter(key="X", title=" ", value="v" * 4001),),
            [
                "nothing.X: 'X' is no key: a-z, then a-z, 0-9, - and _",
                "nothing.X.title: is empty or longer than 200 characters",
                "nothing.X.value: is longer than 4000 characters",
            ],
        ),
        (
            (Parameter(key="a", title="A", value="1"),) * 2,
            ["nothing.a: the parameter a stands 2 times"],
        ),
        (
            tuple(Parameter(key=f"k{n}", title="K", value="1") for n in range(101)),
            ["nothing.parameters: are more than 100"],
        ),
    ],
)
def test_a_parameter_is_one_name_with_a_value_that_can_be_meant(
    told: tuple[Parameter, ...], expected: list[str]
) -> None:
    doubts = found(small(replace(NOTHING, parameters=told)))
    assert [each for each in doubts if each.startswith("nothing")] == expected


def test_a_phase_without_parameters_is_written_as_before_there_were_any() -> None:
    assert "parameters" not in plain.written(small(NOTHING))
    told = small(replace(NOTHING, parameters=(replace(SPEED, role=ParameterRole.INPUT),)))
    assert plain.read_recipe(plain.written(told)) == told


def test_a_parameter_is_told_with_its_unit_where_it_has_a_value() -> None:
    assert str(SPEED) == "Speed: 120 /min"
    assert str(replace(SPEED, value="")) == "Speed: no value"
