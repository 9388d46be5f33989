"""A recipe's text: what is read, what is refused, and that nothing is repaired in silence."""

from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import yaml

from ebr.recipes import shape, text
from tests.builders.looped import looped
from workflows import recipe
from workflows.quantity import Quantity

HANDRUB = (Path(__file__).parents[4] / "ebr/demo/recipes/handrub.yaml").read_text("utf-8")


def faults_of(source: str | bytes) -> list[str]:
    with pytest.raises(text.BadText) as caught:
        text.load(source)
    return [str(fault) for fault in caught.value.faults]


def test_the_handrub_recipe_is_read_with_its_digits_as_written() -> None:
    whole = text.load(HANDRUB)
    assert whole.code == "MR-HR1"
    assert whole.formula[0].quantity == Quantity("8333", "mL")
    steps = {phase.key: phase for phase in recipe.phases(whole.procedure)}
    weigh = steps["weigh-ethanol"].work
    assert isinstance(weigh, recipe.Weigh)
    assert weigh.target == recipe.ValueRef(step="mass-ethanol", input="mass")
    assert isinstance(steps["charge"].work, recipe.Instruction)


def test_what_is_written_is_read_back_unchanged() -> None:
    whole = text.load(HANDRUB)
    assert text.load(text.dump(whole)) == whole


def test_a_loop_is_written_with_its_condition_and_read_back_unchanged() -> None:
    whole = looped()
    written = text.dump(whole)
    assert "repeat: coat" in written
    assert "value: work-out.gain" in written
    assert "low: 3.0 g" in written
    assert text.load(written) == whole
    jsonschema.Draft202012Validator(shape.schema()).validate(yaml.safe_load(written))


def test_a_loop_without_bound_or_body_is_refused_with_its_place() -> None:
    whole = yaml.safe_load(text.dump(looped()))
    loop = whole["procedure"]["blocks"][1]
    del loop["most"]
    loop["until"] = "enough"
    loop["body"] = [loop["body"]]
    place = "recipe.procedure(procedure).blocks[2](coat)"
    assert [said.partition(", ")[2] for said in faults_of(yaml.safe_dump(whole))] == [
        f"{place}.body: must be a mapping of names to values",
        f"{place}.until: must be a mapping of names to values",
        f"{place}: 'most' is missing",
    ]


def test_the_published_schema_is_valid_and_accepts_the_handrub_recipe() -> None:
    schema = shape.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(yaml.safe_load(HANDRUB))


def test_the_published_schema_refuses_what_the_reader_refuses() -> None:
    wrong = yaml.safe_load(HANDRUB)
    wrong["procedure"]["blocks"][0]["surprise"] = "x"
    assert not jsonschema.Draft202012Validator(shape.schema()).is_valid(wrong)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "empty"),
        ("just words", "must be a mapping"),
        ("a: [1, 2", "line 2, file: not YAML"),
        ("a: b: c", "not YAML"),
        (b"\xff\xfe\x00", "not UTF-8"),
        ("a: &x [1]\nb: *x", "anchors and aliases are not allowed"),
        ("[" * 50 + "]" * 50, "nested deeper than 40 levels"),
        ("- a\n" * 110_000, "more than 100,000 elements"),
        ("x" * 1_000_001, "at most 1,000,000 are allowed"),
        ("code: A\ncode: B", "'code' stands here twice"),
        ("? [a]\n: b", "a name must be plain text"),
        ("colour: red", "'colour' is not known here"),
        ("code: [A]", "must be text, not a list or mapping"),
        ("formula: {a: b}", "must be a list"),
        ("size: 10 barrels", "unknown unit 'barrels'"),
        ("size: 1,5 L", "is not a plain decimal number"),
        ("size: 1e3 L", "is not a plain decimal number"),
        ("version: two", "must be a whole number"),
    ],
)
def test_text_that_is_no_recipe_is_refused_with_the_reason(source: str | bytes, said: str) -> None:
    assert any(said in fault for fault in faults_of(source)), faults_of(source)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("level: procedure", "level: cellar", "must be one of procedure, unit_procedure"),
        ("critical: true", "critical: yes", "must be true or false"),
        ("target: mass-ethanol.mass", "target: mass-ethanol", "must be written as step.input"),
        ("kind: confirmation}", "kind: promise}", "must be one of number"),
        ("- parallel: dispensing", "- paralel: dispensing", "needs exactly one of sequence"),
        ("timer: {least_s: 3, most_s: 1800}", "timer: 3", "must be a mapping"),
        (
            "timer: {least_s: 3,",
            "check: {inputs: []}\n              timer: {least_s: 3,",
            "one kind",
        ),
        ("identify_material: {line: water}", "identify_material: {}", "'line' is missing"),
    ],
)
def test_a_fault_inside_a_recipe_names_its_place_and_line(old: str, new: str, said: str) -> None:
    assert old in HANDRUB
    found = faults_of(HANDRUB.replace(old, new, 1))
    assert any(said in fault for fault in found), found
    assert all(fault.startswith("line ") for fault in found)


def test_all_faults_are_told_at_once() -> None:
    wrong = HANDRUB.replace("size: 10 L", "size: ten").replace("version: 1", "version: one")
    assert len(faults_of(wrong)) == 2


def test_a_procedure_is_a_sequence_and_no_other_block() -> None:
    source = HANDRUB.replace("  sequence: handrub\n", "  parallel: handrub\n")
    source = source.replace("  blocks:\n    - sequence: prep", "  branches:\n    - sequence: prep")
    assert faults_of(source)[0].endswith("must be a sequence")


def test_signs_that_yaml_takes_for_a_break_stay_what_they_are() -> None:
    for sign in ("\x85", "\u2028", "\u2029", "\ufeff", "\r", "\t", "\x07"):
        whole = replace(looped(), title=f"{sign}a{sign} b{sign}", source=sign)
        assert text.load(text.dump(whole)) == whole
