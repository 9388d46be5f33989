"""Loops: pass after pass until the condition holds, never beyond the bound."""

import pytest

from tests.builders.acts import play
from tests.builders.engine import Bench
from tests.builders.looped import (
    COAT,
    PREPARE,
    bench_of,
    coat,
    coating,
    looped,
)
from tests.builders.small_plant import BATCH, KELLER, LINDQVIST
from tests.plugin import verifies
from workflows import (
    BatchStatus,
    Code,
    Event,
    StepStatus,
    content_of,
    open_steps,
    reasons_against,
    replay,
    status_of,
    waiting_for,
)
from workflows.commands import (
    CompleteReview,
    DecideException,
    Decision,
    StartStep,
)
from workflows.events import ExceptionKind, PassJudged, PassStarted, RepeatEnded


def kinds(events: list[Event]) -> list[str]:
    return [each.KIND.removeprefix("batch.") for each in events]


def decide(bench: Bench, exception: str, decision: Decision) -> None:
    command = DecideException(
        batch=BATCH,
        exception=exception,
        decision=decision,
        reason="Assessed; no effect on the product quality.",
    )
    bench.do(command, LINDQVIST)


@verifies("P11-10f-1")
def test_a_loop_goes_on_until_its_condition_holds_and_what_follows_waits() -> None:
    bench = coating("102.0")
    assert kinds(bench.events[-3:]) == ["step.completed", "pass.judged", "pass.started"]
    assert list(bench.made.steps) == [
        *("prepare", "spray#1", "sample#1", "work-out#1"),
        *("spray#2", "sample#2", "work-out#2", "unload"),
    ]
    assert open_steps(bench.made) == ("spray#2",)
    assert waiting_for(bench.made, "unload") == ("spray#2", "sample#2", "work-out#2")
    coat(bench, "2", "103.0")
    judged, ended = bench.events[-2:]
    assert isinstance(judged, PassJudged)
    assert isinstance(ended, RepeatEnded)
    assert judged.text == "Gain is 3.0 g; Coat ends when Gain is 3.0 g to 5.0 g: reached."
    assert (ended.passes, ended.most, ended.met, ended.value, ended.unit) == (
        2,
        3,
        True,
        "3.0",
        "g",
    )
    assert ended.because == judged.text
    assert open_steps(bench.made) == ("unload",)
    bench.drive("unload")
    assert bench.made.status is BatchStatus.COMPLETED
    assert not bench.made.exceptions


def test_a_step_says_its_pass_by_its_title_and_refers_to_its_own_pass() -> None:
    bench = coating("102.0")
    assert bench.made.steps["work-out#2"].title == "Work out the gain, pass 2"
    coat(bench, "2", "103.4")
    assert [bench.made.value(f"work-out#{n}", "gain") is not None for n in (1, 2)] == [True, True]
    found = bench.made.value("work-out#2", "gain")
    assert found is not None
    assert found.shown == "3.4 g"


@verifies("P11-10f-1")
def test_steps_of_passes_that_have_not_begun_are_refused_with_where_the_loop_stands() -> None:
    bench = play(
        """
        who            act        step        with          comes to
        -------------- ---------- ----------- ------------- ------------------------------
        M. Keller      starts     spray       x             step unknown
        M. Keller      starts     spray#1                   step not open
        M. Keller      starts     spray#2                   step not begun
        M. Keller      starts     spray#9                   step not begun
        M. Keller      starts     spray#                    step not begun
        M. Keller      starts     prepare#1                 step unknown
        M. Keller      starts     unload                    step not open
        M. Keller      comments   spray#2     Not there     step not begun
        M. Keller      starts     prepare                   done
        M. Keller      completes  prepare                   done
        M. Keller      starts     spray#1                   done
        M. Keller      completes  spray#1                   done
        M. Keller      completes  sample#1                  step not started
        """,
        bench_of(looped()),
    )
    (reason,) = reasons_against(
        bench.made, StartStep(batch=BATCH, step="spray#9"), bench.facts(KELLER)
    )
    assert reason.text == "Coat takes at most 3 passes and is in pass 1; pass 9 has not begun."
    done = coating("103.0")
    (reason,) = reasons_against(done.made, StartStep(batch=BATCH, step="spray#2"), done.facts())
    assert reason.text == "Coat ended with pass 1; pass 2 has not begun."


@verifies("C211-100b-2")
@pytest.mark.parametrize("decision", [Decision.ACCEPT, Decision.DEVIATION])
def test_at_the_bound_quality_decides_and_what_follows_waits_for_it(decision: Decision) -> None:
    bench = coating("102.0", "102.5", "102.9")
    assert kinds(bench.events[-3:]) == ["step.completed", "exception.raised", "pass.judged"]
    (raised,) = bench.made.exceptions.values()
    assert (raised.kind, raised.step, raised.blocks) == (
        ExceptionKind.REPEAT_EXHAUSTED,
        "work-out#3",
        True,
    )
    assert raised.text == (
        "Coat: pass 3 was the last of at most 3. "
        "Gain is 2.9 g; Coat ends when Gain is 3.0 g to 5.0 g: not yet."
    )
    assert open_steps(bench.made) == ()
    assert waiting_for(bench.made, "unload") == ("work-out#3",)
    assert bench.refused(StartStep(batch=BATCH, step="unload")) == [Code.STEP_NOT_OPEN]
    assert bench.refused(StartStep(batch=BATCH, step="spray#4")) == [Code.STEP_NOT_BEGUN]
    decide(bench, "EX-1", Decision.RETURN)
    assert open_steps(bench.made) == ()
    decide(bench, "EX-1", decision)
    ended = bench.events[-1]
    assert isinstance(ended, RepeatEnded)
    assert (ended.passes, ended.met, ended.exception, ended.by) == (3, False, "EX-1", LINDQVIST.who)
    assert ended.because.endswith(f"Quality decided on EX-1: {decision}; the batch goes on.")
    bench.drive("unload")
    assert bench.made.status is BatchStatus.COMPLETED


def test_a_loop_at_the_end_of_a_recipe_completes_the_batch_when_it_ends() -> None:
    bench = coating("103.5", recipe=looped(PREPARE, COAT))
    assert kinds(bench.events[-2:]) == ["repeat.ended", "completed"]
    bench = coating("102.0", "102.0", "102.0", recipe=looped(PREPARE, COAT))
    assert bench.made.status is BatchStatus.RUNNING
    assert bench.refused(CompleteReview(batch=BATCH), LINDQVIST) == [Code.EXCEPTIONS_OPEN]
    bench.decided()
    assert kinds(bench.events[-2:]) == ["repeat.ended", "completed"]
    summary = content_of(bench.made, CompleteReview(batch=BATCH))["summary"]
    assert isinstance(summary, dict)
    loops = summary["loops"]
    assert isinstance(loops, list)
    assert [(each["passes"], each["met"]) for each in loops if isinstance(each, dict)] == [
        (3, False)
    ]


def test_in_the_middle_of_an_act_nothing_after_a_loop_is_open() -> None:
    bench = coating("103.0")
    for cut in range(len(bench.events)):
        batch = replay(bench.events[: cut + 1])
        assert batch is not None
        ended = batch.loops["coat"].ended
        assert ("unload" in open_steps(batch)) is ended
        assert (status_of(batch, "unload") is StepStatus.OPEN) is ended
        assert bool(waiting_for(batch, "unload")) is not ended


def test_a_batch_taken_up_between_two_events_of_an_act_goes_on_as_it_would_have() -> None:
    whole = coating("102.0")
    before: list[Event] = [each for each in whole.events if not isinstance(each, PassStarted)]
    bench = Bench(batch=replay(before), events=list(before), now=whole.now, recipe=whole.recipe)
    play(
        """
        who            act      step       with                        comes to
        -------------- -------- ---------- --------------------------- --------
        T. Okafor      reports  spray#1    minor: A drop on the window done
        S. Lindqvist   decides             EX-1 accept                 done
        """,
        bench,
    )
    assert kinds(bench.events)[-2:] == ["exception.decided", "pass.started"]
