"""The map of a batch: how an operation looks that is not opened, which pass of a loop is drawn."""

import pytest

from ebr import procedures
from ebr.procedures import BatchSheet, Box, Standing
from ebr.procedures.layout import Layout, laid_out
from ebr.procedures.parts import State
from ebr.procedures.svg import SHAPES
from tests.builders.looped import looped
from workflows import StepStatus
from workflows import StepStatus as At
from workflows.recipe import Level, Repeat, Sequence, phases

LOOP = next(each for each in looped().procedure.blocks if isinstance(each, Repeat))
BODY = tuple(phase.key for phase in phases(LOOP))


def standing(key: str, status: StepStatus, exceptions: int = 0) -> Standing:
    """A step of the batch."""
    number, words = key, status.value
    return Standing(
        key=key, number=number, status=status, words=words, href=f"/{key}", exceptions=exceptions
    )


def sheet(*steps: Standing, chosen: str = "", everything: bool = True) -> BatchSheet:
    """The drawing of a batch with these steps."""
    return BatchSheet(
        whole=looped(),
        operations={},
        steps={each.key: each for each in steps},
        chosen=chosen,
        everything=everything,
    )


def drawn(found: BatchSheet) -> Layout:
    """Everything with its place."""
    return laid_out(procedures.chart(found))


@pytest.mark.parametrize(
    ("first", "second", "state", "sub"),
    [
        (At.IDLE, At.IDLE, State.WAITING, "0 of 2 done"),
        (At.COMPLETE, At.IDLE, State.WAITING, "1 of 2 done"),
        (At.COMPLETE, At.OPEN, State.OPEN, "1 of 2 done"),
        (At.RUNNING, At.OPEN, State.RUNNING, "0 of 2 done"),
        (At.AWAITING_WITNESS, At.RUNNING, State.WITNESS, "0 of 2 done"),
        (At.UNSIGNED, At.AWAITING_WITNESS, State.UNSIGNED, "0 of 2 done"),
        (At.COMPLETE, At.SKIPPED, State.DONE, "2 of 2 done"),
        (At.SKIPPED, At.SKIPPED, State.SKIPPED, "2 of 2 done"),
    ],
)
def test_a_closed_operation_looks_as_the_part_of_it_that_asks_for_most(
    first: StepStatus, second: StepStatus, state: State, sub: str
) -> None:
    blocks = tuple(phases(LOOP))[:2]
    operation = Sequence(key="op", title="Coat", blocks=blocks, level=Level.OPERATION)
    found = sheet(standing(blocks[0].key, first, 2), standing(blocks[1].key, second, 1))
    closed = found.closed(operation, "2", "")
    assert (closed.state, closed.sub, closed.exceptions) == (state, sub, 3)
    assert closed.href == f"/{blocks[0].key}"


def test_every_state_of_a_step_has_a_shape_of_its_own() -> None:
    shapes = {procedures.drawing(_box(state), "x").split("<path")[1] for state in SHAPES}
    assert set(SHAPES) == set(State) - {State.NONE}
    assert len(shapes) == len(SHAPES)


def _box(state: State) -> Box:
    return Box(key="a", number="1", title="B", sub="C", state=state)


@pytest.mark.parametrize(
    ("passes", "chosen", "shown", "numbers"),
    [
        (1, "", 1, [1]),
        (3, "", 3, [1, 2, 3]),
        (3, f"{BODY[0]}#2", 2, [1, 2, 3]),
        (9, "", 9, [1, 7, 8, 9]),
        (9, f"{BODY[0]}#4", 4, [1, 4, 8, 9]),
    ],
)
def test_a_loop_is_drawn_in_the_pass_of_the_chosen_step_or_in_its_last(
    passes: int, chosen: str, shown: int, numbers: list[int]
) -> None:
    steps = [
        standing(f"{key}#{number}", At.OPEN if number == passes else At.COMPLETE)
        for number in range(1, passes + 1)
        for key in BODY
    ]
    at = drawn(sheet(*steps, chosen=chosen))
    assert {f"{key}#{shown}" for key in BODY} <= {box.key for box, _, _ in at.boxes}
    assert [each.number for each, _, _ in at.passes] == numbers
    assert [each.number for each, _, _ in at.passes if each.shown] == [shown]
    assert [each.done for each, _, _ in at.passes] == [number != passes for number in numbers]
    assert f"pass {shown} of at most {LOOP.most}" in {each.text for each in at.labels}


def test_a_pass_that_has_not_begun_waits_without_a_way_to_it() -> None:
    found = [box for box, _, _ in drawn(sheet()).boxes]
    assert found
    assert {(box.state, box.href) for box in found} == {(State.WAITING, "")}
