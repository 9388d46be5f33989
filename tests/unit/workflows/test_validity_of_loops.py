"""Findings in loops: a condition that passes can meet, a bound, and a body that bears it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.builders.drafts import found
from tests.builders.looped import (
    COAT,
    ENOUGH,
    GAIN,
    MASS,
    PREPARE,
    SAMPLE,
    SPRAY,
    UNLOAD,
    WORK_OUT,
    asking,
    looped,
)
from tests.builders.small_plant import OUTPUT, RECIPE, calculation, phase
from workflows.quantity import Quantity, parse
from workflows.recipe import (
    Entry,
    FormulaLine,
    HoldTime,
    IdentifyEquipment,
    IdentifyMaterial,
    Input,
    InputKind,
    Operand,
    Phase,
    Produce,
    Range,
    Repeat,
    Sequence,
    Until,
    ValueRef,
    Weigh,
    phases,
)

NO_LOT = "procedure: no step produces a lot"


def of(loop: Repeat, *after: Phase, **more: Any) -> list[str]:
    """What is found in a recipe with this loop, but for the lot that it does not make."""
    said = found(looped(PREPARE, loop, *after, **more))
    return [each for each in said if each != NO_LOT]


def until(step: str, key: str, **more: Any) -> Until:
    return Until(value=ValueRef(step=step, input=key), **more)


def test_a_good_loop_has_no_findings() -> None:
    assert of(COAT, UNLOAD) == []


def a_range(low: str | None, high: str | None) -> Range:
    def end(text: str | None) -> Quantity | None:
        return parse(text) if text else None

    return Range(low=end(low), high=end(high))


CHOICE = Input(key="look", title="Look", kind=InputKind.CHOICE, choices=("clear", "cloudy"))
TEXT = Input(key="look", title="Look", kind=InputKind.TEXT)
YES = Input(key="look", title="Look", kind=InputKind.CONFIRMATION)
BARE = Input(key="look", title="Look", kind=InputKind.NUMBER)
ANY = a_range("1 g", None)


@pytest.mark.parametrize(
    ("condition", "asked", "said"),
    [
        (until("gone", "look", within=ANY), TEXT, "until: there is no step gone"),
        (until("prepare", "look", within=ANY), TEXT, "until: prepare is not a step of the loop"),
        (until("sample", "gone", within=ANY), TEXT, "until: sample yields no gone"),
        (
            until("sample", "look"),
            CHOICE,
            "until: needs either a range (within) or a value (equals), and not both",
        ),
        (
            until("sample", "look", within=ANY, equals="clear"),
            CHOICE,
            "until: needs either a range (within) or a value (equals), and not both",
        ),
        (until("sample", "look", equals="clear"), CHOICE, None),
        (
            until("sample", "look", equals="limpid"),
            CHOICE,
            "until.equals: 'limpid' is none of the choices: clear, cloudy",
        ),
        (until("sample", "look", equals="as glass"), TEXT, None),
        (until("sample", "look", equals=" "), TEXT, "until.equals: is empty"),
        (
            until("sample", "look", equals="yes"),
            YES,
            "until.equals: a confirmation cannot end a loop; ask for a choice",
        ),
        (
            until("sample", "look", within=ANY),
            CHOICE,
            "until.within: a choice lies in no range; say what it equals",
        ),
        (
            until("sample", "mass", equals="3"),
            MASS,
            "until.equals: a number ends a loop by the range in which it lies",
        ),
        (until("sample", "mass", within=a_range("1 g", "0.002 kg")), MASS, None),
        (
            until("sample", "mass", within=Range()),
            MASS,
            "until.within: has neither a low nor a high end",
        ),
        (
            until("sample", "mass", within=a_range("1 g", "1 L")),
            MASS,
            "until.within: 1 L cannot be compared with g",
        ),
        (
            until("sample", "mass", within=a_range("3 g", "0.002 kg")),
            MASS,
            "until.within: the low end 3 g is above the high end 0.002 kg",
        ),
    ],
)
def test_a_condition_names_a_value_of_the_body_that_can_meet_it(
    condition: Until, asked: Input, said: str | None
) -> None:
    loop = replace(COAT, body=asking(asked), until=condition)
    assert of(loop) == ([f"coat.{said}"] if said else [])


def test_a_number_without_a_known_unit_is_told_once() -> None:
    plain = replace(
        COAT, body=asking(BARE), until=until("sample", "look", within=a_range("1", "2"))
    )
    assert "coat.until.within" not in " ".join(of(plain))
    strange = replace(plain, body=asking(replace(BARE, unit="furlong")))
    assert [each for each in of(strange) if each.startswith("coat")] == []


@pytest.mark.parametrize("most", [0, 1, 100])
def test_a_loop_has_a_bound_of_2_to_99_passes(most: int) -> None:
    assert of(replace(COAT, most=most)) == [
        f"coat.most: is {most}; a loop takes at most 2 to 99 passes"
    ]


def test_a_judged_value_that_may_be_left_out_is_remarked() -> None:
    loop = replace(
        COAT,
        body=asking(replace(CHOICE, required=False), may_skip=True),
        until=until("sample", "look", equals="clear"),
    )
    assert of(loop) == [
        "coat.until: sample may be skipped; such a pass counts as not yet there",
        "coat.until: sample.look may be left empty; such a pass counts as not yet there",
    ]


def test_the_steps_of_all_passes_together_are_bounded() -> None:
    body = Sequence(
        key="body",
        title="Body",
        blocks=(SAMPLE, *(replace(SPRAY, key=f"s-{number}") for number in range(20))),
    )
    loop = replace(COAT, body=body, until=until("sample", "mass", within=ANY), most=48)
    assert of(loop) == [
        "procedure: 1009 steps when every loop goes to its bound; at most 1000 are possible"
    ]


def test_a_loop_in_a_loop_counts_twice_and_both_are_judged() -> None:
    outer = Repeat(
        key="day",
        title="Day",
        body=Sequence(key="shift", title="Shift", blocks=(COAT, replace(UNLOAD, key="rest"))),
        until=ENOUGH,
        most=4,
    )
    assert of(outer) == []
    assert of(replace(outer, most=99, body=replace(COAT, most=99)))[-1].startswith(
        "procedure: 29404 steps when every loop goes to its bound"
    )


def test_a_value_of_a_loop_read_from_outside_is_that_of_its_last_pass() -> None:
    after = phase(
        "produce",
        "Produce",
        Produce(
            quantity=replace(OUTPUT, unit="g"),
            expires_after_days=9,
            theoretical=ValueRef(step="work-out", input="gain"),
        ),
    )
    within = replace(WORK_OUT, key="again", title="Again")
    sample = replace(SAMPLE, key="other")
    elsewhere = replace(
        within,
        work=calculation(
            replace(GAIN, key="out"),
            "mass",
            Operand(name="mass", value=ValueRef(step="other", input="mass")),
        ),
    )
    assert of(COAT, sample, elsewhere, after) == [
        "produce: work-out.gain is a value of the loop coat: that of its last pass counts"
    ]


def test_a_value_that_a_later_step_writes_is_not_read_in_the_next_pass() -> None:
    body = COAT.body
    assert isinstance(body, Sequence)
    loop = replace(COAT, body=replace(body, blocks=tuple(reversed(body.blocks))))
    assert of(loop) == ["work-out: sample.mass is read before it is written"]


def test_a_hold_time_across_the_border_is_remarked() -> None:
    held = replace(SAMPLE, hold=HoldTime(after="prepare", most_s=600))
    body = Sequence(key="body", title="Body", blocks=(replace(SPRAY, key="wet"), held))
    loop = replace(COAT, body=body, until=until("sample", "mass", within=ANY))
    assert of(loop) == [
        (
            "sample.hold: counts from prepare, which is done once: "
            "each pass of coat adds to the time of the next"
        )
    ]
    inside = replace(
        loop,
        body=replace(
            body, blocks=(body.blocks[0], replace(held, hold=HoldTime(after="wet", most_s=600)))
        ),
    )
    assert of(inside, replace(UNLOAD, hold=HoldTime(after="sample", most_s=60))) == []


def test_a_lot_is_produced_once_and_charges_in_a_loop_add_up() -> None:
    steps = {each.key: each for each in phases(RECIPE.procedure)}
    weigh = steps["weigh"].work
    assert isinstance(weigh, Weigh)
    line = FormulaLine(
        key="ethanol", material="RM-ETH96", title="Ethanol", quantity=parse("5.00 g")
    )
    label = replace(line, key="label", quantity=parse("2.00 g"))
    made = phase("made", "Made", Produce(quantity=OUTPUT, expires_after_days=9))
    blocks = (
        phase("scan", "Scan", IdentifyMaterial(line="ethanol")),
        phase("scale", "Scale", IdentifyEquipment(equipment="scale")),
        replace(steps["weigh"], work=replace(weigh, target=None)),
        phase("labels", "Labels", IdentifyMaterial(line="label")),
        made,
        SAMPLE,
    )
    loop = replace(
        COAT,
        body=Sequence(key="body", title="Body", blocks=blocks),
        until=until("sample", "mass", within=ANY),
    )
    assert of(loop, formula=(line, label), equipment=RECIPE.equipment) == [
        "weigh: charges 5.00 g of ethanol in every pass, up to 3 times",
        "labels: charges 2.00 g of label in every pass, up to 3 times",
        "made: stands in a loop, and a batch puts what it makes into a lot once",
    ]


def test_an_empty_body_is_found_before_anything_else() -> None:
    assert of(replace(COAT, body=Sequence(key="none", title="None", blocks=()), title="")) == [
        "coat.title: is empty",
        "none: holds no step",
    ]


def test_an_entry_keeps_its_findings_inside_a_loop() -> None:
    loop = replace(
        COAT,
        body=replace(SAMPLE, work=Entry(inputs=(replace(MASS, title=""),))),
        until=until("sample", "mass", within=ANY),
    )
    assert of(loop) == ["sample.mass.title: is empty"]
