"""The blocks of a recipe as a drawing: which parts are opened, and what stands on each.

Unit procedures are frames. An operation is a frame with its steps where it is opened, otherwise one
box, so that a long recipe stays readable. What stands on boxes and frames comes from a `Sheet`: the
recipe itself, or a batch that is made by it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, product
from string import ascii_uppercase
from typing import Protocol, assert_never

from ebr.kernel.writing import plain_words
from ebr.procedures import parts
from ebr.procedures.parts import Box, Part, Pass
from workflows import recipe
from workflows.limits import goal_in_words
from workflows.plan import written_inputs
from workflows.recipe import Block, Level, Parallel, Phase, Recipe, Repeat, Sequence

LEVELS = {
    Level.PROCEDURE: "procedure",
    Level.UNIT_PROCEDURE: "unit procedure",
    Level.OPERATION: "operation",
    None: "steps",
}


class Sheet(Protocol):
    """What stands on the parts of a drawing. `name` is the pass of the loops around a part."""

    @property
    def whole(self) -> Recipe:
        """The recipe that is drawn."""

    @property
    def operations(self) -> Mapping[str, str]:
        """The blocks that count as operations, with their numbers."""

    def box(self, phase: Phase, key: str) -> Box:
        """A step; its key has the pass."""

    def closed(self, block: Block, number: str, name: str) -> Box:
        """An operation whose steps are not drawn."""

    def opened(self, block: Block) -> bool:
        """Whether the steps of an operation are drawn."""

    def head(self, block: Block) -> tuple[str, int, int]:
        """Where the head of a frame leads, and the errors and remarks of the block itself."""

    def passes(self, loop: Repeat, name: str) -> tuple[Pass, ...]:
        """The passes of a loop in a batch; none on the drawing of a recipe."""


def chart(sheet: Sheet, tallest: int = 0) -> Part:
    """The whole procedure. With `tallest`, for a page: long lines of operations in columns."""
    walk = _Walk(sheet, letters(sheet.whole), tallest)
    return walk.line([walk.part(block, "") for block in sheet.whole.procedure.blocks])


def letters(whole: Recipe) -> Mapping[str, str]:
    """Unit procedure → its letter."""
    return dict(zip(_unit_procedures(whole.procedure), _letters(), strict=False))


def at(key: str, name: str) -> str:
    """The key that a step has in a pass."""
    return f"{key}#{name}" if name else key


def until(whole: Recipe, loop: Repeat) -> str:
    """What ends a loop, in words."""
    ref = loop.until.value
    judged = f"{ref.step}, {ref.input}"  # of a draft that names a step, or a value, it has not
    for phase in recipe.phases(whole.procedure):
        if phase.key == ref.step:
            asked = {each.key: each.title for each in written_inputs(phase)}
            judged = asked.get(ref.input, f"{phase.title}, {ref.input}")
    return plain_words(f"{judged} is {goal_in_words(loop.until)}")


@dataclass(frozen=True, slots=True)
class _Walk:
    """The way over the blocks; `inside` an operation, every block is drawn."""

    sheet: Sheet
    letters: Mapping[str, str]
    tallest: int

    def line(self, drawn: list[Part]) -> Part:
        """What stands one below the other, or in columns."""
        return parts.columns(drawn, self.tallest) if self.tallest else parts.line(drawn)

    def part(self, block: Block, name: str, *, inside: bool = False) -> Part:
        """A block in a pass."""
        sheet = self.sheet
        if isinstance(block, Phase):
            return sheet.box(block, at(block.key, name))
        number = "" if inside else sheet.operations.get(block.key, "")
        if number and not sheet.opened(block):
            return sheet.closed(block, number, name)
        within = inside or bool(number)
        number = number or self.letters.get(block.key, "")
        drawn = self._inner(block, name, inside=within, framed=bool(number))
        if not number:
            return drawn
        head = (number, block.title, LEVELS[block.level])
        return parts.frame(at(block.key, name), head, drawn, sheet.head(block))

    def _inner(
        self, block: Sequence | Parallel | Repeat, name: str, *, inside: bool, framed: bool
    ) -> Part:
        match block:
            case Sequence(blocks=children):
                drawn = [self.part(each, name, inside=inside) for each in children]
                return parts.line(drawn) if inside else self.line(drawn)
            case Parallel(branches=children):
                return parts.fork([self.part(each, name, inside=inside) for each in children])
            case Repeat():
                passes = self.sheet.passes(block, name)
                shown = next((str(each.number) for each in passes if each.shown), "")
                body = self.part(block.body, ".".join(filter(None, (name, shown))), inside=inside)
                goal = (until(self.sheet.whole, block), block.most)
                if framed:  # its frame has the findings
                    return parts.loop("", body, goal, passes)
                leads = self.sheet.head(block)
                return parts.loop(at(block.key, name), body, goal, passes, leads)
            case _:
                assert_never(block)


def _unit_procedures(block: Block) -> Iterator[str]:
    if not isinstance(block, Phase) and block.level is Level.UNIT_PROCEDURE:
        yield block.key
    for child in recipe.blocks_in(block):
        yield from _unit_procedures(child)


def _letters() -> Iterator[str]:
    """A … Z, AA, AB …"""
    for length in count(1):
        yield from map("".join, product(ascii_uppercase, repeat=length))
