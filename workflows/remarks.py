"""What anybody may say about a batch at any time: report a problem, or leave a comment."""

from workflows.commands import AddComment, ReportProblem
from workflows.corrections import clear_review
from workflows.course import Course, Departure
from workflows.events import CommentAdded, ExceptionKind
from workflows.recipe import Severity
from workflows.refusals import Code, Refusal
from workflows.rules import refusal
from workflows.standing import against_open_record, against_step
from workflows.state import Batch
from workflows.wording import fault_in, fault_in_writing


def against_reporting(batch: Batch, command: ReportProblem) -> tuple[Refusal, ...]:
    """The text has to say something."""
    found = _against_place(batch, command.step)
    fault = fault_in(command.text)
    return (*found, refusal(Code.TEXT_MISSING, what="The problem", fault=fault)) if fault else found


def report(course: Course, command: ReportProblem) -> Course:
    """Raise the exception; a critical one in a step holds the step up."""
    course = clear_review(course, "a problem was reported")
    blocks = command.step is not None and (
        command.severity is Severity.CRITICAL
        or course.batch.plan.phases[command.step].exceptions.blocks
    )
    return course.raising(
        Departure(
            kind=ExceptionKind.PROBLEM,
            severity=command.severity,
            text=command.text,
            step=command.step,
            blocks=blocks,
        )
    )


def against_commenting(batch: Batch, command: AddComment) -> tuple[Refusal, ...]:
    """The text has to be there."""
    found = _against_place(batch, command.step)
    fault = fault_in_writing(command.text) or ("" if command.text.strip() else "missing")
    return (*found, refusal(Code.TEXT_MISSING, what="The comment", fault=fault)) if fault else found


def comment(course: Course, command: AddComment) -> Course:
    """Keep the remark."""
    course = clear_review(course, "a comment was added")
    step = course.batch.steps[command.step] if command.step is not None else None
    return course.then(
        CommentAdded(
            at=course.facts.now,
            by=course.facts.performer.who,
            step=command.step,
            step_title=step.title if step else "",
            text=command.text,
        )
    )


def _against_place(batch: Batch, step: str | None) -> tuple[Refusal, ...]:
    found = against_open_record(batch)
    return found if step is None else found + against_step(batch, step)
