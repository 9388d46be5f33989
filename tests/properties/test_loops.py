"""Properties of loops: in any recipe, whatever people do, a loop keeps its bound and its order.

Recipes are drawn as trees of sequences, branches and loops in loops. A batch of each is driven by
random acts, sensible and not, and checked after each one.
"""

from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders.engine import Bench
from tests.builders.looped import bench_of, looped
from tests.builders.small_plant import BATCH, KELLER, LINDQVIST, OKAFOR, phase
from tests.plugin import verifies
from workflows import (
    BatchStatus,
    Refused,
    StepStatus,
    findings,
    has_errors,
    open_steps,
    replay,
    status_of,
    waiting_for,
)
from workflows import commands as acts
from workflows.events import PassStarted, RepeatEnded
from workflows.recipe import (
    Block,
    Entry,
    Input,
    InputKind,
    Parallel,
    Recipe,
    Repeat,
    Sequence,
    Severity,
    Until,
    ValueRef,
    phases,
)

LOOK = Input(key="look", title="Look", kind=InputKind.CHOICE, choices=("done", "raw"))
SHAPES = st.recursive(
    st.just("step"),
    lambda inner: st.one_of(
        st.tuples(st.just("sequence"), st.lists(inner, min_size=1, max_size=2)),
        st.tuples(st.just("parallel"), st.lists(inner, min_size=2, max_size=2)),
        st.tuples(st.just("repeat"), inner, st.integers(2, 3)),
    ),
    max_leaves=4,
)
DONE = frozenset({StepStatus.COMPLETE, StepStatus.SKIPPED})
ACTS = ("do", "do", "do", "do", "skip", "report", "decide", "correct", "start", "complete")
Act = tuple[str, int, str]


def block_of(shape: Any, number: Any) -> Block:
    """The block that a shape stands for, with keys of its own."""
    key = f"b{next(number)}"
    match shape:
        case ("sequence", inner):
            blocks = tuple(block_of(each, number) for each in inner)
            return Sequence(key=key, title=key, blocks=blocks)
        case ("parallel", inner):
            branches = tuple(block_of(each, number) for each in inner)
            return Parallel(key=key, title=key, branches=branches)
        case ("repeat", inner, most):
            body = block_of(inner, number)
            *_, last = phases(body)
            until = Until(value=ValueRef(step=last.key, input="look"), equals="done")
            return Repeat(key=key, title=key, body=body, until=until, most=most)
        case _:
            return phase(key, key, Entry(inputs=(LOOK,)), may_skip=True)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    """A recipe with at least one loop, and a step after everything."""
    number = count()
    shape = draw(SHAPES)
    loop = block_of(("repeat", shape, draw(st.integers(2, 3))), number)
    return looped(loop, block_of("step", number))


def act(bench: Bench, kind: str, pick: int, value: str) -> None:
    """One act at some step; a refusal changes nothing."""
    before = bench.made
    keys = [*before.steps, "b9#9"]
    key = keys[pick % len(keys)]
    ready = open_steps(before)
    try:
        match kind:
            case "do" if ready:
                key = ready[pick % len(ready)]
                bench.begin(key).record(key, "look", value).complete(key)
            case "decide":
                bench.decided()
            case "skip":
                bench.do(acts.SkipStep(batch=BATCH, step=key, why="Not needed here"), KELLER)
            case "report":
                problem = acts.ReportProblem(
                    batch=BATCH, step=key, text="It smells burnt", severity=Severity.CRITICAL
                )
                bench.do(problem, OKAFOR)
            case "correct":
                bench.correct(key, "look", value)
            case "complete":
                bench.complete(key)
            case _:
                bench.begin(key)
    except Refused:
        assert bench.made is before or kind in {"do", "decide"}


def check(bench: Bench) -> None:
    """What holds of every batch at every moment."""
    batch = bench.made
    assert replay(bench.events) == batch
    assert list(batch.steps) == list(batch.plan.phases)
    assert set(batch.loops) == set(batch.plan.loops)
    ready = open_steps(batch)
    for key in batch.steps:
        assert (status_of(batch, key) is StepStatus.OPEN) == (key in ready)
        if status_of(batch, key) is not StepStatus.IDLE:
            continue
        assert waiting_for(batch, key)
    for key, step in batch.steps.items():
        if step.status is not StepStatus.IDLE or key in ready:
            assert all(batch.loops[loop].ended for loop in batch.plan.awaited[key])
    for key, loop in batch.plan.loops.items():
        assert 1 <= batch.loops[key].passes == len(loop.passes) <= loop.most
        for done in loop.passes[:-1]:
            judgement = batch.loops[key].judgement(done.number)
            assert judgement is not None
            first = next(e for e in batch.loops[key].judgements if e.number == done.number)
            assert not first.holds
    ended = [each.loop for each in bench.events if isinstance(each, RepeatEnded)]
    assert len(ended) == len(set(ended))
    if batch.status is not BatchStatus.RUNNING:
        assert all(each.status in DONE for each in batch.steps.values())
        assert all(each.ended for each in batch.loops.values())


def finish(bench: Bench) -> None:
    """Do and sign whatever is left; every batch can be carried to its end."""
    for _ in range(400):
        batch = bench.made
        if batch.status is BatchStatus.COMPLETED:
            return
        bench.decided()
        unsigned = [k for k, s in batch.steps.items() if s.status is StepStatus.UNSIGNED]
        running = [k for k, s in batch.steps.items() if s.status is StepStatus.RUNNING]
        for key in (*unsigned[:1], *running[:1]):
            if bench.made.steps[key].value("look") is None:
                bench.record(key, "look", "done")
            bench.complete(key)
            break
        else:
            ready = open_steps(bench.made)
            if ready:
                act(bench, "do", 0, "done")
    raise AssertionError("the batch does not come to its end")


@verifies("P11-10f-1")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    recipes(),
    st.lists(
        st.tuples(st.sampled_from(ACTS), st.integers(0, 30), st.sampled_from(LOOK.choices)),
        max_size=25,
    ),
)
def test_a_loop_keeps_its_bound_and_its_order_whatever_people_do(
    recipe: Recipe, tried: list[Act]
) -> None:
    assert not has_errors(findings(recipe))
    bench = bench_of(recipe)
    check(bench)
    for kind, pick, value in tried:
        act(bench, kind, pick, value)
        check(bench)
    finish(bench)
    check(bench)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(recipes(), st.lists(st.sampled_from(LOOK.choices), max_size=12), st.integers(0, 200))
def test_the_fold_of_a_prefix_and_then_the_rest_is_the_fold_of_all(
    recipe: Recipe, values: list[str], cut: int
) -> None:
    bench = bench_of(recipe)
    for number, value in enumerate(values):
        act(bench, "do", number, value)
    at = min(cut, len(bench.events))
    assert replay(bench.events[at:], replay(bench.events[:at])) == bench.made


def test_a_loop_at_its_bound_begins_no_further_pass_even_if_all_is_never_done() -> None:
    recipe = looped(block_of(("repeat", ("repeat", "step", 3), 2), count()))
    bench = bench_of(recipe)
    while bench.made.status is BatchStatus.RUNNING:
        act(bench, "do", 0, "raw")
        bench.decided()
    begun = [(e.loop, e.number) for e in bench.events if isinstance(e, PassStarted)]
    assert begun == [("b1#1", 2), ("b1#1", 3), ("b0", 2), ("b1#2", 2), ("b1#2", 3)]
    exhausted = [each for each in bench.made.exceptions.values() if each.blocks]
    assert len(exhausted) == 3
    assert {each.decided_by for each in exhausted} == {LINDQVIST.who}
