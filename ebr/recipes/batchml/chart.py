"""From a chart of links to blocks: what runs in line, side by side, and again.

A recipe here is a tree of blocks and never a free graph (validation/decisions), so a chart is
reduced step by step: two nodes of which one only leads to the other become a run; branches that
part at one double line and meet at one become a parallel; a node that leads back to itself becomes
a loop. What cannot be reduced to one node has no block form and is refused with its place. Nothing
is guessed but the order of the file where a link is missing, and that is noted.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ebr.recipes.batchml.elements import CHOICE, FORK, MERGE, Link, Logic, Node
from ebr.recipes.text import BadText, Fault

NAMED_MOST = 8
CONDITION_MOST = 10_000  # letters: conditions that part and meet again and again add up
SURE = frozenset({"", "true", "1", "always", "yes"})  # conditions that say nothing


@dataclass(frozen=True, slots=True)
class Leaf:
    """One step of the chart."""

    step: str


@dataclass(frozen=True, slots=True)
class Beside:
    """Runs at the same time."""

    node: str  # the double line at which they part
    branches: "tuple[Run, ...]"


@dataclass(frozen=True, slots=True)
class Again:
    """A run that is done again while the condition of a link that leads back holds."""

    body: "Run"
    condition: str


Run = tuple[Leaf | Beside | Again, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that was decided for the author, at a step or at a node of the chart."""

    node: str
    line: int | None
    text: str
    kind: str = "link"  # link, order, condition


@dataclass(slots=True)
class Chart:
    """The graph while it is reduced: what each node holds, and who leads to whom."""

    place: str
    logic: Logic
    rank: dict[str, int]  # steps in the order of the file
    name: Callable[[str], str]
    runs: dict[str, Run] = field(default_factory=dict)
    after: dict[str, dict[str, str]] = field(default_factory=dict)  # node → next → condition
    before: dict[str, dict[str, None]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    depth: dict[str, int] = field(default_factory=dict)  # how deep a node's run is nested
    spent: set[str] = field(default_factory=set)  # double lines that hold a run by now

    def join(self, start: str, end: str, condition: str = "") -> None:
        """A way from one node to another."""
        known = self.after[start].get(end, "")
        both = " or ".join(each for each in (known, condition) if each.lower() not in SURE)
        if len(both) > CONDITION_MOST:
            said = f"the conditions before {self.name(end)} add up to more than {CONDITION_MOST:,}"
            raise self.refused(end, f"{said} letters")
        self.after[start][end] = both
        self.before[end][start] = None

    def part(self, start: str, end: str) -> str:
        """No way any more; returns its condition."""
        del self.before[end][start]
        return self.after[start].pop(end)

    def drop(self, node: str) -> None:
        """The node and every way to and from it are gone."""
        for each in list(self.before[node]):
            self.part(each, node)
        for each in list(self.after[node]):
            self.part(node, each)
        del self.after[node], self.before[node], self.runs[node]

    def note(self, node: str, line: int | None, text: str, kind: str = "link") -> None:
        """Remember what was decided."""
        self.notes.append(Note(node=node, line=line, text=text, kind=kind))

    def refused(self, node: str, text: str) -> BadText:
        """The chart cannot be read, because of this node."""
        found = self.logic.nodes.get(node)
        return BadText(Fault(self.place, found.line if found else None, text))

    def is_open(self, node: str, kind: str) -> bool:
        """Whether it is a double line at which several branches still part or meet."""
        found = self.logic.nodes.get(node)
        if found is None or found.kind != kind or node in self.spent:
            return False
        return len(self.after[node] if kind == FORK else self.before[node]) > 1


def begun(
    place: str,
    logic: Logic,
    ends: dict[str, str],
    rank: dict[str, int],
    name: Callable[[str], str],
) -> Chart:
    """The chart of one element. `ends`: its steps that only begin or end it."""
    chart = Chart(place, logic, rank, name)
    for node in logic.nodes.values():
        chart.runs[node.id] = (Leaf(node.id),) if _is_work(node, ends) else ()
        chart.after[node.id], chart.before[node.id] = {}, {}
    for link in logic.links:
        _connect(chart, link, ends)
    _note_what_says_nothing(chart)
    for node in list(logic.nodes.values()):
        if node.kind in ("Transition", CHOICE, MERGE):
            _contract(chart, node)
    _refuse_open_ends(chart, ends)
    return chart


def _is_work(node: Node, ends: dict[str, str]) -> bool:
    return node.kind == "Step" and node.id not in ends


def _connect(chart: Chart, link: Link, ends: dict[str, str]) -> None:
    """Draw one link, or say why it is left aside."""
    missing = [side for side in (link.start, link.end) if side not in chart.runs]
    if missing:
        ends_named = [repr(each) if each else "nothing" for each in missing]
        other = link.end if link.start in missing else link.start
        chart.note(
            other if other in chart.runs else "",
            link.line,
            f"link {link.id} has an end at {' and '.join(ends_named)}; it is left aside",
        )
        return
    if link.start == link.end and link.start in ends:
        chart.note("", link.line, f"link {link.id} leads from an end to itself; it is left aside")
        return
    if link.end in chart.after[link.start]:
        chart.note(link.end, link.line, f"link {link.id} says again what another link says")
        return
    if link.untyped:
        chart.note(
            link.start,
            link.line,
            f"link {link.id} does not say what kind of thing it joins; its ids were found as "
            f"{chart.name(link.start)} and {chart.name(link.end)}",
        )
    chart.join(link.start, link.end)


def _note_what_says_nothing(chart: Chart) -> None:
    """Transitions without a condition, and elements that stand at several steps."""
    nodes = chart.logic.nodes.values()
    silent = [each for each in nodes if each.kind == "Transition" and not each.condition]
    if silent:
        said = f"no condition stands at the transition {some([each.id for each in silent])}"
        chart.note("", silent[0].line, f"{said}; nothing is waited for there")
    first: dict[str, Node] = {}
    for each in nodes:
        before = first.setdefault(each.element, each)
        if each.element and before is not each:
            said = f"{chart.name(each.id)} stands at the step {before.id} already"
            chart.note(each.id, each.line, f"{said}; it is done again here, as a block of its own")


def _contract(chart: Chart, node: Node) -> None:
    """A transition is a condition on the way between its neighbours, no place of its own."""
    ins, outs = list(chart.before[node.id]), list(chart.after[node.id])
    called = f"{node.kind.lower()} {node.id}"
    if node.id in outs:
        raise chart.refused(node.id, f"{called} leads to itself, and no step lies between")
    if not ins or not outs:
        side = (
            "stands alone"
            if not ins and not outs
            else ("leads nowhere", "begins nowhere")[bool(outs)]
        )
        beside = (ins or outs or [""])[0]
        chart.note(beside, node.line, f"{called} {side}; it is left aside")
    elif len(ins) > 1 and len(outs) > 1:
        raise chart.refused(node.id, f"{called} has {len(ins)} ways in and {len(outs)} ways out")
    if ins and outs and node.condition.lower() not in SURE:
        chart.note(outs[0], node.line, node.condition, "condition")
    for start in ins:
        for end in outs:
            both = " and ".join(
                each
                for each in (chart.after[start][node.id], node.condition, chart.after[node.id][end])
                if each.lower() not in SURE
            )
            chart.join(start, end, both)
    chart.drop(node.id)


def _refuse_open_ends(chart: Chart, ends: dict[str, str]) -> None:
    """Nothing leads into a beginning or on from an end, and each has one way only."""
    for node, kind in ends.items():
        if node not in chart.runs:
            continue
        into, on = chart.before[node], chart.after[node]
        wrong, ways = (into, on) if kind == "Begin" else (on, into)
        if wrong:
            said = (
                "a link leads back into the beginning"
                if kind == "Begin"
                else ("a link leads on from the end")
            )
            raise chart.refused(node, f"{said}, at {_listed(chart, wrong)}")
        if len(ways) > 1:
            said = "from the beginning" if kind == "Begin" else "to the end"
            raise chart.refused(
                node,
                f"several ways lead {said}, at {_listed(chart, ways)}; "
                "nothing says whether all of them or one is taken",
            )


def _listed(chart: Chart, nodes: Iterable[str]) -> str:
    return some([chart.name(each) for each in nodes])


def some(names: list[str]) -> str:
    """Names for a sentence: the first few, and how many more there are."""
    more = f" and {len(names) - NAMED_MOST} more" if len(names) > NAMED_MOST else ""
    return ", ".join(names[:NAMED_MOST]) + more
