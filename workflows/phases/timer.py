"""A waiting time by the server's clock, from the start of the step.

Ending early or late is an exception by itself.
"""

from workflows.course import Course, Departure
from workflows.events import ExceptionKind
from workflows.given import given
from workflows.recipe import Phase, Timer


def completing(course: Course, phase: Phase, work: Timer) -> Course:
    """Judge the waiting time at the first completion; signing again does not wait again."""
    step = course.batch.steps[phase.key]
    if step.generation:
        return course
    waited_s = int((course.facts.now - given(step.started_at)).total_seconds())
    if waited_s < work.least_s:
        kind, limit = ExceptionKind.TIMER_EARLY, f"at least {work.least_s} s"
    elif work.most_s is not None and waited_s > work.most_s:
        kind, limit = ExceptionKind.TIMER_LATE, f"at most {work.most_s} s"
    else:
        return course
    return course.raising(
        Departure(
            kind=kind,
            severity=phase.exceptions.severity,
            text=f"{phase.title}: ended after {waited_s} s; the recipe asks for {limit}.",
            step=phase.key,
            blocks=phase.exceptions.blocks,
        )
    )
