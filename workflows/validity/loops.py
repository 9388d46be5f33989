"""Loops: does every loop have a condition that its passes can meet, and does its body bear it?"""

from collections.abc import Collection, Iterator
from itertools import chain

from workflows.plan import Plan, references, written_inputs
from workflows.quantity import UNITS
from workflows.recipe import (
    NUMERIC,
    Block,
    IdentifyMaterial,
    Input,
    InputKind,
    Phase,
    Produce,
    Range,
    Recipe,
    Repeat,
    Until,
    Weigh,
    blocks_in,
    loops,
    phases,
)
from workflows.validity.finding import Finding, error, remark
from workflows.validity.structure import STEPS_MOST

PASSES_LEAST = 2
PASSES_MOST = 99


def findings(recipe: Recipe, plan: Plan) -> Iterator[Finding]:
    """Faults of conditions and bounds, then of what stands inside loops and reads across them."""
    found = list(loops(recipe.procedure))
    for loop in found:
        yield from _bound(loop)
        yield from _condition(plan, loop)
        yield from _borders(plan, loop)
    if not found:
        return
    most = dict(_times(recipe.procedure, 1))
    if (steps := sum(most.values())) > STEPS_MOST:
        yield error(
            "procedure",
            f"{steps} steps when every loop goes to its bound; at most {STEPS_MOST} are possible",
        )
    for key, times in most.items():
        if times > 1:
            yield from _inside(plan, plan.phases[key], times)


def _bound(loop: Repeat) -> Iterator[Finding]:
    if not PASSES_LEAST <= loop.most <= PASSES_MOST:
        yield error(
            f"{loop.key}.most",
            f"is {loop.most}; a loop takes at most {PASSES_LEAST} to {PASSES_MOST} passes",
        )


def _condition(plan: Plan, loop: Repeat) -> Iterator[Finding]:
    """The value has to come from the body, and the condition to be one that it can meet."""
    place, ref = f"{loop.key}.until", loop.until.value
    if ref.step not in plan.phases:
        yield error(place, f"there is no step {ref.step}")
        return
    if ref.step not in _steps(loop):
        yield error(
            place,
            f"{ref.step} is not a step of the loop",
            f"every pass would be judged by the same {ref.step}.{ref.input}",
        )
        return
    phase = plan.phases[ref.step]
    asked = next((each for each in written_inputs(phase) if each.key == ref.input), None)
    if asked is None:
        yield error(place, f"{ref.step} yields no {ref.input}")
        return
    yield from _fitting(place, loop.until, asked)
    if phase.may_skip:
        yield remark(place, f"{ref.step} may be skipped; such a pass counts as not yet there")
    if not asked.required:
        yield remark(
            place, f"{ref.step}.{ref.input} may be left empty; such a pass counts as not yet there"
        )


def _fitting(place: str, until: Until, asked: Input) -> Iterator[Finding]:
    """A number takes a range, a choice or a text takes one value."""
    if (until.within is None) == (until.equals is None):
        yield error(place, "needs either a range (within) or a value (equals), and not both")
    elif until.within is not None:
        if asked.kind not in NUMERIC:
            yield error(f"{place}.within", f"a {asked.kind} lies in no range; say what it equals")
        elif (unit := asked.unit or "1") in UNITS:
            yield from _range(f"{place}.within", until.within, unit)
    elif asked.kind in NUMERIC:
        yield error(f"{place}.equals", "a number ends a loop by the range in which it lies")
    elif asked.kind not in {InputKind.CHOICE, InputKind.TEXT}:
        yield error(f"{place}.equals", f"a {asked.kind} cannot end a loop; ask for a choice")
    elif asked.kind is InputKind.CHOICE and until.equals not in asked.choices:
        yield error(
            f"{place}.equals",
            f"{until.equals!r} is none of the choices: {', '.join(asked.choices)}",
            "the loop would never meet its condition",
        )
    elif until.equals is not None and not until.equals.strip():
        yield error(f"{place}.equals", "is empty")


def _range(place: str, within: Range, unit: str) -> Iterator[Finding]:
    ends = [end for end in (within.low, within.high) if end is not None]
    wrong = [end for end in ends if end.dimension != UNITS[unit][0]]
    if not ends:
        yield error(place, "has neither a low nor a high end")
    elif wrong:
        yield error(place, f"{wrong[0]} cannot be compared with {unit}")
    elif within.low and within.high and within.low.compare(within.high) > 0:
        yield error(
            place,
            f"the low end {within.low} is above the high end {within.high}",
            "the loop would never meet its condition",
        )


def _borders(plan: Plan, loop: Repeat) -> Iterator[Finding]:
    """What is read across the border of a loop, and the times that count across it."""
    inside = _steps(loop)
    for phase in plan.phases.values():
        if phase.key in inside:
            after = phase.hold.after if phase.hold else None
            if after in plan.phases and after not in inside:
                yield remark(
                    f"{phase.key}.hold",
                    f"counts from {after}, which is done once: each pass of {loop.key} "
                    "adds to the time of the next",
                )
            continue
        for name in _read_from(phase, inside):
            yield remark(
                phase.key, f"{name} is a value of the loop {loop.key}: that of its last pass counts"
            )


def _read_from(phase: Phase, inside: Collection[str]) -> Iterator[str]:
    for ref in references(phase):
        if ref.step in inside:
            yield f"{ref.step}.{ref.input}"


def _inside(plan: Plan, phase: Phase, times: int) -> Iterator[Finding]:
    """A step that may be done several times: lots are made once, charges add up."""
    match phase.work:
        case Produce():
            yield error(
                phase.key,
                "stands in a loop, and a batch puts what it makes into a lot once",
                "let it follow the loop",
            )
        case Weigh(line=line) | IdentifyMaterial(line=line) if line in plan.lines:
            if isinstance(phase.work, Weigh) or line not in plan.weigh_steps:
                yield remark(
                    phase.key,
                    f"charges {plan.lines[line].quantity} of {line} in every pass, "
                    f"up to {times} times",
                )
        case _:
            pass


def _times(block: Block, passes: int) -> Iterator[tuple[str, int]]:
    """How often each step may be done at most."""
    if isinstance(block, Phase):
        yield block.key, passes
    if isinstance(block, Repeat):
        passes *= block.most
    yield from chain.from_iterable(_times(child, passes) for child in blocks_in(block))


def _steps(loop: Repeat) -> frozenset[str]:
    return frozenset(phase.key for phase in phases(loop.body))
