"""What the stock answers: lots, containers, what a scan means, where a lot came from and went."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ebr.inventory.lifecycle import LotStatus
from workflows.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialView:
    """A material as the plant knows it."""

    id: UUID
    code: str
    name: str
    kind: str
    unit: str
    gtin: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceView:
    """A place where containers stand."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerView:
    """A container with its own code, what was in it and what is left."""

    id: UUID
    code: str
    place: str
    filled: Quantity
    remaining: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class LotLine:
    """A lot as one line of the list."""

    id: UUID
    number: str
    material: str
    material_name: str
    status: LotStatus
    expires_on: date | None
    retest_on: date | None
    usable_from: datetime | None
    batch: str | None
    containers: int
    remaining: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something that can be decided about a lot now, as a button and its dialog need it."""

    verb: str
    right: str
    meaning: str | None
    reason: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LotView:
    """A lot with everything that is known about it."""

    id: UUID
    stream: str
    number: str
    material: MaterialView
    status: LotStatus
    supplier: str
    maker: str
    supplier_lot: str
    received_on: date
    expires_on: date | None
    retest_on: date | None
    usable_from: datetime | None
    batch: str | None
    awaits_batch: bool
    containers: tuple[ContainerView, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanView:
    """The container that a scanned code means, with its lot and material, read at that moment."""

    scanned: str
    container: UUID
    code: str
    place: str
    remaining: Quantity
    lot: UUID
    lot_stream: str
    lot_number: str
    supplier_lot: str
    status: LotStatus
    expires_on: date | None
    retest_on: date | None
    usable_from: datetime | None
    material: str
    material_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveView:
    """One line of the journal of a lot."""

    id: UUID
    at: datetime
    kind: str
    quantity: Quantity
    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A quantity of one lot that a batch used, and one lot that this batch made."""

    lot: str
    material: str
    container: str
    batch: str
    product_lot: str
    product: str
    quantity: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Genealogy:
    """The links above (origins) or below (products) one lot, each once; `next` marks the rest."""

    lot: str
    links: tuple[Link, ...]
    next: str | None
