"""Loops: pass after pass until the condition holds, never beyond the bound, never in silence."""

from dataclasses import replace
from typing import Any

import pytest

from tests.builders.acts import play
from tests.builders.engine import Bench
from tests.builders.looped import (
    COAT,
    ENOUGH,
    PREPARE,
    SAMPLE,
    SPRAY,
    UNLOAD,
    WORK_OUT,
    asking,
    bench_of,
    coat,
    coating,
    looped,
)
from tests.builders.small_plant import BATCH, ETHANOL, KELLER, LINDQVIST, RECIPE, SCALE, phase
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
    Calculate,
    CompleteReview,
    CompleteStep,
    DecideException,
    Decision,
    RecordValue,
    StartStep,
)
from workflows.events import ExceptionKind, PassJudged, PassStarted, RepeatEnded
from workflows.quantity import parse
from workflows.recipe import (
    Entry,
    FormulaLine,
    HoldTime,
    IdentifyEquipment,
    IdentifyMaterial,
    Input,
    InputKind,
    Instruction,
    Parallel,
    Produce,
    Range,
    Repeat,
    Sequence,
    Until,
    ValueRef,
    Weigh,
    phases,
)
from workflows.weighing import container_of, scale_of


def kinds(events: list[Event]) -> list[str]:
    return [each.KIND.removeprefix("batch.") for each in events]


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


def decide(bench: Bench, exception: str, decision: Decision) -> None:
    command = DecideException(
        batch=BATCH,
        exception=exception,
        decision=decision,
        reason="Assessed; no effect on the product quality.",
    )
    bench.do(command, LINDQVIST)


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


LOOK = Input(
    key="look", title="Look", kind=InputKind.CHOICE, choices=("clear", "cloudy"), required=False
)
CLEAR = Until(value=ValueRef(step="sample", input="look"), equals="clear")


def looking(body: Any, until: Until = CLEAR, most: int = 3) -> Bench:
    loop = replace(COAT, body=body, until=until, most=most)
    return bench_of(looped(loop, UNLOAD))


@pytest.mark.parametrize(
    ("value", "holds", "said"),
    [
        ("clear", True, "Look is clear; Coat ends when Look is 'clear': reached."),
        ("cloudy", False, "Look is cloudy; Coat ends when Look is 'clear': not yet."),
        ("", False, "Look is not on record; Coat ends when Look is 'clear': not yet."),
        (
            "skipped",
            False,
            (
                "Weigh ten tablets, pass 1 was skipped, so there is no Look to judge by; "
                "Coat ends when Look is 'clear': not yet."
            ),
        ),
    ],
)
def test_what_is_missing_never_counts_as_reached(value: str, holds: bool, said: str) -> None:
    bench = looking(asking(LOOK, may_skip=True))
    if value == "skipped":
        play(
            """
            who            act      step       with                 comes to
            -------------- -------- ---------- -------------------- ---------
            M. Keller      starts   sample#1                        done
            M. Keller      records  sample#1   look = clear         done
            M. Keller      skips    sample#1   Nothing to look at   done
            """,
            bench,
        )
    else:
        bench.begin("sample#1")
        if value:
            bench.record("sample#1", "look", value)
        bench.complete("sample#1")
    (judged,) = [each for each in bench.events if isinstance(each, PassJudged)]
    assert (judged.holds, judged.text) == (holds, said)
    assert ("sample#2" in bench.made.steps) is not holds


@pytest.mark.parametrize(
    ("low", "high", "mass", "holds"),
    [
        ("1.0 g", None, "0.9", False),
        ("1.0 g", None, "1.0", True),
        (None, "0.002 kg", "2.0", True),
        (None, "0.002 kg", "2.1", False),
    ],
)
def test_the_ends_of_a_range_are_within_it(
    low: str | None, high: str | None, mass: str, holds: bool
) -> None:
    within = Range(low=parse(low) if low else None, high=parse(high) if high else None)
    bench = looking(SAMPLE, Until(value=ValueRef(step="sample", input="mass"), within=within))
    bench.begin("sample#1").record("sample#1", "mass", mass).complete("sample#1")
    assert bench.made.loops["coat"].ended is holds


def test_a_pass_is_judged_only_when_it_is_signed_witnessed_and_not_held() -> None:
    body = Sequence(key="body", title="Body", blocks=(SPRAY, replace(SAMPLE, witness=True)))
    within = Range(low=parse("1 g"))
    bench = looking(body, Until(value=ValueRef(step="sample", input="mass"), within=within))
    bench.drive("spray#1")
    bench.begin("sample#1").record("sample#1", "mass", "2.0").complete("sample#1")
    play(
        """
        who            act      step       with                             comes to
        -------------- -------- ---------- -------------------------------- --------
        T. Okafor      reports  spray#1    critical: The nozzle was clogged done
        """,
        bench,
    )
    assert not bench.made.loops["coat"].judgements
    assert bench.refused(StartStep(batch=BATCH, step="unload")) == [Code.STEP_NOT_OPEN]
    decide(bench, "EX-1", Decision.ACCEPT)
    assert not bench.made.loops["coat"].judgements
    bench.witness("sample#1")
    assert bench.made.loops["coat"].ended


@verifies("P11-70-2")
def test_a_correction_before_a_pass_is_done_is_judged_when_it_is_done() -> None:
    bench = coating()
    bench.drive("spray#1")
    bench.begin("sample#1").record("sample#1", "mass", "102.0").complete("sample#1")
    bench.correct("sample#1", "mass", "103.2")
    bench.complete("sample#1").begin("work-out#1")
    assert not bench.made.loops["coat"].judgements
    bench.do(Calculate(batch=BATCH, step="work-out#1"))
    bench.complete("work-out#1")
    assert [each.holds for each in bench.made.loops["coat"].judgements] == [True]


@verifies("P11-70-2")
@pytest.mark.parametrize(
    ("masses", "corrected", "value", "then", "now", "after"),
    [
        (
            ("102.0", "103.4"),
            "sample#1",
            "103.1",
            "Gain is 2.0 g; Coat ends when Gain is 3.0 g to 5.0 g: not yet.",
            "Gain is 3.1 g; Coat ends when Gain is 3.0 g to 5.0 g: reached.",
            "Coat went on with another pass, and that pass stays.",
        ),
        (
            ("102.0", "103.4"),
            "sample#2",
            "102.9",
            "Gain is 3.4 g; Coat ends when Gain is 3.0 g to 5.0 g: reached.",
            "Gain is 2.9 g; Coat ends when Gain is 3.0 g to 5.0 g: not yet.",
            "Coat ended with this pass, and stays ended.",
        ),
    ],
)
def test_a_past_pass_that_would_come_out_otherwise_is_told_with_both_values(
    masses: tuple[str, ...], corrected: str, value: str, then: str, now: str, after: str
) -> None:
    bench = coating(*masses)
    passes = bench.made.loops["coat"].passes
    bench.correct(corrected, "mass", value)
    raised = list(bench.made.exceptions.values())[-1]
    number = corrected.partition("#")[2]
    assert (raised.kind, raised.step) == (ExceptionKind.REPEAT_REJUDGED, f"work-out#{number}")
    assert raised.text == (
        f"Coat, pass {number}, was judged so: {then} By the value it has now: {now} {after}"
    )
    loop = bench.made.loops["coat"]
    assert (loop.passes, loop.met) == (passes, True)
    assert (loop.judgements[-1].correction, loop.judgements[-1].exception) == (
        "C-1",
        raised.exception,
    )
    assert status_of(bench.made, "unload") is StepStatus.IDLE
    bench.complete(corrected)
    assert bench.refused(CompleteStep(batch=BATCH, step=f"work-out#{number}")) == [
        Code.EXCEPTION_BLOCKS
    ]
    bench.decided().complete(f"work-out#{number}").drive("unload")
    assert bench.made.status is BatchStatus.COMPLETED


def test_a_past_pass_with_another_value_and_the_same_outcome_is_judged_again_without_alarm() -> (
    None
):
    bench = coating("102.0", "103.4")
    bench.correct("sample#2", "mass", "103.6")
    judged = bench.made.loops["coat"].judgements
    assert [(each.number, each.value, each.holds) for each in judged] == [
        (1, "2.0", False),
        (2, "3.4", True),
        (2, "3.6", True),
    ]
    assert {each.kind for each in bench.made.exceptions.values()} == {ExceptionKind.CORRECTION}


def test_at_the_bound_a_corrected_value_is_judged_anew_when_it_is_signed() -> None:
    bench = coating("102.0", "102.5", "102.9").correct("sample#3", "mass", "103.0")
    assert kinds(bench.events)[-1] == "step.unsigned"
    bench.decided().complete("sample#3").complete("work-out#3")
    assert kinds(bench.events[-3:]) == ["step.completed", "pass.judged", "repeat.ended"]
    ended = bench.events[-1]
    assert isinstance(ended, RepeatEnded)
    assert (ended.met, ended.value, ended.exception) == (True, "3.0", "")


def test_at_the_bound_another_value_that_is_not_there_yet_asks_quality_again() -> None:
    bench = coating("102.0", "102.5", "102.9").correct("sample#3", "mass", "102.8")
    bench.decided().complete("sample#3").complete("work-out#3")
    exhausted = [
        each
        for each in bench.made.exceptions.values()
        if each.kind is ExceptionKind.REPEAT_EXHAUSTED
    ]
    assert [each.open for each in exhausted] == [False, True]
    bench.decided()
    assert bench.made.loops["coat"].met is False


def test_a_value_recorded_late_in_a_past_pass_is_judged_when_it_is_signed() -> None:
    note = replace(LOOK, key="note", title="Note", choices=("a", "b"))
    body = replace(SAMPLE, work=Entry(inputs=(LOOK, note)))
    bench = looking(body)
    bench.begin("sample#1").record("sample#1", "note", "a").complete("sample#1")
    bench.correct("sample#1", "note", "b")
    bench.do(RecordValue(batch=BATCH, step="sample#1", input="look", value="clear"))
    bench.complete("sample#1")
    raised = list(bench.made.exceptions.values())[-1]
    assert raised.kind is ExceptionKind.REPEAT_REJUDGED
    assert "Look is not on record" in raised.text
    assert "Look is clear" in raised.text


DAY = Repeat(
    key="day",
    title="Day",
    body=Sequence(key="shift", title="Shift", blocks=(COAT, replace(UNLOAD, key="rest"))),
    until=replace(ENOUGH, within=Range(low=parse("4.0 g"))),
    most=2,
)


def test_a_loop_in_a_loop_begins_anew_in_each_outer_pass() -> None:
    bench = bench_of(looped(DAY, UNLOAD))
    assert list(bench.made.plan.loops) == ["coat#1", "day"]
    assert open_steps(bench.made) == ("spray#1.1",)
    coat(bench, "1.1", "102.0")
    assert bench.refused(StartStep(batch=BATCH, step="spray#2.1")) == [Code.STEP_NOT_BEGUN]
    coat(bench, "1.2", "103.0")
    assert open_steps(bench.made) == ("rest#1",)
    bench.drive("rest#1")
    assert kinds(bench.events[-2:]) == ["pass.judged", "pass.started"]
    started = bench.events[-1]
    assert isinstance(started, PassStarted)
    assert (started.loop, started.name) == ("day", "2")
    assert [loop.key for loop in bench.made.loops.values()] == ["coat#1", "coat#2", "day"]
    assert bench.made.steps["spray#2.1"].title == "Spray one coat, pass 2.1"
    assert bench.made.plan.places["spray#2.1"] == {"day": 2, "coat#2": 1}
    for number, mass in enumerate(("102.0", "102.0", "104.0"), 1):
        coat(bench, f"2.{number}", mass)
    assert bench.made.loops["coat#2"].passes == 3
    bench.drive("rest#2")
    assert bench.made.loops["day"].met is True
    bench.drive("unload")
    assert bench.made.status is BatchStatus.COMPLETED
    assert replay(bench.events) == bench.made


def test_what_is_outside_goes_by_the_last_pass_and_what_is_inside_by_its_own() -> None:
    steps = {each.key: each for each in phases(RECIPE.procedure)}
    produce, weigh = steps["produce"].work, steps["weigh"].work
    assert isinstance(produce, Produce)
    assert isinstance(weigh, Weigh)
    made = replace(
        steps["produce"],
        work=replace(produce, theoretical=ValueRef(step="work-out", input="gain")),
        hold=HoldTime(after="work-out", most_s=60),
    )
    body = Parallel(
        key="both",
        title="Both",
        branches=(
            phase("scan", "Scan", IdentifyMaterial(line="ethanol")),
            replace(WORK_OUT, hold=HoldTime(after="before", most_s=9)),
            replace(steps["weigh"], work=replace(weigh, target=ENOUGH.value)),
        ),
    )
    loop = replace(COAT, body=Sequence(key="b", title="B", blocks=(SAMPLE, body)))
    recipe = looped(phase("before", "Before", Instruction()), loop, made)
    bench = bench_of(replace(recipe, formula=RECIPE.formula, equipment=RECIPE.equipment))
    assert bench.made.plan.phases["produce"].hold == HoldTime(after="work-out#1", most_s=60)
    started = PassStarted(
        at=bench.now,
        by=KELLER.who,
        loop="coat",
        loop_title="Coat",
        number=2,
        name="2",
        most=3,
        because="",
    )
    batch = replay([started], bench.made)
    assert batch is not None
    after, second = batch.plan.phases["produce"], batch.plan.phases["weigh#2"]
    assert after.hold == HoldTime(after="work-out#2", most_s=60)
    assert isinstance(after.work, Produce)
    assert after.work.theoretical == ValueRef(step="work-out#2", input="gain")
    assert isinstance(second.work, Weigh)
    assert second.work.target == ValueRef(step="work-out#2", input="gain")
    assert batch.plan.phases["work-out#2"].hold == HoldTime(after="before", most_s=9)
    assert batch.plan.procedure.blocks[1].title == "Coat"
    assert [each.title for each in batch.plan.procedure.blocks[1].blocks] == [  # type: ignore[union-attr]
        "B, pass 1 of at most 3",
        "B, pass 2 of at most 3",
    ]


def test_what_was_identified_in_one_pass_is_not_used_in_another() -> None:
    steps = {each.key: each for each in phases(RECIPE.procedure)}
    weigh = steps["weigh"].work
    assert isinstance(weigh, Weigh)
    body = Sequence(
        key="body",
        title="Body",
        blocks=(
            phase("scan", "Scan", IdentifyMaterial(line="ethanol")),
            phase("scale", "Scale", IdentifyEquipment(equipment="scale")),
            replace(steps["weigh"], work=replace(weigh, target=None), witness=False),
        ),
    )
    until = Until(value=ValueRef(step="weigh", input="weight"), within=Range(low=parse("6 g")))
    line = FormulaLine(
        key="ethanol", material="RM-ETH96", title="Ethanol", quantity=parse("5.00 g")
    )
    loop = replace(COAT, body=body, until=until)
    bench = bench_of(looped(loop, UNLOAD, formula=(line,), equipment=RECIPE.equipment))
    play(
        """
        who            act              step       with        comes to
        -------------- ---------------- ---------- ----------- ---------
        M. Keller      starts           scan#1                 done
        M. Keller      scans            scan#1     C-0001      done
        M. Keller      completes        scan#1                 done
        M. Keller      starts           scale#1                done
        M. Keller      scans equipment  scale#1    SC-04       done
        M. Keller      completes        scale#1                done
        M. Keller      starts           weigh#1                done
        M. Keller      weighs           weigh#1    5.0 g       done
        M. Keller      completes        weigh#1                done
        """,
        bench,
    )
    batch = bench.made
    assert "weigh#2" in batch.steps
    work = batch.plan.phases["weigh#1"].work
    assert isinstance(work, Weigh)
    known, scale = container_of(batch, "weigh#1", work, None), scale_of(batch, "weigh#1", work)
    assert known is not None
    assert scale is not None
    assert (known.code, scale.code) == (ETHANOL.code, SCALE.code)
    assert container_of(batch, "weigh#2", work, ETHANOL.code) is None
    assert scale_of(batch, "weigh#2", work) is None
    assert container_of(batch, "unload", work, None) == known


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


def test_units_of_the_value_and_of_the_condition_may_differ() -> None:
    within = Range(low=parse("0.003 kg"), high=parse("0.005 kg"))
    loop = replace(COAT, until=replace(ENOUGH, within=within))
    bench = coating("103.0", recipe=looped(PREPARE, loop, UNLOAD))
    assert bench.made.loops["coat"].met is True
