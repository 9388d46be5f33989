"""The loops of a batch as views: each pass with its steps, how it was judged, how it all ended."""

from dataclasses import dataclass
from datetime import datetime

import workflows
from workflows.limits import goal_in_words
from workflows.plan import written_inputs
from workflows.routing import passed
from workflows.state import Judgement
from workflows.unrolling import LaidOut


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementView:
    """One judgement of a pass; a later one stands beside the earlier."""

    text: str
    holds: bool
    value: str
    unit: str | None
    at: datetime
    correction: str | None
    exception: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassView:
    """One pass with its steps, in the order of the procedure."""

    number: int
    name: str  # `2`, or `2.1` in a loop in a loop
    steps: tuple[str, ...]
    judgements: tuple[JudgementView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopView:
    """A loop: what ends it, how far it has come, and what it waits for."""

    key: str
    title: str
    goal: str  # what ends it, in words
    most: int
    passes: tuple[PassView, ...]
    met: bool | None  # None: it has not ended
    stands: str  # where it stands, in words
    ended_at: datetime | None


def loops(batch: workflows.Batch) -> tuple[LoopView, ...]:
    """Every loop of a batch, an outer one before those inside it."""
    return tuple(_loop(batch, each) for each in reversed([*batch.plan.loops.values()]))


def goal_of(batch: workflows.Batch, loop: LaidOut) -> str:
    """What ends a loop: `Gain is 3.0 g to 5.0 g`."""
    ref = loop.last.judged
    asked = written_inputs(batch.plan.phases[ref.step])
    title = next(each.title for each in asked if each.key == ref.input)
    return f"{title} is {goal_in_words(loop.until)}"


def _loop(batch: workflows.Batch, loop: LaidOut) -> LoopView:
    state = batch.loops[loop.key]
    return LoopView(
        key=loop.key,
        title=loop.title,
        goal=goal_of(batch, loop),
        most=loop.most,
        passes=tuple(
            PassView(
                number=each.number,
                name=each.name,
                steps=each.steps,
                judgements=tuple(
                    _judgement(one) for one in state.judgements if one.number == each.number
                ),
            )
            for each in loop.passes
        ),
        met=state.met,
        stands=_stands(batch, loop),
        ended_at=state.ended_at,
    )


def _stands(batch: workflows.Batch, loop: LaidOut) -> str:
    """How it ended, or what it waits for."""
    state = batch.loops[loop.key]
    if state.ended:
        how = "" if state.met else f", its condition not met: quality decided {state.exception}"
        return f"ended with pass {loop.last.name} of at most {loop.most}{how}."
    blocking = [each for step in loop.last.steps for each in batch.blocked_by(step)]
    if blocking:
        named = ", ".join(each.exception for each in blocking)
        return f"pass {loop.last.name} of at most {loop.most} waits for quality to decide {named}."
    left = [batch.steps[step].title for step in loop.last.steps if not passed(batch, step)]
    rest = f" and {len(left) - 1} more" if len(left) > 1 else ""
    return f"pass {loop.last.name} of at most {loop.most} waits for {left[0]}{rest}."


def _judgement(one: Judgement) -> JudgementView:
    return JudgementView(
        text=one.text,
        holds=one.holds,
        value=one.value,
        unit=one.unit,
        at=one.at,
        correction=one.correction,
        exception=one.exception,
    )
