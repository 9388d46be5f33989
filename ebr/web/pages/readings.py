"""What devices say: the scale of a weighing step, the training site's pan, and what nobody asked.

A reading without a question stays in view until quality has said what it was (ALCOA-E-1).
"""

from urllib.parse import unquote
from uuid import UUID

from flask import Response, request

from devices import Act
from ebr import batches, readings
from ebr.batches import BatchRow
from ebr.identity import Right
from ebr.kernel import Malformed
from ebr.readings import AskReading, ExplainOrphan, OrphansPage, ReadingView, WatchDevice
from ebr.web import addresses, asking, binding, responses, work
from ebr.web.pages.batches import show_step
from ebr.web.routing import Route
from ebr.web.screens import pans, steps, weighing
from ebr.web.screens.forms import Field, Form


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
    """The step anew, once the question to its scale is answered or its waiting time is over."""
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
        return show_step(UUID(parts[2]), unquote(parts[STEP_AT]))
    return responses.see(back)


def list_unasked() -> Response:
    """Readings that nobody asked for: those to be explained, or all that there ever were."""
    every = request.args.get("all") == "yes"
    after = request.args.get("after") or None
    found: OrphansPage = work.ask(readings.orphans, after=after, only_open=not every)
    told = {
        each.explanation.batch
        for each in found.items
        if each.explanation is not None and each.explanation.batch is not None
    }
    return responses.show(
        "readings/unasked.html",
        found=found,
        every=every,
        newer=after is not None,
        named=work.ask(batches.batches_named, told),
    )


def ask_explanation(reading: UUID) -> Response:
    """The form in which quality says what a reading was."""
    found: ReadingView = work.ask(readings.reading, reading)
    shown = f"{found.value} {found.unit}" if found.value is not None else found.frame
    form = Form(
        title="Explain a reading",
        say=f"{found.device} said {shown}, and nobody had asked it. The reading stays as it is.",
        action=f"{UNASKED}/{reading}/explanation",
        verb="Record",
        icon="notebook-pen",
        back=UNASKED,
        fields=(
            Field(kind="area", name="why.text", label="What it was"),
            Field(kind="code", name="batch_number", label="Batch that it belongs to",
                  hint="Empty when it belongs to none.", required=False),
        ),
    )  # fmt: skip
    return responses.show("office/form.html", form=form)


def explain_reading(reading: UUID) -> Response:
    """Say what a reading was that nobody asked for, and whose batch it belongs to, if to any."""
    number = request.form.get("batch_number", "").strip()
    batch: BatchRow | None = work.ask(batches.batch_numbered, number) if number else None
    if number and batch is None:
        raise Malformed({"batch_number": ("There is no batch of this number.",)})
    command = binding.bind(ExplainOrphan, reading=reading, batch=batch.id if batch else None)
    work.act(readings.explain, command)
    return responses.see(UNASKED, said="Recorded; the reading stays beside what was said of it.")


UNASKED = "/readings"
STEP_AT = 4  # where the step stands in /batches/<batch>/steps/<step>


def _then(batch: UUID, step: str) -> Response:
    if responses.target() == "step":
        return show_step(batch, step)
    return responses.see(addresses.of_step(batch, step))


STEP = "/batches/<uuid:batch>/steps/<step>"
EXPLAIN = Right.DECIDE_EXCEPTIONS
ROUTES = (
    Route("GET", UNASKED, list_unasked, Right.VIEW_READINGS, menu="Unasked readings", icon="gauge"),
    Route("GET", UNASKED + "/<uuid:reading>/explanation", ask_explanation, EXPLAIN),
    Route(
        "POST",
        UNASKED + "/<uuid:reading>/explanation",
        explain_reading,
        EXPLAIN,
        form=ask_explanation,
    ),
    Route("POST", STEP + "/readings", ask_reading, Right.READ_DEVICES, form=show_step),
    Route("POST", STEP + "/watch", watch_scale, Right.VIEW_READINGS, unattended=True),
    Route("GET", STEP + "/live", show_live, Right.VIEW_READINGS, passive=True),
    Route("GET", STEP + "/answer", show_answer, Right.VIEW_READINGS, passive=True),
    Route("POST", "/simulator/<equipment>/load", load_pan, Right.READ_DEVICES),
)
