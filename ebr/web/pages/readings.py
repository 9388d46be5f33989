"""The scale on the screen of a weighing step: ask it, look at it, and the training site's pan."""

from uuid import UUID

from flask import Response, request

from devices import Act
from ebr import readings
from ebr.identity import Right
from ebr.kernel import Malformed
from ebr.readings import AskReading, WatchDevice
from ebr.web import asking, binding, responses, work
from ebr.web.pages.batches import show_step
from ebr.web.routing import Route
from ebr.web.screens import pans, steps, weighing


def ask_reading(batch: UUID, step: str) -> Response:
    """Ask the scale of a step for a weight at rest, a tare or a zero."""
    act = binding.require("act")
    if act not in set(Act):
        raise Malformed({"act": (f"Choose one of {', '.join(Act)}.",)})
    scale = asking.ask(weighing.scale_of, batch, step)
    work.act(readings.ask, AskReading(device=scale, act=Act(act), batch=batch, step=step))
    return _then(batch, step)


def watch_scale(batch: UUID, step: str) -> Response:
    """Keep the scale read several times a second while the page is open."""
    scale = asking.ask(weighing.scale_of, batch, step)
    work.act(readings.watch, WatchDevice(device=scale))
    return responses.done()


def show_live(batch: UUID, step: str) -> Response:
    """What the scale shows at this moment, for display only."""
    at = asking.ask(steps.screen, batch, step)
    if at.live is None:
        return responses.done()
    return responses.show("batches/step.html", blocks=("live",), screen=at, dialog=None)


def show_answer(batch: UUID, step: str) -> Response:
    """How far the question to the scale has come: the step anew once it is answered."""
    at = asking.ask(steps.screen, batch, step)
    if at.stored is not None and at.stored.state == "waiting":
        return responses.done()
    return responses.show("batches/step.html", blocks=("step",), screen=at, dialog=None)


def load_pan(equipment: str) -> Response:
    """Put something on the pan of a simulated balance."""
    place = asking.settings()
    with work.reading() as session:
        pan = pans.pan(session, place, equipment)
    empty = "empty" in request.form
    pans.load(pan, pans.EMPTY if empty else binding.require("weight"))
    back = responses.inside(request.form.get("next", ""))
    parts = back.split("/")
    if responses.target() == "step" and len(parts) > STEP_AT:
        return show_step(UUID(parts[2]), parts[STEP_AT])
    return responses.see(back)


STEP_AT = 4  # where the step stands in /batches/<batch>/steps/<step>


def _then(batch: UUID, step: str) -> Response:
    if responses.target() == "step":
        return show_step(batch, step)
    return responses.see(f"/batches/{batch}/steps/{step}")


STEP = "/batches/<uuid:batch>/steps/<step>"
ROUTES = (
    Route("POST", STEP + "/readings", ask_reading, Right.READ_DEVICES, form=show_step),
    Route("POST", STEP + "/watch", watch_scale, Right.VIEW_READINGS, unattended=True),
    Route("GET", STEP + "/live", show_live, Right.VIEW_READINGS, passive=True),
    Route("GET", STEP + "/answer", show_answer, Right.VIEW_READINGS, passive=True),
    Route("POST", "/simulator/<equipment>/load", load_pan, Right.READ_DEVICES),
)
