"""The server keeps the order of the recipe: P11-10f-1, and one effect under concurrency."""

from dataclasses import replace

import pytest

from tests.builders.acts import play
from tests.builders.engine import Bench, a_batch
from tests.builders.small_plant import BATCH, BRANDT, KELLER, OKAFOR, SCALE
from tests.plugin import verifies
from tests.tables import rows
from workflows import (
    BatchStatus,
    Code,
    Refused,
    StepStatus,
    decide,
    open_steps,
    reasons_against,
    replay,
    status_of,
    waiting_for,
)
from workflows.commands import Calculate, CompleteStep, RecordValue, StartStep
from workflows.phases.calculation import operand_value
from workflows.quantity import parse
from workflows.recipe import (
    BATCH_SIZE,
    HoldTime,
    Instruction,
    Operand,
    Parallel,
    Phase,
    Sequence,
)


@verifies("P11-10f-1")
def test_a_batch_that_keeps_the_order_runs_to_its_end() -> None:
    bench = a_batch("hand_over")
    assert bench.made.status is BatchStatus.COMPLETED
    assert not bench.made.exceptions


@verifies("P11-10f-1")
def test_steps_out_of_order_repeated_or_unfinished_are_refused() -> None:
    play(
        """
        who            act              step      with              comes to
        -------------- ---------------- --------- ----------------- ------------------------------
        M. Keller      starts           weigh                       step not open
        M. Keller      starts           nowhere                     step unknown
        M. Keller      records          density   density = 0.8074  step not open
        M. Keller      completes        ready                       step not started
        J. Brandt      witnesses        weigh                       step not performed
        M. Keller      starts           ready                       done
        J. Brandt      starts           ready                       step running
        M. Keller      completes        ready                       done
        M. Keller      completes        ready                       step finished
        M. Keller      starts           ready                       step finished
        M. Keller      starts           density                     done
        T. Okafor      starts           clear                       done
        M. Keller      completes        density                     value missing
        M. Keller      records          density   density = 0.8074  done
        M. Keller      completes        density                     done
        M. Keller      starts           mix                         step not open
        M. Keller      starts           mass                        done
        M. Keller      completes        mass                        value missing
        M. Keller      computes         mass                        done
        M. Keller      computes         mass                        value present
        M. Keller      completes        mass                        done
        """,
        a_batch(),
    )


def test_an_act_that_does_not_suit_the_step_is_refused() -> None:
    play(
        """
        who            act              step      with              comes to
        -------------- ---------------- --------- ----------------- ------------------------------
        M. Keller      starts           ready                       done
        M. Keller      records          ready     density = 1       work different
        M. Keller      scans            ready     C-0001            work different
        M. Keller      scans equipment  ready     SC-04             work different
        M. Keller      weighs           ready     1.0 g             work different
        M. Keller      types            ready     1.0 g             work different
        M. Keller      computes         ready                       work different
        M. Keller      corrects         ready     x = 1             input unknown
        M. Keller      completes        ready                       done
        M. Keller      starts           density                     done
        M. Keller      records          density   colour = red      input unknown
        """,
        a_batch(),
    )


@verifies("P11-10f-1")
def test_several_steps_are_open_at_once_on_parallel_branches_and_the_join_waits() -> None:
    bench = a_batch("ready")
    assert open_steps(bench.made) == ("density", "clear")
    bench.until_all("clear", "room", "bottles")
    assert open_steps(bench.made) == ("density",)
    assert status_of(bench.made, "mix") is StepStatus.IDLE
    assert waiting_for(bench.made, "mix") == ("density", "mass", "scan", "scale", "weigh")


@verifies("P11-10f-2")
def test_the_second_of_two_values_at_once_is_refused_with_the_first_shown() -> None:
    bench = a_batch("ready").begin("density")
    late = RecordValue(batch=BATCH, step="density", input="density", value="0.8080")
    bench.record("density", "density", "0.8074")
    (reason,) = reasons_against(bench.made, late, bench.facts(OKAFOR))
    assert reason.code is Code.VALUE_PRESENT
    assert "0.8074 g/mL, by M. Keller" in reason.text


@verifies("P11-10f-2")
def test_of_fifty_completions_on_one_history_one_wins_and_the_rest_is_told() -> None:
    bench = a_batch("ready").begin("density").record("density", "density", "0.8074")
    command = CompleteStep(batch=BATCH, step="density")
    decide(bench.made, command, bench.facts())
    bench.complete("density")
    codes = {tuple(bench.refused(command, who)) for who in (KELLER, BRANDT, OKAFOR) * 17}
    assert codes == {(Code.STEP_FINISHED,)}


def test_who_holds_a_step_shows() -> None:
    bench = a_batch("ready").begin("density", OKAFOR)
    step = bench.made.steps["density"]
    assert (step.status, step.holder) == (StepStatus.RUNNING, OKAFOR.who)


def test_all_reasons_are_told_at_once_in_order_of_precedence() -> None:
    bench = a_batch()
    command = RecordValue(batch=BATCH, step="density", input="density", value="1,2", unit="kg")
    assert bench.refused(command) == [Code.STEP_NOT_OPEN, Code.VALUE_UNREADABLE, Code.UNIT_WRONG]


def test_a_refusal_says_what_is_so_what_to_do_and_which_requirement_it_serves() -> None:
    bench = a_batch()
    with pytest.raises(Refused) as raised:
        bench.do(StartStep(batch=BATCH, step="mix"))
    (reason,) = raised.value.refusals
    assert reason.text.startswith("Mix is not open yet; it waits for Make ready, Measure density")
    assert reason.text.endswith("and 4 more.")
    assert reason.remedy == "Finish what it waits for first."
    assert reason.requirement == "P11-10f-1"
    assert str(raised.value).startswith("step_not_open: Mix")


def test_a_step_may_need_a_right_of_its_own() -> None:
    bench = a_batch()
    ready = replace(bench.made.plan.phases["ready"], right="clear_lines")
    bench.batch = replace(
        bench.made,
        plan=replace(bench.made.plan, phases={**bench.made.plan.phases, "ready": ready}),
    )
    command = StartStep(batch=BATCH, step="ready")
    assert bench.refused(command) == [Code.RIGHT_MISSING]
    assert not bench.refused(command, replace(KELLER, rights=frozenset({"clear_lines"})))


def test_nothing_can_be_asked_of_a_batch_that_was_not_started() -> None:
    bench = Bench()
    assert bench.refused(StartStep(batch=BATCH, step="ready")) == [Code.BATCH_NOT_STARTED]


def test_a_command_for_another_batch_is_our_fault_and_not_a_refusal() -> None:
    bench = a_batch()
    with pytest.raises(ValueError, match="met batch"):
        bench.refused(StartStep(batch=SCALE.equipment, step="ready"))


def test_a_skip_needs_the_recipes_permission_its_turn_and_a_reason() -> None:
    bench = play(
        """
        who            act              step      with                   comes to
        -------------- ---------------- --------- ---------------------- ----------------------
        M. Keller      skips            label     Printer is out of use  step not open
        """,
        a_batch("ready"),
    )
    bench.until_rest("check")
    bench = play(
        """
        who        act    step     with                   comes to
        ---------- ------ -------- ---------------------- ------------------------------
        M. Keller  skips  produce  Out of time            step not open, skip not allowed
        M. Keller  skips  label    -                      reason thin
        M. Keller  skips  label    Printer is out of use  done
        M. Keller  skips  label    Printer is out of use  step finished
        """,
        bench,
    )
    (exception,) = bench.made.exceptions.values()
    assert exception.text == "Print specimen was skipped: Printer is out of use"
    assert open_steps(bench.made) == ("produce",)


def test_the_last_step_may_be_a_skipped_one() -> None:
    last = Phase(key="last", title="Last", instruction="Do it.", work=Instruction(), may_skip=True)
    bench = Bench.of(Sequence(key="p", title="P", blocks=(last,))).start()
    play(
        """
        who            act              step      with                   comes to
        M. Keller      skips            last      Nothing was left over  done
        """,
        bench,
    )
    assert bench.made.status is BatchStatus.COMPLETED
    assert replay(bench.events) == bench.made


def test_a_cell_that_runs_into_the_next_column_is_found() -> None:
    with pytest.raises(ValueError, match="runs into the column 'b'"):
        rows("a  b\nlonger  x")
    with pytest.raises(ValueError, match="before the first column"):
        rows("  a  b\nx a  b")


def test_a_hold_time_after_a_step_that_is_still_open_is_not_counted() -> None:
    one = Phase(key="one", title="One", instruction="Do it.", work=Instruction())
    two = replace(one, key="two", title="Two", hold=HoldTime(after="one", most_s=1))
    bench = Bench.of(
        Sequence(
            key="p",
            title="P",
            blocks=(Parallel(key="q", title="Q", branches=(one, two)),),
        )
    ).start()
    bench.begin("two")
    assert not bench.made.exceptions


def test_a_result_needs_every_operand_on_record() -> None:
    bench = a_batch("density").begin("mass")
    density = replace(bench.made.steps["density"], values={})
    bench.batch = replace(bench.made, steps={**bench.made.steps, "density": density})
    command = Calculate(batch=BATCH, step="mass")
    (reason,) = reasons_against(bench.made, command, bench.facts())
    assert reason.text == (
        "Mass of ethanol cannot be computed: density (Measure density) is not on record."
    )
    assert operand_value(bench.made, Operand(name="x")) is None
    size = operand_value(bench.made, Operand(name="size", formula=BATCH_SIZE))
    assert size is not None
    assert (str(size.value), size.origin) == ("10 L", "batch size")
    fixed = operand_value(bench.made, Operand(name="x", constant=parse("1 g")))
    assert fixed is not None
    assert fixed.origin == "constant"
