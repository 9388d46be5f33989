"""Totals counted from the record itself, and the rules that say whether anything is missing."""

from collections.abc import Iterator, Sized
from dataclasses import dataclass

from ebr.batches.record.parts import CommentRecord, LoopRecord, SignatureRecord, StepRecord
from ebr.batches.record.shapes import (
    CheckRecord,
    CorrectionRecord,
    CountsRecord,
    DispositionRecord,
    EntryRecord,
    ExceptionRecord,
    LotRecord,
    RefusedRecord,
)
from workflows import StepStatus
from workflows.commands import Decision
from workflows.events import ExceptionKind, Source, Verdict

RULE_SET = "completeness/1"
OUT = frozenset({Verdict.ACTION, Verdict.REJECT, Verdict.OUT, Verdict.FAILED})
_DONE = frozenset({StepStatus.COMPLETE, StepStatus.SKIPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of the record that totals are counted from."""

    steps: tuple[StepRecord, ...]
    disposition: DispositionRecord
    exceptions: tuple[ExceptionRecord, ...]
    corrections: tuple[CorrectionRecord, ...]
    comments: tuple[CommentRecord, ...]
    lots: tuple[LotRecord, ...]
    refused: tuple[RefusedRecord, ...]
    entries: tuple[EntryRecord, ...]
    loops: tuple[LoopRecord, ...] = ()


def signatures(parts: Parts) -> Iterator[SignatureRecord]:
    """Every signature, wherever it stands."""
    for step in parts.steps:
        yield from step.signatures
    for exception in parts.exceptions:
        for decision in exception.decisions:
            yield from decision.signatures
    yield from parts.disposition.signatures


def counts(parts: Parts) -> CountsRecord:
    """The totals; values are counted once, by the generation in force."""
    signed = list(signatures(parts))
    judged = [value.generations[-1] for step in parts.steps for value in step.values]
    return CountsRecord(
        steps=len(parts.steps),
        complete=sum(step.status is StepStatus.COMPLETE for step in parts.steps),
        skipped=sum(step.status is StepStatus.SKIPPED for step in parts.steps),
        unsigned=len(_unsigned(parts.steps)),
        values=len(judged),
        limited=sum(each.verdict is not Verdict.NOT_JUDGED for each in judged),
        within=sum(each.verdict is Verdict.WITHIN for each in judged),
        alert=sum(each.verdict is Verdict.ALERT for each in judged),
        out=sum(each.verdict in OUT for each in judged),
        corrections=len(parts.corrections),
        manual=len(_typed(parts.steps)),
        weighings=sum(len(step.weighings) for step in parts.steps),
        exceptions=len(parts.exceptions),
        exceptions_open=sum(each.open for each in parts.exceptions),
        comments=len(parts.comments),
        signatures=len(signed),
        superseded=sum(each.superseded is not None for each in signed),
        lots=len(parts.lots),
        refused=len(parts.refused),
        entries=len(parts.entries),
    )


def checks(parts: Parts) -> tuple[CheckRecord, ...]:
    """Every rule of the set, with how many things it looked at and how many fail it."""
    steps, entries = parts.steps, parts.entries
    return (
        _check("steps", "Every step is complete or skipped", steps, _not_done(steps)),
        _check("signed", "Every finished step is signed", steps, _unsigned(steps)),
        *_departures(parts),
        *_corrections(parts),
        *_loops(parts.loops),
        CheckRecord(
            code="unbroken",
            text="The entries follow each other without a gap",
            looked_at=len(entries),
            failing=sum(entry.seq != place for place, entry in enumerate(entries, 1)),
        ),
    )


def _departures(parts: Parts) -> Iterator[CheckRecord]:
    """What departed raised an exception by itself, and each was decided."""
    raised = {(each.step, each.input) for each in parts.exceptions}
    manual = {each.step for each in parts.exceptions if each.kind is ExceptionKind.MANUAL_WEIGHT}
    open_ = [each for each in parts.exceptions if each.open]
    generations = [
        ((step.key, value.input), each.verdict)
        for step in parts.steps
        for value in step.values
        for each in value.generations
    ]
    lost = [place for place, verdict in generations if verdict in OUT and place not in raised]
    typed = _typed(parts.steps)
    unmarked = [step for step in typed if step not in manual]
    deviations = [
        decision
        for each in parts.exceptions
        for decision in each.decisions[-1:]
        if decision.decision is Decision.DEVIATION
    ]
    unnamed = [each for each in deviations if not each.reference]
    yield _check("decided", "Every exception is decided", parts.exceptions, open_)
    yield _check("raised", "Every value outside its limits raised an exception", generations, lost)
    yield _check("typed", "Every weight typed by hand raised an exception", typed, unmarked)
    yield _check("referenced", "Every deviation is named by its number", deviations, unnamed)


def _corrections(parts: Parts) -> Iterator[CheckRecord]:
    """Each correction says why, and raised an exception."""
    raised = sum(each.kind is ExceptionKind.CORRECTION for each in parts.exceptions)
    unexplained = [each for each in parts.corrections if not each.why]
    yield _check("reasons", "Every correction has its reason", parts.corrections, unexplained)
    yield CheckRecord(
        code="corrected",
        text="Every correction raised an exception",
        looked_at=len(parts.corrections),
        failing=max(0, len(parts.corrections) - raised),
    )


def _loops(loops: tuple[LoopRecord, ...]) -> Iterator[CheckRecord]:
    """Where the recipe has loops: each pass was judged, and what was not met was decided."""
    passes = [each for loop in loops for each in loop.passes]
    if loops:
        running = [loop for loop in loops if loop.met is None]
        unjudged = [each for each in passes if not each.judgements]
        yield _check("judged", "Every pass of a loop was judged", passes, unjudged)
        yield _check("ended", "Every loop ended", loops, running)


def _check(code: str, text: str, looked_at: Sized, failing: Sized) -> CheckRecord:
    return CheckRecord(code=code, text=text, looked_at=len(looked_at), failing=len(failing))


def _not_done(steps: tuple[StepRecord, ...]) -> list[StepRecord]:
    return [step for step in steps if step.status not in _DONE]


def _unsigned(steps: tuple[StepRecord, ...]) -> list[StepRecord]:
    """Finished steps under which no signature stands, and those that lost theirs."""
    return [
        step
        for step in steps
        if step.status is StepStatus.UNSIGNED
        or (step.status in _DONE and not any(each.superseded is None for each in step.signatures))
    ]


def _typed(steps: tuple[StepRecord, ...]) -> list[str]:
    """The steps of the amounts that were typed in place of a scale's reading."""
    return [
        step.key
        for step in steps
        for weighing in step.weighings
        if weighing.amounts[-1].source is Source.MANUAL
    ]
