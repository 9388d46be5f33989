"""A block drawn as a chart of steps, transitions and links, as BatchML writes an order."""

from dataclasses import dataclass, field
from itertools import pairwise

from ebr.recipes.batchml.elements import CHOICE, FORK, JOIN, MERGE
from workflows.limits import goal_in_words
from workflows.recipe import Block, Parallel, Repeat

ALWAYS = "TRUE"


@dataclass(slots=True)
class Drawn:
    """The parts of one chart, each with an id of its own."""

    key: str
    kinds: dict[str, str] = field(default_factory=dict)  # node → Step, Transition or Link
    links: list[tuple[str, str, str]] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)
    steps: list[tuple[str, str]] = field(default_factory=list)
    transitions: list[tuple[str, str]] = field(default_factory=list)

    def step(self, element: str) -> str:
        """A step that stands for an element."""
        name = f"{element}.step"
        self.steps.append((name, element))
        self.kinds[name] = "Step"
        return name

    def line(self, kind: str) -> str:
        """A double line, or the point where a choice parts or meets."""
        name = f"{self.key}.{kind}"
        self.lines.append((name, kind))
        self.kinds[name] = "Link"
        return name

    def join(self, *nodes: str) -> None:
        """Links along a way."""
        for start, end in pairwise(nodes):
            self.links.append((f"{self.key}.link{len(self.links) + 1}", start, end))

    def when(self, condition: str = ALWAYS) -> str:
        """A transition with its condition."""
        name = f"{self.key}.transition{len(self.transitions) + 1}"
        self.transitions.append((name, condition))
        self.kinds[name] = "Transition"
        return name


def chart_of(key: str, block: Block | None, inner: tuple[Block, ...]) -> Drawn:
    """The chart in which the blocks below one block stand; without a block, one after the other."""
    chart = Drawn(key)
    begin, end = chart.step(f"{key}.begin"), chart.step(f"{key}.end")
    steps = [chart.step(each.key) for each in inner]
    match block:
        case Parallel() if steps:
            fork, join = chart.line(FORK), chart.line(JOIN)
            chart.join(begin, chart.when(), fork)
            for step in steps:
                chart.join(fork, step, join)
            chart.join(join, chart.when(), end)
        case Repeat(until=until):
            (body,) = steps
            again, done = chart.line(MERGE), chart.line(CHOICE)
            words = f"{until.value.step}.{until.value.input} is {goal_in_words(until)}"
            chart.join(begin, chart.when(), again, body, done)
            chart.join(done, chart.when(f"NOT ({words})"), again)
            chart.join(done, chart.when(words), end)
        case _:
            way = [begin]
            for step in steps:
                way += [chart.when(), step]
            chart.join(*way, chart.when(), end)
    return chart
