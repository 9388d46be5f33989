"""The procedure of a batch as it was done so far: each step with its state, each loop by passes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ebr.procedures.chart import at
from ebr.procedures.parts import Box, Pass, State
from workflows import StepStatus, recipe
from workflows.recipe import Block, Phase, Recipe, Repeat

STATES: Mapping[StepStatus, State] = MappingProxyType(
    {
        StepStatus.IDLE: State.WAITING,
        StepStatus.OPEN: State.OPEN,
        StepStatus.RUNNING: State.RUNNING,
        StepStatus.AWAITING_WITNESS: State.WITNESS,
        StepStatus.COMPLETE: State.DONE,
        StepStatus.UNSIGNED: State.UNSIGNED,
        StepStatus.SKIPPED: State.SKIPPED,
    }
)
ENDED = frozenset({State.DONE, State.SKIPPED})
# An operation looks as the part of it that asks for most.
FIRST = (State.UNSIGNED, State.WITNESS, State.RUNNING, State.OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One step of the batch: its number there, where it stands, in which words."""

    key: str
    number: str
    status: StepStatus
    words: str
    href: str
    exceptions: int


@dataclass(frozen=True, slots=True)
class BatchSheet:
    """What stands on the drawing of a batch. `chosen` is the step whose page it stands on."""

    whole: Recipe
    operations: Mapping[str, str]
    steps: Mapping[str, Standing]
    chosen: str = ""
    everything: bool = False

    def box(self, phase: Phase, key: str) -> Box:
        """A step with its state."""
        found = self.steps.get(key)
        if found is None:  # a pass that has not begun
            return Box(key=key, number="", title=phase.title, sub="", state=State.WAITING)
        return Box(
            key=key,
            number=found.number,
            title=phase.title,
            sub=found.words,
            href=found.href,
            state=STATES[found.status],
            selected=key == self.chosen,
            exceptions=found.exceptions,
        )

    def closed(self, block: Block, number: str, name: str) -> Box:
        """An operation: how much of it is done, in all its passes."""
        inside = list(self._inside(block, name))
        states = {STATES[each.status] for each in inside}
        done = sum(STATES[each.status] in ENDED for each in inside)
        state = next((each for each in FIRST if each in states), State.WAITING)
        if inside and done == len(inside):
            state = State.DONE if State.DONE in states else State.SKIPPED
        return Box(
            key=at(block.key, name),
            number=number,
            title=block.title,
            sub=f"{done} of {len(inside)} done",
            href=inside[0].href if inside else "",
            state=state,
            exceptions=sum(each.exceptions for each in inside),
        )

    def opened(self, block: Block) -> bool:
        """All of them, or the one with the step that is chosen."""
        plain = self.chosen.partition("#")[0]
        return self.everything or any(each.key == plain for each in recipe.phases(block))

    def head(self, block: Block) -> tuple[str, int, int]:
        """A frame leads to the first of its steps."""
        return next((each.href for each in self._inside(block, "")), ""), 0, 0

    def passes(self, loop: Repeat, name: str) -> tuple[Pass, ...]:
        """The passes begun; drawn is that of the chosen step, otherwise the last one."""
        before = f"{name}." if name else ""
        found: dict[int, list[Standing]] = {}
        for each in self._inside(loop, name):
            own = each.key.partition("#")[2].removeprefix(before).partition(".")[0]
            found.setdefault(int(own), []).append(each)
        chosen = next(
            (n for n, steps in found.items() if any(each.key == self.chosen for each in steps)),
            max(found, default=0),
        )
        return tuple(
            Pass(n, steps[0].href, shown=n == chosen, done=_ended(steps))
            for n, steps in sorted(found.items())
        )

    def _inside(self, block: Block, name: str) -> Iterator[Standing]:
        """The steps of a block in the passes begun of the loops in it."""
        plain = {each.key for each in recipe.phases(block)}
        for key, each in self.steps.items():
            base, _, own = key.partition("#")
            if base in plain and (not name or own == name or own.startswith(f"{name}.")):
                yield each


def _ended(steps: Sequence[Standing]) -> bool:
    return all(STATES[each.status] in ENDED for each in steps)
