"""A loop on the record and in the numbers: pass by pass, and as it was where there is none."""

import json
from dataclasses import replace
from datetime import timedelta

import jsonschema
import pytest

from ebr.batches import numbering
from ebr.batches.loops import loops
from ebr.batches.record import BatchRecord, document, schema
from ebr.kernel import value_of
from tests.builders.looped import COAT, PREPARE, UNLOAD, charge, charging, coat, fact_of, looped
from tests.builders.small_plant import ETHANOL
from tests.builders.told import ToldBench
from tests.plugin import verifies
from workflows.recipe import Level, Recipe, Sequence


def told(*masses: str, recipe: Recipe | None = None) -> ToldBench:
    """A batch with its stream, coated with these masses."""
    bench = ToldBench(recipe=fact_of(recipe or looped()))
    bench.start()
    bench.drive("prepare")
    for number, mass in enumerate(masses, 1):
        coat(bench, str(number), mass)
    return bench


@verifies("P11-10b-1")
def test_the_record_with_a_loop_obeys_its_schema_and_is_read_back() -> None:
    bench = told("102.0", "103.4")
    bench.correct("sample#1", "mass", "103.1")
    record = bench.told
    made = json.loads(document(record))
    validator = jsonschema.Draft202012Validator(schema())
    assert [str(fault) for fault in validator.iter_errors(made)] == []
    (loop,) = made["loops"]
    assert [loop["title"], loop["goal"], loop["most"], loop["met"]] == [
        *("Coat", "Gain is 3.0 g to 5.0 g", 3, True)
    ]
    first, second = loop["passes"]
    assert [each["value"] for each in first["judgements"]] == ["2.0", "3.1"]
    assert [each["correction"] for each in first["judgements"]] == [None, "C-1"]
    assert [each["exception"] for each in first["judgements"]] == ["", "EX-2"]
    assert [each["value"] for each in second["judgements"]] == ["3.4"]
    assert document(value_of(BatchRecord, made)) == document(record)
    checks = {each["code"]: (each["looked_at"], each["failing"]) for each in made["checks"]}
    assert (checks["judged"], checks["ended"]) == ((2, 0), (1, 0))
    begun = {each.code: (each.looked_at, each.failing) for each in told("102.0").told.checks}
    assert (begun["judged"], begun["ended"]) == ((2, 1), (1, 1))


def test_a_record_without_a_loop_says_nothing_of_loops() -> None:
    record = told(recipe=looped(PREPARE, UNLOAD)).told
    made = json.loads(document(record))
    assert "loops" not in made
    assert not {"judged", "ended"} & {each["code"] for each in made["checks"]}
    assert record.loops == ()
    assert document(value_of(BatchRecord, made)) == document(record)


@verifies("C211-101d-1")
def test_each_pass_tells_of_its_container_as_it_was_scanned_then() -> None:
    bench = ToldBench(recipe=fact_of(charging()))
    bench.start()
    charge(bench, "1")
    expiry = bench.now.date() + timedelta(days=30)
    charge(bench, "2", replace(ETHANOL, expiry=expiry))
    record = bench.told
    assert [(each.step, each.actual, each.planned) for each in record.materials] == [
        ("weigh#1", "5.0", "5.00 g"),
        ("weigh#2", "5.0", "5.00 g"),
    ]
    assert [each.charges[0].expiry for each in record.materials] == [ETHANOL.expiry, expiry]
    assert [each.used_in for each in record.equipment] == [("1.3-1",), ("1.3-2",)]


def test_a_number_once_written_never_means_another_step() -> None:
    before, after = told(), told("102.0")
    known, now = numbering.numbers_of(before.made), numbering.numbers_of(after.made)
    assert known == {key: now[key] for key in known}
    assert known == {
        "prepare": "1.1",
        "spray#1": "1.2-1",
        "sample#1": "1.3-1",
        "work-out#1": "1.4-1",
        "unload": "1.5",
    }
    assert [now[f"{key}#2"] for key in ("spray", "sample", "work-out")] == [
        *("1.2-2", "1.3-2", "1.4-2")
    ]


def test_an_operation_inside_a_loop_stands_once_in_every_pass() -> None:
    body = COAT.body
    assert isinstance(body, Sequence)
    loop = replace(COAT, body=replace(body, level=Level.OPERATION))
    bench = told("102.0", recipe=looped(PREPARE, loop, UNLOAD))
    found = numbering.operations_of(bench.made)
    assert [(each.number, each.title, len(each.steps)) for each in found] == [
        ("1", "Prepare the pan", 1),
        ("2-1", "One coat, pass 1 of at most 3", 3),
        ("2-2", "One coat, pass 2 of at most 3", 3),
        ("3", "Unload the pan", 1),
    ]
    assert numbering.numbers_of(bench.made)["sample#2"] == "2.2-2"


@pytest.mark.parametrize(
    ("masses", "decided", "stands"),
    [
        ((), False, "pass 1 of at most 3 waits for Spray one coat, pass 1 and 2 more."),
        (("103.0",), False, "ended with pass 1 of at most 3."),
        (
            ("102.0", "102.0", "102.0"),
            False,
            "pass 3 of at most 3 waits for quality to decide EX-1.",
        ),
        (
            ("102.0", "102.0", "102.0"),
            True,
            "ended with pass 3 of at most 3, its condition not met: quality decided EX-1.",
        ),
    ],
)
def test_a_loop_says_how_it_ended_or_what_it_waits_for(
    masses: tuple[str, ...], decided: bool, stands: str
) -> None:
    bench = told(*masses)
    if decided:
        bench.decided()
    (loop,) = loops(bench.made)
    assert loop.stands == stands
    if not masses:
        bench.begin("spray#1").complete("spray#1").begin("sample#1")
        bench.record("sample#1", "mass", "103.0").complete("sample#1")
        (loop,) = loops(bench.made)
        assert loop.stands == "pass 1 of at most 3 waits for Work out the gain, pass 1."
