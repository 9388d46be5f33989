"""How a loop comes along: what its events leave in the batch. Nothing here judges."""

from collections.abc import Mapping
from dataclasses import replace

from workflows.events import PassJudged, PassStarted, RepeatEnded
from workflows.plan import Plan, plan_at
from workflows.state import Batch, Judgement, Loop, Step


def judged_pass(event: PassJudged, batch: Batch) -> Batch:
    """The batch with one more judgement of a pass; none is ever replaced."""
    loop = batch.loops[event.loop]
    judgement = Judgement(
        number=event.number,
        value=event.value,
        unit=event.unit,
        holds=event.holds,
        text=event.text,
        at=event.at,
        correction=event.correction,
        exception=event.exception,
    )
    return _with(batch, replace(loop, judgements=(*loop.judgements, judgement)))


def started_pass(event: PassStarted, batch: Batch) -> Batch:
    """The batch with the steps of a further pass, and the loops inside it at their first."""
    batch = _with(batch, replace(batch.loops[event.loop], passes=event.number))
    plan = plan_at(batch.recipe, {key: each.passes for key, each in batch.loops.items()})
    loops = {
        key: batch.loops.get(key) or Loop(key=key, title=each.title)
        for key, each in plan.loops.items()
    }
    return replace(batch, plan=plan, steps=laid_out(plan, batch.steps), loops=loops)


def ended(event: RepeatEnded, batch: Batch) -> Batch:
    """The batch with a loop that has ended."""
    loop = batch.loops[event.loop]
    return _with(
        batch,
        replace(
            loop, met=event.met, because=event.because, exception=event.exception, ended_at=event.at
        ),
    )


def laid_out(plan: Plan, known: Mapping[str, Step]) -> Mapping[str, Step]:
    """Every step of the plan in its order: as it stands, or new."""
    return {
        key: known.get(key) or Step(key=key, title=phase.title)
        for key, phase in plan.phases.items()
    }


def _with(batch: Batch, loop: Loop) -> Batch:
    return replace(batch, loops={**batch.loops, loop.key: loop})
