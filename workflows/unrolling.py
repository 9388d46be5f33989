"""A procedure with its loops laid out as far as a batch has come: every pass a block of its own.

A loop becomes the sequence of its passes begun so far. In it the keys of steps and blocks carry the
number of their pass (`spray#2`, and `spray#2.1` in a loop in a loop), titles say it in words. What
refers to a step of the same pass stays in the pass; what refers into a loop from outside means its
last pass. A procedure without loops comes out as it went in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from workflows.recipe import (
    Block,
    Calculation,
    Operand,
    Parallel,
    Phase,
    Produce,
    Recipe,
    Repeat,
    Sequence,
    Until,
    ValueRef,
    Weigh,
    Work,
    blocks_in,
    loops,
    phases,
)

Place = tuple[tuple[str, int], ...]  # the loops around a block, outermost first, each with the pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One pass of a loop: its steps, the loops inside it, and the value that it is judged by."""

    number: int
    name: str  # `2`, or `2.1` in a loop in a loop
    steps: tuple[str, ...]
    loops: tuple[str, ...]
    judged: ValueRef


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidOut:
    """A loop as a batch runs it: what ends it, its bound, and its passes begun so far."""

    key: str  # `coat`; `coat#2` in the second pass of a loop around it
    block: str  # the loop's key in the recipe
    title: str
    until: Until
    most: int
    passes: tuple[Pass, ...]

    @property
    def last(self) -> Pass:
        """The pass that is judged next."""
        return self.passes[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrolled:
    """A procedure laid out: as blocks, its loops (inner ones first), and where its steps stand."""

    procedure: Sequence
    loops: Mapping[str, LaidOut]
    places: Mapping[str, Mapping[str, int]]  # step in loops → loop → pass


def unrolled(recipe: Recipe, passes: Mapping[str, int]) -> Unrolled:
    """The procedure with the passes begun of each loop; 1 of a loop that is not named."""
    procedure = recipe.procedure
    if not any(loops(procedure)):
        return Unrolled(procedure=procedure, loops={}, places={})
    homes: dict[str, tuple[str, ...]] = {}
    _house(procedure, (), homes)
    walk = _Walk(passes=passes, homes=homes)
    laid_out = replace(procedure, blocks=tuple(walk.lay_out(each, ()) for each in procedure.blocks))
    return Unrolled(procedure=laid_out, loops=walk.loops, places=walk.places)


def suffix(place: Place) -> str:
    """What a key carries for the passes it stands in: nothing, `#2`, `#2.1`."""
    return "#" + ".".join(str(number) for _, number in place) if place else ""


def _house(block: Block, around: tuple[str, ...], homes: dict[str, tuple[str, ...]]) -> None:
    """Note for each step the loops that it stands in, outermost first."""
    if isinstance(block, Phase):
        homes[block.key] = around
    if isinstance(block, Repeat):
        around = (*around, block.key)
    for child in blocks_in(block):
        _house(child, around, homes)


@dataclass(slots=True)
class _Walk:
    """The way through the blocks, collecting the loops and places on it."""

    passes: Mapping[str, int]
    homes: Mapping[str, tuple[str, ...]]
    loops: dict[str, LaidOut] = field(default_factory=dict)
    places: dict[str, Mapping[str, int]] = field(default_factory=dict)

    def lay_out(self, block: Block, place: Place, of_most: int = 0) -> Block:
        """A block in its place; `of_most` where it is the whole body of a loop."""
        match block:
            case Phase():
                return self._phase(block, place)
            case Sequence(blocks=children):
                return replace(
                    block,
                    key=block.key + suffix(place),
                    title=_named(block.title, place, of_most),
                    blocks=tuple(self.lay_out(each, place) for each in children),
                )
            case Parallel(branches=children):
                return replace(
                    block,
                    key=block.key + suffix(place),
                    title=_named(block.title, place, of_most),
                    branches=tuple(self.lay_out(each, place) for each in children),
                )
            case Repeat():
                return self._repeat(block, place, of_most)
            case _:
                assert_never(block)

    def _repeat(self, loop: Repeat, place: Place, of_most: int) -> Sequence:
        key = loop.key + suffix(place)
        done: list[Block] = []
        passes: list[Pass] = []
        for number in range(1, self.passes.get(key, 1) + 1):
            inside: Place = (*place, (loop.key, number))
            known = set(self.loops)
            body = self.lay_out(loop.body, inside, loop.most)
            done.append(body)
            passes.append(
                Pass(
                    number=number,
                    name=suffix(inside)[1:],
                    steps=tuple(phase.key for phase in phases(body)),
                    loops=tuple(each for each in self.loops if each not in known),
                    judged=self._seen(loop.until.value, inside),
                )
            )
        self.loops[key] = LaidOut(
            key=key,
            block=loop.key,
            title=loop.title,
            until=loop.until,
            most=loop.most,
            passes=tuple(passes),
        )
        return Sequence(
            key=key,
            title=_named(loop.title, place, of_most),
            blocks=tuple(done),
            level=loop.level,
        )

    def _phase(self, phase: Phase, place: Place) -> Phase:
        key = phase.key + suffix(place)
        if place:
            # Loops in loops are told apart by the pass of the outer one: `dry#1`, `dry#2`.
            self.places[key] = {
                loop + suffix(place[:depth]): number for depth, (loop, number) in enumerate(place)
            }
        hold = phase.hold
        return replace(
            phase,
            key=key,
            title=_named(phase.title, place),
            work=self._work(phase.work, place),
            hold=replace(hold, after=self._step(hold.after, place)) if hold else None,
        )

    def _work(self, work: Work, place: Place) -> Work:
        """The work with its references turned to the passes that they mean."""
        match work:
            case Calculation(operands=operands):
                seen = tuple(self._operand(each, place) for each in operands)
                return replace(work, operands=seen)
            case Weigh(target=ValueRef() as target):
                return replace(work, target=self._seen(target, place))
            case Produce(theoretical=ValueRef() as theoretical):
                return replace(work, theoretical=self._seen(theoretical, place))
            case _:
                return work

    def _operand(self, operand: Operand, place: Place) -> Operand:
        if operand.value is None:
            return operand
        return replace(operand, value=self._seen(operand.value, place))

    def _seen(self, ref: ValueRef, place: Place) -> ValueRef:
        return replace(ref, step=self._step(ref.step, place))

    def _step(self, step: str, place: Place) -> str:
        """The step as it is meant from a place: of the same pass, from outside of the last."""
        there: Place = ()
        for depth, loop in enumerate(self.homes.get(step, ())):
            shared = place[:depth] == there and place[depth : depth + 1]
            if shared and shared[0][0] == loop:
                number = shared[0][1]
            else:
                number = self.passes.get(loop + suffix(there), 1)
            there = (*there, (loop, number))
        return step + suffix(there)


def _named(title: str, place: Place, of_most: int = 0) -> str:
    """A title with its pass, in words."""
    if not place:
        return title
    bound = f" of at most {of_most}" if of_most else ""
    return f"{title}, pass {suffix(place)[1:]}{bound}"
