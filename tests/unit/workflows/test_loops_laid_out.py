"""Where a step in a loop looks: to its own pass; from outside, to the last one."""

from dataclasses import replace

from tests.builders.looped import (
    COAT,
    ENOUGH,
    SAMPLE,
    UNLOAD,
    WORK_OUT,
    bench_of,
    charge,
    charging,
    coat,
    looped,
)
from tests.builders.small_plant import BATCH, ETHANOL, KELLER, RECIPE, SCALE, phase
from workflows import (
    BatchStatus,
    Code,
    Event,
    open_steps,
    replay,
)
from workflows.commands import (
    StartStep,
)
from workflows.events import PassStarted
from workflows.quantity import parse
from workflows.recipe import (
    HoldTime,
    IdentifyMaterial,
    Instruction,
    Parallel,
    Produce,
    Range,
    Repeat,
    Sequence,
    ValueRef,
    Weigh,
    blocks_in,
    phases,
)
from workflows.weighing import container_of, scale_of


def kinds(events: list[Event]) -> list[str]:
    return [each.KIND.removeprefix("batch.") for each in events]


DAY = Repeat(
    key="day",
    title="Day",
    body=Sequence(key="shift", title="Shift", blocks=(COAT, replace(UNLOAD, key="rest"))),
    until=replace(ENOUGH, within=Range(low=parse("4.0 g"))),
    most=2,
)


def test_a_loop_in_a_loop_begins_anew_in_each_outer_pass() -> None:
    bench = bench_of(looped(DAY, UNLOAD))
    assert list(bench.made.plan.loops) == ["coat#1", "day"]
    assert open_steps(bench.made) == ("spray#1.1",)
    coat(bench, "1.1", "102.0")
    assert bench.refused(StartStep(batch=BATCH, step="spray#2.1")) == [Code.STEP_NOT_BEGUN]
    coat(bench, "1.2", "103.0")
    assert open_steps(bench.made) == ("rest#1",)
    bench.drive("rest#1")
    assert kinds(bench.events[-2:]) == ["pass.judged", "pass.started"]
    started = bench.events[-1]
    assert isinstance(started, PassStarted)
    assert (started.loop, started.name) == ("day", "2")
    assert [loop.key for loop in bench.made.loops.values()] == ["coat#1", "coat#2", "day"]
    assert bench.made.steps["spray#2.1"].title == "Spray one coat, pass 2.1"
    assert bench.made.plan.places["spray#2.1"] == {"day": 2, "coat#2": 1}
    for number, mass in enumerate(("102.0", "102.0", "104.0"), 1):
        coat(bench, f"2.{number}", mass)
    assert bench.made.loops["coat#2"].passes == 3
    bench.drive("rest#2")
    assert bench.made.loops["day"].met is True
    bench.drive("unload")
    assert bench.made.status is BatchStatus.COMPLETED
    assert replay(bench.events) == bench.made


def test_what_is_outside_goes_by_the_last_pass_and_what_is_inside_by_its_own() -> None:
    steps = {each.key: each for each in phases(RECIPE.procedure)}
    produce, weigh = steps["produce"].work, steps["weigh"].work
    assert isinstance(produce, Produce)
    assert isinstance(weigh, Weigh)
    made = replace(
        steps["produce"],
        work=replace(produce, theoretical=ValueRef(step="work-out", input="gain")),
        hold=HoldTime(after="work-out", most_s=60),
    )
    body = Parallel(
        key="both",
        title="Both",
        branches=(
            phase("scan", "Scan", IdentifyMaterial(line="ethanol")),
            replace(WORK_OUT, hold=HoldTime(after="before", most_s=9)),
            replace(steps["weigh"], work=replace(weigh, target=ENOUGH.value)),
        ),
    )
    loop = replace(COAT, body=Sequence(key="b", title="B", blocks=(SAMPLE, body)))
    recipe = looped(phase("before", "Before", Instruction()), loop, made)
    bench = bench_of(replace(recipe, formula=RECIPE.formula, equipment=RECIPE.equipment))
    assert bench.made.plan.phases["produce"].hold == HoldTime(after="work-out#1", most_s=60)
    started = PassStarted(
        at=bench.now,
        by=KELLER.who,
        loop="coat",
        loop_title="Coat",
        number=2,
        name="2",
        most=3,
        because="",
    )
    batch = replay([started], bench.made)
    assert batch is not None
    after, second = batch.plan.phases["produce"], batch.plan.phases["weigh#2"]
    assert after.hold == HoldTime(after="work-out#2", most_s=60)
    assert isinstance(after.work, Produce)
    assert after.work.theoretical == ValueRef(step="work-out#2", input="gain")
    assert isinstance(second.work, Weigh)
    assert second.work.target == ValueRef(step="work-out#2", input="gain")
    assert batch.plan.phases["work-out#2"].hold == HoldTime(after="before", most_s=9)
    assert batch.plan.procedure.blocks[1].title == "Coat"
    assert [each.title for each in blocks_in(batch.plan.procedure.blocks[1])] == [
        "B, pass 1 of at most 3",
        "B, pass 2 of at most 3",
    ]


def test_what_was_identified_in_one_pass_is_not_used_in_another() -> None:
    bench = bench_of(charging())
    charge(bench, "1")
    batch = bench.made
    assert "weigh#2" in batch.steps
    work = batch.plan.phases["weigh#1"].work
    assert isinstance(work, Weigh)
    known, scale = container_of(batch, "weigh#1", work, None), scale_of(batch, "weigh#1", work)
    assert known is not None
    assert scale is not None
    assert (known.code, scale.code) == (ETHANOL.code, SCALE.code)
    assert container_of(batch, "weigh#2", work, ETHANOL.code) is None
    assert scale_of(batch, "weigh#2", work) is None
    assert container_of(batch, "unload", work, None) == known
