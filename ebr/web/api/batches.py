"""Batches for programs: the same acts, refusals and views as on the screens."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from flask import Response, request

from ebr import batches
from ebr.batches import (
    BatchRow,
    BatchView,
    BoardView,
    CommentView,
    CompleteStep,
    CorrectValue,
    SkipStep,
    StatementView,
    StepView,
    TypeWeight,
    WitnessStep,
)
from ebr.identity import Right
from ebr.kernel import Malformed, Page
from ebr.web import asking, binding, responses, work
from ebr.web.routing import Route
from workflows import BatchStatus
from workflows import commands as acts

PLACE = {"batch", "step"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """What each signer of an act is shown, in the order in which the signatures are given."""

    statements: tuple[StatementView, ...]


def show_board() -> Response:
    """What the caller can do now, and what waits for whom."""
    return responses.answer(asking.ask(batches.board))


def list_batches() -> Response:
    """Batches, the newest first; `status` narrows, `after` turns the page."""
    asked = request.args.get("status")
    if asked and asked not in set(BatchStatus):
        raise Malformed({"status": (f"Choose one of {', '.join(BatchStatus)}.",)})
    status = BatchStatus(asked) if asked else None
    found = work.ask(batches.batches, status=status, after=request.args.get("after"))
    return responses.answer(found)


def show_batch(batch: UUID) -> Response:
    """A batch with its steps, exceptions and people."""
    view = work.ask(batches.batch, batch)
    return responses.answer(view, etag=view.version)


def list_comments(batch: UUID) -> Response:
    """Remarks on a batch and its steps, newest first; `step` narrows, `after` turns the page."""
    step, after = request.args.get("step") or None, request.args.get("after")
    return responses.answer(work.ask(batches.comments, batch, step=step, after=after))


def show_step(batch: UUID, step: str) -> Response:
    """A step with what it asks for and what could be refused."""
    return responses.answer(asking.ask(batches.step, batch, step))


def show_statement(batch: UUID, step: str) -> Response:
    """What a signer of an act on this step is shown: `act`, and the fields of the act."""
    return _statement(batch=batch, step=step)


def show_batch_statement(batch: UUID) -> Response:
    """What a signer of an act on this batch is shown: `act`, and the fields of the act."""
    return _statement(batch=batch)


def _statement(**place: Any) -> Response:
    kind = batches.signed_act(request.args.get("act", ""))
    given = {name: text for name, text in request.args.items() if name != "act" and text}
    names = {field.name for field in fields(kind)}
    known = {name: place[name] for name in place if name in names}
    command = binding.bind_values(kind, given, **known)
    return responses.answer(Statements(statements=asking.ask(batches.statements_for, command)))


def _on_step(operation: Callable[..., None], kind: type[Any]) -> Callable[..., Response]:
    """A view that binds the command of a step, does it and answers with the step."""

    def view(batch: UUID, step: str) -> Response:
        command = binding.bind(kind, batch=batch, step=step)
        work.act(operation, command)
        return show_step(batch, step)

    view.__name__ = operation.__name__
    view.__doc__ = operation.__doc__
    return view


def _on_batch(operation: Callable[..., None], kind: type[Any]) -> Callable[..., Response]:
    """A view that binds the command of a batch, does it and answers with the batch."""

    def view(batch: UUID) -> Response:
        work.act(operation, binding.bind(kind, batch=batch))
        return show_batch(batch)

    view.__name__ = operation.__name__
    view.__doc__ = operation.__doc__
    return view


# The fields of every act that can be signed, beside those that the address names.
ASKED = (
    "act",
    *sorted({field.name for kind in batches.SIGNED.values() for field in fields(kind)} - PLACE),
)
STEP = "/batches/<uuid:batch>/steps/<step>"
LOOK, DO = Right.VIEW_BATCHES, Right.EXECUTE_STEPS


def _act(url: str, operation: Callable[..., None], kind: type[Any], right: Right = DO) -> Route:
    """The route of an act on a step."""
    view = _on_step(operation, kind)
    return Route("POST", STEP + url, view, right, takes=kind, answers=StepView)


ROUTES = (
    Route("GET", "/work", show_board, LOOK, answers=BoardView),
    Route("GET", "/batches", list_batches, LOOK, answers=Page[BatchRow], asks=("status", "after")),
    Route("GET", "/batches/<uuid:batch>", show_batch, LOOK, answers=BatchView),
    Route(
        "GET",
        "/batches/<uuid:batch>/comments",
        list_comments,
        LOOK,
        answers=Page[CommentView],
        asks=("step", "after"),
    ),
    Route("GET", STEP, show_step, LOOK, answers=StepView),
    Route("GET", STEP + "/statement", show_statement, LOOK, answers=Statements, asks=ASKED),
    Route(
        "GET",
        "/batches/<uuid:batch>/statement",
        show_batch_statement,
        LOOK,
        answers=Statements,
        asks=ASKED,
    ),
    _act("/start", batches.start_step, acts.StartStep),
    _act("/values", batches.record_value, acts.RecordValue),
    _act("/material", batches.identify_material, acts.IdentifyMaterial),
    _act("/equipment", batches.identify_equipment, acts.IdentifyEquipment),
    _act("/weight", batches.accept_reading, acts.AcceptReading),
    _act("/typed-weight", batches.type_weight, TypeWeight, Right.TYPE_WEIGHTS),
    _act("/calculate", batches.calculate, acts.Calculate),
    _act("/complete", batches.complete_step, CompleteStep),
    _act("/witness", batches.witness_step, WitnessStep, LOOK),
    _act("/skip", batches.skip_step, SkipStep, Right.SKIP_STEPS),
    _act("/corrections", batches.correct_value, CorrectValue, Right.CORRECT_VALUES),
    Route(
        "POST",
        "/batches/<uuid:batch>/problems",
        _on_batch(batches.report_problem, acts.ReportProblem),
        Right.REPORT_PROBLEMS,
        takes=acts.ReportProblem,
        answers=BatchView,
    ),
    Route(
        "POST",
        "/batches/<uuid:batch>/comments",
        _on_batch(batches.add_comment, acts.AddComment),
        Right.ADD_COMMENTS,
        takes=acts.AddComment,
        answers=BatchView,
    ),
)
