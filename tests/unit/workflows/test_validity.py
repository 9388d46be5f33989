"""Findings: every fault of a recipe at once, each with its place, an example where there is one."""

from dataclasses import replace

import pytest

from tests.builders.drafts import NOTHING, between, found, said, small, with_limits
from tests.builders.small_plant import (
    CLEANED,
    MASS,
    OUTPUT,
    RECIPE,
    ROOM,
    calculation,
    phase,
)
from workflows import Known, findings, has_errors
from workflows.quantity import parse
from workflows.recipe import (
    Block,
    Confirm,
    Entry,
    EquipmentRequirement,
    FormulaLine,
    HoldTime,
    Input,
    InputKind,
    Limits,
    Operand,
    Parallel,
    Produce,
    Range,
    Scale,
    Sequence,
    SignOff,
    Timer,
    Tolerance,
    ValueRef,
    Weigh,
)
from workflows.recipe import IdentifyEquipment as EquipmentStep
from workflows.recipe import IdentifyMaterial as MaterialStep


def test_a_good_recipe_has_no_findings() -> None:
    assert found(RECIPE) == []
    known = Known(
        materials=frozenset({"RM-ETH96", "PM-BTL", "FP-HR1"}),
        equipment_classes=frozenset({"balance"}),
        rights=frozenset(),
    )
    assert found(RECIPE, known) == []


def test_faults_of_form_are_found_before_anything_else() -> None:
    long = "x" * 201
    deep: Block = NOTHING
    for level in range(12):
        deep = Sequence(key=f"s{level}", title="S", blocks=(deep,))
    recipe = small(
        NOTHING,
        NOTHING,
        Sequence(key="Empty", title="", blocks=()),
        Parallel(key="no-branch", title="P", branches=()),
        Parallel(key="one-branch", title="P", branches=(replace(NOTHING, key="only"),)),
        replace(NOTHING, key="silent", instruction=" "),
        replace(NOTHING, key="wordy", instruction="x" * 4001),
        phase("sign", "Sign", SignOff(statement="")),
        replace(NOTHING, key="long", title=long),
        deep,
        code="",
        version=0,
        size=parse("0 L"),
        formula=(FormulaLine(key="a", material="A", title="A", quantity=parse("1 g")),) * 201,
    )
    assert found(recipe) == [
        "code: is missing",
        "version: is 0; versions count from 1",
        "size: is 0 L; it has to be greater than zero",
        "formula: 201 lines; at most 200 are possible",
        "formula.a: the key a is used 201 times",
        "procedure.nothing: the key nothing is used 3 times",
        "procedure.Empty: 'Empty' is no key: a-z, then a-z, 0-9, - and _",
        "Empty.title: is empty",
        "Empty: holds no step",
        "no-branch: holds no branch",
        "one-branch: has one branch only; it might as well be a sequence",
        "long.title: is longer than 200 characters",
        "s0: nested 13 deep; at most 12 are possible",
        "nothing: nested 14 deep; at most 12 are possible",
        "silent.instruction: is empty: nobody can sign what is not said",
        "wordy.instruction: is longer than 4000 characters",
        "sign.statement: is empty: nobody can sign what is not said",
    ]


@pytest.mark.parametrize(
    ("scale", "said"),
    [
        (None, ["scale: is not given: an order of any size would be accepted"]),
        (("1 L", "20 L"), []),
        (("10 L", "10 L"), []),
        (("2 L", "22 L", "4 L"), []),
        (("0 L", "20 L"), ["scale.minimum: is 0 L; it has to be an amount of L greater than zero"]),
        (
            ("1 kg", "20 L", "0 L"),
            [
                "scale.minimum: is 1 kg; it has to be an amount of L greater than zero",
                "scale.increment: is 0 L; it has to be an amount of L greater than zero",
            ],
        ),
        (
            ("11 L", "20 L"),
            ["size: cannot be made: 10 L is outside of the sizes allowed, 11 L to 20 L"],
        ),
        (
            ("2 L", "21 L", "4 L"),
            [
                (
                    "scale.maximum: cannot be made: 21 L lies between two of the sizes allowed, "
                    "2 L to 21 L in steps of 4 L"
                ),
            ],
        ),
        (
            ("0.00001 L", "20 L"),
            ["scale.minimum: cannot be made: Ethanol 96 % would round to nothing"],
        ),
    ],
)
def test_a_recipe_says_in_which_sizes_it_may_be_made(
    scale: tuple[str, ...] | None, said: list[str]
) -> None:
    names = ("minimum", "maximum", "increment")
    given = Scale(**dict(zip(names, map(parse, scale), strict=False))) if scale else None
    assert found(replace(RECIPE, scale=given)) == said


def test_a_recipe_of_too_many_steps_is_an_error() -> None:
    steps = tuple(replace(NOTHING, key=f"n{number}") for number in range(1001))
    assert "procedure: 1001 steps; at most 1000 are possible" in found(small(*steps))


def test_a_step_that_nobody_may_sign_is_an_error() -> None:
    step = replace(NOTHING, right="fly", critical=True)
    recipe = small(step)
    assert found(recipe, Known(rights=frozenset({"swim"})))[:2] == [
        "nothing.right: nobody can sign it: no role holds the right fly",
        "nothing.witness: the step is critical and has no witness",
    ]
    assert found(recipe, Known(rights=frozenset({"fly"})))[:1] == [
        "nothing.witness: the step is critical and has no witness"
    ]


def test_unknown_materials_and_equipment_are_found() -> None:
    known = Known(materials=frozenset({"PM-BTL"}), equipment_classes=frozenset())
    assert found(RECIPE, known) == [
        "product: the plant has no material FP-HR1",
        "formula.ethanol: the plant has no material RM-ETH96",
        "equipment.scale: the plant has no equipment of class balance",
    ]


def test_each_formula_line_is_charged_exactly_once() -> None:
    line = FormulaLine(key="water", material="W", title="Water", quantity=parse("0 g"))
    scan = phase("scan", "Scan", MaterialStep(line="water"))
    again = phase("again", "Again", MaterialStep(line="water"))
    scale = phase("scale", "Scale", EquipmentStep(equipment="scale"))
    weigh = phase(
        "weigh",
        "Weigh",
        Weigh(
            line="water",
            scale="scale",
            unit="g",
            decimals=1,
            tolerance=Tolerance(low=parse("1 g"), high=parse("1 g")),
        ),
    )
    twice = replace(weigh, key="weigh2")
    more = {"formula": (line,), "equipment": RECIPE.equipment}
    assert found(small(NOTHING, **more)) == [
        "formula.water: the quantity is 0 g; it has to be more than zero",
        "formula.water: no step charges it",
        "equipment.scale: no step identifies it",
        "procedure: no step produces a lot",
    ]
    assert "formula.water: it is issued 2 times: scan, again" in found(small(scan, again, **more))
    both = found(small(scan, again, scale, weigh, twice, **more))
    assert "formula.water: it is charged 2 times: weigh, weigh2" in both
    assert not any("issued" in each for each in both)


def test_a_weighing_names_what_is_there_and_identified_before_it_for_certain() -> None:
    line = FormulaLine(key="water", material="W", title="Water", quantity=parse("5 mL"))
    work = Weigh(
        line="water",
        scale="scale",
        unit="g",
        decimals=1,
        tolerance=Tolerance(low=parse("1 mL"), high=parse("-1 %")),
    )
    more = {"formula": (line,), "equipment": RECIPE.equipment}
    weigh = phase("weigh", "Weigh", work)
    scan = phase("scan", "Scan", MaterialStep(line="water"), may_skip=True)
    found_all = findings(small(scan, weigh, **more))
    assert [f"{each.place}: {each.text}" for each in found_all] == [
        "equipment.scale: no step identifies it",
        "weigh.line: the step that identifies it may be skipped",
        "weigh.scale: no earlier step identifies it",
        "procedure: no step produces a lot",
        "weigh.target: the formula says 5 mL, which is no mass; name a calculated target",
        "weigh.tolerance: 1 mL is neither a mass nor per cent",
        "weigh.tolerance: the upper deviation -1 % is negative",
    ]
    assert found_all[1].example == "skip scan, and weigh cannot be done"
    odd = phase("weigh", "Weigh", replace(work, unit="mL", line="oil", scale="none"))
    oil = phase("oil", "Oil", MaterialStep(line="oil"))
    gear = phase("gear", "Gear", EquipmentStep(equipment="none"))
    assert found(small(oil, gear, odd)) == [
        "oil.line: the formula has no line oil",
        "gear.equipment: the recipe requires no equipment none",
        "weigh.line: the formula has no line oil",
        "weigh.scale: the recipe requires no equipment none",
        "procedure: no step produces a lot",
        "weigh.unit: mL is no unit of mass",
    ]
    lost = phase("weigh", "Weigh", replace(work, line="oil"))
    assert not any("weigh.target" in each for each in found(small(lost)))
    strange = phase("weigh", "Weigh", replace(work, unit="stone"))
    assert "weigh.weight.unit: 'stone' is no unit known here" in found(small(strange))


def test_inputs_have_keys_titles_kinds_units_and_choices() -> None:
    step = phase(
        "ask",
        "Ask",
        Entry(
            inputs=(
                ROOM,
                replace(ROOM, choices=("one", "one")),
                replace(ROOM, key="Blank", title="", choices=("a", " ")),
                replace(CLEANED, limits=Limits()),
                Input(key="n", title="N", kind=InputKind.NUMBER),
                Input(key="m", title="M", kind=InputKind.NUMBER, unit="g", decimals=13),
                Input(key="w", title="W", kind=InputKind.WEIGHT, unit="g", decimals=1),
            )
        ),
    )
    assert found(small(step))[1:] == [
        "ask.room: the key room is used 2 times",
        "ask.room.choices: offers fewer than two choices",
        "ask.Blank: 'Blank' is no key: a-z, then a-z, 0-9, - and _",
        "ask.Blank.title: is empty",
        "ask.Blank.choices: offers an empty choice",
        "ask.cleaned.limits: a date has no limits",
        "ask.n.decimals: says no number of decimals from 0 to 12",
        "ask.n.unit: None is no unit known here",
        "ask.m.decimals: says no number of decimals from 0 to 12",
        "ask.w.kind: a step of kind entry takes no weight",
    ]
    many = tuple(replace(CLEANED, key=f"d{number}") for number in range(101))
    assert "ask.inputs: asks for more than 100 values" in found(
        small(phase("ask", "Ask", Entry(inputs=many)))
    )
    assert "ask.inputs: the step asks for nothing" in found(
        small(phase("ask", "Ask", Confirm(inputs=())))
    )


def test_limits_stand_in_an_order_that_means_something() -> None:
    wide, tight = between("0.80", "0.82"), between("0.79", "0.81")
    assert said("below the action limit", with_limits(alert=tight, action=wide)).example == (
        "0.795 g/mL would be beyond action and not beyond alert"
    )
    high = said("above the reject limit", with_limits(action=between("0.80", "0.90"), reject=wide))
    assert (high.place, high.text) == (
        "ask.density.limits.action",
        "0.90 g/mL is above the reject limit 0.82 g/mL",
    )
    crossed = said("is above the high end", with_limits(action=between("0.9", "0.8")))
    assert crossed.example == "0.9 g/mL would be out of limits at both ends"
    empty = said("neither a low nor a high end", with_limits(alert=Range()))
    assert empty.place == "ask.density.limits.alert"
    outside = with_limits(target=parse("0.9 g/mL"), alert=tight)
    assert said("the target", outside).text == "the target 0.9 g/mL is above the alert limits"
    foreign = with_limits(target=parse("1 g"), alert=tight)
    assert said("cannot be compared", foreign).text == "1 g cannot be compared with g/mL"
    one_sided = with_limits(
        alert=Range(high=parse("0.82 g/mL")), reject=Range(low=parse("0.7 g/mL"))
    )
    assert found(small(one_sided)) == ["procedure: no step produces a lot"]


@pytest.mark.parametrize(
    ("work", "text"),
    [
        (Timer(least_s=10, most_s=5), "waits at least 10 s and at most 5 s"),
        (Timer(least_s=-1), "waits at least -1 s and at most None s"),
        (Produce(quantity=OUTPUT, expires_after_days=0), "FP-HR1 would expire before it is made"),
        (
            Produce(quantity=OUTPUT, expires_after_days=1, usable_after_s=86400),
            "usable after 86400 s and expired after 1 days",
        ),
    ],
)
def test_times_that_cannot_be_kept_are_found(work: object, text: str) -> None:
    assert said(text, phase("wait", "Wait", work)).place == "wait"


def test_a_hold_time_has_a_step_before_it_and_a_path_that_meets_it() -> None:
    first = replace(NOTHING, key="first")
    short = phase("short", "Short", Timer(least_s=60))
    long = phase("long", "Long", Timer(least_s=100))
    rest = phase("rest", "Rest", Timer(least_s=30))
    side = Parallel(key="side", title="Side", branches=(short, long))
    last = replace(NOTHING, key="last", hold=HoldTime(after="first", most_s=129))
    tight = said("timers in between", first, side, rest, last)
    assert (tight.text, tight.example) == (
        "allows 129 s after first; the timers in between take 130 s",
        "no path through the procedure can keep it",
    )
    just = replace(last, hold=HoldTime(after="first", most_s=130))
    assert found(small(first, side, rest, just)) == ["procedure: no step produces a lot"]
    nowhere = replace(last, hold=HoldTime(after="nowhere", most_s=1))
    assert said("there is no step nowhere", nowhere).place == "last.hold"
    beside = Parallel(key="both", title="Both", branches=(first, last))
    assert said("not always done", beside).example == ("start last while first is still open")


def test_the_theoretical_yield_is_measured_as_the_yield_is() -> None:
    litres = replace(OUTPUT, unit="L")
    produce = phase(
        "produce",
        "Produce",
        Produce(
            quantity=litres,
            expires_after_days=1,
            theoretical=ValueRef(step="mass", input="mass"),
        ),
    )
    mass = phase(
        "mass", "Mass", calculation(MASS, "mass * 1", Operand(name="mass", constant=parse("1 g")))
    )
    assert said("is in g, not in L", mass, produce).place == "produce.theoretical"
    assert any("no step mass" in each for each in found(small(produce)))


def test_errors_stop_and_remarks_do_not() -> None:
    assert has_errors(findings(small())) is True
    assert has_errors(findings(small(NOTHING))) is False
    requirement = EquipmentRequirement(key="x", equipment_class="x", title="X")
    assert not has_errors(findings(small(NOTHING, equipment=(requirement,))))
