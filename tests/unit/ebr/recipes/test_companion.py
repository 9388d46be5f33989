"""A companion completes a file: what it answers is told, and what it leaves open stays."""

from dataclasses import replace

import pytest

from ebr.demo.scripts import COUGH_SYRUP
from ebr.recipes import BadText, Draft, complete, dump, load, load_companion
from ebr.recipes.batchml.reading import read
from tests.builders.batchml import COMPANION, SYRUP, operation, recipe
from workflows import findings
from workflows.plan import plan_of, recorded_inputs
from workflows.recipe import phases

PHASE = "phases: [{phase: e-a, title: A, instruction: Stir.}]"
LOOP = "loops: [{key: e-a-again, until: {value: e-a.done, equals: x}, most: 2}]"


def draft(links: str = "begin>a a>b b>end") -> Draft:
    """A file of two phases."""
    return read(recipe(operation(links, "a", "b")))


def told(companion: str, found: Draft | None = None) -> list[str]:
    """What is found once the companion is put in."""
    made = complete(found or draft(), load_companion(companion))
    return [f"{each.severity} {each.place}: {each.text}" for each in made.noticed]


def test_the_cough_syrup_is_whole_with_its_companion_and_its_script_fits_it() -> None:
    found = complete(read(SYRUP.read_bytes()), load_companion(COMPANION.read_text("utf-8")))
    assert [each for each in found.noticed if each.severity.value == "error"] == []
    assert [each for each in findings(found.recipe) if each.severity.value == "error"] == []
    assert load(dump(found.recipe)) == found.recipe
    names = [each.title for each in phases(read(SYRUP.read_bytes()).recipe.procedure)]
    assert [each.title for each in phases(found.recipe.procedure)] == names
    assert len(names) == 36
    plan = plan_of(found.recipe)
    asked = {(key, each.key) for key in plan.phases for each in recorded_inputs(plan.phases[key])}
    assert {(step.partition("#")[0], name) for step, name in COUGH_SYRUP.values} <= asked


def test_what_a_companion_does_not_supply_stays_as_it_was_found() -> None:
    before = read(SYRUP.read_bytes())
    after = complete(before, load_companion("product: FP-1"))
    pairs = zip(before.noticed, after.noticed, strict=True)
    assert [one.place for one, other in pairs if one != other] == ["product"]
    assert after.recipe == replace(before.recipe, product="FP-1")


@pytest.mark.parametrize(
    ("companion", "said"),
    [
        (
            PHASE.replace("e-a", "c"),
            "error c: the companion speaks of the phase c; the file has none",
        ),
        (PHASE.replace("A,", "Z,"), "error e-a: the companion calls it 'Z', the file 'A'"),
        (PHASE, "remark e-a: the companion's instruction stands in place of 'do it'"),
        (LOOP, "error e-a-again: the companion speaks of the loop e-a-again; the file has none"),
        (f"{PHASE[:-1]}, {PHASE[9:]}", "error e-a: the companion speaks of e-a 2 times"),
    ],
)
def test_an_entry_that_says_nothing_of_the_file_or_something_else_is_told(
    companion: str, said: str
) -> None:
    assert said in told(companion)


def test_a_loop_gets_its_end_from_the_companion() -> None:
    looped = draft("begin>a a>t1 t1>a a>b b>end")
    made = complete(looped, load_companion(LOOP))
    assert any("after at most 2 passes" in each.text for each in made.noticed)


def test_a_companion_that_cannot_be_read_tells_every_fault_with_its_line() -> None:
    with pytest.raises(BadText) as caught:
        load_companion("size: ten\nphases: [{sequence: a, title: A, blocks: []}]\ncolour: red")
    assert [each.line for each in caught.value.faults] == [1, 2, 3]
