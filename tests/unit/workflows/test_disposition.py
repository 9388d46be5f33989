"""Exceptions, review, release, rejection: who may judge, and what still stands in the way."""

from dataclasses import MISSING, fields
from typing import Any

import pytest

from tests.builders.acts import play
from tests.builders.engine import DRIVEN, a_batch
from tests.builders.small_plant import AALTO, BATCH, KELLER, LINDQVIST, OKAFOR, VARGA, person
from tests.plugin import verifies
from workflows import BatchStatus, Code, Refused
from workflows.commands import (
    COMMANDS,
    AddComment,
    CompleteReview,
    Decision,
    RejectBatch,
    ReleaseBatch,
    ReportProblem,
    StartBatch,
    StartStep,
)
from workflows.events import BatchReleased, BatchReviewed, ReviewCleared
from workflows.quantity import parse
from workflows.recipe import Severity
from workflows.standing import moment, name_of


@verifies("C211-22-2")
def test_a_complete_batch_is_reviewed_and_released_by_people_who_took_no_part() -> None:
    bench = play(
        """
        who           act       step   with              comes to
        ------------- --------- ------ ----------------- ---------------------
        H. Aalto      releases                           batch not reviewed
        M. Keller     reviews                            reviewer involved
        J. Brandt     reviews                            reviewer involved
        S. Lindqvist  reviews                            done
        S. Lindqvist  reviews                            batch reviewed
        S. Lindqvist  releases                           releaser involved
        M. Keller     releases                           releaser involved
        H. Aalto      releases                           done
        H. Aalto      releases                           record closed
        M. Keller     comments         All well          record closed
        M. Keller     reports          minor: Too late   record closed
        """,
        a_batch("hand_over"),
    )
    assert bench.made.status is BatchStatus.RELEASED
    assert bench.made.closed_by == AALTO.who
    released = bench.events[-1]
    assert isinstance(released, BatchReleased)
    assert (released.lots, released.reviewer) == (("HR-0001",), LINDQVIST.who)
    reviewed = bench.events[-2]
    assert isinstance(reviewed, BatchReviewed)
    assert (reviewed.steps, reviewed.signatures) == (15, 17)


@verifies("P11-10f-1", "REL-GATE-1")
def test_release_is_refused_while_anything_is_open_and_every_reason_is_told() -> None:
    bench = a_batch("density").begin("mass").correct("density", "density", "0.8049")
    with pytest.raises(Refused) as raised:
        bench.do(ReleaseBatch(batch=BATCH), AALTO)
    told = [(each.code, each.text) for each in raised.value.refusals]
    assert told == [
        (
            Code.STEPS_OPEN,
            (
                "13 of 15 steps are not done: Compute mass, Identify ethanol, Identify scale, "
                "Weigh ethanol, Clear the line and 8 more."
            ),
        ),
        (
            Code.STEPS_UNSIGNED,
            "1 of 15 steps have lost their signatures: Measure density.",
        ),
        (Code.EXCEPTIONS_OPEN, "2 of 2 exceptions are not decided: EX-1, EX-2."),
    ]


def test_many_open_exceptions_are_counted_and_the_first_named() -> None:
    bench = a_batch("ready")
    for number in range(9):
        bench.do(
            ReportProblem(batch=BATCH, text=f"Problem {number}", severity=Severity.MINOR), VARGA
        )
    with pytest.raises(Refused) as raised:
        bench.do(CompleteReview(batch=BATCH), LINDQVIST)
    assert raised.value.refusals[-1].text.endswith("EX-7, EX-8 and 1 more.")


@verifies("C211-100b-2")
def test_an_exception_is_decided_with_a_reason_by_somebody_who_took_no_part() -> None:
    bench = play(
        """
        who           act      step     with                                    comes to
        ------------- -------- -------- --------------------------------------- -------------------
        M. Keller     starts   density                                          done
        M. Keller     records  density  density = 0.7000                        done
        S. Lindqvist  decides           EX-9 accept                             exception unknown
        M. Keller     decides           EX-1 deviation                          decider involved
        S. Lindqvist  decides           EX-1 deviation because Looks all right  reason thin
        S. Lindqvist  decides           EX-1 accept                             deviation needed
        S. Lindqvist  decides           EX-1 return                             done
        S. Lindqvist  decides           EX-1 deviation                          done
        S. Lindqvist  decides           EX-1 deviation                          exception decided
        """,
        a_batch("ready"),
    )
    state = bench.made.exceptions["EX-1"]
    assert (state.open, state.decision, state.decided_by) == (
        False,
        Decision.DEVIATION,
        LINDQVIST.who,
    )


def test_who_reported_a_problem_does_not_decide_it() -> None:
    bench = play(
        """
        who           act       step   with                              comes to
        ------------- --------- ------ --------------------------------- -----------------
        L. Varga      reports          major: Power failed for a minute  done
        L. Varga      decides          EX-1 accept                       decider involved
        S. Lindqvist  decides          EX-1 accept                       done
        M. Keller     reports          minor: x                          text missing
        M. Keller     reports   zzz    minor: Lamp broken                step unknown
        """,
        a_batch("ready"),
    )
    assert bench.made.exceptions["EX-1"].step is None


def test_a_critical_problem_in_a_step_holds_it_up() -> None:
    play(
        """
        who           act       step   with                         comes to
        ------------- --------- ------ ---------------------------- -----------------
        M. Keller     starts    ready                               done
        T. Okafor     reports   ready  critical: Glass on the floor done
        M. Keller     completes ready                               exception blocks
        S. Lindqvist  decides          EX-1 deviation               done
        M. Keller     completes ready                               done
        T. Okafor     reports   check  minor: The burette drips     done
        """,
        a_batch(),
    )


def test_what_follows_a_finished_step_waits_for_its_blocking_exception() -> None:
    bench = a_batch("check")
    bench.do(
        ReportProblem(batch=BATCH, step="check", text="Wrong sample", severity=Severity.MAJOR),
        OKAFOR,
    )
    assert bench.made.blocked_by("check")
    assert bench.refused(StartStep(batch=BATCH, step="label")) == [Code.STEP_NOT_OPEN]


@verifies("C211-192-3")
@pytest.mark.parametrize("what", ["comment", "problem"])
def test_whatever_is_added_after_the_review_takes_the_review_away(what: str) -> None:
    bench = a_batch("hand_over").reviewed()
    if what == "comment":
        bench.do(AddComment(batch=BATCH, text="Seen a scratch on a label"), VARGA)
    else:
        bench.do(
            ReportProblem(batch=BATCH, text="Scratch on a label", severity=Severity.MINOR), VARGA
        )
    assert isinstance(bench.events[-2], ReviewCleared)
    assert bench.made.status is BatchStatus.COMPLETED
    assert Code.BATCH_NOT_REVIEWED in bench.refused(ReleaseBatch(batch=BATCH), AALTO) or (
        Code.EXCEPTIONS_OPEN in bench.refused(ReleaseBatch(batch=BATCH), AALTO)
    )
    bench.released()


def test_comments_are_kept_on_batch_and_step() -> None:
    bench = play(
        """
        who           act       step   with             comes to
        ------------- --------- ------ ---------------- -----------------
        M. Keller     comments  ready  Lamp replaced    done
        T. Okafor     comments         Shift handed on  done
        T. Okafor     comments                          text missing
        T. Okafor     comments  zzz    Shift handed on  step unknown
        """,
        a_batch(),
    )
    assert [each.text for each in bench.made.comments] == ["Lamp replaced", "Shift handed on"]
    assert bench.made.steps["ready"].comments == 1


def test_a_batch_may_be_rejected_at_any_time_with_a_reason_by_somebody_apart() -> None:
    bench = play(
        """
        who           act      step  with                                  comes to
        ------------- -------- ----- ------------------------------------- -------------------------
        M. Keller     rejects        Contaminated by cleaning agent        releaser involved
        H. Aalto      rejects        No good                               reason thin
        H. Aalto      rejects        Contaminated by cleaning agent        done
        H. Aalto      rejects        Contaminated by cleaning agent        record closed
        M. Keller     starts   scan                                        record closed
        """,
        a_batch("mass"),
    )
    assert bench.made.status is BatchStatus.REJECTED
    stranger = person(9, "N. N.", "QA", frozenset())
    command = RejectBatch(batch=BATCH, why="Contaminated by cleaning agent")
    assert bench.refused(command, stranger) == [Code.RECORD_CLOSED]


@pytest.mark.parametrize(
    "closing",
    [ReleaseBatch(batch=BATCH), RejectBatch(batch=BATCH, why="Contaminated by cleaning agent")],
)
def test_to_a_closed_batch_nothing_is_added_by_any_act_of_anybody(
    closing: ReleaseBatch | RejectBatch,
) -> None:
    bench = a_batch("hand_over").reviewed()
    bench.do(closing, AALTO)
    asked: dict[str, Any] = {
        "batch": BATCH,
        "step": "ready",
        "decision": Decision.ACCEPT,
        "severity": Severity.MINOR,
        "size": parse("10 L"),
    }
    reading = bench.reading("1.0 g")
    for kind in COMMANDS:
        named = {each.name for each in fields(kind) if each.default is MISSING}
        given = {name: asked.get(name, "Anything") for name in named}
        expected = Code.BATCH_EXISTS if kind is StartBatch else Code.RECORD_CLOSED
        for who in (KELLER, LINDQVIST, AALTO):
            assert expected in bench.refused(kind(**given), who, reading=reading), kind


@verifies("C211-188b-1")
@pytest.mark.parametrize(
    ("step", "what"),
    [
        ("density", "Density of ethanol"),
        ("mass", "Mass of ethanol"),
        ("scan", "The container of Ethanol 96 %"),
        ("scale", "Scale"),
        ("weigh", "The weight of Weigh ethanol"),
        ("clear", "Line is empty"),
        ("room", "Room|Cleaned on"),
        ("bottles", "The container of Bottles"),
        ("check", "Ethanol content"),
        ("produce", "Bulk produced"),
        ("yield", "Yield"),
    ],
)
def test_no_step_ends_while_something_that_it_records_is_missing(step: str, what: str) -> None:
    bench = a_batch(DRIVEN[DRIVEN.index(step) - 1]).begin(step)
    with pytest.raises(Refused) as raised:
        bench.complete(step)
    assert {each.code for each in raised.value.refusals} == {Code.VALUE_MISSING}
    told = [each.text.removesuffix(" is not on record.") for each in raised.value.refusals]
    assert told == what.split("|")
    assert bench.refused(CompleteReview(batch=BATCH), LINDQVIST) == [Code.STEPS_OPEN]


def test_names_and_times_that_are_not_there_are_said_so() -> None:
    assert (name_of(None), moment(None)) == ("nobody", "an unknown time")
