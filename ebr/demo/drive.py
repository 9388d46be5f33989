"""A whole batch over HTTP, as several people would make it: order, steps, review, release.

Nothing here knows more than the API tells; what a person would read off an instrument or a label
comes from the script, or is the target that the recipe names.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from ebr.demo.bring import bring_in
from ebr.demo.client import NotDone, Person
from ebr.demo.scripts import Script, Slip
from workflows.quantity import Quantity

Say = Callable[[str], None]
# What a person meets with patience: the device is being started, or still answers somebody.
_JUST_NOW = frozenset({"device_silent", "device_busy"})
_TO_DO = ("open", "running", "awaiting_witness", "unsigned")
WAIT_S = 20.0
PAUSE_S = 0.1


@dataclass(slots=True)
class Crew:
    """Who takes part: author, order, two at the line, a witness, a reviewer, who releases."""

    supervisor: Person
    operators: tuple[Person, Person]
    witness: Person
    reviewer: Person
    releaser: Person
    author: Person

    def everybody(self) -> tuple[Person, ...]:
        """All who sign in; the witness only signs at the others' screens."""
        return (self.author, self.supervisor, *self.operators, self.reviewer, self.releaser)


@dataclass(slots=True)
class Drive:
    """One batch being made."""

    crew: Crew
    script: Script
    say: Say
    after_step: Callable[[str], None] = lambda _: None
    batch: str = ""
    number: str = ""
    _slips: dict[tuple[str, str], Slip] = field(default_factory=dict)

    def make(self) -> str:
        """From order to release; returns the batch's identifier."""
        self._slips = {slip.place: slip for slip in self.script.slips}
        for person in self.crew.everybody():
            person.sign_in()
        if self.script.brought is not None:
            bring_in(self.script.brought, self.crew.author, self.crew.reviewer, self.say)
        self._order()
        while steps := self._to_do():
            for turn, step in enumerate(steps):
                self._step(step, self.crew.operators[turn % 2])
                self.after_step(step["key"])
        self._review()
        self._release()
        return self.batch

    def _order(self) -> None:
        supervisor = self.crew.supervisor
        value, unit = self.script.size.split(" ")
        size = {"value": value, "unit": unit}
        order = supervisor.post("/orders", {"recipe": self.script.recipe, "size": size})
        supervisor.post(f"/orders/{order['number']}/release")
        started = supervisor.post(f"/orders/{order['number']}/start")
        self.batch, self.number = started["batch"], started["number"]
        self.say(f"order {order['number']} made batch {self.number}")

    def _to_do(self) -> list[Mapping[str, Any]]:
        batch = self.crew.operators[0].get(f"/batches/{self.batch}")
        return [
            step
            for operation in batch["operations"]
            for step in operation["steps"]
            if step["status"] in _TO_DO
        ]

    def _step(self, step: Mapping[str, Any], operator: Person) -> None:
        """Bring one step to its end, from wherever it stands."""
        path = f"/batches/{self.batch}/steps/{quote(step['key'], safe='')}"
        view = operator.get(path)
        if view["status"] == "open":
            operator.post(f"{path}/start")
            view = operator.get(path)
        if view["status"] == "running":
            self._work(path, view, operator)
        if view["status"] in ("running", "unsigned"):
            operator.sign(f"{path}/complete", f"{path}/statement?act=complete")
            view = operator.get(path)
        if view["status"] == "awaiting_witness":
            operator.sign(
                f"{path}/witness", f"{path}/statement?act=witness", second=self.crew.witness
            )
        self._correct(path, view, operator)
        self.say(f"{view['number']} {view['title']}")

    def _work(self, path: str, view: Mapping[str, Any], operator: Person) -> None:
        match view["kind"]:
            case "confirm" | "entry" | "check" | "produce":
                for asked in view["inputs"]:
                    if asked["value"] is None:
                        self._record(path, view["key"], asked, operator)
            case "calculation":
                if view["inputs"][0]["value"] is None:
                    operator.post(f"{path}/calculate")
            case "identify_material":
                if not view["containers"]:
                    operator.post(f"{path}/material", {"code": self._container(view, operator)})
            case "identify_equipment":
                if view["equipment"] is None:
                    operator.post(f"{path}/equipment", {"code": self._equipment(view, operator)})
            case "weigh":
                if not view["weigh"]["weighings"]:
                    self._weigh(path, view, operator)
            case "timer":
                time.sleep(max(0, view["timer"]["least_s"] - view["timer"]["elapsed_s"]) + 0.2)
            case _:
                pass

    def _record(self, path: str, step: str, asked: Mapping[str, Any], operator: Person) -> None:
        place = (step, asked["key"])
        value = self._slips[place].wrong if place in self._slips else self._value(place, asked)
        operator.post(
            f"{path}/values", {"input": asked["key"], "value": value, "unit": asked["unit"]}
        )

    def _value(self, place: tuple[str, str], asked: Mapping[str, Any]) -> str:
        step, _, _ = place[0].partition("#")  # in a loop, of whichever pass has none of its own
        for known in (place, (step, place[1])):
            if known in self.script.values:
                return self.script.values[known]
        match asked["kind"]:
            case "confirmation":
                return "yes"
            case "choice":
                return str(asked["choices"][0])
            case "text":
                return "as described"
            case _ if asked["target"]:
                return str(asked["target"]).split(" ", 1)[0]
            case _:
                raise LookupError(f"the script has no value for {place}")

    def _container(self, view: Mapping[str, Any], operator: Person) -> str:
        """The label on the container that stands first on the shelf."""
        code = str(view["wanted_material"]["code"])
        found = operator.get(f"/containers?{urlencode({'material': code})}")["items"]
        return str(found[0]["code"])

    def _equipment(self, view: Mapping[str, Any], operator: Person) -> str:
        """The label on equipment of the class that is fit for use."""
        asked = urlencode({"class": view["wanted_equipment"]["code"], "usable": "yes"})
        found = operator.get(f"/equipment?{asked}")["items"]
        return str(found[0]["equipment"]["code"])

    def _weigh(self, path: str, view: Mapping[str, Any], operator: Person) -> None:
        """Put the target on the pan, ask for a weight at rest, accept what the server stored.

        A person looks before accepting: a balance that was off shows another weight than was put
        on it, and is loaded and asked again.
        """
        weigh = view["weigh"]
        scale = weigh["scale"]["code"]
        until = time.monotonic() + WAIT_S * 3
        while True:
            put = f"{weigh['target']} {weigh['unit']}"
            operator.post(f"/simulator/{scale}/load", {"weight": put})
            reading = self._reading(path, operator)
            if reading is not None and _is_within(reading, weigh):
                break
            if time.monotonic() > until:
                raise TimeoutError("the balance gave no weight at rest of what lies on it")
            time.sleep(PAUSE_S * 5)
        operator.post(f"{path}/weight", {"reading": reading["id"]})
        operator.post(f"/simulator/{scale}/load", {"weight": f"0 {weigh['unit']}"})

    def _reading(self, path: str, operator: Person) -> Mapping[str, Any] | None:
        """A reading at rest; None from a device that is away or busy just now."""
        try:
            request = operator.post(f"{path}/readings", {"kind": "weigh"})["request"]
        except NotDone as refused:
            if refused.codes and refused.codes <= _JUST_NOW:
                return None
            raise
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            answer = operator.get(f"{path}/readings/{request}")
            if answer["state"] == "answered":
                reading: Mapping[str, Any] = answer["reading"]
                return reading
            if answer["state"] in ("failed", "expired"):
                return None
            time.sleep(PAUSE_S)
        return None

    def _correct(self, path: str, view: Mapping[str, Any], operator: Person) -> None:
        """Correct a slip once its step was signed; its signatures fall and are given again."""
        for place, slip in list(self._slips.items()):
            if place[0] != view["key"]:
                continue
            asked = next(each for each in view["inputs"] if each["key"] == place[1])
            body = {
                "input": place[1],
                "value": self._value(place, asked),
                "unit": asked["unit"],
                "why": slip.why,
            }
            query = urlencode({"act": "correct"} | {k: v for k, v in body.items() if v})
            operator.sign(f"{path}/corrections", f"{path}/statement?{query}", body)
            del self._slips[place]
            self.say(f"{view['number']} corrected, {slip.wrong} to {body['value']}")

    def _review(self) -> None:
        reviewer = self.crew.reviewer
        path = f"/batches/{self.batch}"
        for reading in reviewer.get("/readings/unasked")["items"]:
            why = {"text": "It came without a question; its step has a reading of its own."}
            reviewer.post(f"/readings/{reading['id']}/explanation", {"batch": None, "why": why})
            self.say(f"reading {reading['frame']} of {reading['device']} explained")
        while found := reviewer.get(f"{path}/exceptions?show=open")["items"]:
            exception = found[0]
            body = {
                "decision": "accept",
                "reason": f"Assessed with the record: no effect on quality ({exception['kind']}).",
            }
            query = urlencode({"act": "decide", "exception": exception["key"], **body})
            key = exception["key"]
            reviewer.sign(f"{path}/exceptions/{key}/decision", f"{path}/statement?{query}", body)
            self.say(f"{key} decided: {exception['text']}")
        reviewer.sign(f"{path}/review", f"{path}/statement?act=review")
        self.say("record reviewed")

    def _release(self) -> None:
        path = f"/batches/{self.batch}"
        self.crew.releaser.sign(f"{path}/release", f"{path}/statement?act=release")
        self.say(f"batch {self.number} released")


def _is_within(reading: Mapping[str, Any], weigh: Mapping[str, Any]) -> bool:
    """Whether a reading is what was put on the pan, as the screen's limits show it."""
    found = Quantity(reading["value"], reading["unit"])
    least, most = (Quantity(weigh[name], weigh["unit"]) for name in ("least", "most"))
    return found.compare(least) >= 0 >= found.compare(most)


def record_pdf(person: Person, batch: str, patience_s: float = 60.0) -> bytes:
    """The record as PDF, once its rendering job is done."""
    until = time.monotonic() + patience_s
    while True:
        try:
            found = person.get(f"/batches/{batch}/record.pdf")
        except NotDone as error:
            if error.status != 503 or time.monotonic() > until:
                raise
            found = b""
        if isinstance(found, bytes) and found.startswith(b"%PDF"):
            return found
        if time.monotonic() > until:
            raise TimeoutError("the record was not rendered")
        time.sleep(PAUSE_S * 5)
