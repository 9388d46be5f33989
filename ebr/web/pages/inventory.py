"""Stock: materials, lots and their containers, where they came from and went, what is decided."""

from flask import Response, request

from ebr import inventory
from ebr.identity import Right
from ebr.inventory import (
    CreateMaterial,
    CreatePlace,
    LotStatus,
    LotVerb,
    MaterialKind,
    MoveContainer,
    ReceiveLot,
)
from ebr.kernel import Malformed, Page, Unknown
from ebr.web import binding, responses, sessions, work
from ebr.web.routing import Route
from ebr.web.screens.forms import Field
from workflows.quantity import UNITS, Quantity

CHOICES = 500  # of materials or places in one field


def list_lots() -> Response:
    """Lots, newest first; material and status narrow."""
    asked = request.args.get("status", "")
    status = LotStatus(asked) if asked in set(LotStatus) else None
    material = request.args.get("material", "")
    after = request.args.get("after")
    found = work.ask(inventory.lots, material=material or None, status=status, after=after)
    return responses.show(
        "inventory/lots.html",
        lots=found.items,
        next=found.next,
        after=after,
        material=material,
        chosen=asked,
        statuses=tuple(LotStatus),
        materials=_materials(),
        rights=sessions.require().rights,
    )


def show_lot(lot: str) -> Response:
    """One lot: its containers, its journal, its origins and where it went."""
    asked = {name: request.args.get(name) or None for name in ("after", "origins", "products")}
    return responses.show(
        "inventory/lot.html",
        lot=work.ask(inventory.lot, lot),
        moves=work.ask(inventory.moves, lot, after=asked["after"]),
        origins=work.ask(inventory.origins, lot, after=asked["origins"]),
        products=work.ask(inventory.products, lot, after=asked["products"]),
        asked=asked,
        verbs=VERBS,
        rights=sessions.require().rights,
    )


def ask_delivery() -> Response:
    """The form of a delivery."""
    materials = tuple((m.code, f"{m.code}, {m.name}, in {m.unit}") for m in _materials())
    places = tuple((p.code, f"{p.code}, {p.name}") for p in _places())
    return responses.form(
        "Receive a delivery", "/lots", "Take into quarantine", "truck", "/lots",
        Field(kind="choice", name="material", label="Material", options=materials),
        Field(kind="text", name="amounts", label="Amount in each container",
              hint="In the material's unit, one number a container: 200.0000 200.0000"),
        Field(kind="text", name="supplier", label="Supplier"),
        Field(kind="text", name="maker", label="Maker"),
        Field(kind="code", name="supplier_lot", label="Maker's lot"),
        Field(kind="date", name="received_on", label="Received on"),
        Field(kind="date", name="expires_on", label="Expires on", required=False),
        Field(kind="date", name="retest_on", label="Retest on", required=False),
        Field(kind="choice", name="place", label="Place", options=places),
    )  # fmt: skip


def receive_lot() -> Response:
    """Take a delivered lot into quarantine, container by container."""
    material = work.ask(inventory.material, binding.require("material"))
    amounts = _amounts(binding.require("amounts"), material.unit)
    number = work.act(inventory.receive_lot, binding.bind(ReceiveLot, quantities=amounts))
    return responses.see(f"/lots/{number}", said="Taken into quarantine.")


def list_materials() -> Response:
    """The materials and the places, by code."""
    asked = {name: request.args.get(name) or None for name in ("materials", "places")}
    return responses.show(
        "inventory/materials.html",
        materials=work.ask(inventory.materials, after=asked["materials"]),
        places=work.ask(inventory.places, after=asked["places"]),
        asked=asked,
        rights=sessions.require().rights,
    )


def ask_material() -> Response:
    """The form of a new material."""
    kinds = tuple((kind.value, kind.value.capitalize()) for kind in MaterialKind)
    units = tuple((unit, unit) for unit in sorted(UNITS))
    return responses.form(
        "Enter a material", "/materials", "Enter", "package", "/materials",
        Field(kind="code", name="code", label="Code"),
        Field(kind="text", name="name", label="Name"),
        Field(kind="choice", name="kind", label="Kind", options=kinds),
        Field(kind="choice", name="unit", label="Unit of its stock, for ever", options=units,
              value="kg"),
        Field(kind="code", name="gtin", label="GTIN", required=False, hint="14 digits, if any."),
    )  # fmt: skip


def create_material() -> Response:
    """Make a material known."""
    work.act(inventory.create_material, binding.bind(CreateMaterial))
    return responses.see("/materials", said="The material is known now.")


def ask_place() -> Response:
    """The form of a new place."""
    code = Field(kind="code", name="code", label="Code")
    name = Field(kind="text", name="name", label="Name")
    return responses.form(
        "Enter a place", "/places", "Enter", "warehouse", "/materials", code, name
    )


def create_place() -> Response:
    """Make a place known where containers may stand."""
    work.act(inventory.create_place, binding.bind(CreatePlace))
    return responses.see("/materials", said="The place is known now.")


def ask_move(code: str) -> Response:
    """The form that moves a container."""
    scan = container_of(code)
    places = tuple((p.code, f"{p.code}, {p.name}") for p in _places())
    place = Field(kind="choice", name="place", label="To", options=places, value=scan.place)
    back = f"/lots/{scan.lot_number}"
    return responses.form(f"Move {code}", f"/containers/{code}/move", "Move", "truck", back, place)


def move_container(code: str) -> Response:
    """Bring a container to another place."""
    work.act(inventory.move_container, binding.bind(MoveContainer, container=code))
    return responses.see(f"/lots/{container_of(code).lot_number}", said=f"{code} was moved.")


def show_container(code: str) -> Response:
    """The lot of a container: what a scanned label leads to."""
    return responses.see(f"/lots/{container_of(code).lot_number}#{code}")


def container_of(code: str) -> inventory.ScanView:
    """The container of a label; `Unknown` when there is none."""
    found = work.ask(inventory.scan, code)
    if found is None:
        raise Unknown(f"container {code}")
    return found


def _materials() -> tuple[inventory.MaterialView, ...]:
    """As many as a choice can offer."""
    found: Page[inventory.MaterialView] = work.ask(inventory.materials, size=CHOICES)
    return found.items


def _places() -> tuple[inventory.PlaceView, ...]:
    found: Page[inventory.PlaceView] = work.ask(inventory.places, size=CHOICES)
    return found.items


def _amounts(text: str, unit: str) -> tuple[Quantity, ...]:
    try:
        return tuple(Quantity(amount, unit) for amount in text.replace(";", " ").split())
    except ValueError as fault:
        raise Malformed({"amounts": (str(fault),)}) from None


VERBS = {
    LotVerb.RELEASE: ("Release", "circle-check"),
    LotVerb.REJECT: ("Reject", "circle-x"),
    LotVerb.BLOCK: ("Block", "lock"),
    LotVerb.UNBLOCK: ("Back to quarantine", "lock-open"),
}
LOOK, STOCK = Right.VIEW_INVENTORY, Right.CREATE_MATERIALS
ROUTES: tuple[Route, ...] = (
    Route("GET", "/lots", list_lots, LOOK, menu="Stock", icon="boxes"),
    Route("GET", "/lots/new", ask_delivery, Right.RECEIVE_LOTS),
    Route("POST", "/lots", receive_lot, Right.RECEIVE_LOTS, form=ask_delivery),
    Route("GET", "/lots/<lot>", show_lot, LOOK),
    Route("GET", "/materials", list_materials, LOOK),
    Route("GET", "/materials/new", ask_material, STOCK),
    Route("POST", "/materials", create_material, STOCK, form=ask_material),
    Route("GET", "/places/new", ask_place, STOCK),
    Route("POST", "/places", create_place, STOCK, form=ask_place),
    Route("GET", "/containers/<code>", show_container, LOOK),
    Route("GET", "/containers/<code>/move", ask_move, Right.MOVE_CONTAINERS),
    Route("POST", "/containers/<code>/move", move_container, Right.MOVE_CONTAINERS, form=ask_move),
)
