"""What a person records: kept as entered, judged afterwards, never stopped at a limit."""

import pytest

from tests.builders.acts import play
from tests.builders.engine import Bench, a_batch
from tests.builders.small_plant import BATCH
from tests.plugin import verifies
from workflows import Code
from workflows.commands import RecordValue
from workflows.events import ExceptionKind, ExceptionRaised, ValueRecorded, Verdict
from workflows.limits import judge, range_in_words
from workflows.quantity import parse
from workflows.recipe import Entry, Input, InputKind, Limits, Phase, Range, Sequence, Severity


@verifies("FDAWL-1", "C211-100b-2")
def test_a_failing_value_is_kept_with_its_verdict_and_a_second_one_needs_a_reason() -> None:
    bench = play(
        """
        who        act       step     with                                          comes to
        ---------- --------- -------- --------------------------------------------- ---------------
        M. Keller  starts    density                                                done
        M. Keller  records   density  density = 0.8720                              done
        M. Keller  records   density  density = 0.8074                              value present
        M. Keller  corrects  density  density = 0.8074                              reason thin
        M. Keller  corrects  density  density = 0.8074 because xx                   reason thin
        M. Keller  corrects  density  density = 0.8074 because Read the wrong line  done
        M. Keller  completes density                                                done
        """,
        a_batch("ready"),
    )
    first, second = bench.made.steps["density"].values["density"]
    assert (first.value, first.verdict, first.at < second.at) == ("0.8720", Verdict.REJECT, True)
    assert (second.value, second.verdict, second.correction) == ("0.8074", Verdict.WITHIN, "C-1")
    kinds = [each.kind for each in bench.made.exceptions.values()]
    assert kinds == [ExceptionKind.OUT_OF_LIMIT, ExceptionKind.CORRECTION]


@verifies("FDAWL-1")
def test_the_value_is_recorded_before_its_exception_in_one_decision() -> None:
    bench = a_batch("ready").begin("density")
    command = RecordValue(batch=BATCH, step="density", input="density", value="0.7000")
    recorded, raised = bench.do(command)
    assert isinstance(recorded, ValueRecorded)
    assert isinstance(raised, ExceptionRaised)
    assert recorded.limits is not None
    assert raised.text == (
        "Density of ethanol: 0.7000 g/mL is below the reject limits, 0.7900 g/mL to 0.8300 g/mL."
    )


@pytest.mark.parametrize(
    ("value", "verdict", "severity", "needs_deviation"),
    [
        ("0.8074", Verdict.WITHIN, None, False),
        ("0.8060", Verdict.WITHIN, None, False),
        ("0.8059", Verdict.ALERT, Severity.MINOR, False),
        ("0.8049", Verdict.ACTION, Severity.MAJOR, False),
        ("0.8101", Verdict.ACTION, Severity.MAJOR, False),
        ("0.7899", Verdict.REJECT, Severity.CRITICAL, True),
        ("0.8301", Verdict.REJECT, Severity.CRITICAL, True),
    ],
)
def test_each_layer_of_limits_has_its_own_consequence(
    value: str, verdict: Verdict, severity: Severity | None, needs_deviation: bool
) -> None:
    bench = a_batch("ready").begin("density").record("density", "density", value)
    found = bench.made.value("density", "density")
    assert found is not None
    assert found.verdict is verdict
    raised = list(bench.made.exceptions.values())
    assert [each.severity for each in raised] == ([severity] if severity else [])
    assert [each.needs_deviation for each in raised] == ([needs_deviation] if severity else [])


@verifies("A11D-10.1-1")
def test_what_cannot_be_read_is_refused_and_never_converted() -> None:
    play(
        """
        who        act       step     with                     comes to
        ---------- --------- -------- ------------------------ ------------------
        M. Keller  starts    density                           done
        M. Keller  records   density  density = 0,8074         value unreadable
        M. Keller  records   density  density = 8e-1           value unreadable
        M. Keller  records   density  density = ٠.٨            value unreadable
        M. Keller  records   density  density = 1,234          value unreadable
        M. Keller  records   density  density = 0.80741        value too fine
        M. Keller  records   density  density = 0.8074 kg/L    unit wrong
        M. Keller  records   density  remark = -               done
        M. Keller  records   density  density = 0.8074 g/mL    done
        M. Keller  starts    clear                             done
        M. Keller  records   clear    empty = maybe            value unreadable
        M. Keller  records   clear    empty = yes              done
        M. Keller  completes clear                             done
        M. Keller  starts    room                              done
        M. Keller  records   room     room = B-115             value unreadable
        M. Keller  records   room     room = B-116             done
        M. Keller  records   room     cleaned = 20.11.2026     value unreadable
        M. Keller  records   room     cleaned = 20261120       value unreadable
        M. Keller  completes room                              value missing
        M. Keller  records   room     cleaned = 2026-11-20     done
        M. Keller  completes room                              done
        """,
        a_batch("ready"),
    )


@verifies("A11D-10.1-1")
def test_the_digits_stay_as_they_were_entered() -> None:
    bench = a_batch("ready").begin("density").record("density", "density", "0.8070")
    found = bench.made.value("density", "density")
    assert found is not None
    assert (found.value, found.shown) == ("0.8070", "0.8070 g/mL")


@pytest.mark.parametrize("text", ["", "   ", "a\x00b", "x" * 2001])
def test_a_text_that_is_no_text_is_refused(text: str) -> None:
    bench = a_batch("ready").begin("density")
    command = RecordValue(batch=BATCH, step="density", input="remark", value=text)
    assert bench.refused(command) == [Code.TEXT_MISSING]


@pytest.mark.parametrize("why", ["\u202edlo eht", "a\x07b", "x" * 2001])
def test_a_reason_that_a_record_cannot_show_is_refused(why: str) -> None:
    bench = a_batch("ready").begin("density")
    command = RecordValue(batch=BATCH, step="density", input="density", value="0.8074", why=why)
    assert bench.refused(command) == [Code.TEXT_MISSING]


def test_a_statement_that_is_denied_is_kept_and_raises_an_exception() -> None:
    bench = a_batch("ready").begin("clear").record("clear", "empty", "no")
    (exception,) = bench.made.exceptions.values()
    assert exception.kind is ExceptionKind.NOT_CONFIRMED
    assert exception.text == "Not confirmed: Line is empty"
    bench.complete("clear")


def test_every_attempt_of_a_check_is_kept_and_a_further_one_needs_a_failure_and_a_reason() -> None:
    bench = play(
        """
        who        act       step   with                                          comes to
        ---------- --------- ------ --------------------------------------------- -----------------
        M. Keller  starts    check                                                done
        M. Keller  records   check  strength = 71.0                               done
        M. Keller  records   check  strength = 80.0                               reason thin
        M. Keller  records   check  strength = 80.0 because Sample was not mixed  done
        M. Keller  records   check  strength = 80.1 because Once more to be sure  value present
        M. Keller  completes check                                                exception blocks
        """,
        a_batch("mix"),
    )
    attempts = bench.made.steps["check"].values["strength"]
    assert [(each.attempt, each.value) for each in attempts] == [(1, "71.0"), (2, "80.0")]
    texts = [each.text for each in bench.made.exceptions.values()]
    assert texts[1] == ("Ethanol content: attempt 2 after 71.0 % (action): Sample was not mixed")


@verifies("C211-100b-2")
def test_a_blocking_exception_holds_the_step_until_quality_has_decided() -> None:
    play(
        """
        who           act       step   with             comes to
        ------------- --------- ------ ---------------- -----------------
        M. Keller     starts    check                   done
        M. Keller     records   check  strength = 71.0  done
        M. Keller     completes check                   exception blocks
        S. Lindqvist  decides          EX-1 return      done
        M. Keller     completes check                   exception blocks
        S. Lindqvist  decides          EX-1 deviation   done
        M. Keller     completes check                   done
        M. Keller     starts    label                   done
        """,
        a_batch("mix"),
    )


def test_a_value_may_be_recorded_without_limits_and_a_pure_number_without_unit() -> None:
    count = Input(key="count", title="Count", kind=InputKind.NUMBER, decimals=0)
    step = Phase(key="one", title="One", instruction="Count.", work=Entry(inputs=(count,)))
    bench = Bench.of(Sequence(key="p", title="P", blocks=(step,))).start()
    bench.begin("one").record("one", "count", "12")
    found = bench.made.value("one", "count")
    assert found is not None
    assert (found.unit, found.shown, found.verdict) == ("1", "12", Verdict.NOT_JUDGED)


def test_limits_with_open_ends_and_empty_limits_judge_what_they_can() -> None:
    high = Limits(action=Range(high=parse("5 g")))
    low = Limits(action=Range(low=parse("5 g")))
    asked = Input(key="k", title="K", kind=InputKind.NUMBER, unit="g", decimals=0)
    cases = [(high, "6", Verdict.ACTION), (low, "4", Verdict.ACTION), (low, "9", Verdict.WITHIN)]
    for limits, value, verdict in cases:
        found = judge(Input(key="k", title="K", kind=asked.kind, limits=limits), value, "g")
        assert found is verdict
    assert judge(Input(key="k", title="K", kind=asked.kind, limits=Limits()), "9", "g") is (
        Verdict.NOT_JUDGED
    )
    assert judge(asked, "", "g") is Verdict.NOT_JUDGED
    words = [range_in_words(each) for each in (high.action, low.action, Range(), None)]
    assert words == ["at most 5 g", "at least 5 g", "no limit", "no limit"]
