"""Corrections: both values stay, and everything signed on the wrong one is signed again."""

from dataclasses import replace

import pytest

from tests.builders.acts import play
from tests.builders.engine import Bench, a_batch
from tests.builders.small_plant import BATCH, BRANDT, KELLER, LINDQVIST, OKAFOR
from tests.plugin import verifies
from workflows import BatchStatus, Code, StepStatus, unsigned_steps
from workflows.commands import (
    CompleteReview,
    CompleteStep,
    CorrectValue,
    ReleaseBatch,
    StartStep,
)
from workflows.events import (
    ExceptionKind,
    LotAmended,
    LotProduced,
    StepUnsigned,
    ValueCalculated,
    ValueCorrected,
    ValueJudged,
    Verdict,
)
from workflows.recipe import Calculation, Meaning


def correcting(bench: Bench, step: str, key: str, value: str, **more: str) -> list[Code]:
    """What comes of a correction."""
    command = CorrectValue(
        batch=BATCH, step=step, input=key, value=value, **{"why": "Misread the display", **more}
    )
    return bench.refused(command, BRANDT, witness=OKAFOR)


@verifies("P11-70-2")
def test_a_corrected_value_unsigns_its_step_and_every_signed_step_that_depends_on_it() -> None:
    bench = a_batch("yield").correct("density", "density", "0.8080")
    assert unsigned_steps(bench.made) == ("density", "mass", "weigh", "produce", "yield")
    first, second = bench.made.steps["mass"].values["mass"]
    assert (first.value, second.value, second.correction) == ("6728.1", "6733.1", "C-1")
    assert [each.value for each in bench.made.steps["yield"].values["yield"]] == ["99.6", "99.5"]
    performed, witnessed = bench.made.steps["weigh"].signatures
    assert (performed.meaning, performed.superseded) == (Meaning.PERFORMED, "C-1")
    assert (witnessed.meaning, witnessed.superseded) == (Meaning.WITNESSED, "C-1")
    unsigned = [each for each in bench.events if isinstance(each, StepUnsigned)]
    assert unsigned[0].because == "C-1 corrected Density of ethanol"
    assert unsigned[1].because == ("C-1 corrected Density of ethanol, on which this step depends")
    assert [each.meaning for each in unsigned[2].superseded] == [
        Meaning.PERFORMED,
        Meaning.WITNESSED,
    ]


@verifies("P11-70-2")
def test_after_a_correction_nothing_moves_on_until_every_role_has_signed_again_in_order() -> None:
    bench = a_batch("produce").begin("yield").correct("density", "density", "0.8080")
    play(
        """
        who        act        step       with  comes to
        ---------- ---------- ---------- ----- ---------------------------------------------------
        M. Keller  starts     hand_over        step not open
        M. Keller  computes   yield            done
        M. Keller  completes  weigh            earlier step open, earlier step open
        M. Keller  completes  density          done
        M. Keller  completes  density          step finished
        M. Keller  completes  mass             done
        J. Brandt  witnesses  weigh            step not performed
        M. Keller  completes  weigh            done
        M. Keller  completes  produce          earlier step open
        J. Brandt  witnesses  weigh            done
        M. Keller  completes  produce          done
        M. Keller  completes  yield            done
        M. Keller  starts     hand_over        done
        """,
        bench,
    )
    meanings = [(each.meaning, each.superseded) for each in bench.made.steps["weigh"].signatures]
    assert meanings == [
        (Meaning.PERFORMED, "C-1"),
        (Meaning.WITNESSED, "C-1"),
        (Meaning.PERFORMED, None),
        (Meaning.WITNESSED, None),
    ]
    assert bench.made.steps["weigh"].generation == 2


@verifies("P11-70-2")
def test_review_and_release_on_superseded_signatures_are_refused() -> None:
    bench = a_batch("hand_over").reviewed()
    bench.correct("room", "cleaned", "2026-11-19")
    assert bench.made.status is BatchStatus.RUNNING
    assert bench.made.reviewed_by is None
    review, release = CompleteReview(batch=BATCH), ReleaseBatch(batch=BATCH)
    assert bench.refused(review, LINDQVIST) == [Code.STEPS_UNSIGNED, Code.EXCEPTIONS_OPEN]
    assert Code.STEPS_UNSIGNED in bench.refused(release, LINDQVIST)
    bench.complete("room").released()


@verifies("P11-10e-2")
def test_three_corrections_of_one_value_leave_four_generations_in_place() -> None:
    bench = a_batch("clear").begin("room").record("room", "cleaned", "2026-11-17")
    for day in ("18", "19", "20"):
        bench.correct("room", "cleaned", f"2026-11-{day}", BRANDT)
    found = bench.made.steps["room"].values["cleaned"]
    assert [(each.value, each.by.name, each.correction) for each in found] == [
        ("2026-11-17", "M. Keller", None),
        ("2026-11-18", "J. Brandt", "C-1"),
        ("2026-11-19", "J. Brandt", "C-2"),
        ("2026-11-20", "J. Brandt", "C-3"),
    ]


@verifies("P11-10e-2")
def test_blanking_a_value_keeps_it_and_is_a_change_with_a_reason() -> None:
    bench = a_batch("ready").begin("density").record("density", "remark", "All well")
    assert correcting(bench, "density", "remark", "", why="") == [Code.REASON_THIN]
    bench.correct("density", "remark", "")
    first, second = bench.made.steps["density"].values["remark"]
    assert (first.value, second.value, second.shown) == ("All well", "", "nothing")
    exceptions = [each.text for each in bench.made.exceptions.values()]
    assert exceptions == ["C-1: Remark was All well, becomes nothing: Misread the display"]
    bench.correct("density", "remark", "Cloudy")
    event = bench.events[-2]
    assert isinstance(event, ValueCorrected)
    assert (event.was, event.becomes) == ("", "Cloudy")


def test_a_value_that_others_are_computed_from_cannot_be_left_empty() -> None:
    bench = a_batch("density")
    assert correcting(bench, "density", "density", "") == [Code.VALUE_NEEDED]


@verifies("A11-9-1")
@pytest.mark.parametrize(
    "why", ["", "   ", "x", "...", "aaa", "aa aa", "n/a", "test", "Test!", "typo", "\x07bell"]
)
def test_an_empty_short_or_placeholder_reason_is_refused(why: str) -> None:
    bench = a_batch("density")
    assert correcting(bench, "density", "density", "0.8080", why=why) == [Code.REASON_THIN]


@verifies("A11-9-1")
def test_a_correction_carries_old_value_new_value_who_when_and_why() -> None:
    bench = a_batch("density").correct("density", "density", "0.8080", BRANDT)
    event = next(each for each in bench.events if isinstance(each, ValueCorrected))
    assert (event.was, event.was_by, event.becomes, event.by, event.why, event.signed) == (
        "0.8074",
        KELLER.who,
        "0.8080",
        BRANDT.who,
        "Misread the display",
        True,
    )
    assert event.was_at < event.at


def test_what_may_not_be_corrected_is_refused_with_the_reason() -> None:
    bench = a_batch("weigh")
    assert correcting(bench, "density", "colour", "1") == [Code.INPUT_UNKNOWN]
    assert correcting(bench, "scan", "x", "1") == [Code.INPUT_UNKNOWN]
    assert correcting(bench, "density", "density", "0.8074") == [Code.VALUE_UNCHANGED]
    assert correcting(bench, "density", "remark", "1") == [Code.VALUE_ABSENT]
    assert correcting(bench, "density", "density", "1,0") == [Code.VALUE_UNREADABLE]
    assert correcting(bench, "mass", "mass", "1.0") == [Code.VALUE_COMPUTED]
    assert correcting(bench, "yield", "yield", "1.0", why="") == [
        Code.VALUE_COMPUTED,
        Code.REASON_THIN,
    ]
    assert correcting(bench, "nowhere", "x", "1") == [Code.STEP_UNKNOWN]


def test_a_corrected_weight_is_a_typed_weight_and_its_total_is_judged_again() -> None:
    bench = a_batch("weigh")
    command = CorrectValue(
        batch=BATCH, step="weigh", input="weight", value="6800.0", why="Jug was not tared"
    )
    assert bench.refused(command, OKAFOR) == [Code.RIGHT_MISSING, Code.WITNESS_MISSING]
    assert bench.refused(command, BRANDT, witness=KELLER) == [Code.WITNESS_INVOLVED]
    assert bench.refused(replace(command, value="0.0"), BRANDT, witness=OKAFOR) == [
        Code.WEIGHT_NOT_POSITIVE
    ]
    assert bench.refused(replace(command, value=""), BRANDT, witness=OKAFOR) == [
        Code.VALUE_UNREADABLE
    ]
    assert bench.refused(replace(command, input="weight#2"), BRANDT, witness=OKAFOR) == [
        Code.VALUE_ABSENT
    ]
    bench.do(command, BRANDT, witness=OKAFOR)
    (weighing,) = bench.made.steps["weigh"].weighings
    assert [str(each) for each in (weighing.net, *weighing.earlier)] == ["6800.0 g", "6728.1 g"]
    total = bench.made.value("weigh", "weight")
    assert total is not None
    assert (total.value, total.verdict) == ("6800.0", Verdict.OUT)
    kinds = [each.kind for each in bench.made.exceptions.values()]
    assert kinds == [
        ExceptionKind.CORRECTION,
        ExceptionKind.MANUAL_WEIGHT,
        ExceptionKind.OUT_OF_TOLERANCE,
    ]


def test_one_of_several_weighings_is_corrected_by_its_number() -> None:
    bench = a_batch("scale").begin("weigh").weigh("6000.0 g", part=True).weigh("728.1 g")
    command = CorrectValue(
        batch=BATCH, step="weigh", input="weight", value="6001.0", why="Jug was not tared"
    )
    assert bench.refused(command, BRANDT, witness=OKAFOR) == [Code.VALUE_ABSENT]
    bench.do(replace(command, input="weight#1"), BRANDT, witness=OKAFOR)
    total = bench.made.value("weigh", "weight")
    assert total is not None
    assert total.value == "6729.1"
    assert bench.made.steps["weigh"].status is StepStatus.RUNNING


def test_a_corrected_result_that_cannot_be_computed_is_an_exception_and_comes_back() -> None:
    bench = a_batch("produce").until_all("yield")
    bench.correct("density", "density", "0.0000")
    result = bench.made.value("mass", "mass")
    assert result is not None
    assert (result.value, result.verdict) == ("0.0", Verdict.ACTION)
    failed = bench.made.value("yield", "yield")
    assert failed is not None
    assert (failed.value, failed.verdict, failed.fault) == ("", Verdict.FAILED, "division by zero")
    assert "Yield cannot be computed as output / mass: division by zero" in (
        list(bench.made.exceptions.values())[-1].text
    )
    bench.decided().until_signed("density", "mass", "weigh", "produce")
    assert bench.refused(CompleteStep(batch=BATCH, step="yield")) == [Code.VALUE_MISSING]
    bench.correct("density", "density", "0.8074")
    again = bench.made.value("yield", "yield")
    assert again is not None
    assert again.value == "99.6"


def test_a_weight_waits_for_a_target_that_cannot_be_computed_any_more() -> None:
    bench = a_batch_with_a_ratio()
    bench.do(replace(CORRECTION, value="0.0000"))
    assert bench.refused(CompleteStep(batch=BATCH, step="mass")) == [
        Code.VALUE_MISSING,
        Code.EARLIER_STEP_OPEN,
    ]
    assert Code.TARGET_MISSING in bench.refused(CompleteStep(batch=BATCH, step="weigh"))
    assert not any(isinstance(each, ValueJudged) for each in bench.events)
    later = bench.made.value("yield", "yield")
    assert later is not None
    assert later.fault == "mass has no value"
    bench.do(replace(CORRECTION, value="0.8074"))
    total = bench.made.value("weigh", "weight")
    assert total is not None
    assert total.verdict is Verdict.WITHIN


CORRECTION = CorrectValue(
    batch=BATCH, step="density", input="density", value="0.8080", why="Misread the display"
)


def a_batch_with_a_ratio() -> Bench:
    """A batch whose target is divided by what was measured, driven to its yield."""
    bench = a_batch("density")
    mass = bench.made.plan.phases["mass"]
    assert isinstance(mass.work, Calculation)
    ratio = replace(mass.work, expression="volume * density * density / density")
    phases = {**bench.made.plan.phases, "mass": replace(mass, work=ratio)}
    bench.batch = replace(bench.made, plan=replace(bench.made.plan, phases=phases))
    return bench.until_rest("yield")


def test_a_target_that_changes_judges_the_weight_again() -> None:
    bench = a_batch("weigh").correct("density", "density", "0.8200")
    judged = next(each for each in bench.events if isinstance(each, ValueJudged))
    assert (str(judged.target), judged.verdict) == ("6833.1 g", Verdict.OUT)
    assert unsigned_steps(bench.made) == ("density", "mass", "weigh")


def test_a_value_of_a_step_in_hand_is_corrected_without_any_signature_to_lose() -> None:
    bench = a_batch("density").begin("mass").correct("density", "density", "0.8080")
    assert bench.made.steps["mass"].status is StepStatus.RUNNING
    assert not any(isinstance(each, ValueCalculated) for each in bench.events)
    assert bench.refused(StartStep(batch=BATCH, step="scan")) == [Code.STEP_NOT_OPEN]


def test_a_corrected_quantity_amends_the_lot_when_it_is_signed_again() -> None:
    bench = a_batch("produce")
    (lot,) = [each for each in bench.events if isinstance(each, LotProduced)]
    assert (str(lot.quantity), lot.lot_number, str(lot.theoretical)) == (
        "6700.0 g",
        "HR-0001",
        "6728.1 g",
    )
    assert (lot.usable_from - lot.at).total_seconds() == 259200
    assert (lot.expires - lot.at.date()).days == 730
    bench.correct("produce", "output", "6690.0").complete("produce")
    (amended,) = [each for each in bench.events if isinstance(each, LotAmended)]
    assert (str(amended.was), str(amended.becomes)) == ("6700.0 g", "6690.0 g")
    assert str(bench.made.lots[0].quantity) == "6690.0 g"
    bench.correct("density", "density", "0.8080")
    bench.until_signed("density", "mass", "weigh", "produce")
    assert len([each for each in bench.events if isinstance(each, LotAmended)]) == 1
