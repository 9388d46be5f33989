"""What can have happened to the stock by its own acts; what a batch draws rides in the batch's."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ebr.inventory.lifecycle import LotStatus, LotVerb
from ebr.kernel import register
from workflows.quantity import Quantity


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialCreated:
    """A material was made known."""

    KIND: ClassVar[str] = "material.created"
    VERSION: ClassVar[int] = 1
    code: str
    name: str
    kind: str
    unit: str
    gtin: str | None


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCreated:
    """A place was made known."""

    KIND: ClassVar[str] = "place.created"
    VERSION: ClassVar[int] = 1
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """One container of a delivery."""

    code: str
    quantity: Quantity


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class LotReceived:
    """A delivery was taken into quarantine."""

    KIND: ClassVar[str] = "lot.received"
    VERSION: ClassVar[int] = 1
    number: str
    material: str
    material_name: str
    supplier: str
    maker: str
    supplier_lot: str
    received_on: date
    expires_on: date | None
    retest_on: date | None
    place: str
    containers: tuple[Filled, ...]
    total: Quantity


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class LotStatusChanged:
    """Quality decided about a lot."""

    KIND: ClassVar[str] = "lot.status.changed"
    VERSION: ClassVar[int] = 1
    number: str
    material: str
    verb: LotVerb
    was: LotStatus
    becomes: LotStatus
    expires_on: date | None
    retest_on: date | None


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class LotRetested:
    """A lot passed its retest and may be used until the next one."""

    KIND: ClassVar[str] = "lot.retested"
    VERSION: ClassVar[int] = 1
    number: str
    material: str
    was: date | None
    becomes: date


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryShortened:
    """A lot holds less long than was thought."""

    KIND: ClassVar[str] = "lot.expiry.shortened"
    VERSION: ClassVar[int] = 1
    number: str
    material: str
    was: date | None
    becomes: date


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerMoved:
    """A container was brought to another place with what was in it."""

    KIND: ClassVar[str] = "lot.container.moved"
    VERSION: ClassVar[int] = 1
    container: str
    lot: str
    quantity: Quantity
    source: str
    target: str


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerCounted:
    """A count found more or less in a container than the record said."""

    KIND: ClassVar[str] = "lot.container.counted"
    VERSION: ClassVar[int] = 1
    container: str
    lot: str
    material: str
    was: Quantity
    found: Quantity
