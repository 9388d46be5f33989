"""The shop floor: work list, batches, the screens of a step and the dialogs over them."""

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any
from uuid import UUID

from flask import Response, request

from ebr import batches
from ebr.batches import (
    CompleteStep,
    CorrectValue,
    SkipStep,
    TypeWeight,
    WitnessStep,
)
from ebr.identity import Right
from ebr.kernel import Malformed
from ebr.web import addresses, asking, binding, responses, sessions, statements, work
from ebr.web.routing import Route
from ebr.web.screens import maps, signing, steps, worklist
from workflows import BatchStatus
from workflows import commands as acts
from workflows.recipe import Severity

Operation = Callable[..., None]
PLACE = {"batch", "step"}  # what the address says of an act
WHYS = tuple(
    (text, text)
    for text in (
        "Misread",
        "Mistyped",
        "Wrong field",
        "Rounded wrongly",
        "Measured again under the right conditions",
        "Other",
    )
)
SEVERITIES = (
    (Severity.MINOR.value, "Minor", "No influence on the product is expected"),
    (Severity.MAJOR.value, "Major", "It may touch the product or the record"),
    (Severity.CRITICAL.value, "Critical", "People or product are at risk"),
)


def show_work() -> Response:
    """What this person can do now, and what waits for whom."""
    begins = worklist.midnight(sessions.here().now)
    found = asking.ask(worklist.work_list, begins)
    title = worklist.heading(len(found.tasks))
    return responses.show("batches/work.html", blocks=("tasks",), work=found, title=title)


def list_batches() -> Response:
    """Batches, the newest first."""
    asked = request.args.get("status", "")
    if asked and asked not in set(BatchStatus):
        raise Malformed({"status": (f"Choose one of {', '.join(BatchStatus)}.",)})
    status = BatchStatus(asked) if asked else None
    found = work.ask(batches.batches, status=status, after=request.args.get("after") or None)
    states = tuple(BatchStatus)
    newer = "after" in request.args
    return responses.show("batches/list.html", found=found, asked=asked, states=states, newer=newer)


def show_batch(batch: UUID) -> Response:
    """A batch with its steps by operation, its lots, and a page of exceptions and remarks."""
    return responses.show("batches/batch.html", dialog=None, **_whole(batch))


def _whole(batch: UUID) -> dict[str, Any]:
    """What the page of a batch shows; `exceptions`, `comments` and `step` of the address choose."""
    asked = {name: request.args.get(name) or None for name in ("exceptions", "comments", "step")}
    step, size = asked["step"], worklist.LISTED
    view, whole = work.ask(batches.batch, batch), request.args.get("drawn") == "whole"
    control = work.ask(batches.control_recipe, batch)
    return {
        "batch": view,
        "map": maps.batch_map(control, view, everything=whole),
        "drawn_whole": whole,
        "exceptions": work.ask(
            batches.exceptions, batch, step=step, after=asked["exceptions"], size=size
        ),
        "comments": work.ask(
            batches.comments, batch, step=step, after=asked["comments"], size=size
        ),
        "asked": asked,
    }


def show_step(batch: UUID, step: str) -> Response:
    """One step: what to do, what is on record, who signs."""
    at = asking.ask(steps.screen, batch, step)
    return responses.show("batches/step.html", blocks=("step",), screen=at, dialog=None)


def _dialog(kind: type[Any], act: str, template: str = "batches/sign.html") -> Callable[..., Any]:
    """The dialog in which an act on a step is signed, over the step."""

    def view(batch: UUID, step: str) -> Response:
        return _signing(kind, act, template, batch, step)

    view.__name__ = f"{act}_dialog"
    view.__doc__ = f"Sign: {act.replace('_', ' ')}."
    return view


def _signing(kind: type[Any], act: str, template: str, batch: UUID, step: str) -> Response:
    """What is signed stands in the address or, after a refusal, in the form that came back."""
    parts = {field.name: field for field in fields(kind)}
    given = {name: text for name, text in _given().items() if name in parts.keys() - PLACE}
    shown: signing.Dialog | None = None
    hidden: dict[str, str] = {}
    asked = {name for name, field in parts.items() if field.default is MISSING}
    if asked - PLACE <= set(given):
        command = binding.bind_values(kind, given, batch=batch, step=step)
        found = asking.ask(batches.statements_for, command)
        continuous, before = sessions.require().continuous, statements.shown_before()
        shown = signing.dialog(found, continuous=continuous, before=before) if found else None
        hidden = given
    at = asking.ask(steps.screen, batch, step)
    field = steps.correctable(at, given.get("input", "")) if act == "correct" else None
    told: dict[str, Any] = {
        "act": act,
        "hidden": hidden,
        "whys": WHYS,
        "asked": _given(),
        "field": field,
    }
    return responses.show(template, screen=at, dialog=shown, **told)


def _given() -> dict[str, str]:
    """The fields of an act, of the address or of the form; the reason as a whole."""
    source = request.form if request.method == "POST" else request.args
    found = {name: text.strip() for name, text in source.items() if text.strip()}
    if "why" not in found and "text" in found:
        chosen = found.get("reason", "Other")
        found["why"] = found["text"] if chosen == "Other" else f"{chosen}: {found['text']}"
    return found


sign_dialog = _dialog(acts.CompleteStep, "complete")
witness_dialog = _dialog(acts.WitnessStep, "witness")
skip_dialog = _dialog(acts.SkipStep, "skip", "batches/skip.html")
correct_dialog = _dialog(acts.CorrectValue, "correct", "batches/correct.html")
typed_weight_dialog = _dialog(acts.TypeWeight, "typed_weight", "batches/typed_weight.html")


def problem_dialog(batch: UUID) -> Response:
    """Report a problem of the whole batch."""
    return _remark("batches/problem.html", batch)


def step_problem_dialog(batch: UUID, step: str) -> Response:
    """Report a problem of a step."""
    return _remark("batches/problem.html", batch, step)


def comment_dialog(batch: UUID) -> Response:
    """Leave a remark that stays, on the whole batch."""
    return _remark("batches/comment.html", batch)


def step_comment_dialog(batch: UUID, step: str) -> Response:
    """Leave a remark that stays, on a step."""
    return _remark("batches/comment.html", batch, step)


def _remark(template: str, batch: UUID, step: str = "") -> Response:
    of_step = step or (request.form.get("step", "") if request.method == "POST" else "")
    close = f"/batches/{batch}"
    if not of_step:
        over = {"under": "batches/batch.html", **_whole(batch)}
    else:
        at = asking.ask(steps.screen, batch, of_step)
        over = {"under": "batches/step.html", "screen": at, "batch": at.batch}
        close = at.url
    return responses.show(
        template, dialog="remark", step=of_step, close=close, severities=SEVERITIES, **over
    )


def _then(batch: UUID, step: str, said: str = "") -> Response:
    """After an act on a step: the step drawn anew, for htmx in place, else by its address."""
    if responses.target() == "step":
        return show_step(batch, step)
    return responses.see(addresses.of_step(batch, step), said=said)


def _act(
    operation: Callable[..., None], kind: type[Any], said: str = ""
) -> Callable[..., Response]:
    """A view that binds the command of a step, does it and shows the step."""

    def view(batch: UUID, step: str) -> Response:
        work.act(operation, binding.bind(kind, batch=batch, step=step))
        return _then(batch, step, said)

    view.__name__ = operation.__name__
    view.__doc__ = operation.__doc__
    return view


def correct_value(batch: UUID, step: str) -> Response:
    """Put a right value beside a wrong one; what is not under a signature yet takes none."""
    unsigned = not any(name.startswith("signatures.") for name in request.form)
    given: dict[str, Any] = {"signatures": ()} if unsigned else {}
    command = binding.bind(CorrectValue, batch=batch, step=step, **given)
    work.act(batches.correct_value, command)
    return _then(batch, step, "Corrected; both values stay on record.")


def report_problem(batch: UUID) -> Response:
    """Report a problem: an exception by hand."""
    work.act(batches.report_problem, binding.bind(acts.ReportProblem, batch=batch))
    return _back(batch, "Problem recorded as an exception; quality sees it at once.")


def add_comment(batch: UUID) -> Response:
    """Leave a remark that cannot be edited."""
    work.act(batches.add_comment, binding.bind(acts.AddComment, batch=batch))
    return _back(batch, "Comment recorded.")


def _back(batch: UUID, said: str) -> Response:
    step = request.form.get("step", "")
    return responses.see(addresses.of_step(batch, step) if step else f"/batches/{batch}", said)


BATCH, STEP = "/batches/<uuid:batch>", "/batches/<uuid:batch>/steps/<step>"
LOOK, DO = Right.VIEW_BATCHES, Right.EXECUTE_STEPS
_start = _act(batches.start_step, acts.StartStep)
_value = _act(batches.record_value, acts.RecordValue)
_material = _act(batches.identify_material, acts.IdentifyMaterial)
_equipment = _act(batches.identify_equipment, acts.IdentifyEquipment)
_weight = _act(batches.accept_reading, acts.AcceptReading)
_calculate = _act(batches.calculate, acts.Calculate)
_complete = _act(batches.complete_step, CompleteStep, "Signed.")
_witness = _act(batches.witness_step, WitnessStep, "Witnessed.")
_skip = _act(batches.skip_step, SkipStep, "Step skipped, with an exception for quality.")
_typed = _act(batches.type_weight, TypeWeight, "Typed weight recorded, with an exception.")

ROUTES = (
    Route("GET", "/work", show_work, DO, menu="My work", icon="list-checks"),
    Route("GET", "/batches", list_batches, LOOK, menu="Batches", icon="boxes"),
    Route("GET", BATCH, show_batch, LOOK),
    Route("GET", BATCH + "/problem", problem_dialog, Right.REPORT_PROBLEMS),
    Route("GET", BATCH + "/comment", comment_dialog, Right.ADD_COMMENTS),
    Route("POST", BATCH + "/problems", report_problem, Right.REPORT_PROBLEMS, form=problem_dialog),
    Route("POST", BATCH + "/comments", add_comment, Right.ADD_COMMENTS, form=comment_dialog),
    Route("GET", STEP, show_step, LOOK),
    Route("POST", STEP + "/start", _start, DO, form=show_step),
    Route("POST", STEP + "/values", _value, DO, form=show_step),
    Route("POST", STEP + "/material", _material, DO, form=show_step),
    Route("POST", STEP + "/equipment", _equipment, DO, form=show_step),
    Route("POST", STEP + "/weight", _weight, DO, form=show_step),
    Route("POST", STEP + "/calculate", _calculate, DO, form=show_step),
    Route("GET", STEP + "/sign", sign_dialog, DO),
    Route("POST", STEP + "/complete", _complete, DO, form=sign_dialog),
    Route("GET", STEP + "/witness", witness_dialog, LOOK),
    Route("POST", STEP + "/witness", _witness, LOOK, form=witness_dialog),
    Route("GET", STEP + "/skip", skip_dialog, Right.SKIP_STEPS),
    Route("POST", STEP + "/skip", _skip, Right.SKIP_STEPS, form=skip_dialog),
    Route("GET", STEP + "/correct", correct_dialog, Right.CORRECT_VALUES),
    Route("POST", STEP + "/corrections", correct_value, Right.CORRECT_VALUES, form=correct_dialog),
    Route("GET", STEP + "/typed-weight", typed_weight_dialog, Right.TYPE_WEIGHTS),
    Route("POST", STEP + "/typed-weight", _typed, Right.TYPE_WEIGHTS, form=typed_weight_dialog),
    Route("GET", STEP + "/problem", step_problem_dialog, Right.REPORT_PROBLEMS),
    Route("GET", STEP + "/comment", step_comment_dialog, Right.ADD_COMMENTS),
)
