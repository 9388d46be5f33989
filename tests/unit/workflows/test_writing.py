"""The written form of recipes, texts that people type, old events, and documents with a status."""

from dataclasses import replace
from enum import StrEnum
from typing import Any

import pytest

from tests.builders.small_plant import RECIPE
from tests.plugin import verifies
from workflows import (
    Code,
    Recipe,
    Refused,
    Unreadable,
    as_plain,
    digest_of,
    from_plain,
    read_recipe,
    written,
)
from workflows.events import EVENTS, BatchStarted
from workflows.lifecycle import Lifecycle, Transition
from workflows.recipe import WORKS, Meaning, Range, phases
from workflows.refusals import ORDER
from workflows.rules import RULES
from workflows.upcasts import UnknownEvent, upcast
from workflows.wording import fault_in


def test_a_recipe_reads_back_as_it_was_written() -> None:
    assert read_recipe(written(RECIPE)) == RECIPE
    assert written(read_recipe(written(RECIPE))) == written(RECIPE)
    kinds = {type(phase.work) for phase in phases(RECIPE.procedure)}
    assert kinds == set(WORKS)


def test_what_has_its_default_is_not_written_so_that_later_fields_change_no_digest() -> None:
    assert as_plain(Range()) == {}
    assert '"right"' not in written(RECIPE)


@verifies("C211-68b-1")
def test_any_change_of_meaning_changes_the_written_form() -> None:
    other = replace(RECIPE, title=RECIPE.title + ".")
    assert written(other) != written(RECIPE)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size": "10 L"}, "recipe.size: fields were expected"),
        ({"size": {"value": "1,0", "unit": "L"}}, "recipe.size: '1,0' is not a plain decimal"),
        ({"formula": {}}, "recipe.formula: a list was expected"),
        ({"version": "1"}, "recipe.version: int was expected, not '1'"),
        ({"version": True}, "recipe.version: int was expected, not True"),
        ({"colour": "red"}, "recipe: unknown field colour"),
        ({"formula": [{"key": "x"}]}, r"recipe.formula\[0\]: material, title, quantity is missing"),
        (
            {"procedure": {"kind": "sequence", "key": "p", "title": "P", "level": "attic"}},
            "recipe.procedure: blocks is missing",
        ),
        (
            {
                "procedure": {
                    "kind": "sequence",
                    "key": "p",
                    "title": "P",
                    "level": "attic",
                    "blocks": [],
                }
            },
            "recipe.procedure.level: 'attic' is not one of",
        ),
        (
            {"procedure": {"key": "p", "title": "P", "blocks": [{"kind": "loop"}]}},
            r"recipe.procedure.blocks\[0\]: kind 'loop' is not one of",
        ),
        (
            {"procedure": {"key": "p", "title": "P", "blocks": ["loop"]}},
            r"recipe.procedure.blocks\[0\]: kind None is not one of",
        ),
    ],
)
def test_plain_data_that_is_no_recipe_is_refused_with_its_place(
    change: dict[str, object], message: str
) -> None:
    plain = as_plain(RECIPE)
    assert isinstance(plain, dict)
    with pytest.raises(Unreadable, match=message):
        from_plain(Recipe, {**plain, **change})


def test_an_optional_value_may_be_absent_or_null() -> None:
    assert from_plain(Range, {"low": None}) == Range()


def test_text_that_is_no_json_or_nested_too_deep_is_refused() -> None:
    with pytest.raises(Unreadable, match="no JSON"):
        read_recipe("{")
    with pytest.raises(Unreadable, match="no JSON"):
        read_recipe("[" * 100_000)
    nested: dict[str, object] = {"kind": "sequence", "key": "p", "title": "P", "blocks": []}
    for _ in range(70):
        nested = {"kind": "sequence", "key": "p", "title": "P", "blocks": [nested]}
    plain = as_plain(RECIPE)
    assert isinstance(plain, dict)
    with pytest.raises(Unreadable, match="nested more than 64 deep"):
        from_plain(Recipe, {**plain, "procedure": nested})


def test_a_value_without_a_plain_form_is_our_fault() -> None:
    with pytest.raises(TypeError, match="float has no plain form"):
        as_plain(1.5)
    with pytest.raises(TypeError, match="type has no plain form"):
        as_plain(Range)


def test_every_refusal_has_its_sentence_remedy_and_requirement_in_order() -> None:
    assert set(RULES) == set(Code)
    assert list(ORDER) == list(Code)
    for rule in RULES.values():
        assert rule.sentence
        assert rule.remedy
        assert rule.requirement


def test_every_event_has_a_kind_of_its_own_and_says_what_it_is_for() -> None:
    kinds = [(event.KIND, event.VERSION) for event in EVENTS]
    assert len(set(kinds)) == len(kinds)
    assert all(kind.startswith("batch.") for kind, _ in kinds)
    assert all((event.__doc__ or "").endswith(".") for event in EVENTS)


@verifies("A11-9-1")
@pytest.mark.parametrize(
    ("text", "least", "fault"),
    [
        ("", 3, "missing"),
        ("\n", 3, "missing"),
        ("no", 3, "too short (2 characters)"),
        ("- - -", 3, "too short (5 characters)"),
        ("xxxx", 3, "a placeholder ('xxxx')"),
        ("N/A!", 3, "too short (4 characters)"),
        ("Typo", 3, "a placeholder ('Typo')"),
        ("Seen it all", 20, "too short (11 characters)"),
        ("a" * 2001, 3, "too long (2001 characters; at most 2000)"),
        ("bell \x07 rings", 3, "written with control characters"),
        ("Misread the display", 3, ""),
        ("Anzeige falsch\nabgelesen", 20, ""),
        ("読み間違い", 3, ""),
    ],
)
def test_a_reason_has_to_say_something(text: str, least: int, fault: str) -> None:
    assert fault_in(text, least) == fault


def test_the_data_of_an_event_comes_up_to_date_one_version_at_a_time() -> None:
    steps = {
        ("batch.tasted", 1): lambda data: {**data, "sweet": False},
        ("batch.tasted", 2): lambda data: {**data, "sour": data["sweet"]},
    }
    latest = {"batch.tasted": 3}
    found = upcast("batch.tasted", 1, {"by": "x"}, steps=steps, latest=latest)
    assert found == {"by": "x", "sweet": False, "sour": False}
    kept = upcast("batch.tasted", 3, {"by": "x"}, steps=steps, latest=latest)
    assert kept == {"by": "x"}
    assert upcast(BatchStarted.KIND, 1, {"number": "B-1"}) == {"number": "B-1"}


@pytest.mark.parametrize(("kind", "version"), [("batch.eaten", 1), ("batch.started", 2)])
def test_an_event_that_we_never_wrote_is_not_guessed_at(kind: str, version: int) -> None:
    with pytest.raises(UnknownEvent):
        upcast(kind, version, {})


class Door(StrEnum):
    """The states of a door."""

    OPEN = "open"
    SHUT = "shut"
    LOCKED = "locked"


class Push(StrEnum):
    """What one does to a door."""

    SHUT = "shut"
    OPEN = "open"
    LOCK = "lock"


def step(state: Door, verb: Push, becomes: Door, **more: Any) -> Transition[Door, Push]:
    """A transition of a door."""
    return Transition(state=state, verb=verb, becomes=becomes, right="use_doors", **more)


DOOR = Lifecycle(
    name="door",
    initial=Door.OPEN,
    transitions=(
        step(Door.OPEN, Push.SHUT, Door.SHUT),
        step(Door.SHUT, Push.OPEN, Door.OPEN),
        step(Door.SHUT, Push.LOCK, Door.LOCKED, meaning=Meaning.APPROVED, needs_reason=True),
    ),
)


def test_every_pair_that_is_not_in_the_table_is_refused() -> None:
    listed = {(each.state, each.verb) for each in DOOR.transitions}
    for state in Door:
        for verb in Push:
            reasons = DOOR.reasons_against(state, verb)
            assert bool(reasons) is ((state, verb) not in listed)
    (reason,) = DOOR.reasons_against(Door.LOCKED, Push.OPEN)
    assert reason.text == "A door that is locked cannot be open; possible is: nothing."
    with pytest.raises(Refused):
        DOOR.after(Door.LOCKED, Push.OPEN)


@verifies("A11-9-1")
def test_a_transition_that_needs_a_reason_is_refused_without_one() -> None:
    assert DOOR.after(Door.OPEN, Push.SHUT).becomes is Door.SHUT
    assert DOOR.reasons_against(Door.SHUT, Push.LOCK) == ()
    with pytest.raises(Refused) as raised:
        DOOR.after(Door.SHUT, Push.LOCK)
    assert [each.code for each in raised.value.refusals] == [Code.REASON_THIN]
    assert DOOR.after(Door.SHUT, Push.LOCK, reason="End of shift").becomes is Door.LOCKED


def test_the_diagram_is_drawn_from_the_table() -> None:
    assert DOOR.diagram() == (
        "stateDiagram-v2\n"
        "    [*] --> open\n"
        "    open --> shut: shut (use_doors)\n"
        "    shut --> open: open (use_doors)\n"
        "    shut --> locked: lock (use_doors, signed approved, with reason)\n"
        "    locked --> [*]\n"
    )


def test_a_table_that_contradicts_itself_is_refused() -> None:
    twice = (*DOOR.transitions, step(Door.OPEN, Push.SHUT, Door.LOCKED))
    with pytest.raises(ValueError, match=r"door: listed twice: open \+ shut"):
        replace(DOOR, transitions=twice)
    with pytest.raises(ValueError, match="nothing leads to locked"):
        replace(DOOR, transitions=DOOR.transitions[:2])


def test_the_digest_of_a_recipe_without_loops_is_what_it_was_before_there_were_loops() -> None:
    before = "2fc616c6862d077db32770e9d800cdfb4a61d50828e18a223ad92424c66531bf"
    assert digest_of(written(RECIPE)) == before


def test_a_recipe_read_again_is_the_same_key_of_a_cache() -> None:
    again = read_recipe(written(RECIPE))
    assert again is not RECIPE
    assert {RECIPE: "kept"}[again] == "kept"
