"""An in-process check: every attempt is kept and counted; a failing one may be repeated.

A result that passed is not tested again. A further attempt needs a reason and is an exception in
itself, so that nobody tests until it passes unseen.
"""

from workflows.commands import RecordValue
from workflows.course import Course, Departure
from workflows.events import ExceptionKind, Verdict
from workflows.phases.entry import against_present, record
from workflows.recipe import Input, Phase
from workflows.refusals import Refusal
from workflows.standing import against_reason
from workflows.state import Value

FAILING = frozenset({Verdict.ACTION, Verdict.REJECT})


def against_attempt(asked: Input, now: Value | None, why: str) -> tuple[Refusal, ...]:
    """A first attempt is free; a further one follows a failing one and says why."""
    if now is None:
        return ()
    if now.verdict not in FAILING:
        return against_present(asked, now)
    return against_reason(why, f"a further attempt of {asked.title}")


def attempt(course: Course, phase: Phase, asked: Input, command: RecordValue) -> Course:
    """Keep the attempt; from the second on, say so."""
    earlier = course.batch.steps[phase.key].value(asked.key)
    if earlier is not None:
        course = course.raising(
            Departure(
                kind=ExceptionKind.FURTHER_ATTEMPT,
                severity=phase.exceptions.severity,
                text=(
                    f"{asked.title}: attempt {earlier.attempt + 1} after {earlier.shown} "
                    f"({earlier.verdict}): {command.why}"
                ),
                step=phase.key,
                input=asked.key,
            )
        )
    return record(course, phase, asked, command)
