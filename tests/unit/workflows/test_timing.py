"""Waiting and hold times run on the server's clock; early and late are exceptions."""

from dataclasses import replace

import pytest

from tests.builders.engine import Bench, a_batch
from tests.builders.small_plant import BATCH, OUTPUT, phase
from workflows import Code, StepStatus
from workflows.commands import CompleteStep
from workflows.events import ExceptionKind, LotProduced, StepStarted
from workflows.recipe import Produce, Sequence


@pytest.mark.parametrize(
    ("waited_s", "kind"),
    [
        (59, ExceptionKind.TIMER_EARLY),
        (60, None),
        (600, None),
        (601, ExceptionKind.TIMER_LATE),
    ],
)
def test_a_timer_that_ends_early_or_late_is_an_exception(
    waited_s: int, kind: ExceptionKind | None
) -> None:
    bench = a_batch("bottles").begin("mix").after(waited_s - 1).complete("mix")
    assert [each.kind for each in bench.made.exceptions.values()] == ([kind] if kind else [])


def test_a_timer_says_how_long_it_was_and_how_long_it_should_be() -> None:
    bench = a_batch("bottles").begin("mix").complete("mix")
    (exception,) = bench.made.exceptions.values()
    assert exception.text == "Mix: ended after 1 s; the recipe asks for at least 60 s."


def test_a_hold_time_that_ran_out_is_an_exception_at_the_start_of_the_next_step() -> None:
    bench = a_batch("bottles").after(1000).begin("mix")
    (exception,) = bench.made.exceptions.values()
    assert exception.kind is ExceptionKind.HOLD_EXCEEDED
    started = bench.events[-2]
    assert isinstance(started, StepStarted)
    assert started.held_s is not None
    assert started.held_s > 1000
    assert exception.text == (
        f"Mix: started {started.held_s} s after Weigh ethanol; the recipe allows 900 s."
    )


def test_a_step_signed_again_does_not_wait_again() -> None:
    bench = a_batch("mix")
    unsigned = bench.made.steps["mix"]
    assert unsigned.generation == 1
    bench.after(5000)
    again = replace(unsigned, status=StepStatus.UNSIGNED)
    bench.batch = replace(bench.made, steps={**bench.made.steps, "mix": again})
    bench.complete("mix")
    assert not bench.made.exceptions


@pytest.mark.parametrize("output", ["0.0", "-1.0"])
def test_where_nothing_came_out_there_is_no_lot(output: str) -> None:
    bench = a_batch("label").begin("produce").record("produce", "output", output)
    bench.complete("produce")
    assert not any(isinstance(each, LotProduced) for each in bench.events)
    assert not bench.made.lots


def test_a_quantity_that_nobody_has_to_record_makes_no_lot() -> None:
    optional = replace(OUTPUT, required=False)
    step = phase("produce", "Weigh bulk", Produce(quantity=optional, expires_after_days=1))
    bench = Bench.of(Sequence(key="p", title="P", blocks=(step,))).start().begin("produce")
    bench.complete("produce")
    assert not bench.made.lots


def test_a_lot_needs_a_number_and_may_have_no_theoretical_quantity() -> None:
    step = phase("produce", "Weigh bulk", Produce(quantity=OUTPUT, expires_after_days=1))
    bench = Bench.of(Sequence(key="p", title="P", blocks=(step,))).start().begin("produce")
    bench.record("produce", "output", "6700.0")
    command = CompleteStep(batch=BATCH, step="produce")
    assert bench.refused(command) == [Code.LOT_NUMBER_MISSING]
    bench.complete("produce")
    assert bench.made.lots[0].number == "HR-0001"
