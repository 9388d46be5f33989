"""What quality control signs about stock: a decision, a retest, an earlier expiry, a count."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response

from ebr import inventory
from ebr.identity import Right
from ebr.inventory import CountContainer, LotVerb, RecordRetest, SetLotStatus, ShortenExpiry
from ebr.kernel import Why
from ebr.web import binding, responses, sessions, work
from ebr.web.pages.inventory import VERBS, container_of
from ebr.web.routing import Route
from ebr.web.screens.forms import WHY, Field, Form, signing
from workflows.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision about a lot before it is signed."""

    verb: LotVerb
    why: Why | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retest:
    """A retest before it is signed."""

    retest_on: date
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """An earlier expiry before it is signed."""

    expires_on: date
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A count before it is signed."""

    found: Quantity
    why: Why


def ask_decision(lot: str) -> Response:
    """What can be decided about a lot, and why it is."""
    view = work.ask(inventory.lot, lot)
    verbs = tuple((each.verb, VERBS[LotVerb(each.verb)][0]) for each in view.choices)
    verb = Field(kind="choice", name="verb", label="Decision", options=verbs)
    why = Field(
        kind="area", name="why.text", label="Reason", hint="Not for a release.", required=False
    )
    return _form(f"Decide about lot {lot}", lot, "status", "stamp", verb, why)


def show_decision(lot: str) -> Response:
    """What would be signed with the decision; nothing is kept."""
    asked = binding.bind(Decision)
    found = work.ask(inventory.statement_for_decision, lot, asked.verb, asked.why)
    words = VERBS[asked.verb][0]
    return _sign(f"{words}: lot {lot}", lot, "status", found, _pairs(asked.why, verb=asked.verb))


def set_lot_status(lot: str) -> Response:
    """Release, reject, block or unblock a lot, signed."""
    work.act(inventory.set_lot_status, binding.bind(SetLotStatus, lot=lot))
    return _seen(lot, "Decided and signed.")


def ask_retest(lot: str) -> Response:
    """Until when a retest holds."""
    day = Field(kind="date", name="retest_on", label="Retest again on")
    return _form(f"Retest of lot {lot}", lot, "retest", "test-tube", day, WHY)


def show_retest(lot: str) -> Response:
    """What would be signed with the retest; nothing is kept."""
    asked = binding.bind(Retest)
    found = work.ask(inventory.statement_for_retest, lot, asked.retest_on, asked.why)
    pairs = _pairs(asked.why, retest_on=asked.retest_on)
    return _sign(f"Retest of lot {lot}", lot, "retest", found, pairs)


def record_retest(lot: str) -> Response:
    """Record that a lot passed its retest, signed."""
    work.act(inventory.record_retest, binding.bind(RecordRetest, lot=lot))
    return _seen(lot, "Retest recorded and signed.")


def ask_expiry(lot: str) -> Response:
    """Until when a lot holds after all."""
    day = Field(kind="date", name="expires_on", label="Expires on, earlier than before")
    return _form(f"Shorten the expiry of lot {lot}", lot, "expiry", "calendar-x", day, WHY)


def show_expiry(lot: str) -> Response:
    """What would be signed with the earlier expiry; nothing is kept."""
    asked = binding.bind(Expiry)
    found = work.ask(inventory.statement_for_expiry, lot, asked.expires_on, asked.why)
    pairs = _pairs(asked.why, expires_on=asked.expires_on)
    return _sign(f"Expiry of lot {lot}", lot, "expiry", found, pairs)


def shorten_expiry(lot: str) -> Response:
    """Bring the expiry of a lot forward, signed."""
    work.act(inventory.shorten_expiry, binding.bind(ShortenExpiry, lot=lot))
    return _seen(lot, "Expiry brought forward and signed.")


def ask_count(code: str) -> Response:
    """What was found in a container."""
    scan = container_of(code)
    lot, unit = scan.lot_number, scan.remaining.unit
    found = Field(kind="text", name="found.value", label=f"Found, in {unit}")
    form = Form(
        title=f"Count {code}", action=f"/containers/{code}/count/sign", verb="Go on", icon="scale",
        back=f"/lots/{lot}", fields=(found, WHY), hidden=(("found.unit", unit),),
    )  # fmt: skip
    return responses.show("office/form.html", form=form)


def show_count(code: str) -> Response:
    """What would be signed with the count; nothing is kept."""
    asked = binding.bind(Count)
    found = work.ask(inventory.statement_for_count, code, asked.found, asked.why)
    pairs = _pairs(asked.why, **{"found.value": asked.found.value, "found.unit": asked.found.unit})
    back = f"/lots/{container_of(code).lot_number}"
    return _dialog(f"Count {code}", f"/containers/{code}/count", back, found, pairs)


def count_container(code: str) -> Response:
    """Record what a count found in a container, signed."""
    work.act(inventory.count_container, binding.bind(CountContainer, container=code))
    return _seen(container_of(code).lot_number, f"The count of {code} is recorded and signed.")


def _pairs(why: Why | None, **more: object) -> tuple[tuple[str, str], ...]:
    """What goes along unseen from the question to the signature."""
    told = tuple((name, str(value)) for name, value in more.items())
    return (*told, ("why.text", why.text)) if why else told


def _form(title: str, lot: str, way: str, icon: str, *fields: Field) -> Response:
    back = f"/lots/{lot}"
    action = f"{back}/{way}/sign"
    return responses.form(title, action, "Go on", icon, back, *fields)


def _sign(
    title: str, lot: str, way: str, statement: Any, hidden: tuple[tuple[str, str], ...]
) -> Response:
    return _dialog(title, f"/lots/{lot}/{way}", f"/lots/{lot}", statement, hidden)


def _dialog(
    title: str, action: str, back: str, statement: Any, hidden: tuple[tuple[str, str], ...]
) -> Response:
    form = Form(
        title=title,
        action=action,
        verb="Sign",
        icon="pen-line",
        back=back,
        say="I decided this about the stock as it stands here.",
        hidden=hidden,
    )
    first = not sessions.require().continuous
    return responses.show("office/sign.html", form=form, signing=signing(statement), first=first)


def _seen(lot: str, said: str) -> Response:
    return responses.see(f"/lots/{lot}", said=said)


QC, LOT, COUNT = Right.SET_LOT_STATUS, "/lots/<lot>", "/containers/<code>/count"
ROUTES = (
    Route("GET", LOT + "/status", ask_decision, QC),
    Route("POST", LOT + "/status/sign", show_decision, QC, form=ask_decision),
    Route("POST", LOT + "/status", set_lot_status, QC, form=show_decision),
    Route("GET", LOT + "/retest", ask_retest, QC),
    Route("POST", LOT + "/retest/sign", show_retest, QC, form=ask_retest),
    Route("POST", LOT + "/retest", record_retest, QC, form=show_retest),
    Route("GET", LOT + "/expiry", ask_expiry, QC),
    Route("POST", LOT + "/expiry/sign", show_expiry, QC, form=ask_expiry),
    Route("POST", LOT + "/expiry", shorten_expiry, QC, form=show_expiry),
    Route("GET", COUNT, ask_count, QC),
    Route("POST", COUNT + "/sign", show_count, QC, form=ask_count),
    Route("POST", COUNT, count_container, QC, form=show_count),
)
