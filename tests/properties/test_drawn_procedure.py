"""Whatever a procedure looks like, its drawing shows each step once, apart, and on its sheet."""

import re
from itertools import combinations, count, pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebr import procedures
from ebr.procedures import BatchSheet, Box, Standing
from ebr.procedures.layout import Layout, laid_out
from ebr.procedures.parts import BOX_HEIGHT, BOX_WIDTH, PASS_WIDTH, length
from workflows import StepStatus, recipe
from workflows.quantity import Quantity
from workflows.recipe import (
    Block,
    Instruction,
    Level,
    Parallel,
    Phase,
    Recipe,
    Repeat,
    Sequence,
    Until,
    ValueRef,
)

TITLES = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=60)
Area = tuple[int, int, int, int]


@st.composite
def wholes(draw: st.DrawFn) -> Recipe:
    """A recipe of any shape; keys are numbered in the order of the procedure."""
    number = count(1)

    def block(depth: int) -> Block:
        key = f"k{next(number)}"
        title = draw(TITLES)
        shape = draw(st.sampled_from("ppsfr" if depth < 4 else "p"))
        if shape == "p":
            return Phase(key=key, title=title, instruction="", work=Instruction())
        level = draw(st.sampled_from([None, None, Level.OPERATION, Level.UNIT_PROCEDURE]))
        if shape == "r":
            body = block(depth + 1)
            judged = next(recipe.phases(body)).key
            until = Until(value=ValueRef(step=judged, input="seen"), equals=draw(TITLES))
            return Repeat(key=key, title=title, body=body, until=until, most=9, level=level)
        children = tuple(block(depth + 1) for _ in range(draw(st.integers(1, 3))))
        if shape == "f":
            return Parallel(key=key, title=title, branches=children, level=level)
        return Sequence(key=key, title=title, blocks=children, level=level)

    blocks = tuple(block(1) for _ in range(draw(st.integers(1, 3))))
    return Recipe(
        code="MR",
        version=1,
        title="Any",
        product="FP",
        size=Quantity("1", "kg"),
        formula=(),
        equipment=(),
        procedure=Sequence(key="procedure", title="Procedure", blocks=blocks),
    )


def sheet_of(whole: Recipe) -> BatchSheet:
    """Every step in its first pass, open, every operation opened."""
    depths: dict[str, int] = {}
    for loop in recipe.loops(whole.procedure):
        for phase in recipe.phases(loop):
            depths[phase.key] = depths.get(phase.key, 0) + 1
    steps = {}
    for n, phase in enumerate(recipe.phases(whole.procedure), 1):
        name = ".".join("1" * depths.get(phase.key, 0))
        key = f"{phase.key}#{name}" if name else phase.key
        steps[key] = Standing(
            key=key,
            number=str(n),
            status=StepStatus.OPEN,
            words="Open now",
            href=f"/{n}",
            exceptions=n % 3,
        )
    numbers = {
        block.key: block.key for block in whole.procedure.blocks if not isinstance(block, Phase)
    }
    return BatchSheet(whole=whole, operations=numbers, steps=steps, everything=True)


def boxes(at: Layout) -> list[Area]:
    passes = [(x, y, x + PASS_WIDTH, y + 24) for _, x, y in at.passes]
    return [(x, y, x + BOX_WIDTH, y + BOX_HEIGHT) for _, x, y in at.boxes] + passes


def apart(one: Area, other: Area) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


@given(wholes())
def test_every_step_is_drawn_once_apart_from_the_others_and_on_the_sheet(whole: Recipe) -> None:
    sheet = sheet_of(whole)
    for drawn in (procedures.chart(sheet), procedures.chart(sheet, 400)):
        at = laid_out(drawn)
        assert sorted(box.key for box, _, _ in at.boxes) == sorted(sheet.steps)
        areas = boxes(at)
        assert all(apart(one, other) for one, other in combinations(areas, 2))
        frames = [(x, y, x + one.width, y + one.height) for one, x, y in at.frames]
        points = [point for line in at.lines for point in line] + at.arrows
        points += [(x, y) for _, x, y in at.ways_out]
        labels = [
            (left := int(each.x - length(each.text, 11.5) * each.end), each.y) for each in at.labels
        ] + [(int(each.x + length(each.text, 11.5) * (not each.end)), each.y) for each in at.labels]
        for left, top, right, bottom in (*areas, *frames):
            assert 0 <= left <= right <= at.width
            assert 0 <= top <= bottom <= at.height
        for x, y in (*points, *labels):
            assert 0 <= x <= at.width
            assert 0 <= y <= at.height


@given(wholes())
def test_no_line_runs_through_a_box(whole: Recipe) -> None:
    at = laid_out(procedures.chart(sheet_of(whole), 400))
    for line in at.lines:
        for one, other in pairwise(line):
            (left, right), (top, bottom) = (sorted(ends) for ends in zip(one, other, strict=True))
            for box in boxes(at):  # a line that ends on the edge of a box stays outside
                within = (box[0] + 1, box[1] + 1, box[2] - 1, box[3] - 1)
                assert apart((left, top, right + 1, bottom + 1), within)


@given(wholes())
def test_a_drawing_is_well_formed_names_every_step_and_has_no_style(whole: Recipe) -> None:
    sheet = sheet_of(whole)
    text = str(procedures.drawing(procedures.chart(sheet), "Any <recipe> & more"))
    root = ET.fromstring(text)  # noqa: S314  # our own text
    links = {each.get("href") for each in root.iter("a")}
    assert {each.href for each in sheet.steps.values()} <= links
    assert not re.search(r"\sstyle=|\son\w+=|<script|<style", text)
    told = root.findtext("desc") or ""
    assert all(f"{each.number} " in told for each in sheet.steps.values())
    known = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(known) == len(set(known))


@pytest.mark.parametrize(
    ("box", "mark"),
    [
        (Box(key="a", number="1", title="B", sub="C", errors=1), ", 1 error"),
        (
            Box(key="a", number="1", title="B", sub="C", errors=12, remarks=1),
            ", 12 errors, 1 remark",
        ),
        (Box(key="a", number="1", title="B", sub="C", exceptions=2), ", 2 exceptions"),
    ],
)
def test_what_a_mark_shows_by_shape_and_number_it_says_in_words(box: Box, mark: str) -> None:
    assert f'aria-label="{mark}"' in procedures.drawing(box, "One box")
