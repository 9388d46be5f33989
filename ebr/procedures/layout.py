"""Where every part of a drawn procedure stands. Each part is placed by its top centre.

The procedure is a tree of blocks, so its drawing needs no search: every part asks for the room of
its parts, and is then placed in its own.
"""

from dataclasses import dataclass, field
from typing import assert_never

from ebr.procedures.parts import (
    BELOW,
    BESIDE,
    BOX_WIDTH,
    HEAD,
    PAD,
    PASS_ROW,
    PASS_WIDTH,
    ROW,
    Box,
    Columns,
    Fork,
    Frame,
    Line,
    Loop,
    Part,
    Pass,
)

EDGE = 14  # around everything: a mark stands out of its box by this much
Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Label:
    """A text beside a line; `end`: it ends at its place instead of beginning there."""

    x: int
    y: int
    text: str
    end: bool = False


@dataclass(slots=True)
class Layout:
    """Everything with its place: boxes and frames by their upper left corner."""

    width: int
    height: int
    boxes: list[tuple[Box, int, int]] = field(default_factory=list)
    frames: list[tuple[Frame, int, int]] = field(default_factory=list)
    passes: list[tuple[Pass, int, int]] = field(default_factory=list)
    lines: list[tuple[Point, ...]] = field(default_factory=list)
    ways_out: list[tuple[Loop, int, int]] = field(default_factory=list)  # the middle of its bar
    arrows: list[Point] = field(default_factory=list)  # where the tip is; it points to the right
    labels: list[Label] = field(default_factory=list)


def laid_out(whole: Part) -> Layout:
    """Everything placed on a sheet that is just large enough."""
    found = Layout(whole.width + 2 * EDGE, whole.height + 2 * EDGE)
    if isinstance(whole, Columns):  # nothing comes before it or after it
        _columns(found, whole, found.width // 2, EDGE, within=False)
    else:
        _place(found, whole, found.width // 2, EDGE)
    return found


def _place(on: Layout, part: Part, x: int, y: int) -> None:
    match part:
        case Box():
            on.boxes.append((part, x - BOX_WIDTH // 2, y))
        case Line(parts=parts):
            for n, each in enumerate(parts):
                if n:
                    on.lines.append(((x, y), (x, y + BELOW)))
                    y += BELOW
                _place(on, each, x, y)
                y += each.height
        case Fork():
            _fork(on, part, x, y)
        case Loop():
            _loop(on, part, x, y)
        case Frame():
            on.frames.append((part, x - part.width // 2, y))
            inside = y + HEAD + PAD
            on.lines.append(((x, y + HEAD), (x, inside)))
            _place(on, part.body, x, inside)
            on.lines.append(((x, inside + part.body.height), (x, y + part.height)))
        case Columns():
            _columns(on, part, x, y)
        case _:
            assert_never(part)


def _fork(on: Layout, part: Fork, x: int, y: int) -> None:
    end, half = y + part.height, BELOW // 2
    left = x - part.width // 2
    centres = []
    for branch in part.branches:
        centres.append(left + branch.width // 2)
        left += branch.width + BESIDE
    first, last = min((x, *centres)) - BOX_WIDTH // 2, max((x, *centres)) + BOX_WIDTH // 2
    for level in (y + half, end - half):
        on.lines.append(((first, level - 2), (last, level - 2)))
        on.lines.append(((first, level + 2), (last, level + 2)))
    on.lines.append(((x, y), (x, y + half - 2)))
    on.lines.append(((x, end - half + 2), (x, end)))
    for branch, centre in zip(part.branches, centres, strict=True):
        on.lines.append(((centre, y + half + 2), (centre, y + BELOW)))
        _place(on, branch, centre, y + BELOW)
        on.lines.append(((centre, y + BELOW + branch.height), (centre, end - half - 2)))


def _loop(on: Layout, part: Loop, x: int, y: int) -> None:
    top, left = y + 6, x - part.width // 2 + 8
    bottom = y + part.lead + part.body.height
    turn = bottom + 16
    on.lines.append(((x, y), (x, y + part.lead)))
    on.lines.append(((x, bottom), (x, y + part.height)))
    on.lines.append(((x, turn), (left, turn), (left, top), (x - 4, top)))
    on.arrows.append((x - 2, top))
    on.ways_out.append((part, x, turn + 15))
    _place(on, part.body, x, y + part.lead)
    on.labels.append(Label(x - 10, turn - 4, "else again", end=True))
    for n, text in enumerate(part.condition):
        on.labels.append(Label(x + 20, turn + 19 + n * ROW, text))
    if part.passes:
        shown = next((each.number for each in part.passes if each.shown), 0)
        words = f"pass {shown} of at most {part.most}" if shown else f"at most {part.most}"
        on.labels.append(Label(x - 10, y + 28, words, end=True))
        for n, each in enumerate(part.passes):
            on.passes.append((each, x + 10 + n * (PASS_WIDTH + 4), y + PASS_ROW - 16))


def _columns(on: Layout, part: Columns, x: int, y: int, *, within: bool = True) -> None:
    """Down the first column, from its foot up to the head of the next, out below the last."""
    left, head, bottom = x - part.width // 2, y + BELOW // 2, y + part.height - 4
    came: tuple[Point, ...] = ((x, y), (x, y + 4)) if within else ()
    for n, column in enumerate(part.columns):
        centre, begin = left + column.width // 2, y + BELOW
        if came:
            on.lines.append((*came, (centre, head if n else y + 4), (centre, begin)))
        _place(on, column, centre, begin)
        end, gutter = begin + column.height, left + column.width + BESIDE
        came = ((centre, end), (centre, end + BELOW // 2), (gutter, end + BELOW // 2))
        came = (*came, (gutter, head))
        left += column.width + 2 * BESIDE
    if within:
        on.lines.append((came[0], (came[0][0], bottom), (x, bottom), (x, bottom + 4)))
