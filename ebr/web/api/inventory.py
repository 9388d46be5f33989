"""Materials, lots and containers for programs."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from audit.canonical import canonical, digest
from ebr import inventory
from ebr.identity import Right
from ebr.inventory import (
    CountContainer,
    CreateMaterial,
    CreatePlace,
    Genealogy,
    LotLine,
    LotStatus,
    LotVerb,
    LotView,
    MaterialView,
    MoveContainer,
    PlaceView,
    ReceiveLot,
    RecordRetest,
    ScanView,
    SetLotStatus,
    ShortenExpiry,
    Stock,
)
from ebr.kernel import Malformed, Page, Why
from ebr.web import asking, binding, responses, work
from ebr.web.routing import API, Route
from workflows.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What the signer of a decision about stock is shown, and the digest that says so."""

    statement: Any
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision about a lot as it is asked about: what would be signed."""

    verb: LotVerb
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDate:
    """A new date of a lot as it is asked about."""

    day: date
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A count as it is asked about."""

    found: Quantity
    why: str = ""


def list_materials() -> Response:
    """The materials, by code; `after` turns the page."""
    return responses.answer(work.ask(inventory.materials, after=request.args.get("after")))


def create_material() -> Response:
    """Make a material known."""
    command = binding.bind(CreateMaterial)
    work.act(inventory.create_material, command)
    return responses.answer(work.ask(inventory.material, command.code), status=201)


def list_places() -> Response:
    """The places, by code; `after` turns the page."""
    return responses.answer(work.ask(inventory.places, after=request.args.get("after")))


def create_place() -> Response:
    """Make a place known."""
    work.act(inventory.create_place, binding.bind(CreatePlace))
    return responses.answer(work.ask(inventory.places), status=201)


def list_lots() -> Response:
    """Lots, newest first; `material` and `status` narrow, `after` turns the page."""
    asked = request.args.get("status")
    if asked and asked not in set(LotStatus):
        raise Malformed({"status": (f"Choose one of {', '.join(LotStatus)}.",)})
    found = work.ask(
        inventory.lots,
        material=request.args.get("material"),
        status=LotStatus(asked) if asked else None,
        after=request.args.get("after"),
    )
    return responses.answer(found)


def receive_lot() -> Response:
    """Take a delivered lot into quarantine."""
    number = work.act(inventory.receive_lot, binding.bind(ReceiveLot))
    view = work.ask(inventory.lot, number)
    return responses.answer(view, status=201, location=f"{API}/lots/{number}")


def show_lot(lot: str) -> Response:
    """One lot with its containers and what can be decided about it."""
    return responses.answer(work.ask(inventory.lot, lot))


def show_origins(lot: str) -> Response:
    """Everything that went into a lot; `after` turns the page."""
    return responses.answer(work.ask(inventory.origins, lot, after=request.args.get("after")))


def show_products(lot: str) -> Response:
    """Everything that a lot went into; `after` turns the page."""
    return responses.answer(work.ask(inventory.products, lot, after=request.args.get("after")))


def show_decision(lot: str) -> Response:
    """What the signer of a decision about a lot is shown: `verb`, `why`."""
    asked = binding.bind_values(Decision, request.args)
    return _statement(work.ask(inventory.statement_for_decision, lot, asked.verb, _why(asked.why)))


def set_lot_status(lot: str) -> Response:
    """Release, reject, block or unblock a lot, signed."""
    work.act(inventory.set_lot_status, binding.bind(SetLotStatus, lot=lot))
    return show_lot(lot)


def show_retest(lot: str) -> Response:
    """What the signer of a new retest date is shown: `day`, `why`."""
    asked = binding.bind_values(NewDate, request.args)
    return _statement(work.ask(inventory.statement_for_retest, lot, asked.day, _why(asked.why)))


def record_retest(lot: str) -> Response:
    """Record a retest with the next date, signed."""
    work.act(inventory.record_retest, binding.bind(RecordRetest, lot=lot))
    return show_lot(lot)


def show_expiry(lot: str) -> Response:
    """What the signer of an earlier expiry is shown: `day`, `why`."""
    asked = binding.bind_values(NewDate, request.args)
    return _statement(work.ask(inventory.statement_for_expiry, lot, asked.day, _why(asked.why)))


def shorten_expiry(lot: str) -> Response:
    """Bring the expiry of a lot forward, signed."""
    work.act(inventory.shorten_expiry, binding.bind(ShortenExpiry, lot=lot))
    return show_lot(lot)


def list_containers() -> Response:
    """Usable containers of a material, first expired first."""
    material = request.args.get("material", "")
    if not material:
        raise Malformed({"material": ("Name the material.",)})

    def on_the_shelf(session: Session) -> tuple[Stock, ...]:
        inventory.material(session, material)
        now, today = asking.clock(session)
        return inventory.shelf(session, material, now=now, today=today)

    return responses.answer(Page(work.ask(on_the_shelf)))


def show_container(code: str) -> Response:
    """What a scanned code means."""
    return responses.answer(work.ask(inventory.scan, code))


def move_container(code: str) -> Response:
    """Put a container in another place."""
    work.act(inventory.move_container, binding.bind(MoveContainer, container=code))
    return show_container(code)


def show_count(code: str) -> Response:
    """What the signer of a count is shown: `found`, `why`."""
    asked = binding.bind_values(Count, request.args)
    found = work.ask(inventory.statement_for_count, code, asked.found, _why(asked.why))
    return _statement(found)


def count_container(code: str) -> Response:
    """Record what was counted in a container, signed."""
    work.act(inventory.count_container, binding.bind(CountContainer, container=code))
    return show_container(code)


def _why(text: str) -> Why | None:
    return Why(text) if text else None


def _statement(content: Any) -> Response:
    return responses.answer(Statement(statement=content, shown=digest(canonical(content))))


LOOK, LOT, CONTAINER = Right.VIEW_INVENTORY, "/lots/<lot>", "/containers/<code>"
ROUTES = (
    Route("GET", "/materials", list_materials, LOOK, answers=Page[MaterialView], asks=("after",)),
    Route(
        "POST",
        "/materials",
        create_material,
        Right.CREATE_MATERIALS,
        takes=CreateMaterial,
        answers=MaterialView,
        status=201,
    ),
    Route("GET", "/places", list_places, LOOK, answers=Page[PlaceView], asks=("after",)),
    Route(
        "POST",
        "/places",
        create_place,
        Right.CREATE_MATERIALS,
        takes=CreatePlace,
        answers=Page[PlaceView],
        status=201,
    ),
    Route(
        "GET", "/lots", list_lots, LOOK, answers=Page[LotLine], asks=("material", "status", "after")
    ),
    Route(
        "POST",
        "/lots",
        receive_lot,
        Right.RECEIVE_LOTS,
        takes=ReceiveLot,
        answers=LotView,
        status=201,
    ),
    Route("GET", LOT, show_lot, LOOK, answers=LotView),
    Route("GET", LOT + "/origins", show_origins, LOOK, answers=Genealogy, asks=("after",)),
    Route("GET", LOT + "/products", show_products, LOOK, answers=Genealogy, asks=("after",)),
    Route(
        "GET",
        LOT + "/status/statement",
        show_decision,
        LOOK,
        answers=Statement,
        asks=("verb", "why"),
    ),
    Route(
        "POST",
        LOT + "/status",
        set_lot_status,
        Right.SET_LOT_STATUS,
        takes=SetLotStatus,
        answers=LotView,
    ),
    Route(
        "GET", LOT + "/retest/statement", show_retest, LOOK, answers=Statement, asks=("day", "why")
    ),
    Route(
        "POST",
        LOT + "/retest",
        record_retest,
        Right.SET_LOT_STATUS,
        takes=RecordRetest,
        answers=LotView,
    ),
    Route(
        "GET", LOT + "/expiry/statement", show_expiry, LOOK, answers=Statement, asks=("day", "why")
    ),
    Route(
        "POST",
        LOT + "/expiry",
        shorten_expiry,
        Right.SET_LOT_STATUS,
        takes=ShortenExpiry,
        answers=LotView,
    ),
    Route("GET", "/containers", list_containers, LOOK, asks=("material",), answers=Page[Stock]),
    Route("GET", CONTAINER, show_container, LOOK, answers=ScanView),
    Route(
        "POST",
        CONTAINER + "/move",
        move_container,
        Right.MOVE_CONTAINERS,
        takes=MoveContainer,
        answers=ScanView,
    ),
    Route(
        "GET",
        CONTAINER + "/count/statement",
        show_count,
        LOOK,
        answers=Statement,
        asks=("found", "why"),
    ),
    Route(
        "POST",
        CONTAINER + "/count",
        count_container,
        Right.SET_LOT_STATUS,
        takes=CountContainer,
        answers=ScanView,
    ),
)
