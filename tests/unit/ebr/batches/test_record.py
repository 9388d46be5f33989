"""The record of a batch, made from scripted streams."""

import hashlib
import json
from typing import Any

import jsonschema
import pytest

from ebr.batches.record import BatchRecord, document, schema
from tests.builders.small_plant import BATCH, BRANDT, ETHANOL, KELLER, SCALE
from tests.builders.told import ToldBench
from tests.plugin import verifies
from workflows.commands import AddComment, CorrectValue, SkipStep, TypeWeight
from workflows.events import Source, Verdict
from workflows.quantity import parse


def bench(until: str | None = None) -> ToldBench:
    """A batch with its stream, driven in order up to a step."""
    made = ToldBench()
    made.start()
    if until:
        made.until(until)
    return made


def released() -> ToldBench:
    """A batch from start to release, without a fault."""
    made = bench("hand_over")
    made.released()
    return made


def step(record: BatchRecord, key: str) -> Any:
    """One step of a record."""
    return next(each for each in record.steps if each.key == key)


def test_the_record_obeys_its_published_schema() -> None:
    made = json.loads(document(released().told))
    validator = jsonschema.Draft202012Validator(
        schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    jsonschema.Draft202012Validator.check_schema(schema())
    assert [str(fault) for fault in validator.iter_errors(made)] == []
    assert made["schema"] == "batchline-record/v1"


def test_the_same_stream_gives_the_same_bytes() -> None:
    first, again = released(), released()
    assert document(first.told) == document(first.told) == document(again.told)


@verifies("P11-10b-1")
def test_a_reader_can_count_and_digest_again_without_us() -> None:
    made = json.loads(document(released().told))
    steps = [step for operation in made["operations"] for step in operation["steps"]]
    signatures = [s for step in steps for s in step["signatures"]]
    signatures += [s for e in made["exceptions"] for d in e["decisions"] for s in d["signatures"]]
    signatures += made["disposition"]["signatures"]
    assert made["counts"]["steps"] == len(steps)
    assert made["counts"]["signatures"] == len(signatures)
    assert made["counts"]["signatures"] == sum(each["signatures"] for each in made["entries"])
    control = made["recipe"]["control"].encode()
    assert hashlib.sha256(control).hexdigest() == made["recipe"]["digest"]
    assert [each["seq"] for each in made["entries"]] == list(range(1, len(made["entries"]) + 1))
    assert made["batch"]["started_at"] == "2026-11-21T07:00:01.000000+01:00"


@verifies("C211-188b-1")
def test_every_rule_of_completeness_holds_for_a_released_batch() -> None:
    record = released().told
    assert {check.code: check.failing for check in record.checks} == dict.fromkeys(
        [check.code for check in record.checks], 0
    )
    assert record.counts.complete + record.counts.skipped == record.counts.steps
    assert record.disposition.signatures[-1].meaning.value == "released"
    assert record.batch.status.value == "released"


def test_a_batch_in_the_middle_says_what_is_missing() -> None:
    record = bench("density").told
    failing = {check.code: check.failing for check in record.checks}
    assert failing["steps"] == record.counts.steps - record.counts.complete
    assert failing["signed"] == 0
    assert record.disposition.at is None


@verifies("P11-10e-2", "P11-70-2")
def test_a_value_corrected_three_times_shows_four_generations() -> None:
    made = bench("density")
    for value in ("0.8075", "0.8076", "0.8077"):
        made.correct("density", "density", value)
        made.complete("density")
    record = made.told
    found = step(record, "density").values[0].generations
    assert [each.value for each in found] == ["0.8074", "0.8075", "0.8076", "0.8077"]
    assert [each.correction for each in found] == [None, "C-1", "C-2", "C-3"]
    assert {each.why for each in found[1:]} == {"Misread the display"}
    assert all(each.by.name and each.at for each in found)
    performed = [s for s in step(record, "density").signatures if s.meaning.value == "performed"]
    fallen = [s.superseded.by if s.superseded else None for s in performed]
    assert fallen == ["C-1", "C-2", "C-3", None]
    assert [each.was for each in record.corrections] == ["0.8074", "0.8075", "0.8076"]
    assert record.counts.superseded == 3


@verifies("P11-70-2")
def test_a_result_that_stood_on_a_corrected_value_shows_both_and_is_unsigned() -> None:
    made = bench("mass")
    made.correct("density", "density", "0.8080")
    record = made.told
    results = step(record, "mass").values[0].generations
    assert len(results) == 2
    assert results[-1].correction == "C-1"
    assert results[-1].calculation.operands[0].name
    assert step(record, "mass").signatures[0].superseded.by == "C-1"
    assert record.corrections[0].unsigned == (
        step(record, "density").number,
        step(record, "mass").number,
    )
    assert record.counts.unsigned == 2


def test_a_typed_weight_is_marked_with_its_reason_and_its_witness() -> None:
    made = bench("scale")
    made.begin("weigh")
    made.do(
        TypeWeight(
            batch=BATCH, step="weigh", value="6728.1", unit="g", why="The line to it is down"
        ),
        KELLER,
        witness=BRANDT,
        container=ETHANOL,
        equipment=SCALE,
    )
    record = made.told
    amount = step(record, "weigh").weighings[0].amounts[0]
    assert amount.source is Source.MANUAL
    assert amount.why == "The line to it is down"
    assert amount.witness is not None
    assert amount.witness.name == BRANDT.name
    assert [s.meaning.value for s in step(record, "weigh").signatures] == ["witnessed"]
    assert record.counts.manual == 1
    assert record.materials[0].charges[0].source is Source.MANUAL


def test_a_corrected_weight_keeps_the_amount_and_the_total_before() -> None:
    made = bench("weigh")
    made.correct("weigh", "weight", "6730.0", witness=BRANDT, equipment=SCALE, container=ETHANOL)
    record = made.told
    weighed = step(record, "weigh").weighings[0]
    assert [each.net for each in weighed.amounts] == ["6728.1", "6730.0"]
    assert weighed.frame == "S S 6728.1 g"
    totals = step(record, "weigh").values[0].generations
    assert [each.value for each in totals] == ["6728.1", "6730.0"]
    assert totals[0].limits[0].layer == "tolerance"
    assert record.materials[0].actual == "6730.0"
    assert record.materials[0].deviation_percent == "+0.03"
    meanings = [s.meaning.value for s in step(record, "weigh").signatures]
    assert meanings.count("corrected") == 1


def test_a_skipped_step_stays_with_its_reason_and_signature() -> None:
    made = bench("check")
    made.do(SkipStep(batch=BATCH, step="label", why="The labels come from the printer line"))
    record = made.told
    assert step(record, "label").skipped == "The labels come from the printer line"
    assert step(record, "label").signatures[0].meaning.value == "skipped"
    assert record.counts.skipped == 1


def test_a_value_out_of_limits_keeps_its_verdict_and_names_its_exception() -> None:
    made = bench("mix")
    made.begin("check").record("check", "strength", "70.0")
    record = made.told
    assert step(record, "check").values[0].generations[0].verdict in {
        Verdict.ACTION,
        Verdict.REJECT,
    }
    assert record.exceptions[-1].step == "check"
    assert record.exceptions[-1].open
    assert record.counts.out == 1


def test_remarks_stand_with_their_step_and_their_author() -> None:
    made = bench("density")
    made.do(AddComment(batch=BATCH, step="density", text="Certificate is in the folder"))
    made.do(AddComment(batch=BATCH, step=None, text="Shift change at two"))
    record = made.told
    assert [each.text for each in step(record, "density").comments] == [
        "Certificate is in the folder"
    ]
    assert record.counts.comments == 2


def test_a_review_that_fell_away_keeps_its_signature_as_superseded() -> None:
    made = bench("hand_over")
    made.reviewed()
    made.do(
        CorrectValue(
            batch=BATCH, step="density", input="density", value="0.8078", why="Wrong line read"
        )
    )
    review = made.told.disposition.signatures[0]
    assert review.superseded is not None
    assert "corrected" in review.superseded.because


def test_two_people_with_the_same_initials_are_told_apart() -> None:
    record = released().told
    keys = [person.key for person in record.people]
    assert len(set(keys)) == len(keys)
    assert sum(person.signatures for person in record.people) == record.counts.signatures


@pytest.mark.parametrize("amount", ["0.8074 g/mL", "6728.1 g"])
def test_amounts_keep_their_digits(amount: str) -> None:
    text = document(released().told).decode()
    assert parse(amount).value in text


def test_no_floating_point_number_is_on_the_record() -> None:
    def refuse(text: str) -> None:
        raise AssertionError(text)

    json.loads(document(released().told), parse_float=refuse)
