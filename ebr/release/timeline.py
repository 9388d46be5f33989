"""What happened around an exception, in order, from the batch as its history left it. Pure."""

from bisect import bisect_right
from collections.abc import Iterator

import workflows
from ebr.release.views import Moment
from workflows.events import Verdict
from workflows.state import ExceptionState, Step, Value

AROUND = 25  # moments on either side of the exception
_SAID = {
    Verdict.NOT_JUDGED: " recorded",
    Verdict.WITHIN: " recorded, inside limits",
    Verdict.ALERT: " recorded, beyond the alert limits",
    Verdict.ACTION: " recorded, outside the action limits",
    Verdict.REJECT: " recorded, outside the reject limits",
    Verdict.OUT: " recorded, not as it must be",
    Verdict.PART: " recorded, part of a charge",
    Verdict.FAILED: " computed: no result",
}
_TONES = {
    Verdict.WITHIN: "inside",
    Verdict.ACTION: "outside",
    Verdict.REJECT: "outside",
    Verdict.OUT: "outside",
    Verdict.FAILED: "outside",
}


def timeline_of(batch: workflows.Batch, exception: ExceptionState) -> tuple[Moment, ...]:
    """What happened in the step before and after it; without a step, the exception itself.

    Of a long step only what is nearest on either side: the whole is on the record.
    """
    if exception.step is None:
        return (_raised(exception),)
    step = batch.steps[exception.step]
    happened = [
        *_values(step, exception.input),
        *_weighings(step),
        *_signatures(step),
        *_comments(batch, step),
        *_judgements(batch, step),
    ]
    happened += [_raised(batch.exceptions[key]) for key in step.exceptions]
    happened.sort(key=lambda each: each.at)
    here = bisect_right(happened, exception.raised_at, key=lambda each: each.at)
    return tuple(happened[max(0, here - AROUND) : here + AROUND])


def _values(step: Step, own: str | None) -> Iterator[Moment]:
    for generations in step.values.values():
        before: Value | None = None
        for each in generations:
            named = "" if each.input == own else f"{each.title}: "
            corrected = before is not None and each.correction is not None
            yield Moment(
                at=each.at,
                tone="changed" if corrected else _TONES.get(each.verdict, "value"),
                text=each.title if corrected else f"{named}{each.shown}{_SAID[each.verdict]}",
                was=before.shown if before and corrected else "",
                becomes=each.shown if corrected else "",
                by=each.by.name,
            )
            before = each


def _weighings(step: Step) -> Iterator[Moment]:
    for each in step.weighings:
        yield Moment(
            at=each.at,
            tone="value",
            text=f"{each.net} weighed from {each.container_code}, {each.source}",
            was="",
            becomes="",
            by=each.by.name,
        )


def _signatures(step: Step) -> Iterator[Moment]:
    for each in step.signatures:
        fallen = f", superseded by {each.superseded}" if each.superseded else ""
        yield Moment(
            at=each.at,
            tone="signed",
            text=f"signed as {each.meaning}{fallen}",
            was="",
            becomes="",
            by=each.by.name,
        )


def _comments(batch: workflows.Batch, step: Step) -> Iterator[Moment]:
    for each in batch.comments:
        if each.step == step.key:
            yield Moment(
                at=each.at,
                tone="comment",
                text=f"“{each.text}”",
                was="",
                becomes="",
                by=each.by.name,
            )


def _judgements(batch: workflows.Batch, step: Step) -> Iterator[Moment]:
    """How the pass that the step is judged for stood to the end of its loop."""
    for key, loop in batch.plan.loops.items():
        judged = {each.number: each for each in loop.passes if each.judged.step == step.key}
        for each in batch.loops[key].judgements:
            if each.number in judged:
                again = f" again after {each.correction}" if each.correction else ""
                yield Moment(
                    at=each.at,
                    tone="inside" if each.holds else "value",
                    text=f"pass {judged[each.number].name} judged{again}: {each.text}",
                    was="",
                    becomes="",
                    by="the system",
                )


def _raised(each: ExceptionState) -> Moment:
    return Moment(
        at=each.raised_at,
        tone="exception",
        text=f"{each.exception} raised" if each.input else f"{each.exception} raised: {each.text}",
        was="",
        becomes="",
        by=each.raised_by.name,
    )
