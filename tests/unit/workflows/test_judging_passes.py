"""A pass is judged when it is done, again when its value changes, and never in silence."""

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
    asking,
    bench_of,
    coating,
    looped,
)
from tests.builders.small_plant import BATCH, LINDQVIST
from tests.plugin import verifies
from workflows import (
    BatchStatus,
    Code,
    Event,
    StepStatus,
    status_of,
)
from workflows.commands import (
    Calculate,
    CompleteStep,
    DecideException,
    Decision,
    RecordValue,
    StartStep,
)
from workflows.events import ExceptionKind, PassJudged, RepeatEnded
from workflows.quantity import parse
from workflows.recipe import (
    Entry,
    Input,
    InputKind,
    Range,
    Sequence,
    Until,
    ValueRef,
)


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


def test_units_of_the_value_and_of_the_condition_may_differ() -> None:
    within = Range(low=parse("0.003 kg"), high=parse("0.005 kg"))
    loop = replace(COAT, until=replace(ENOUGH, within=within))
    bench = coating("103.0", recipe=looped(PREPARE, loop, UNLOAD))
    assert bench.made.loops["coat"].met is True
