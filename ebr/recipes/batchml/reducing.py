"""The chart of one element, reduced to one run of blocks, or refused with the place.

Three moves, until none is possible: a node that leads back to itself becomes a loop; branches that
lie between the same two double lines become one block; of two nodes that only know each other, the
second joins the first. Each move makes the graph smaller, so it ends; what is left over has no
block form.
"""

from collections.abc import Iterator
from itertools import pairwise

from ebr.recipes.batchml.chart import NAMED_MOST, Again, Beside, Chart, Run, some
from ebr.recipes.batchml.elements import FORK, JOIN
from ebr.recipes.text import BadText
from workflows.validity.structure import DEPTH_MOST


def reduced(chart: Chart, ends: dict[str, str]) -> Run:
    """The one run that the chart says."""
    _link_what_is_apart(chart, ends)
    moved = True
    while moved:
        moved = False
        for node in list(chart.runs):
            if node in chart.runs:
                moved |= _again(chart, node) or _inline(chart, node)
        for node in list(chart.runs):
            if node in chart.runs and chart.is_open(node, JOIN):
                moved |= _beside(chart, node)
    if len(chart.runs) > 1:
        raise _left_over(chart)
    return next(iter(chart.runs.values()), ())


def _again(chart: Chart, node: str) -> bool:
    """A node that leads to itself is done again."""
    if node not in chart.after[node] or not chart.runs[node]:
        return False
    condition = chart.part(node, node)
    _nest(chart, node, [node])
    chart.runs[node] = (Again(chart.runs[node], condition),)
    return True


def _inline(chart: Chart, node: str) -> bool:
    """Take in what follows, as long as it follows this node alone and this node alone leads on."""
    moved = False
    while len(chart.after[node]) == 1 and not chart.is_open(node, JOIN):
        (following,) = chart.after[node]
        alone = len(chart.before[following]) == 1 and following != node
        if not alone or chart.is_open(following, FORK):
            break
        chart.runs[node] += chart.runs[following]
        chart.depth[node] = max(chart.depth.get(each, 0) for each in (node, following))
        chart.spent.add(node)
        ways = dict(chart.after[following])
        chart.drop(following)
        for end, condition in ways.items():
            chart.join(node, end, condition)
        moved = True
    return moved


def _beside(chart: Chart, join: str) -> bool:
    """Branches that part at one double line and meet at this one."""
    lying: dict[str, list[str]] = {}
    for branch in chart.before[join]:
        if chart.is_open(branch, FORK):  # an empty branch: nothing lies between the lines
            chart.note(branch, None, "a branch with nothing in it is left out")
            chart.part(branch, join)
            return True
        starts = list(chart.before[branch])
        if len(starts) == 1 and list(chart.after[branch]) == [join]:
            lying.setdefault(starts[0], []).append(branch)
    for fork, branches in lying.items():
        whole = len(branches) in (len(chart.after[fork]), len(chart.before[join]))
        if chart.is_open(fork, FORK) and whole and len(branches) > 1:
            _put_beside(chart, fork, branches)
            return True
    return False


def _put_beside(chart: Chart, fork: str, branches: list[str]) -> None:
    """One node in place of the branches, in the order of the file."""
    ordered = sorted(branches, key=lambda each: _first(chart, each))
    first, *others = branches
    held = tuple(chart.runs[each] for each in ordered)
    _nest(chart, first, branches)
    for each in others:
        chart.drop(each)
    chart.runs[first] = (Beside(fork, held),)


def _nest(chart: Chart, node: str, inner: list[str]) -> None:
    """One level more; a recipe bears only so many."""
    deep = chart.depth[node] = 1 + max(chart.depth.get(each, 0) for each in inner)
    if deep > DEPTH_MOST:
        said = f"branches and loops are nested deeper than {DEPTH_MOST}, the most that a recipe has"
        raise chart.refused(node, said)


def _first(chart: Chart, node: str) -> int:
    return min((chart.rank[each] for each in _steps(chart.runs[node])), default=0)


def _steps(run: Run) -> Iterator[str]:
    for each in run:
        match each:
            case Beside(branches=branches):
                for branch in branches:
                    yield from _steps(branch)
            case Again(body=body):
                yield from _steps(body)
            case _:
                yield each.step


def _link_what_is_apart(chart: Chart, ends: dict[str, str]) -> None:
    """Where a link is missing the order of the file decides, and that is noted."""
    parts = sorted(_parts(chart), key=lambda part: _standing(chart, part, ends))
    for earlier, later in pairwise(parts):
        tails = [each for each in earlier if not chart.after[each]]
        heads = [each for each in later if not chart.before[each]]
        if len(tails) != 1 or len(heads) != 1:
            loose = (tails if len(tails) != 1 else heads) or sorted(earlier + later)
            raise chart.refused(
                loose[0],
                f"links are missing, and the order of the file cannot stand for them, at "
                f"{some([chart.name(each) for each in loose])}",
            )
        chart.join(tails[0], heads[0])
        step = next((each for each in later if chart.runs[each]), "")
        if step and any(chart.runs[each] for each in earlier):
            chart.note(
                step,
                None,
                f"no link leads from {_named(chart, earlier, -1)} to {_named(chart, later, 0)}; "
                "they follow in the order of the file",
                "order",
            )


def _named(chart: Chart, part: list[str], place: int) -> str:
    """The step with which a part begins or ends."""
    steps = [each for each in part if chart.runs[each]]
    ends = [each for each in steps if not (chart.after if place else chart.before)[each]] or steps
    return chart.name(ends[place])


def _parts(chart: Chart) -> list[list[str]]:
    """What hangs together by links, in the order of the file."""
    found: list[list[str]] = []
    seen: set[str] = set()
    for node in sorted(chart.runs, key=lambda each: chart.rank.get(each, 0)):
        if node in seen:
            continue
        part, heap = [], [node]
        seen.add(node)
        while heap:
            each = heap.pop()
            part.append(each)
            near = [*chart.after[each], *chart.before[each]]
            heap += [other for other in near if other not in seen]
            seen.update(near)
        found.append(sorted(part, key=lambda each: chart.rank.get(each, 0)))
    return found


def _standing(chart: Chart, part: list[str], ends: dict[str, str]) -> tuple[int, int]:
    """Where a part stands: the beginning first, the end last, all others as in the file."""
    kinds = frozenset(ends[each] for each in part if each in ends)
    place = {frozenset({"Begin"}): 0, frozenset({"End"}): 2}.get(kinds, 1)
    work = [chart.rank[each] for each in part if chart.runs[each]]
    return place, min(work, default=0)


def _left_over(chart: Chart) -> BadText:
    """Why what is left has no block form, at the first place in the file."""
    nodes = sorted(chart.runs, key=lambda each: chart.rank.get(each, 0))
    round_about = _cycle(chart)
    if round_about:
        far = len(round_about) > NAMED_MOST
        shown = [chart.name(each) for each in round_about[:NAMED_MOST]] + ["…"] * far
        names = " → ".join((*shown, shown[0]))
        return chart.refused(
            round_about[0],
            f"the links go round without a block form: {names}; a loop has one step where it "
            "begins and one where it is left, at its end",
        )
    for node in nodes:
        if len(chart.after[node]) > 1 and not chart.is_open(node, FORK):
            ways = some([chart.name(each) for each in chart.after[node]])
            return chart.refused(
                node,
                f"several ways lead on from {chart.name(node)}, to {ways}, and nothing says that "
                f"all are taken ({FORK}); a choice has no block form here",
            )
    crossing = some([chart.name(each) for each in nodes if chart.runs[each]])
    return chart.refused(
        nodes[0],
        f"the branches cross and have no block form, at {crossing}; branches that part at one "
        "double line have to meet at one",
    )


def _cycle(chart: Chart) -> list[str]:
    """Nodes that lead round to the first of them; empty when nothing does."""
    left = {node: len(ways) for node, ways in chart.before.items()}
    free = [node for node, count in left.items() if not count]
    while free:
        node = free.pop()
        del left[node]
        for each in chart.after[node]:
            left[each] -= 1
            if not left[each]:
                free.append(each)
    if not left:
        return []
    # Whatever is left has a way in from what is left: walking back has to come round.
    node, seen = next(iter(left)), list[str]()
    while node not in seen:
        seen.append(node)
        node = next(each for each in chart.before[node] if each in left)
    found = list(reversed(seen[seen.index(node) :]))
    first = min(range(len(found)), key=lambda place: chart.rank.get(found[place], len(chart.rank)))
    return found[first:] + found[:first]
