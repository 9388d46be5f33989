"""The start of a batch: an effective recipe, unchanged since approval, scaled to the order."""

from dataclasses import replace

import pytest

from tests.builders.engine import Bench, a_batch
from tests.builders.small_plant import BATCH, RECIPE, RECIPE_FACT, VARGA
from tests.plugin import verifies
from workflows import (
    Code,
    OutOfHistory,
    digest_of,
    evolve,
    read_recipe,
    reasons_against,
    replay,
    scaled,
    written,
)
from workflows.commands import StartBatch
from workflows.events import BatchStarted
from workflows.given import given
from workflows.quantity import Quantity, parse
from workflows.recipe import FormulaLine, Scale, Scaling
from workflows.refusals import Refusal

COMMAND = StartBatch(batch=BATCH, number="B-1", order="O-1", size=parse("10 L"))


@verifies("C211-188a-1")
def test_a_batch_carries_its_whole_control_recipe_and_both_digests() -> None:
    bench = a_batch(size="5 L")
    (event,) = bench.events
    assert isinstance(event, BatchStarted)
    assert read_recipe(event.recipe) == scaled(RECIPE, parse("5 L"))
    assert event.recipe_digest == digest_of(event.recipe) != event.master_digest
    assert event.master_digest == digest_of(written(RECIPE))
    quantities = [str(line.quantity) for line in bench.made.recipe.formula]
    assert quantities == ["4167 mL", "10"]


@verifies("C211-188a-1", "C211-68b-1")
def test_a_recipe_that_is_missing_not_effective_or_altered_is_refused() -> None:
    bench = Bench()
    assert bench.refused(COMMAND, VARGA) == []
    bench.recipe = replace(RECIPE_FACT, effective=False)
    assert bench.refused(COMMAND, VARGA) == [Code.RECIPE_NOT_EFFECTIVE]
    bench.recipe = replace(RECIPE_FACT, recipe=replace(RECIPE, title="Other"), effective=False)
    assert bench.refused(COMMAND, VARGA) == [Code.RECIPE_NOT_EFFECTIVE, Code.RECIPE_ALTERED]
    facts = replace(bench.facts(VARGA), recipe=None)
    assert [each.code for each in reasons_against(None, COMMAND, facts)] == [Code.RECIPE_UNKNOWN]


def test_a_batch_is_started_once() -> None:
    bench = a_batch()
    assert bench.refused(COMMAND, VARGA) == [Code.BATCH_EXISTS]


@pytest.mark.parametrize(
    ("size", "fault"),
    [
        ("10 kg", "kg cannot be compared with L"),
        ("0 L", "greater than zero"),
        ("-1 L", "greater than zero"),
        ("0.0001 L", "would round to nothing"),
        ("99999999999999999999 L", "too large"),
    ],
)
def test_a_size_that_the_recipe_cannot_be_made_in_is_refused(size: str, fault: str) -> None:
    (reason,) = against(size, None)
    assert reason.code is Code.SIZE_WRONG
    assert fault in reason.text


def against(size: str, scale: Scale | None) -> tuple[Refusal, ...]:
    """What speaks against an order of this size by a recipe that may be made in these."""
    recipe = replace(RECIPE, scale=scale)
    fact = replace(RECIPE_FACT, recipe=recipe, digest=digest_of(written(recipe)))
    command = replace(COMMAND, size=parse(size))
    return reasons_against(None, command, replace(Bench().facts(VARGA), recipe=fact))


@verifies("C211-188a-1")
@pytest.mark.parametrize(
    ("size", "fault"),
    [
        ("5 L", ""),
        ("20000 mL", ""),
        ("7.50 L", ""),
        ("4.999999999999 L", "4.999999999999 L is outside of the sizes allowed, 5 L to 20 L"),
        ("20000.000001 mL", "20000.000001 mL is outside of the sizes allowed, 5 L to 20 L"),
        ("7 L", "7 L lies between two of the sizes allowed, 5 L to 20 L in steps of 2.5 L"),
        ("10 kg", "kg cannot be compared with L"),
    ],
)
def test_an_order_stays_within_the_sizes_that_the_recipe_allows(size: str, fault: str) -> None:
    scale = Scale(minimum=parse("5 L"), maximum=parse("20 L"), increment=parse("2.5 L"))
    found = against(size, scale)
    assert [each.code for each in found] == ([Code.SIZE_WRONG] if fault else [])
    assert all(fault in each.text for each in found)
    free = replace(scale, increment=None)
    assert (against("7 L", free), str(free)) == ((), "5 L to 20 L")
    assert str(replace(scale, maximum=parse("5 L"))) == "5 L only"


def test_scaling_is_exact_rounded_half_up_and_leaves_fixed_lines_alone() -> None:
    lines = (
        FormulaLine(key="a", material="A", title="A", quantity=parse("1.05 g")),
        FormulaLine(
            key="b", material="B", title="B", quantity=parse("1.05 g"), scaling=Scaling.FIXED
        ),
    )
    recipe = replace(RECIPE, formula=lines, scale=None)
    found = [str(line.quantity) for line in scaled(recipe, parse("500 mL")).formula]
    assert found == ["0.05 g", "1.05 g"]
    assert [str(line.quantity) for line in scaled(recipe, parse("5 L")).formula] == [
        "0.53 g",
        "1.05 g",
    ]
    with pytest.raises(ValueError, match="no size"):
        scaled(replace(recipe, size=Quantity("0", "L")), parse("1 L"))


def test_a_history_begins_with_its_batch_and_only_once() -> None:
    bench = a_batch("ready")
    with pytest.raises(OutOfHistory, match="comes before"):
        replay(bench.events[1:])
    with pytest.raises(OutOfHistory, match="started twice"):
        evolve(bench.events[0], bench.made)
    assert replay([]) is None


def test_an_act_without_the_fact_it_needs_is_our_fault() -> None:
    with pytest.raises(AssertionError, match="without the fact"):
        given(None)
