"""Readings for programs: ask a device, see what it shows, and load a simulated pan."""

from dataclasses import dataclass
from uuid import UUID

from flask import Response, request

from ebr import batches, readings
from ebr.identity import Right
from ebr.kernel import Unavailable, Unknown
from ebr.readings import (
    Act,
    AnswerView,
    AskReading,
    ExplainOrphan,
    LiveView,
    OrphansPage,
    ReadingView,
    WatchDevice,
)
from ebr.web import asking, binding, responses, work
from ebr.web.routing import Route
from ebr.web.screens import pans


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a device is asked: a weight at rest, a tare, a zero."""

    kind: Act = Act.WEIGH


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question's identifier, under which its answer is found."""

    request: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What lies on the simulated pan from now on, container included: `12.487 g`."""

    weight: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault that the simulated device has from now on; empty: none."""

    fault: str = ""


def ask_device(batch: UUID, step: str) -> Response:
    """Ask the scale of a weighing step; the answer is stored before anybody can accept it."""
    question = binding.bind(Question)
    command = AskReading(device=scale_of(batch, step), act=question.kind, batch=batch, step=step)
    asked = Asked(request=UUID(work.act(readings.ask, command)))
    return responses.answer(asked, status=202)


def show_answer(batch: UUID, step: str, question: UUID) -> Response:
    """How far a question to a device has come, and the reading that answers it."""
    found: AnswerView = work.ask(readings.answer, question)
    if (found.batch, found.step) != (batch, step):
        raise Unknown("question")
    return responses.answer(found)


def show_live(batch: UUID, step: str) -> Response:
    """What the scale of a weighing step shows at this moment; for display only."""
    found: LiveView | None = work.ask(readings.live, scale_of(batch, step))
    if found is None:
        raise Unavailable("The scale")
    return responses.answer(found)


def watch_device(batch: UUID, step: str) -> Response:
    """Somebody looks at the scale of a step: it is read several times a second for a while."""
    work.act(readings.watch, WatchDevice(device=scale_of(batch, step)))
    return responses.done()


def scale_of(batch: UUID, step: str) -> str:
    """The scale that stands identified for a weighing step; `Unknown` when there is none."""
    weigh = asking.ask(batches.step, batch, step).weigh
    if weigh is None or weigh.scale is None:
        raise Unknown("scale of this step")
    return weigh.scale.code


def list_unasked() -> Response:
    """Readings that nobody asked for and nobody has explained, newest first; `all=yes`: all."""
    found: OrphansPage = work.ask(
        readings.orphans,
        after=request.args.get("after"),
        only_open=request.args.get("all") != "yes",
    )
    return responses.answer(found)


def explain_reading(reading: UUID) -> Response:
    """Say what a reading was that nobody asked for, and whose batch it belongs to, if to any."""
    work.act(readings.explain, binding.bind(ExplainOrphan, reading=reading))
    return responses.answer(work.ask(readings.reading, reading))


def load_pan(equipment: str) -> Response:
    """Put something on the pan of a simulated balance; a real one is refused."""
    load = binding.bind(Load)
    pans.load(work.ask(pans.pan, asking.settings(), equipment), load.weight)
    return responses.done()


def set_fault(equipment: str) -> Response:
    """Give a simulated device a fault, or take every fault away."""
    asked = binding.bind(Fault)
    pans.fault(work.ask(pans.pan, asking.settings(), equipment), asked.fault)
    return responses.done()


STEP = "/batches/<uuid:batch>/steps/<step>"
LOOK, ASK = Right.VIEW_READINGS, Right.READ_DEVICES
ROUTES = (
    Route(
        "GET", "/readings/unasked", list_unasked, LOOK, answers=OrphansPage, asks=("all", "after")
    ),
    Route(
        "POST",
        "/readings/<uuid:reading>/explanation",
        explain_reading,
        Right.DECIDE_EXCEPTIONS,
        takes=ExplainOrphan,
        answers=ReadingView,
    ),
    Route("POST", STEP + "/readings", ask_device, ASK, takes=Question, answers=Asked, status=202),
    Route("GET", STEP + "/readings/<uuid:question>", show_answer, LOOK, answers=AnswerView),
    Route("GET", STEP + "/live", show_live, LOOK, passive=True, answers=LiveView),
    Route("POST", STEP + "/watch", watch_device, LOOK, unattended=True),
    Route("POST", "/simulator/<equipment>/load", load_pan, ASK, takes=Load),
    Route("POST", "/simulator/<equipment>/fault", set_fault, ASK, takes=Fault),
)
