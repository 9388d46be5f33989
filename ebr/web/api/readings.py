"""Readings for programs: ask a device, see what it shows, and load a simulated pan."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response

from devices.simulator import ControlRefused, Pan
from ebr import batches, maintenance, readings
from ebr.identity import Right
from ebr.kernel import Malformed, Reason, Refused, Unavailable, Unknown
from ebr.readings import Act, AnswerView, AskReading, LiveView, WatchDevice
from ebr.web import asking, binding, responses, work
from ebr.web.routing import Route


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


def load_pan(equipment: str) -> Response:
    """Put something on the pan of a simulated balance; a real one is refused."""
    load = binding.bind(Load)
    with_pan(equipment, lambda pan: pan.load(load.weight))
    return responses.done()


def set_fault(equipment: str) -> Response:
    """Give a simulated device a fault, or take every fault away."""
    asked = binding.bind(Fault)

    def put(pan: Pan) -> None:
        pan.clear()
        if asked.fault:
            pan.fault(*asked.fault.split(" ", 1))

    with_pan(equipment, put)
    return responses.done()


def with_pan(equipment: str, what: Callable[[Pan], None]) -> None:
    """Do something to the pan behind a piece of equipment, if it is a simulated one."""
    url = work.ask(maintenance.equipment, equipment).device_url
    live = work.ask(readings.live, equipment)
    if url is None or (live is not None and not live.simulated):
        reason = Reason(
            "device_not_simulated",
            f"{equipment} is not a simulated device.",
            "Put the material on its pan.",
        )
        raise Refused((reason,))
    try:
        what(Pan(int(urlsplit(url).port or 0) + 1))
    except ControlRefused as error:
        if "no simulated scale" in str(error):
            raise Unavailable(f"The simulated balance {equipment}") from error
        raise Malformed({"weight": (str(error),)}) from error


STEP = "/batches/<uuid:batch>/steps/<step>"
LOOK, ASK = Right.VIEW_READINGS, Right.READ_DEVICES
ROUTES = (
    Route("POST", STEP + "/readings", ask_device, ASK, takes=Question, answers=Asked),
    Route("GET", STEP + "/readings/<uuid:question>", show_answer, LOOK, answers=AnswerView),
    Route("GET", STEP + "/live", show_live, LOOK, passive=True, answers=LiveView),
    Route("POST", STEP + "/watch", watch_device, LOOK),
    Route("POST", "/simulator/<equipment>/load", load_pan, ASK, takes=Load),
    Route("POST", "/simulator/<equipment>/fault", set_fault, ASK, takes=Fault),
)
