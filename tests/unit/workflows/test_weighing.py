"""Weights: a reading the server stored, or a typed one with right, reason and second person."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from tests.builders.acts import play
from tests.builders.engine import Bench, a_batch
from tests.builders.small_plant import BATCH, BRANDT, ETHANOL, KELLER, OKAFOR, SCALE
from tests.plugin import verifies
from workflows import Code, StepStatus, status_of
from workflows.commands import (
    AcceptReading,
    CompleteStep,
    IdentifyMaterial,
    TypeWeight,
    WitnessStep,
)
from workflows.events import ExceptionKind, MaterialWeighed, Source, ValueJudged, Verdict
from workflows.facts import ReadingFact
from workflows.quantity import parse
from workflows.recipe import Tolerance, ValueRef, Weigh
from workflows.weighing import bounds_of, container_of, scale_of, target_of


def weighing() -> Bench:
    """A batch whose weighing step is in hand."""
    return a_batch("scale").begin("weigh")


def accepting(bench: Bench, reading: ReadingFact | None, **more: object) -> list[Code]:
    """What comes of accepting a reading."""
    known = reading.reading if reading else UUID(int=9)
    command = AcceptReading(batch=BATCH, step="weigh", reading=known)
    facts: dict[str, object] = {"container": ETHANOL, "equipment": SCALE, "reading": reading}
    return bench.refused(command, KELLER, **(facts | more))


def test_a_reading_within_tolerance_is_kept_with_its_frame_scale_lot_and_bounds() -> None:
    bench = weighing().weigh("6728.1 g")
    event = bench.events[-1]
    assert isinstance(event, MaterialWeighed)
    assert (event.verdict, event.source, event.frame) == (
        Verdict.WITHIN,
        Source.DEVICE,
        "S S 6728.1 g",
    )
    amounts = (event.net, event.total, event.target, event.least, event.most)
    assert [str(each) for each in amounts] == [
        "6728.1 g",
        "6728.1 g",
        "6728.1 g",
        "6694.4595 g",
        "6761.7405 g",
    ]
    assert (event.scale_code, event.lot_number) == ("SC-04", "L-ETH-1")
    assert not bench.made.exceptions


@verifies("DEV-SCL-1")
def test_a_reading_has_to_be_this_steps_of_this_scale_stable_fresh_and_unused() -> None:
    bench = weighing()
    good = bench.reading("6728.1 g")
    other = UUID(int=77)
    old = bench.now - timedelta(seconds=61)
    assert accepting(bench, good) == []
    assert accepting(bench, None) == [Code.READING_UNKNOWN]
    assert accepting(bench, replace(good, step="density")) == [Code.READING_OTHER_STEP]
    assert accepting(bench, replace(good, batch=other)) == [Code.READING_OTHER_STEP]
    assert accepting(bench, replace(good, equipment=other)) == [Code.READING_OTHER_SCALE]
    practised = replace(good, simulated=True)
    assert accepting(bench, practised) == []
    assert accepting(bench, practised, production=True) == [Code.READING_SIMULATED]
    assert accepting(bench, good, production=True) == []
    assert accepting(bench, replace(good, stable=False)) == [Code.READING_UNSTABLE]
    assert accepting(bench, replace(good, at=old)) == [Code.READING_OLD]
    assert accepting(bench, replace(good, value=None)) == [Code.READING_EMPTY]
    assert accepting(bench, replace(good, value=parse("0.0 g"))) == [Code.WEIGHT_NOT_POSITIVE]
    assert accepting(bench, replace(good, value=parse("-1.0 g"))) == [Code.WEIGHT_NOT_POSITIVE]
    assert accepting(bench, replace(good, value=parse("1 L"))) == [Code.UNIT_WRONG]
    assert accepting(bench, replace(good, step="x", stable=False, at=old)) == [
        Code.READING_OTHER_STEP,
        Code.READING_UNSTABLE,
        Code.READING_OLD,
    ]


@verifies("DEV-SCL-1")
def test_one_reading_counts_once() -> None:
    bench = weighing()
    reading = bench.reading("3000.0 g")
    command = AcceptReading(batch=BATCH, step="weigh", reading=reading.reading, part=True)
    bench.do(command, reading=reading, container=ETHANOL, equipment=SCALE)
    assert accepting(bench, reading) == [Code.READING_USED]


def test_scale_and_container_are_judged_again_at_the_weighing() -> None:
    bench = weighing()
    good = bench.reading("6728.1 g")
    due = replace(SCALE, calibration_due=date(2026, 11, 20))
    stranger = replace(ETHANOL, container=UUID(int=299))
    assert accepting(bench, good, equipment=due) == [Code.CALIBRATION_DUE]
    assert accepting(bench, good, equipment=None) == [Code.EQUIPMENT_UNKNOWN]
    assert accepting(bench, good, container=replace(ETHANOL, status="blocked")) == [
        Code.LOT_NOT_RELEASED
    ]
    assert accepting(bench, good, container=stranger) == [Code.CONTAINER_NOT_IDENTIFIED]
    assert accepting(bench, good, container=None) == [Code.CONTAINER_NOT_IDENTIFIED]
    little = replace(ETHANOL, remaining=parse("6.7 kg"))
    assert accepting(bench, good, container=little) == [Code.CONTAINER_INSUFFICIENT]
    litres = replace(ETHANOL, remaining=parse("25 L"))
    assert accepting(bench, good, container=litres) == [Code.UNIT_WRONG]
    named = AcceptReading(batch=BATCH, step="weigh", reading=good.reading, container="C-0002")
    assert bench.refused(named, reading=good, container=ETHANOL, equipment=SCALE) == [
        Code.CONTAINER_NOT_IDENTIFIED
    ]


@verifies("FDAWL-1")
def test_a_weight_out_of_tolerance_is_recorded_and_raises_an_exception() -> None:
    bench = weighing().weigh("6800.0 g")
    (exception,) = bench.made.exceptions.values()
    assert exception.kind is ExceptionKind.OUT_OF_TOLERANCE
    assert exception.text == (
        "Weigh ethanol: 6800.0 g is above the tolerance, 6694.4595 g to 6761.7405 g "
        "(target 6728.1 g)."
    )
    bench.complete("weigh")


def test_a_charge_may_come_in_parts_from_several_containers() -> None:
    bench = a_batch("mass").begin("scan")
    second = replace(ETHANOL, container=UUID(int=209), code="C-0009", lot_number="L-ETH-2")
    scan = IdentifyMaterial(batch=BATCH, step="scan", code="C-0001", part=True)
    bench.do(scan, container=ETHANOL)
    bench.do(replace(scan, code="C-0009"), container=second)
    bench.complete("scan").until_all("scale").begin("weigh")
    for value, container, part in (("4000.0 g", ETHANOL, True), ("2.7281 kg", second, False)):
        bench.after(1)
        reading = bench.reading(value)
        command = AcceptReading(
            batch=BATCH,
            step="weigh",
            reading=reading.reading,
            container=container.code,
            part=part,
        )
        bench.do(command, reading=reading, container=container, equipment=SCALE)
    total = bench.made.value("weigh", "weight")
    assert total is not None
    assert (total.value, total.verdict) == ("6728.1", Verdict.WITHIN)
    assert [each.lot_number for each in bench.made.steps["weigh"].weighings] == [
        "L-ETH-1",
        "L-ETH-2",
    ]
    assert not bench.made.exceptions


def test_a_reached_target_takes_no_more_but_a_short_one_does() -> None:
    bench = play(
        """
        who        act       step   with                    comes to
        ---------- --------- ------ ----------------------- -----------------
        M. Keller  starts    weigh                          done
        M. Keller  weighs    weigh  6000.0 g                done
        M. Keller  weighs    weigh  728.1 g                 done
        M. Keller  weighs    weigh  1.0 g                   weighing finished
        M. Keller  completes weigh                          done
        """,
        a_batch("scale"),
    )
    (exception,) = bench.made.exceptions.values()
    assert "6000.0 g is below the tolerance" in exception.text


@pytest.mark.parametrize(("last", "out"), [("728.1 g", 0), ("600.0 g", 1), ("800.0 g", 1)])
def test_a_total_announced_as_a_part_is_judged_at_the_latest_at_completion(
    last: str, out: int
) -> None:
    bench = weighing().weigh("6000.0 g", part=True).weigh(last, part=True)
    bench.complete("weigh")
    assert len(bench.made.exceptions) == out
    assert any(isinstance(each, ValueJudged) for each in bench.events) == (last != "800.0 g")


@verifies("C211-101c-1")
def test_a_typed_weight_takes_right_reason_and_another_person_and_is_marked() -> None:
    bench = play(
        """
        who        act     step   with                                          comes to
        M. Keller  starts  weigh                                                done
        T. Okafor  types   weigh  6728.1 g because No link, seen by J. Brandt   right missing
        M. Keller  types   weigh  6728.1 g because No link                      witness missing
        M. Keller  types   weigh  6728.1 g because No link, seen by M. Keller   witness involved
        J. Brandt  types   weigh  6728.1 g because No link, seen by M. Keller   witness involved
        M. Keller  types   weigh  6728.1 g because x, seen by J. Brandt         reason thin
        M. Keller  types   weigh  6728.12 g because No link, seen by J. Brandt  value too fine
        M. Keller  types   weigh  6728,1 g because No link, seen by J. Brandt   value unreadable
        M. Keller  types   weigh  6.7 kg because No link, seen by J. Brandt     unit wrong
        M. Keller  types   weigh  0.0 g because No link, seen by J. Brandt      weight not positive
        M. Keller  types   weigh  6728.1 g because No link, seen by J. Brandt   done
        """,
        a_batch("scale"),
    )
    (exception,) = bench.made.exceptions.values()
    assert exception.kind is ExceptionKind.MANUAL_WEIGHT
    assert exception.text == (
        "Weigh ethanol: 6728.1 g was typed, not sent by the scale, seen by J. Brandt: No link"
    )
    (weighing_,) = bench.made.steps["weigh"].weighings
    assert weighing_.source is Source.MANUAL


def test_a_weighing_needs_target_scale_and_container() -> None:
    bench = a_batch("scale").begin("weigh")
    batch = bench.made
    bare = {key: replace(batch.steps[key], equipment=None) for key in ("scale",)}
    bare["scan"] = replace(batch.steps["scan"], containers=())
    bare["mass"] = replace(batch.steps["mass"], values={})
    bench.batch = replace(batch, steps={**batch.steps, **bare})
    reading = bench.reading("6728.1 g")
    assert accepting(bench, reading, equipment=None) == [
        Code.CONTAINER_NOT_IDENTIFIED,
        Code.SCALE_NOT_IDENTIFIED,
        Code.TARGET_MISSING,
    ]
    work = bench.made.plan.phases["weigh"].work
    assert isinstance(work, Weigh)
    assert scale_of(bench.made, "weigh", work) is None
    assert container_of(bench.made, "weigh", work, None) is None
    assert target_of(bench.made, work) is None
    typed = TypeWeight(batch=BATCH, step="weigh", value="1.0", unit="g", why="Cable is torn")
    assert Code.CONTAINER_NOT_IDENTIFIED in bench.refused(typed, witness=BRANDT)


def test_bounds_are_exact_and_the_formula_may_be_the_target() -> None:
    batch = a_batch().made
    work = batch.plan.phases["weigh"].work
    assert isinstance(work, Weigh)
    absolute = replace(work, tolerance=Tolerance(low=parse("-5 g"), high=parse("0.010 kg")))
    assert [str(each) for each in bounds_of(absolute, parse("100.0 g"))] == ["95.0 g", "110.0 g"]
    fine = replace(work, tolerance=Tolerance(low=parse("0.0001 %"), high=parse("0.0001 %")))
    least, _ = bounds_of(fine, parse("0.123456789012 g"))
    assert str(least) == "0.123456665555 g"
    line = replace(batch.plan.lines["ethanol"], quantity=parse("6.7281 kg"))
    own = replace(batch, plan=replace(batch.plan, lines={"ethanol": line}))
    assert str(target_of(own, replace(work, target=None))) == "6728.1 g"
    assert work.target == ValueRef(step="mass", input="mass")


@verifies("P11-100a-1", "C211-101c-1")
def test_a_witness_is_another_person_who_took_no_part_and_signs_in_time() -> None:
    bench = a_batch("mass").until_all("scan", "scale").begin("weigh", OKAFOR).weigh("6728.1 g")
    bench.complete("weigh")
    assert status_of(bench.made, "weigh") is StepStatus.AWAITING_WITNESS
    play(
        """
        who        act       step   with  comes to
        ---------- --------- ------ ----- ---------------------
        M. Keller  completes weigh        step awaits witness
        M. Keller  witnesses weigh        witness involved
        T. Okafor  witnesses weigh        witness involved
        J. Brandt  witnesses weigh        done
        J. Brandt  witnesses weigh        step not performed
        """,
        bench,
    )
    assert status_of(bench.made, "weigh") is StepStatus.COMPLETE


@verifies("P11-100a-1")
def test_a_second_account_of_the_performer_is_still_the_performer() -> None:
    bench = weighing().weigh("6728.1 g").complete("weigh")
    twin = replace(KELLER, name="Max Keller", role="Supervisor")
    command = WitnessStep(batch=BATCH, step="weigh")
    assert bench.refused(command, twin) == [Code.WITNESS_INVOLVED]
    assert bench.refused(command, KELLER, witness=twin) == [Code.WITNESS_INVOLVED]
    bench.do(command, KELLER, witness=BRANDT)
    assert bench.made.steps["weigh"].ended_by == BRANDT.who


def test_a_late_witness_is_kept_and_is_an_exception() -> None:
    bench = weighing().weigh("6728.1 g").complete("weigh").after(300).witness("weigh")
    (exception,) = bench.made.exceptions.values()
    assert exception.kind is ExceptionKind.WITNESS_LATE
    assert exception.text == (
        "Weigh ethanol: witnessed 301 s after it was completed; the window is 300 s."
    )


def test_nothing_weighed_is_nothing_to_complete() -> None:
    bench = weighing()
    assert bench.refused(CompleteStep(batch=BATCH, step="weigh")) == [Code.VALUE_MISSING]
