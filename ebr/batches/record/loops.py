"""The loops of a batch as they went: pass by pass, each judgement with the value it stood on."""

from ebr.batches.loops import goal_of
from ebr.batches.record.parts import JudgementRecord, LoopRecord, PassRecord
from ebr.batches.record.story import Story
from ebr.kernel import Told
from workflows import events
from workflows.unrolling import LaidOut, Pass


def loops(story: Story) -> tuple[LoopRecord, ...]:
    """Every loop, an outer one before those inside it."""
    return tuple(_loop(story, each) for each in reversed([*story.batch.plan.loops.values()]))


def _loop(story: Story, loop: LaidOut) -> LoopRecord:
    ended = next(
        (found for found in story.of(events.RepeatEnded) if found[1].loop == loop.key), None
    )
    return LoopRecord(
        key=loop.key,
        title=loop.title,
        goal=goal_of(story.batch, loop),
        most=loop.most,
        passes=tuple(_pass(story, loop, each) for each in loop.passes),
        met=ended[1].met if ended else None,
        because=ended[1].because if ended else "",
        ended_at=story.at(ended[1].at) if ended else None,
        ended_by=ended[1].by if ended else None,
        entry=ended[0].seq if ended else None,
    )


def _pass(story: Story, loop: LaidOut, done: Pass) -> PassRecord:
    began = next(
        (
            event.at
            for _, event in story.of(events.PassStarted)
            if (event.loop, event.number) == (loop.key, done.number)
        ),
        None,
    )
    return PassRecord(
        number=done.number,
        name=done.name,
        began_at=story.maybe(began),
        steps=done.steps,
        judgements=tuple(
            _judgement(story, entry, event)
            for entry, event in story.of(events.PassJudged)
            if (event.loop, event.number) == (loop.key, done.number)
        ),
    )


def _judgement(story: Story, entry: Told, event: events.PassJudged) -> JudgementRecord:
    return JudgementRecord(
        value=event.value,
        unit=event.unit,
        holds=event.holds,
        text=event.text,
        at=story.at(event.at),
        by=event.by,
        station=entry.station,
        correction=event.correction,
        exception=event.exception,
        entry=entry.seq,
    )
