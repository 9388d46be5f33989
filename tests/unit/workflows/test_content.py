"""What a signer is shown: plain, without clock or new id, and different when anything differs."""

import json
from dataclasses import replace

import pytest

from tests.builders.engine import Bench, a_batch
from tests.builders.small_plant import BATCH, BRANDT, OKAFOR
from tests.plugin import verifies
from workflows import content_of, meanings_of
from workflows.commands import (
    Command,
    CompleteReview,
    CompleteStep,
    CorrectValue,
    DecideException,
    Decision,
    RecordValue,
    RejectBatch,
    ReleaseBatch,
    SkipStep,
    StartStep,
    TypeWeight,
    WitnessStep,
)
from workflows.recipe import Meaning

CORRECTION = CorrectValue(
    batch=BATCH, step="density", input="density", value="0.8080", why="Misread the display"
)
SIGNED: list[tuple[Command, str, Meaning]] = [
    (CompleteStep(batch=BATCH, step="density"), "complete", Meaning.PERFORMED),
    (WitnessStep(batch=BATCH, step="weigh"), "witness", Meaning.WITNESSED),
    (SkipStep(batch=BATCH, step="label", why="Printer broken"), "skip", Meaning.SKIPPED),
    (
        TypeWeight(batch=BATCH, step="weigh", value="1.0", unit="g", why="No link"),
        "type_weight",
        Meaning.WITNESSED,
    ),
    (CORRECTION, "correct", Meaning.CORRECTED),
    (
        DecideException(
            batch=BATCH, exception="EX-1", decision=Decision.ACCEPT, reason="No effect at all."
        ),
        "decide",
        Meaning.DECIDED,
    ),
    (CompleteReview(batch=BATCH), "review", Meaning.REVIEWED),
    (ReleaseBatch(batch=BATCH), "release", Meaning.RELEASED),
    (RejectBatch(batch=BATCH, why="Contaminated"), "reject", Meaning.REJECTED),
]


def full() -> Bench:
    """A batch with everything in it that a signer could be shown."""
    return a_batch("hand_over").correct("check", "strength", "70.0")


@verifies("SIG-WYS-1")
@pytest.mark.parametrize(("command", "act", "meaning"), SIGNED, ids=[each[1] for each in SIGNED])
def test_what_is_shown_is_plain_and_names_record_act_and_meaning(
    command: Command, act: str, meaning: Meaning
) -> None:
    batch = full().made
    content = content_of(batch, command)
    assert json.loads(json.dumps(content)) == content
    assert (content["act"], content["meaning"]) == (act, str(meaning))
    assert meanings_of(batch, command)[0] is meaning
    record = content["record"]
    assert isinstance(record, dict)
    assert (record["batch"], record["recipe_digest"]) == ("B-1", batch.recipe_digest)


@verifies("SIG-WYS-1")
def test_what_is_shown_changes_when_a_value_does_and_not_when_time_passes() -> None:
    bench = a_batch("ready").begin("density").record("density", "density", "0.8074")
    command = CompleteStep(batch=BATCH, step="density")
    before = content_of(bench.made, command)
    bench.begin("clear", OKAFOR).after(1000)
    assert content_of(bench.made, command) == before
    bench.correct("density", "density", "0.8080")
    after = content_of(bench.made, command)
    assert after != before
    step = after["step"]
    assert isinstance(step, dict)
    assert step["values"] == [
        {
            "input": "density",
            "title": "Density of ethanol",
            "value": "0.8080",
            "unit": "g/mL",
            "limits": {
                "target": "0.8074 g/mL",
                "alert": "0.8060 g/mL to 0.8090 g/mL",
                "action": "0.8050 g/mL to 0.8100 g/mL",
                "reject": "0.7900 g/mL to 0.8300 g/mL",
            },
            "verdict": "within",
            "source": "manual",
            "criticality": "none",
            "recorded_by": "M. Keller",
            "correction": "C-1",
            "why": "Misread the display",
            "fault": "",
            "earlier": ["0.8074 g/mL"],
        }
    ]


def test_a_correction_shows_which_steps_it_will_take_the_signatures_of() -> None:
    bench = a_batch("yield")
    content = content_of(bench.made, CORRECTION)
    assert (content["was"], content["becomes"]) == ("0.8074 g/mL", "0.8080 g/mL")
    assert content["unsigns"] == [
        "Measure density",
        "Compute mass",
        "Weigh ethanol",
        "Weigh bulk",
        "Compute yield",
    ]


def test_a_correction_is_signed_only_where_a_signature_stood() -> None:
    bench = a_batch("ready").begin("density").record("density", "density", "0.8074")
    assert meanings_of(bench.made, CORRECTION) == ()
    bench.complete("density")
    assert meanings_of(bench.made, CORRECTION) == (Meaning.CORRECTED,)
    assert meanings_of(bench.made, replace(CORRECTION, step="nowhere")) == ()


def test_a_corrected_weight_takes_the_second_persons_signature_too() -> None:
    bench = a_batch("scale").begin("weigh").weigh("6728.1 g")
    command = replace(CORRECTION, step="weigh", input="weight", value="6729.0")
    assert meanings_of(bench.made, command) == (Meaning.WITNESSED,)
    bench.complete("weigh")
    assert meanings_of(bench.made, command) == (Meaning.CORRECTED, Meaning.WITNESSED)
    content = content_of(bench.made, command, Meaning.WITNESSED)
    assert (content["meaning"], content["was"]) == ("witnessed", "6728.1 g")
    bench.do(command, BRANDT, witness=OKAFOR)
    shown = json.dumps(content_of(bench.made, CompleteStep(batch=BATCH, step="weigh")))
    assert '"earlier": ["6728.1 g"]' in shown


def test_an_act_without_a_signature_has_no_content_to_sign() -> None:
    batch = a_batch("ready").made
    start = StartStep(batch=BATCH, step="density")
    assert meanings_of(batch, start) == ()
    with pytest.raises(ValueError, match="StartStep takes no signature"):
        content_of(batch, start)
    with pytest.raises(ValueError, match="CompleteReview takes no signature performed"):
        content_of(batch, CompleteReview(batch=BATCH), Meaning.PERFORMED)
    record = RecordValue(batch=BATCH, step="density", input="density", value="1")
    with pytest.raises(ValueError, match="RecordValue"):
        content_of(batch, record)


def test_a_correction_of_what_is_not_there_can_still_be_shown() -> None:
    bench = a_batch("density")
    content = content_of(bench.made, replace(CORRECTION, input="colour", unit="g"))
    assert (content["title"], content["was"], content["becomes"]) == ("colour", None, "0.8080 g")
    empty = content_of(bench.made, replace(CORRECTION, input="remark", value=""))
    assert (empty["was"], empty["becomes"]) == (None, "nothing")
    bare = content_of(bench.made, replace(CORRECTION, input="remark", value="Cloudy"))
    assert bare["becomes"] == "Cloudy"
